"""Renders a Studio data set: worker processes draw people, this process writes records.

Picture i is a function of (seed, i, size, render.VERSION) alone, and of the fabrics where there are any; records are
written in order, so any number of workers makes the same bytes. Finished runs of `PART` pictures are kept under
`.parts/` until the data set is whole: a run that was killed starts again behind the last of them. Workers import no
TensorFlow; this process does, for the records' schema.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.overwriting import check_place
from tf_tryon.data.parts import Parts
from tf_tryon.data.studio import fabrics as fabrics_lib
from tf_tryon.data.studio import outfit_distribution, render
from tf_tryon.data.studio.contact_sheet import SHEET, contact_sheet
from tf_tryon.data.studio.fabric_folder import open_folder
from tf_tryon.data.studio.render import Picture
from tf_tryon.data.workers import in_order
from tf_tryon.errors import BadFileError
from tf_tryon.progress import Progress
from tf_tryon.writing.pictures import check_picture, save_picture
from tf_tryon.writing.places import refuse_overlap

PART: Final = 100
VOCABULARY: Final = "cihp20"
# 43 dB and 6.5 KiB for a photo of 128 pixels, where PNG takes 20 KiB (the backdrop's grain) and more time.
JPEG_QUALITY: Final = 95
_PEOPLE: Final = 48  # on the contact sheet
_BY: Final = "tf-tryon data studio"
# A garment counts as visible from this share of the picture on.
VISIBLE_SHARE: Final = 0.002

Renderer = Callable[[int, int, int], Picture]


def generate(
    out: str | os.PathLike[str],
    count: int,
    *,
    size: int = 128,
    seed: int = 0,
    workers: int = 2,
    test_share: float = 0.05,
    records_per_shard: int = 1000,
    overwrite: bool = False,
    progress: bool = True,
    renderer: Renderer | None = None,
    fabrics: str | os.PathLike[str] | None = None,
    fabric_share: float = 0.5,
) -> pathlib.Path:
    """Makes a data set's folder (`data.records` describes it), with a contact sheet.

    Args:
        out: the folder; made if needed. What an interrupted run of the same kind left there is used.
        count: how many people; a larger data set begins with the same people.
        size: height and width in pixels.
        seed: of everything.
        workers: processes; 1 renders in this one.
        test_share: share of the people, the last ones, that form the split "test".
        records_per_shard: people per file.
        overwrite: replace a finished data set.
        progress: show a bar with the rate and the time left.
        renderer: `(seed, index, size) -> Picture`, `render.render_person` by default; must be importable by name, and
            takes a `wardrobe` where there are fabrics.
        fabrics: a folder of photos (`fabric_folder`) whose cloth the people wear beside the computed one.
        fabric_share: share of the hats, tops and bottoms that are made of it.

    Returns:
        The folder.

    Raises:
        ValueError: a count or share out of range, unfinished parts of another kind of run, or no usable fabric.
        FileNotFoundError: the fabrics folder is missing or holds no picture.
        FileExistsError: the folder holds a data set and `overwrite` is not given, or files in the places of its files
            that no manifest lists.
        TryOnError: the folder holds a contact sheet that this did not draw, or it and the fabrics' hold one another.
    """
    from tf_tryon.data import records  # loads TensorFlow, which the workers must not

    first_test = _first_test(count, test_share)
    if size < 32 or workers < 1:
        raise ValueError(f"size is {size} and workers {workers}; use a size of at least 32 and at least one worker")
    if not 0.0 < fabric_share <= 1.0:
        raise ValueError(f"fabric_share is {fabric_share}; use a share above 0, at most 1")
    folder = pathlib.Path(out)
    refuse_overlap(folder, [fabrics], "--out")
    check_place(folder, overwrite)
    check_picture(folder / SHEET, by=_BY)
    generator = f"studio {render.VERSION}, outfits {outfit_distribution.fingerprint()}"
    source = None if fabrics is None else open_folder(fabrics)
    if source is not None:
        generator += f", fabrics {source.fingerprint()} share {fabric_share:g}"
    key = {"generator": generator, "seed": seed, "size": size, "format": records.VERSION}
    parts = Parts(folder, key, count, PART)
    renderer = renderer or render.render_person
    if source is not None:
        try:
            wardrobe = fabrics_lib.prepare(source, parts.folder, fabric_share, workers, progress)
        except BadFileError:
            raise  # of what a run before has left, whose parts are good
        except ValueError:
            parts.remove()
            raise
        renderer = functools.partial(renderer, wardrobe=wardrobe)

    def encoded(index: int, picture: Picture) -> bytes:
        metadata = {**picture.metadata, **_seen(picture.parsing)}
        identity = f"studio-{seed}-{index:06d}"
        return records.encode(
            picture.photo, picture.parsing, picture.keypoints, VOCABULARY, identity, metadata, jpeg_quality=JPEG_QUALITY
        )

    _fill(parts, (seed, size), workers, renderer, encoded, progress)
    with records.RecordWriter(
        folder,
        size=(size, size),
        generator=generator,
        seed=seed,
        records_per_shard=records_per_shard,
        overwrite=overwrite,
    ) as writer:
        for index, record in enumerate(parts.stored()):
            writer.write(record, split="train" if index < first_test else "test")
    shown = [records.decode(record) for record in itertools.islice(parts.stored(), _PEOPLE)]
    sheet = contact_sheet([(person["photo"], person["labels"]) for person in shown])
    save_picture(sheet, folder / SHEET, by=_BY)
    parts.remove(fabrics_lib.FILE)
    return folder


def render_range(
    first: int, last: int, seed: int, size: int, workers: int, renderer: Renderer = render.render_person
) -> Iterator[Picture]:
    """Pictures first, ..., last - 1, in order, rendered by `workers` processes."""
    jobs = [(renderer, seed, index, size) for index in range(first, last)]
    return in_order(_render, jobs, workers, chunk=4)


def _render(job: tuple[Renderer, int, int, int]) -> Picture:
    renderer, seed, index, size = job
    try:
        return renderer(seed, index, size)
    except Exception as error:
        raise RuntimeError(f"picture {index} of seed {seed} at {size} pixels can't be rendered: {error!r}") from error


def _first_test(count: int, test_share: float) -> int:
    if count < 1 or not 0.0 <= test_share < 1.0:
        raise ValueError(f"count is {count} and test_share {test_share}; use at least 1, and a share in [0, 1)")
    return count - round(count * test_share)


def _seen(parsing: np.ndarray) -> dict[str, Any]:
    """Which garment classes are visible, and whether that is enough for training (three of the four)."""
    classes = vocabulary_lib.named(VOCABULARY).table()[parsing]
    garments = zip(vocabulary_lib.GARMENTS, vocabulary_lib.GARMENT_CLASSES, strict=True)
    visible = [name for name, label in garments if (classes == label).mean() >= VISIBLE_SHARE]
    return {"visible": visible, "usable": len(visible) >= 3}


def _fill(
    parts: Parts, kind: tuple[int, int], workers: int, renderer: Renderer,
    encoded: Callable[[int, Picture], bytes], progress: bool,
) -> None:  # fmt: skip
    """Renders what the finished parts lack."""
    missing = parts.missing()
    if not missing:
        return
    seed, size = kind
    bar = Progress("people", parts.count, progress, parts.done())
    jobs = [(renderer, seed, index, size) for number in missing for index in parts.entries(number)]
    with contextlib.closing(in_order(_render, jobs, workers, chunk=4)) as pictures:
        for number in missing:
            pending: list[bytes] = []
            for index in parts.entries(number):
                pending.append(encoded(index, next(pictures)))
                bar.add(1)
            parts.write(number, pending)
