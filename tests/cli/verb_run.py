"""One verb's command line, and the files of a person for it."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from PIL import Image


@dataclasses.dataclass
class VerbRun:
    """One verb's command line, and the folder that it writes to.

    `places`: what the table's placeholders stand for, as paths from `folder`'s parent.
    """

    words: list[str]
    folder: Path
    places: dict[str, str]


def photo_files(person: Any, path: Path) -> Path:
    """The three files of a person."""
    from tf_tryon.data.keypoints import to_openpose

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(person.photo).save(path)
    labels = Image.fromarray(person.labels)
    labels.putpalette(bytes(range(24)))
    labels.save(path.with_name(f"{path.stem}_parsing.png"))
    path.with_name(f"{path.stem}_keypoints.json").write_text(json.dumps(to_openpose(person.keypoints)))
    return path


def run_to(root: Path, *words: Any, flag: str = "--out", file: str = "", **places: str) -> VerbRun:
    folder = root / "out"
    place = {"--out": "OUT", "--workdir": "WORKDIR"}[flag]
    stands = {place: f"out/{file}" if file else "out", **places}
    return VerbRun([*map(str, words), f"{flag}={folder / file if file else folder}"], folder, stands)
