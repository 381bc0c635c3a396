"""`tf-tryon demo`: the main job on a person that is rendered on the spot."""

from __future__ import annotations

import logging
import pathlib
from typing import TYPE_CHECKING

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.runtime import define_runtime_flag, load
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.writing.pictures import check_picture, save_picture
from tf_tryon.writing.places import refuse_overlap

if TYPE_CHECKING:
    from tf_tryon.inference.completion import Completion

_log = logging.getLogger(__name__)

BY, FILE = "tf-tryon demo", "demo.png"
ARGUMENTS = ""
HELP = """Complete a person whom the networks never saw: render one, erase the top, complete it eight times, then the
bottom.

Writes one picture (photo | erased | eight results, each with its parsing map) and prints its path last.

  tf-tryon demo --out demo
"""
# Data sets for training are rendered with small seeds; people of this seed are nobody's training example.
UNSEEN_SEED = 20_261_123
_TRIES = 100


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    flags.DEFINE_string("out", "demo", "Folder to write demo.png to.", flag_values=flag_values)
    flags.DEFINE_integer("person", 0, "Which unseen person.", lower_bound=0, flag_values=flag_values)
    define_seed(flag_values, "Of the completions.", 7)
    flags.DEFINE_string("model", None, "street, studio (the default), or a folder.", flag_values=flag_values)
    define_runtime_flag(flag_values)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a folder whose demo.png is somebody else's."""
    del args
    from tf_tryon.inference.model_folder import given_folder

    refuse_overlap(flag_values.out, [given_folder(flag_values.model)], "--out")
    if flag_values.model:
        given.model(flag_values.model)
    check_picture(pathlib.Path(flag_values.out) / FILE, by=BY)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Renders, completes, draws."""
    del args
    from tf_tryon.inference.bundled import STUDIO
    from tf_tryon.inference.sheet import sheet

    model = load(flag_values.runtime, flag_values.model or STUDIO)
    _log.info("rendering a person; the first time the renderer is compiled, which takes a minute")
    person = unseen_person(flag_values.person, model.size[0])
    completions: list[Completion] = []
    for garment in ("top", "bottom"):
        _log.info("completing the %s", garment)
        completions.append(model.complete(person, garment, samples=8, seed=flag_values.seed))
    folder = pathlib.Path(flag_values.out)
    path = folder / FILE
    save_picture(sheet(completions, side=192), path, by=BY)
    print("Synthetic person, synthetic training data: this shows the method, not photographs.")
    print(path)
    return 0


def unseen_person(number: int, size: int):
    """The `number`-th rendered person in a top and a bottom (no dress), as a `Person` of size x size pixels."""
    from tf_tryon.data.person import Person
    from tf_tryon.data.studio.render import render_person
    from tf_tryon.data.vocabulary import BOTTOM, CIHP20, TOP, to_classes

    wanted = number
    for index in range(_TRIES * (number + 1)):
        picture = render_person(UNSEEN_SEED, index, size)
        labels = to_classes(picture.parsing, "cihp20", f"unseen person {index}")
        shown = all((labels == garment).mean() > 0.01 for garment in (TOP, BOTTOM))
        if CIHP20.shows_dress(picture.parsing) or not shown:
            continue
        if wanted == 0:
            return Person(picture.photo, labels, picture.keypoints, f"unseen-{index}", picture.metadata)
        wanted -= 1
    raise RuntimeError("no person with top and bottom among the rendered ones")
