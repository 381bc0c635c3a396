"""A folder of garments' photos: what is in it, which pictures are usable, and the swatches that are cut from them.

The folder holds pictures (`.jpg`, `.jpeg`, `.png`, `.webp`) at any depth, and optionally `images.csv` with the columns
`image` (a file's name, with or without its ending) and `label` (what garment it shows, see `LABELS`). A photo is of
one garment, which fills most of it. No TensorFlow here: Studio's workers have none.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import os
import pathlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from PIL import Image

from tf_tryon.data.photo import PhotoError, read_photo
from tf_tryon.data.studio.fabric_swatch import make_swatch
from tf_tryon.data.studio.fabric_window import find_window
from tf_tryon.data.studio.palette import decoded, encoded, oklab_of
from tf_tryon.data.workers import in_order
from tf_tryon.progress import Progress

VERSION: Final = 1  # of the cutting: another makes other swatches of the same pictures
LIST: Final = "images.csv"
SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp")
WIDEST: Final = 448  # pixels of a photo's shorter side; more detail than 2 mm a pixel no picture of 512 shows
# What a photo's shorter side spans, in metres, by label: garments fill their photos by about as much.
SPANS: Final[dict[str, float]] = {
    "T-Shirt": 0.80, "Longsleeve": 0.95, "Polo": 0.80, "Shirt": 0.90, "Blouse": 0.85, "Top": 0.70, "Undershirt": 0.70,
    "Hoodie": 0.95, "Outwear": 0.95, "Blazer": 0.95, "Dress": 0.85, "Pants": 0.85, "Shorts": 0.65, "Skirt": 0.65,
    "Hat": 0.36,
}  # fmt: skip
SPAN: Final = 0.85  # of a picture without a label that is known
NO_CLOTH: Final = ("Shoes",)


@dataclasses.dataclass(frozen=True)
class Cut:
    """One picture's swatch.

    Attributes:
        name: of the picture, relative to the folder.
        label: what garment it shows; "" where that is not known.
        loud: it has a pattern that is seen from afar.
        metres: width of one of its pixels.
        pixels: (h, w, 3) uint8 sRGB; repeats in both directions.
    """

    name: str
    label: str
    loud: bool
    metres: float
    pixels: np.ndarray


@dataclasses.dataclass(frozen=True)
class Folder:
    """The pictures of a folder.

    Attributes:
        root: the folder.
        labels: by picture's name (relative, "/" between folders), in order of names; "" where none is given.
        lost: how many rows of the list name no picture.
    """

    root: pathlib.Path
    labels: Mapping[str, str]
    lost: int

    def fingerprint(self) -> str:
        """Sixteen hex digits of all pictures' names, labels and bytes, and of how they are cut."""
        digest = hashlib.sha256(f"fabrics {VERSION}\n".encode())
        for name, label in self.labels.items():
            content = hashlib.sha256((self.root / name).read_bytes()).hexdigest()
            digest.update(f"{name}\t{label}\t{content}\n".encode(errors="surrogateescape"))  # a name is bytes
        return digest.hexdigest()[:16]

    def cut(self, workers: int = 1, bar: Progress | None = None) -> tuple[list[Cut], Counter[str]]:
        """Swatches of all usable pictures, in order of names, and how many were passed over, by reason.

        Args:
            workers: processes.
            bar: is updated with each picture.
        """
        cuts, passed = list[Cut](), Counter[str]()
        jobs = [(str(self.root), name, label) for name, label in self.labels.items()]
        for result in in_order(_cut, jobs, workers, chunk=16):
            if isinstance(result, Cut):
                cuts.append(result)
            else:
                passed[result] += 1
            if bar is not None:
                bar.add(1)
        return cuts, passed


def open_folder(root: str | os.PathLike[str]) -> Folder:
    """The folder's pictures and their labels; nothing is decoded yet.

    Raises:
        FileNotFoundError: there is no such folder, or no picture in it.
        ValueError: the list lacks a column or is no text.
    """
    root = pathlib.Path(root)
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is no folder: name one with photos of garments, each of one garment")
    paths = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not paths:
        raise FileNotFoundError(
            f"{root} holds no picture ({', '.join(SUFFIXES)}): name a folder with photos of garments"
        )
    if not (root / LIST).exists():
        return Folder(root, dict.fromkeys(paths, ""), 0)
    listed, lost = dict[str, str](), 0
    by_name = {key: name for name in paths for key in (pathlib.PurePath(name).stem, pathlib.PurePath(name).name, name)}
    for image, label in _rows(root / LIST):
        name = by_name.get(image)
        if name is None:
            lost += 1
        else:
            listed[name] = label
    return Folder(root, {name: listed.get(name, "") for name in paths}, lost)


def _rows(path: pathlib.Path) -> Iterator[tuple[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if not {"image", "label"} <= set(rows.fieldnames or ()):
                raise ValueError(f"{path} has no columns image and label: name them in its first line")
            for row in rows:
                yield (row["image"] or "").strip(), (row["label"] or "").strip()
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no list of pictures ({error}): save it as UTF-8 with commas") from error


def _cut(job: tuple[str, str, str]) -> Cut | str:
    """A picture's swatch, or why it has none."""
    root, name, label = job
    if label in NO_CLOTH:
        return f"shows {label.lower()}"
    try:
        photo = _reduced(read_photo(pathlib.Path(root) / name))
    except PhotoError as error:
        return error.reason
    linear = decoded(photo)
    lab = oklab_of(linear)
    window = find_window(lab)
    if window is None:
        return "no even cloth in the middle"
    swatch = make_swatch(linear, lab, window)
    if swatch is None:
        return "creased"
    return Cut(name, label, swatch.loud, SPANS.get(label, SPAN) / min(photo.shape[:2]), encoded(swatch.linear))


def _reduced(photo: np.ndarray) -> np.ndarray:
    height, width = photo.shape[:2]
    scale = WIDEST / min(height, width)
    if scale >= 1:
        return photo
    size = (round(width * scale), round(height * scale))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BOX))
