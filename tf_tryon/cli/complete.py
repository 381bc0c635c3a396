"""`tf-tryon complete`."""

from __future__ import annotations

import pathlib
import sys
from typing import TYPE_CHECKING

from absl import flags

if TYPE_CHECKING:
    from tf_tryon.data.person import Person

ARGUMENTS = "PERSON..."
HELP = """Erase a garment of each PERSON and complete it, many times.

PERSON is a photo with NAME_parsing.png and NAME_keypoints.json (OpenPose) beside it, or a folder of records. Each
gets a
folder in --out with sheet.png, every sample and its parsing, and result.json. Erased pixels are new; all others come
back bit
for bit.

  tf-tryon complete photo.jpg --garment top --samples 8 --seed 7 --out completed
  tf-tryon complete people/ --index 3 --like other.jpg --like_what texture --out completed
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = {"flag_values": flag_values}
    flags.DEFINE_enum("garment", "top", ["hat", "top", "bottom", "shoes"], "What to erase and complete.", **add)
    flags.DEFINE_integer("samples", 8, "Pictures for each person.", lower_bound=1, upper_bound=1024, **add)
    flags.DEFINE_integer("seed", 0, "Of all randomness; the same seed gives the same pictures.", lower_bound=0, **add)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_string("model", None, "Folder written by `tf-tryon bundle`; default: the bundled weights.", **add)
    flags.DEFINE_multi_integer("index", None, "Which people of a folder of records; default: every one.", **add)
    flags.DEFINE_enum(
        "vocabulary", None, ["lip20", "cihp20", "atr18", "mm24", "tryon8"],
        "Labels of NAME_parsing.png; default: detected.", **add,
    )  # fmt: skip
    flags.DEFINE_float("temperature", 1.0, "Spread of the samples; 0: the likeliest.", lower_bound=0.0, **add)
    flags.DEFINE_bool("keep_shape", False, "One shape, many textures.", **add)
    flags.DEFINE_bool("keep_texture", False, "One texture, many shapes.", **add)
    flags.DEFINE_string("like", None, "Another person (photo, or FOLDER:INDEX) whose garment to transfer.", **add)
    flags.DEFINE_enum("like_what", "both", ["shape", "texture", "both"], "What to transfer of it.", **add)
    flags.DEFINE_integer("walk", None, "Vary this latent channel only, from -3 to 3.", lower_bound=0, **add)
    flags.DEFINE_enum("walk_stage", "shape", ["shape", "texture"], "Whose channel --walk varies.", **add)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Completes every person; bad ones are reported and the rest go on."""
    from tf_tryon.errors import TryOnError
    from tf_tryon.inference.request import STAGES, Request
    from tf_tryon.inference.saving import save
    from tf_tryon.inference.tryon import BUNDLED, TryOn

    request = Request(
        garment=flag_values.garment,
        samples=flag_values.samples,
        seed=flag_values.seed,
        temperature=flag_values.temperature,
        keep_shape=flag_values.keep_shape,
        keep_texture=flag_values.keep_texture,
        like=one_person(flag_values.like, flag_values.vocabulary) if flag_values.like else None,
        like_stages=STAGES if flag_values.like_what == "both" else (flag_values.like_what,),
        walk=flag_values.walk,
        walk_stage=flag_values.walk_stage,
    )
    sources = [source for arg in args for source in _sources(arg, flag_values.index)]
    model = TryOn.load(flag_values.model or BUNDLED, compiled=len(sources) > 1)
    failed, photos = [], False
    for name, read in sources:
        try:
            person = read(flag_values.vocabulary)
            path = save(model.answer(person, request), pathlib.Path(flag_values.out) / name)
        except (TryOnError, ValueError, FileNotFoundError) as error:
            failed.append(name)
            print(f"tf-tryon: {error}", file=sys.stderr)
            continue
        photos = photos or not person.metadata
        print(path)
    if photos and not flag_values.model:
        print(
            "tf-tryon: warning: the bundled weights have seen synthetic people only; on a photo expect the right place"
            " and outline, not realism",
            file=sys.stderr,
        )
    if failed:
        print(f"tf-tryon: {len(failed)} of {len(sources)} people could not be completed", file=sys.stderr)
    return 1 if failed else 0


def one_person(argument: str, vocabulary: str | None) -> Person:
    """A photo's path, or FOLDER:INDEX of a folder of records."""
    folder, colon, index = argument.rpartition(":")
    if colon and index.isdecimal() and pathlib.Path(folder).is_dir():
        return _sources(folder, [int(index)])[0][1](vocabulary)
    if pathlib.Path(argument).is_dir():
        raise ValueError(f"{argument} is a folder of records: say which person, as {argument}:0")
    return _sources(argument, None)[0][1](vocabulary)


def _sources(argument: str, index: list[int] | None) -> list:
    """(name, function that reads the person) for a photo, or for people of a folder of records."""
    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records

    path = pathlib.Path(argument)
    if not path.is_dir():
        return [(path.stem, lambda vocabulary: Person.from_files(path, vocabulary))]
    records = open_records(path)
    for wrong in [i for i in index or [] if not 0 <= i < len(records)]:
        raise ValueError(f"{path}: --index {wrong}: the folder has people 0 to {len(records) - 1}")
    numbers = index if index is not None else range(len(records))
    return [(f"{path.name}-{i:06d}", lambda _, i=i: Person.from_record(records.read(i))) for i in numbers]
