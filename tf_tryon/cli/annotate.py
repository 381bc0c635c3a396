"""`tf-tryon annotate`: parsing and keypoints of photos."""

from __future__ import annotations

import logging
import pathlib
from typing import TYPE_CHECKING, Any

from absl import flags

from tf_tryon import quiet
from tf_tryon.cli import given
from tf_tryon.cli.defining import Into
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.writing.places import refuse_overlap

if TYPE_CHECKING:
    from tf_tryon.annotation.annotator import Annotator

_log = logging.getLogger(__name__)

ARGUMENTS = "PHOTO..."
HELP = """Find the person's pose and clothes in each PHOTO (a file, or a folder of photos).

Writes into --out, for each photo, a copy, NAME_parsing.png, NAME_keypoints.json and NAME_preview.png, and report.json:
what was found and how sure it is, and why a photo was refused. Look at the previews. The same command goes on where it
was stopped. Files there that it did not write, or that were mended since, are never replaced.

  tf-tryon annotate photo.jpg --out annotated
  tf-tryon annotate photos/ --out annotated --cut allow
  tf-tryon annotate photos/ --out annotated --parser files --parsings parsings/ --vocabulary atr18
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, flag_values=flag_values)
    define_annotator_flags(flag_values, ["builtin", "fashn", "files"])
    define_vocabulary(flag_values, "Labels of --parsings; default: detected.")
    flags.DEFINE_string("parsings", None, "Label pictures for --parser=files.", flag_values=flag_values)


def define_annotator_flags(flag_values: flags.FlagValues, parsers: list[str]) -> None:
    """Flags of every verb that annotates, by one of `parsers`."""
    add = Into(flag_values=flag_values)
    text = "Built-in network, or the package fashn-human-parser"
    text += ", or label pictures of --parsings." if "files" in parsers else "."
    flags.DEFINE_enum("parser", "builtin", parsers, text, **add)
    flags.DEFINE_string("parser_weights", None, "Of `tf-tryon parser train`; default: the bundled ones.", **add)
    text = "MediaPipe's pose_landmarker_full.task; default: from the cache, a package, or the internet."
    flags.DEFINE_string("pose_model", None, text, **add)
    text = "Which of several people, from 1, by size; default: the largest."
    flags.DEFINE_integer("person", None, text, lower_bound=1, **add)
    text = "What to do with a photo that cuts off the head or the feet."
    flags.DEFINE_enum("cut", "refuse", ["refuse", "allow"], text, **add)


def load_annotator(flag_values: flags.FlagValues) -> Annotator:
    """The annotator that the flags ask for, with `--runtime` where a verb has it."""
    from tf_tryon.annotation.annotator import Annotator
    from tf_tryon.annotation.builtin_parser import AUTO, needs_tensorflow

    runtime = getattr(flag_values, "runtime", AUTO)
    if flag_values.parser == "builtin" and needs_tensorflow(flag_values.parser_weights, runtime):
        quiet.import_tensorflow()
    return Annotator.load(
        flag_values.parser,
        pose_model=flag_values.pose_model,
        parser_weights=flag_values.parser_weights,
        parsings=getattr(flag_values, "parsings", None),
        vocabulary=flag_values.vocabulary if flag_values.parser == "files" else None,
        allow_cut=flag_values.cut == "allow",
        runtime=runtime,
    )


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses annotations among the photos."""
    from tf_tryon.data.photo import photos_of

    photos_of([pathlib.Path(arg) for arg in args])
    if flag_values.vocabulary is not None and flag_values.parser != "files":
        raise ValueError(
            f"--vocabulary is of the label pictures of --parser=files, and --parser is {flag_values.parser}: leave it "
            "out, or name that parser and --parsings"
        )
    given.weights(flag_values.parser_weights, "name a file of `tf-tryon parser train`")
    refuse_overlap(flag_values.out, [*args, flag_values.parsings, flag_values.parser_weights], "--out")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Annotates every photo; 1 if one was refused."""
    from tf_tryon.annotation.batch import REPORT, annotate_all
    from tf_tryon.data.photo import photos_of
    from tf_tryon.progress import Progress

    photos = photos_of([pathlib.Path(arg) for arg in args])
    options = {name: getattr(flag_values, name) for name in ("parser", "parser_weights", "pose_model", "person", "cut")}
    options |= {name: getattr(flag_values, name) for name in ("parsings", "vocabulary")}
    folder = pathlib.Path(flag_values.out)
    progress = Progress("photos", len(photos))
    with load_annotator(flag_values) as annotator:

        def tell(done: int, entry: dict[str, Any]) -> None:
            for text in [entry["message"]] if entry["reason"] else entry["warnings"]:
                named = text if text.startswith(entry["photo"]) else f"{entry['photo']}: {text}"
                _log.log(logging.ERROR if entry["reason"] else logging.WARNING, "%s", named)
            progress.update(done)

        report = annotate_all(annotator, photos, folder, options, flag_values.person, tell)
    failed = len(report.failed)
    if failed:
        _log.error("%d of %d photos could not be annotated", failed, len(photos))
    print(folder / REPORT)
    return 1 if failed else 0
