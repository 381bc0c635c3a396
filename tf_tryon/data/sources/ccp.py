"""Clothing Co-Parsing (Yang, Luo, Lin, CVPR 2014): street photos, some with 59 labels, the others with tags.

    photos/0001.jpg
    annotations/pixel-level/0001.mat    groundtruth (h, w) uint8, 0 to 58
    annotations/image-level/1005.mat    tags (n, 1): which labels the photo shows
    label_list.mat                      label_list (1, 59): their names

Keypoints come from annotators, and so does the parsing of photos with tags, which `ccp_tags` checks. `ccp_labels` says
what becomes of the labels.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import numpy as np
import scipy.io

from tf_tryon.data.sources import ccp_tags
from tf_tryon.data.sources.ccp_labels import NAMES
from tf_tryon.data.sources.located import Layout, Located, companion, folder, optional_folder, photos
from tf_tryon.data.sources.outcome import RejectedError

VOCABULARY = "ccp59"


def locate(root: pathlib.Path) -> Iterator[Located]:
    """All photos; those with tags instead of labels have the tags' names in their metadata."""
    pictures = folder(root, "photos")
    _check_names(root / "label_list.mat")
    pixels, tags = (optional_folder(root, f"annotations/{level}-level") for level in ("pixel", "image"))
    for photo in photos(pictures):
        parsing, tagged = (companion(where, f"{photo.stem}.mat") for where in (pixels, tags))
        metadata = {} if tagged is None else {"tags": read_tags(tagged)}
        yield Located(id=photo.stem, split="", photo=photo, parsing=parsing, metadata=metadata)


def read_labels(path: pathlib.Path) -> tuple[np.ndarray, None]:
    """(h, w) uint8 of a file of pixel-level annotations, which states no vocabulary; ValueError names the file."""
    labels = _read(path, "groundtruth")
    if labels.ndim != 2 or not _are_labels(labels):
        raise ValueError(f"{path}: groundtruth is no (h, w) picture of labels 0 to {len(NAMES) - 1}")
    return labels.astype(np.uint8), None


def read_tags(path: pathlib.Path) -> list[str]:
    """The names in a file of image-level annotations, in the labels' order; ValueError names the file."""
    tags = _read(path, "tags").ravel()
    if not _are_labels(tags):
        raise ValueError(f"{path}: tags are no labels 0 to {len(NAMES) - 1}")
    return [NAMES[int(label)] for label in np.unique(tags)]


def _check_names(path: pathlib.Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent}: label_list.mat is missing: is this the data set's root?")
    names = tuple("".join(map(str, np.ravel(cell))) for cell in _read(path, "label_list").ravel())
    if names != NAMES:
        raise ValueError(f"{path}: not the 59 names, in their order, that this loader knows: {', '.join(names)[:200]}")


def _are_labels(values: np.ndarray) -> bool:
    return values.dtype.kind in "iuf" and bool(np.isin(values, np.arange(len(NAMES))).all())


def _read(path: pathlib.Path, name: str) -> np.ndarray:
    try:
        contents = scipy.io.loadmat(path, variable_names=[name])
    except Exception as error:  # what SciPy raises for a damaged file has no common base
        raise ValueError(f"{path}: not a readable MATLAB file ({error}): copy it again") from error
    if name not in contents:
        raise ValueError(f"{path}: a MATLAB file without {name}")
    return contents[name]


def revise(example: Located, labels: np.ndarray, vocabulary: str) -> np.ndarray:
    """A parser's labels with the names of the photo's tags; RejectedError if they can't be right."""
    tags = example.metadata.get("tags", [])
    if not tags:
        return labels
    if vocabulary == "cihp20":
        labels = ccp_tags.corrected(labels, tags)
    reason, detail = ccp_tags.disagreement(labels, vocabulary, tags)
    if reason:
        raise RejectedError(reason, detail)
    return labels


LAYOUT = Layout(
    "ccp", VOCABULARY, locate, read_labels=read_labels, own_splits=False, own_size=True, min_garments=2, held_out=100,
    revise=revise,
)  # fmt: skip
