"""`tf-tryon export tflite`."""

from __future__ import annotations

import logging
import pathlib
import tempfile

from absl import flags

from tf_tryon.cli import given, phone_extra
from tf_tryon.cli.defining import Into
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.results import new_files

_log = logging.getLogger(__name__)

ARGUMENTS = ""
HELP = """Write the shape stage as one TFLite file for phones and browsers, and a report of what it is worth.

int8 has 8-bit inputs, outputs and everything between, and is calibrated on people of --data's split "train". The report
compares the file with the float networks on people of the split "test"; without --data there is none. docs/phone.md
says how an app calls the file.

  tf-tryon export tflite --out phone --quantize int8 --data people
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_enum("quantize", "int8", ["int8", "dynamic", "float16", "float32"], "Numbers in the file.", **add)
    flags.DEFINE_string("data", None, "Folder of records: calibration and report.", **add)
    flags.DEFINE_string("model", None, "studio (the default), or a folder written by `tf-tryon bundle`.", **add)
    flags.DEFINE_integer("calibrate", 100, "People to calibrate int8 on.", lower_bound=2, **add)
    flags.DEFINE_integer("count", 200, "People of the report; 0: no report.", lower_bound=0, **add)
    flags.DEFINE_integer("samples", 4, "Samples of each person in the report.", lower_bound=2, **add)
    define_seed(flag_values, "Which people, and their noise.")


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a model that can't be exported, a folder among what the file is made of, and somebody else's files."""
    del args
    phone_extra.check()
    from tf_tryon.export.tflite_place import check_place, check_report
    from tf_tryon.inference.bundled import STUDIO, model_folder
    from tf_tryon.inference.model_folder import ModelFolder

    model = flag_values.model or STUDIO
    refuse_overlap(flag_values.out, [flag_values.data, model_folder(model)], "--out")
    check_place(flag_values.out, flag_values.quantize)
    check_report(flag_values.out, flag_values.quantize)
    ModelFolder(model).check_for_phones()
    given.data_sets([flag_values.data])


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Exports, measures, and prints the paths."""
    del args
    from tf_tryon.data.records import open_records
    from tf_tryon.export.tflite import export
    from tf_tryon.inference.bundled import STUDIO, model_folder

    if flag_values.data:
        records = open_records(flag_values.data)  # before anything expensive
        records.split("test" if flag_values.count else "train")
    model = model_folder(flag_values.model or STUDIO)

    def make(folder: str | pathlib.Path, quantize: str) -> pathlib.Path:
        people, seed = flag_values.calibrate, flag_values.seed
        return export(model, folder, quantize, flag_values.data, people=people, seed=seed, log=_log.info)

    path = make(flag_values.out, flag_values.quantize)
    print(path)
    if flag_values.data and flag_values.count:
        with tempfile.TemporaryDirectory() as folder:
            plain = path if flag_values.quantize == "float32" else make(folder, "float32")
            print(_report(path, plain, model, flag_values))
    return 0


def _report(path: pathlib.Path, plain: pathlib.Path, model: pathlib.Path, flag_values: flags.FlagValues) -> str:
    from tf_tryon.export.tflite_place import BY, names_of
    from tf_tryon.export.tflite_report import measure
    from tf_tryon.inference.stage import Stage
    from tf_tryon.progress import Progress

    bar = Progress("people compared", flag_values.count)
    stage = Stage.load(model / "shape")
    report = measure(
        path, plain, stage, flag_values.data, flag_values.count, flag_values.samples, flag_values.seed, bar.update
    )
    name = names_of(flag_values.quantize).report
    with new_files(path.parent, name, by=BY) as new:
        new.content = report
    return str(path.with_name(name))
