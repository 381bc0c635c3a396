"""`tf-tryon parser evaluate`: measure a parser on people with true labels."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.defining import Into
from tf_tryon.writing import results
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.results import new_files

BY = "tf-tryon parser evaluate"

if TYPE_CHECKING:
    from tf_tryon.annotation.annotation import Pose
    from tf_tryon.data.person import Person

ARGUMENTS = ""
HELP = """Measure the parser of `tf-tryon annotate` on the test split of a data set, whose labels are taken for true.

Reports, as JSON: pixels right, intersection over union by class, and for each garment how often it was found, invented,
and rightly or needlessly warned of.

  tf-tryon parser evaluate --data people --count 200
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("data", None, "The data set's folder.", required=True, **add)
    flags.DEFINE_integer("count", 200, "People of the test split.", lower_bound=1, **add)
    text = "Poses: the data set's keypoints and masks, or MediaPipe's."
    flags.DEFINE_enum("poses", "truth", ["truth", "mediapipe"], text, **add)
    flags.DEFINE_enum("parser", "builtin", ["builtin", "fashn"], "Whose parsing.", **add)
    flags.DEFINE_string("parser_weights", None, "Of `tf-tryon parser train`; default: the bundled ones.", **add)
    flags.DEFINE_string("out", None, "File to write to; default: the terminal.", **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a report among the data, or that would be somebody else's file."""
    del args
    given.data_sets([flag_values.data])
    given.weights(flag_values.parser_weights, "name a file of `tf-tryon parser train`")
    if flag_values.out:
        out = pathlib.Path(flag_values.out)
        refuse_overlap(out, [flag_values.data, flag_values.parser_weights], "--out")
        results.check(out.parent, out.name, by=BY)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Measures and prints."""
    del args
    from tf_tryon.annotation.parser_evaluation import evaluate_parser, true_pose
    from tf_tryon.annotation.parsing import ParsingAnnotator
    from tf_tryon.annotation.pose import PoseAnnotator
    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records
    from tf_tryon.progress import Progress

    records = open_records(flag_values.data)
    numbers = list(records.split("test"))[: flag_values.count]
    people = (Person.of(records, i) for i in numbers)  # each when it is its turn: --count may be of any size
    parsing = ParsingAnnotator.load(flag_values.parser, weights=flag_values.parser_weights)
    finder = PoseAnnotator.load() if flag_values.poses == "mediapipe" else None
    progress, done = Progress("people", len(numbers)), iter(range(1, len(numbers) + 1))

    def pose_of(person: Person) -> Pose | None:
        progress.update(next(done))
        if finder is None:
            return true_pose(person)
        return next(iter(finder.annotate(person.photo)), None)

    report = evaluate_parser(parsing.annotate, people, pose_of)
    report = {"data": flag_values.data, "poses": flag_values.poses, "parser": flag_values.parser, **report}
    text = json.dumps(report, indent=1)
    if flag_values.out:
        path = pathlib.Path(flag_values.out)
        with new_files(path.parent, path.name, by=BY) as new:
            new.content = report
    print(flag_values.out or text)
    return 0
