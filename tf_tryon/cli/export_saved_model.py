"""`tf-tryon export saved-model`."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli.defining import Into
from tf_tryon.writing.places import refuse_overlap

ARGUMENTS = ""
HELP = """Export a model as the next version of OUT/tryon, for TF-Serving and for `tf-tryon serve`.

The version is tried out before it appears: loaded by the session loader, every signature called, compared with the
networks. OUT also gets what TF-Serving wants (models.config, batching, monitoring, TLS, docker compose, Kubernetes),
each file unless it is there. The first version is labelled stable, a later one canary.

  tf-tryon export saved-model --out models
  tf-tryon export saved-model --model model --out models --label stable
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("out", None, "Folder of models to export to.", required=True, **add)
    flags.DEFINE_string("model", None, "street (the default), studio, or a folder written by `tf-tryon bundle`.", **add)
    flags.DEFINE_integer("version", None, "Number of the version; default: the next.", lower_bound=1, **add)
    flags.DEFINE_enum("label", None, ["stable", "canary"], "What the version is; default: see above.", **add)
    flags.DEFINE_integer("max_samples", 16, "Most samples of one request.", lower_bound=1, upper_bound=256, **add)
    flags.DEFINE_integer("chunk", 1, "Samples in the nets at once: 1 on CPUs, 8 on a GPU.", lower_bound=1, **add)
    flags.DEFINE_integer("max_pixels", 16_000_000, "Of a photo.", lower_bound=1, **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a model that can't be exported, and models among what they are made of, before TensorFlow is loaded."""
    del args
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.inference.model_folder import ModelFolder

    refuse_overlap(flag_values.out, [model_folder(flag_values.model)], "--out")
    ModelFolder(flag_values.model).check_exportable()


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Exports and prints the version's folder."""
    del args
    from tf_tryon.export import deployment, saved_model
    from tf_tryon.inference.tryon import TryOn

    deployment.check_config(pathlib.Path(flag_values.out))  # refused before anything is written
    folder = saved_model.export(
        TryOn.load(flag_values.model),
        flag_values.out,
        version=flag_values.version,
        width=flag_values.max_samples,
        chunk=flag_values.chunk,
        max_pixels=flag_values.max_pixels,
    )
    deployment.write_files(flag_values.out)
    labels = deployment.label(flag_values.out, int(folder.name), flag_values.label)
    print(f"labels: {', '.join(f'{name} = {number}' for name, number in sorted(labels.items()))}")
    print(folder)
    return 0
