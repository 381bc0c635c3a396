"""`tf-tryon export lite`."""

from __future__ import annotations

import logging

from absl import flags

from tf_tryon.cli import phone_extra
from tf_tryon.cli.defining import Into
from tf_tryon.lite.sidecar import BUNDLED, QUANTIZE
from tf_tryon.writing.places import refuse_overlap

_log = logging.getLogger(__name__)

ARGUMENTS = ""
HELP = """Write both stages, sampling included, as one TFLite file with a sidecar: completion without TensorFlow.

In Python, `tf_tryon.lite.tryon.TryOn.load(DIR)` completes with it; in a model's folder `lite` it is found by the
name. float16 and mixed give TensorFlow's pictures within 2 levels of 255; int8 is half the size of float16, dynamic
is quicker, and both have pictures of their own (docs/lite.md). It needs the extra [phone].

  tf-tryon export lite --model model --out model/lite
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_string("model", None, "street (the default), studio, or a folder written by `tf-tryon bundle`.", **add)
    flags.DEFINE_enum("quantize", BUNDLED, list(QUANTIZE), "Weights in the file.", **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a model that can't be exported, a folder among what the file is made of, and somebody else's files."""
    del args
    phone_extra.check()
    from tf_tryon.export.lite import check_exportable, check_place
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.inference.model_folder import ModelFolder

    model = model_folder(flag_values.model)
    # A bundle's own folder `lite` is where the files belong.
    refuse_overlap(flag_values.out, [model / stage for stage in ("shape", "texture")], "--out")
    check_place(flag_values.out, flag_values.quantize)
    check_exportable(ModelFolder(model))


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Exports and prints the path."""
    del args
    from tf_tryon.export.lite import export

    print(export(flag_values.model, flag_values.out, flag_values.quantize, _log.info))
    return 0
