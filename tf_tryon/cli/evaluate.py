"""`tf-tryon evaluate`: the measures by which weights are reported, on people that training never saw."""

from __future__ import annotations

import pathlib
import time
from typing import Any

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.garments_flag import check_garments, measured_garments
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.writing.places import refuse_overlap

ARGUMENTS = ""
HELP = """
Measures a shape run, a texture run or a folder with both (shape/ and texture/) on people of a split that training never
saw: reconstruction from the posterior's code, variety and soundness of samples from the prior, colours, skin, seam and
Frechet distance. Writes a JSON file and a Markdown table beside it. A run may still be training: its newest
checkpoint is taken, with averaged weights where the run has them. The same command goes on with an evaluation that was
stopped: what is measured lies in OUT.parts until the report is written. With a texture run, --shape=RUN adds the
measures end to end, on stage 1's parsings. Both stages of 500 people, two garments and 8 samples at 128 px take some
10 minutes on two cores that have bfloat16, half as long again in float32 (--precision).

  tf-tryon evaluate --model runs/shape --data people --count 500 --samples 8 --out report.json
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    flags.DEFINE_string(
        "model", None, "a run's folder, a weights file, a folder with shape/ and texture/, street or studio",
        required=True, flag_values=flag_values,
    )  # fmt: skip
    flags.DEFINE_string("data", None, "the data set's folder", required=True, flag_values=flag_values)
    flags.DEFINE_string(
        "shape", None, "the shape stage's run or weights, for a texture run's measures end to end",
        flag_values=flag_values,
    )  # fmt: skip
    flags.DEFINE_string(
        "vgg", None, "for the Frechet distance: a file of VGG-16's weights, or 'imagenet' for Keras to download them "
        "(without: not measured)", flag_values=flag_values,
    )  # fmt: skip
    flags.DEFINE_string("split", "test", "of the data set", flag_values=flag_values)
    flags.DEFINE_integer("count", 500, "people for each garment", lower_bound=2, flag_values=flag_values)
    flags.DEFINE_integer("samples", 8, "for each person", lower_bound=2, flag_values=flag_values)
    define_seed(flag_values, "of the samples and the intervals")
    flags.DEFINE_list(
        "garments", None, "which to erase (default: all that were trained and are shown)", flag_values=flag_values
    )
    flags.DEFINE_string(
        "out", None, "the JSON file (default: evaluation.json in or beside the model)", flag_values=flag_values
    )
    flags.DEFINE_bool("averaged", True, "take averaged weights where a run has them", flag_values=flag_values)
    flags.DEFINE_enum(
        "precision", "auto", ["auto", "float32", "mixed_bfloat16"],
        "of the networks; auto: bf16 where processor or GPU has it, about twice as fast; the report tells",
        flag_values=flag_values,
    )  # fmt: skip
    flags.DEFINE_integer("batch", 20, "people at a time", lower_bound=1, flag_values=flag_values)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses a report among the data, names that somebody else's files have, and what the model can't be asked."""
    del args
    from tf_tryon.evaluation.report import check_place
    from tf_tryon.evaluation.subject_files import config_of, part, parts
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.stages import TEXTURE

    out = flags.out or _default_out(flags.model)
    refuse_overlap(out, [flags.data], "--out")
    check_place(out)
    given.data_sets([flags.data])
    stages = [config_of(each) for each in parts(model_folder(flags.model))]
    before = [config_of(part(flags.shape))] if flags.shape else []
    check_garments(flags.garments, [*stages, *before])
    if flags.vgg and all(config.stage != TEXTURE for config in stages):
        raise ValueError(f"--vgg is for the pictures of a texture stage, and {flags.model} has none: leave it out")


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Evaluate and write the report."""
    del args
    from tf_tryon.data.records import open_records
    from tf_tryon.data.usable import fingerprint
    from tf_tryon.evaluation import report, subject
    from tf_tryon.evaluation.features import VggFeatures
    from tf_tryon.evaluation.measured_batches import MeasuredBatches
    from tf_tryon.evaluation.shape_report import evaluate_shape
    from tf_tryon.evaluation.texture_report import evaluate_texture
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.models.tasks import ShapeTask
    from tf_tryon.stages import TEXTURE
    from tf_tryon.training.precision import resolved

    started = time.monotonic()
    precision = resolved(flags.precision)
    records = open_records(flags.data)
    subject_of_model = subject.load(model_folder(flags.model), flags.shape, flags.averaged, precision)
    kind = precision.removeprefix("mixed_")  # what its convolutions compute in
    before = subject_of_model.shape.config if subject_of_model.shape else None
    garments = {
        stage: measured_garments(flags.garments, run.config, before if stage == TEXTURE else None, records, flags.split)
        for stage, run in subject_of_model.runs.items()
    }
    features = VggFeatures(flags.vgg, kind) if flags.vgg else None
    out = pathlib.Path(flags.out or _default_out(flags.model))
    shared: dict[str, Any] = {key: getattr(flags, key) for key in ("count", "samples", "seed", "split", "batch")}
    key = {
        **shared,
        "data": fingerprint(records),
        "weights": subject_of_model.digest(),
        "precision": precision,
        "features": features.name if features else "",
    }
    names = [f"{stage}-{garment}" for stage, of_stage in garments.items() for garment in of_stage]
    kept = MeasuredBatches(out, key, names, flags.count)
    size = next(iter(subject_of_model.runs.values())).config.data
    results: dict[str, Any] = {
        "model": flags.model,
        "steps": {stage: run.step for stage, run in subject_of_model.runs.items()},
        "data": flags.data,
        "split": flags.split,
        "generator": records.manifest["generator"],
        "size": [size.height, size.width],
        "people": flags.count,
        "samples": flags.samples,
        "seed": flags.seed,
        "precision": precision,
        "stages": {},
    }
    for stage, run in subject_of_model.runs.items():
        shared.update(garments=garments[stage], keep=kept)
        if isinstance(run.nets, ShapeTask):
            results["stages"][stage] = evaluate_shape(run.nets, records, run.config, **shared)
        else:
            shape = subject_of_model.shape.nets if subject_of_model.shape else None
            results["stages"][stage] = evaluate_texture(
                run.nets, records, run.config, shape=shape, features=features, **shared
            )
    results["seconds"] = round(time.monotonic() - started, 1)
    table = report.write(results, out)
    kept.remove()
    print(table.read_text(encoding="utf-8"))
    print(f"{out} and {table}")
    return 0


def _default_out(model: str) -> pathlib.Path:
    path = pathlib.Path(model)
    return path / "evaluation.json" if path.is_dir() else path.with_suffix(".evaluation.json")
