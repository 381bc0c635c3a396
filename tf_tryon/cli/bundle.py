"""`tf-tryon bundle`."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.defining import Into
from tf_tryon.writing.places import refuse_overlap

ARGUMENTS = ""
HELP = """Put a shape run and a texture run together as one model folder for `tf-tryon complete --model`.

Only the nets that completion needs, as float16, averaged weights where the runs have them. An earlier bundle in --out
is replaced, nothing else there is.

  tf-tryon bundle --shape runs/shape --texture runs/texture --data people --out model
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string(
        "shape", None, "Folder of the shape run, or its weights file; leave out for a model of one stage.",
        flag_values=flag_values,
    )  # fmt: skip
    flags.DEFINE_string("texture", None, "Folder of the texture run, or its weights file.", required=True, **add)
    flags.DEFINE_string("detail", None, "File of `tf-tryon detail train`, for fine detail in photos.", **add)
    flags.DEFINE_string("data", None, "Data set that they were trained on.", required=True, **add)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a folder among what the model is made of."""
    del args
    refuse_overlap(
        flag_values.out, [flag_values.shape, flag_values.texture, flag_values.detail, flag_values.data], "--out"
    )
    given.weights(flag_values.detail, "make it with `tf-tryon detail train`")
    given.data_sets([flag_values.data])


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Writes the folder and prints its size."""
    del args
    from tf_tryon.data.records import open_records
    from tf_tryon.inference.bundle import write_bundle

    steps = write_bundle(
        flag_values.shape, flag_values.texture, open_records(flag_values.data), flag_values.out, flag_values.detail
    )
    folder = pathlib.Path(flag_values.out)
    size = sum(file.stat().st_size for stage in steps for file in (folder / stage).iterdir())
    trained = ", ".join(f"{stage} at step {step}" for stage, step in steps.items())
    print(f"{folder}: {trained}, {size / 1e6:.1f} MB")
    return 0
