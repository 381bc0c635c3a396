"""`tf-tryon export parser`."""

from __future__ import annotations

import logging
import pathlib

from absl import flags

from tf_tryon.cli import given, phone_extra
from tf_tryon.cli.defining import Into
from tf_tryon.writing.places import refuse_overlap

_log = logging.getLogger(__name__)

ARGUMENTS = ""
HELP = """Write the built-in parser as a TFLite file with a sidecar: clothes are found in photos without TensorFlow.

Beside the bundled weights, in their folder `lite`, `complete` and the page find it by themselves.

  tf-tryon export parser --out parser/lite
  tf-tryon export parser --parser-weights runs/parser/parser.npz --out parser/lite
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_string("parser_weights", None, "Of `tf-tryon parser train`; default: the bundled ones.", **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses weights that aren't there, a folder that is given, and somebody else's files."""
    del args
    phone_extra.check()
    from tf_tryon.export.lite_parser import check_place

    given.weights(flag_values.parser_weights, "name a file of `tf-tryon parser train`")
    refuse_overlap(flag_values.out, [flag_values.parser_weights], "--out")
    check_place(flag_values.out)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Exports and prints the path."""
    del args
    from tf_tryon.annotation.parser_file import WEIGHTS
    from tf_tryon.export.lite_parser import export

    weights = pathlib.Path(flag_values.parser_weights or WEIGHTS)
    print(export(weights, pathlib.Path(flag_values.out), _log.info))
    return 0
