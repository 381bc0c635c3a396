"""DeepFashion In-shop Clothes Retrieval: photos only; parsing and pose come from annotators or from files beside them.

    Img/img/{MEN,WOMEN}/<Category>/id_XXXXXXXX/NN_V_view.jpg   (or img/; Img/img_highres/ where img/ is not there)
    Eval/list_eval_partition.txt                               image item_id train|query|gallery   (or Anno/)
    Anno/list_bbox_inshop.txt                                  image clothes_type pose x1 y1 x2 y2

A list's row 1 is a count, row 2 a header. Beside a photo may lie NAME_parsing.png and NAME_keypoints.json. Query and
gallery are "test". What list_bbox calls zoom-in or stand-alone shows no whole person and isn't annotated at all.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Final

from tf_tryon.data.sources.located import Layout, Located, companion, folder, listed, optional_file, photo_named

_SPLITS: Final = {"train": "train", "query": "test", "gallery": "test"}
_POSES: Final = {"1": "front", "2": "side", "3": "back", "4": "zoom-out", "5": "zoom-in", "6": "stand-alone"}
_NO_PERSON: Final = ("zoom-in", "stand-alone")


def locate(root: pathlib.Path) -> Iterator[Located]:
    """All photos of the partition's list."""
    pictures = folder(root, "Img/img", "img", "Img/img_highres", "img_highres")
    partition = optional_file(root, *(f"{name}list_eval_partition.txt" for name in ("Eval/", "Anno/", "")))
    if partition is None:
        raise FileNotFoundError(f"{root}: Eval/list_eval_partition.txt is missing: is this the data set's root?")
    boxes = optional_file(root, *(f"{name}list_bbox_inshop.txt" for name in ("Anno/", "Anno/bbox/", "")))
    poses = {row[0]: _POSES.get(row[2], "") for row in _rows(boxes, 7)} if boxes else {}
    for name, item, part in _rows(partition, 3):
        if part not in _SPLITS:
            raise ValueError(f"{partition}: {name} belongs to {part!r}, not to train, query or gallery")
        photo = photo_named(pictures, name.removeprefix("img/"))
        pose = poses.get(name, "")
        yield Located(
            id=photo.relative_to(pictures).with_suffix("").as_posix(),
            split=_SPLITS[part],
            photo=photo,
            parsing=companion(photo.parent, f"{photo.stem}_parsing.png"),
            keypoints=companion(photo.parent, f"{photo.stem}_keypoints.json"),
            group=item,
            metadata={"item": item, "partition": part, **({"pose": pose} if pose else {})},
            rejected=f"no whole person ({pose})" if pose in _NO_PERSON else "",
        )


def _rows(path: pathlib.Path, columns: int) -> Iterator[list[str]]:
    for number, row in enumerate(listed(path)):
        if number < 2:  # count and header
            continue
        if len(row) != columns:
            raise ValueError(f"{path}: row {number + 1} has {len(row)} columns, not {columns}: {' '.join(row)}")
        yield row


LAYOUT = Layout("deepfashion", "cihp20", locate)
