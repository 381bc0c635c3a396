"""Renders a Studio data set: worker processes draw people, this process writes records.

Picture i is a function of (seed, i, size, render.VERSION) alone, and records are written in order, so any number of
workers makes the same bytes. Finished runs of `PART` pictures are kept under `.parts/` until the data set is whole: a
run that was killed starts again behind the last of them. Workers import no TensorFlow; this process does, for the
records' schema.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from tf_tryon.data import tfrecord
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.studio import outfit_distribution, render
from tf_tryon.data.studio.contact_sheet import contact_sheet
from tf_tryon.data.studio.render import Picture

PART: Final = 100
PARTS: Final = ".parts"
VOCABULARY: Final = "cihp20"
# 43 dB and 6.5 KiB for a photo of 128 pixels, where PNG takes 20 KiB (the backdrop's grain) and more time.
JPEG_QUALITY: Final = 95
# People on the contact sheet.
SHEET: Final = 48
# A garment counts as visible from this share of the picture on.
VISIBLE_SHARE: Final = 0.002
# Threads of the libraries that the workers load: one each, as the workers fill the cores themselves.
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

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
        renderer: `(seed, index, size) -> Picture`, `render.render_person` by default; must be importable by name.

    Returns:
        The folder.

    Raises:
        ValueError: a count or share out of range, or unfinished parts of another kind of run.
        FileExistsError: the folder holds a data set and `overwrite` is not given.
    """
    from tf_tryon.data import records  # loads TensorFlow, which the workers must not

    first_test = _first_test(count, test_share)
    if size < 32 or workers < 1:
        raise ValueError(f"size is {size} and workers {workers}; use a size of at least 32 and at least one worker")
    folder = pathlib.Path(out)
    if (folder / records.MANIFEST).exists() and not overwrite:
        raise FileExistsError(f"{folder} holds a data set already: choose another folder, or overwrite it")
    generator = f"studio {render.VERSION}, outfits {outfit_distribution.fingerprint()}"
    parts = _open_parts(folder / PARTS, {"generator": generator, "seed": seed, "size": size, "format": records.VERSION})

    def encoded(index: int, picture: Picture) -> bytes:
        metadata = {**picture.metadata, **_seen(picture.parsing)}
        identity = f"studio-{seed}-{index:06d}"
        return records.encode(
            picture.photo, picture.parsing, picture.keypoints, VOCABULARY, identity, metadata, jpeg_quality=JPEG_QUALITY
        )

    _fill(parts, count, (seed, size), workers, renderer or render.render_person, encoded, progress)
    with records.RecordWriter(
        folder,
        size=(size, size),
        generator=generator,
        seed=seed,
        records_per_shard=records_per_shard,
        overwrite=overwrite,
    ) as writer:
        for index, record in enumerate(_stored(parts, count)):
            writer.write(record, split="train" if index < first_test else "test")
    shown = [records.decode(record) for record in itertools.islice(_stored(parts, count), SHEET)]
    contact_sheet([(person["photo"], person["labels"]) for person in shown]).save(folder / "contact_sheet.png")
    shutil.rmtree(parts)
    return folder


def render_range(
    first: int, last: int, seed: int, size: int, workers: int, renderer: Renderer = render.render_person
) -> Iterator[Picture]:
    """Pictures first, ..., last - 1, in order, rendered by `workers` processes."""
    jobs = [(renderer, seed, index, size) for index in range(first, last)]
    if workers == 1 or len(jobs) == 1:
        yield from map(_render, jobs)
        return
    with _single_threaded():
        pool = multiprocessing.get_context("spawn").Pool(workers, initializer=_ignore_interrupt)
    try:
        with _terminable():
            # Few at a time: pictures wait in memory until all before them are there.
            yield from pool.imap(_render, jobs, chunksize=4)
    finally:
        pool.terminate()
        pool.join()


def _render(job: tuple[Renderer, int, int, int]) -> Picture:
    renderer, seed, index, size = job
    try:
        return renderer(seed, index, size)
    except Exception as error:
        raise RuntimeError(f"picture {index} of seed {seed} at {size} pixels can't be rendered: {error!r}") from error


def _ignore_interrupt() -> None:
    # Ctrl-C goes to the whole group; the parent alone decides what happens then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM unwinds the stack as Ctrl-C does, so that the workers are stopped too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _single_threaded() -> Iterator[None]:
    """Processes that are started inside inherit one thread per numerical library."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


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


def _open_parts(folder: pathlib.Path, key: dict[str, Any]) -> pathlib.Path:
    """The folder of finished parts, which belong to one kind of run."""
    path = folder / "key.json"
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        if found != key:
            raise ValueError(
                f"{folder} holds an unfinished run of {found}, not of {key}: delete it or choose another folder"
            )
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    _write(path, json.dumps(key).encode())
    return folder


def _fill(
    parts: pathlib.Path, count: int, kind: tuple[int, int], workers: int, renderer: Renderer,
    encoded: Callable[[int, Picture], bytes], progress: bool,
) -> None:  # fmt: skip
    """Renders what the finished parts lack."""
    seed, size = kind
    number, done = 0, 0
    while done < count and (part := _part(parts, number, count)).exists():
        done, number = done + len(_framed(part)), number + 1
    bar = _progress_bar(count, done) if progress and done < count else None
    pending: list[bytes] = []
    for index, picture in enumerate(
        render_range(done, count, seed, size, workers, renderer) if done < count else (), done
    ):
        pending.append(encoded(index, picture))
        if len(pending) == PART or index == count - 1:
            _write(_part(parts, index // PART, count), b"".join(map(tfrecord.frame, pending)))
            pending = []
        if bar is not None:
            bar.add(1)


def _part(parts: pathlib.Path, number: int, count: int) -> pathlib.Path:
    """A part's file; its name tells the people in it, so that a shorter last part is not taken for a whole one."""
    return parts / f"{number * PART:07d}-{min((number + 1) * PART, count):07d}.records"


def _framed(path: pathlib.Path) -> list[tuple[int, int]]:
    """(offset, length) of the records of a part."""
    places, offset, size = [], 0, path.stat().st_size
    with path.open("rb") as file:
        while offset < size:
            file.seek(offset)
            length = int.from_bytes(file.read(8), "little")
            places.append((offset, length))
            offset += tfrecord.HEADER + length + tfrecord.FOOTER
    return places


def _stored(parts: pathlib.Path, count: int) -> Iterator[bytes]:
    """The records of all parts in order, their checksums verified."""
    for number in range(-(-count // PART)):
        path = _part(parts, number, count)
        data = np.fromfile(path, np.uint8)
        for offset, length in _framed(path):
            yield tfrecord.unframe(data, offset, length)


def _write(path: pathlib.Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def _progress_bar(count: int, done: int) -> Any:
    import keras

    # In a log every update is a line of its own.
    bar = keras.utils.Progbar(count, interval=1.0 if sys.stdout.isatty() else 30.0, unit_name="person")
    if done:
        bar.add(done)
    return bar
