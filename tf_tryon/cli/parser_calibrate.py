"""`tf-tryon parser calibrate`: fit a parser's confidences to photos with true labels."""

from __future__ import annotations

import logging
import pathlib
from typing import TYPE_CHECKING

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.defining import Into

if TYPE_CHECKING:
    from tf_tryon.annotation.annotation import Pose
    from tf_tryon.data.person import Person

_log = logging.getLogger(__name__)

ARGUMENTS = ""
HELP = """Fit the confidences of a parser that `tf-tryon parser train` made to photos with true labels.

Takes the photos that training kept back, the last of the split "train" (`train.kept_back` of the parser's
configuration), and MediaPipe's poses; writes the result into the weights file. People who are not found are counted and
left out.

  tf-tryon parser calibrate --data ccp --parser-weights runs/parser/parser.npz
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("data", None, "The data set's folder.", required=True, **add)
    flags.DEFINE_string("parser_weights", None, "The weights file, which is changed.", required=True, **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses data and weights that aren't there."""
    del args
    given.data_sets([flag_values.data])
    given.weights(flag_values.parser_weights, "make it with `tf-tryon parser train`")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Fits, writes and prints the lines."""
    del args
    from tf_tryon.annotation.builtin_parser import BuiltinParser
    from tf_tryon.annotation.parser_calibration import calibrate_by
    from tf_tryon.annotation.parser_people import kept_back
    from tf_tryon.annotation.parser_training import calibrate_file, load_parser
    from tf_tryon.annotation.pose import PoseAnnotator
    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records
    from tf_tryon.data.vocabulary import GARMENTS

    records, path = open_records(flag_values.data), pathlib.Path(flag_values.parser_weights)
    loaded = load_parser(path)
    parser = BuiltinParser.of(loaded)
    parser.calibration = None

    numbers = kept_back(records, loaded.config)
    with PoseAnnotator.load() as poses:

        def pose_of(person: Person) -> Pose | None:
            return next(iter(poses.annotate(person.photo)), None)

        lines, not_found = calibrate_by(parser.parse, (Person.of(records, i) for i in numbers), pose_of)
    calibrate_file(path, lines)
    if not_found:
        _log.warning("%d of %d people were not found, and nothing follows from them", not_found, len(numbers))
    for name, (offset, slope) in zip(GARMENTS, lines, strict=True):
        print(f"{name}: {offset:.3f} + {slope:.3f} * expected overlap")
    return 0
