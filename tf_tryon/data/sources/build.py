"""A data set's records from its own files: locate, prepare in parts, divide into splits, write.

The records' bytes follow from the files and the options alone, not from workers, runner or interruptions.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import json
import os
import pathlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from tf_tryon.data import records
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.contact_sheet import CROP_SIZE, cropped_to
from tf_tryon.data.engine import Engine
from tf_tryon.data.overwriting import check_place
from tf_tryon.data.part_runs import make_missing
from tf_tryon.data.parts import Parts
from tf_tryon.data.person import Person
from tf_tryon.data.sources import report as report_lib
from tf_tryon.data.sources import split as split_lib
from tf_tryon.data.sources.first_hundred import FirstHundred
from tf_tryon.data.sources.layouts import LAYOUTS
from tf_tryon.data.sources.located import Layout, Located
from tf_tryon.data.sources.names import readable
from tf_tryon.data.sources.outcome import MISSING, Outcome
from tf_tryon.data.sources.prepare import Annotators, Settings
from tf_tryon.data.sources.report import Report
from tf_tryon.data.sources.work import Work, make_part
from tf_tryon.data.studio.contact_sheet import SHEET, contact_sheet
from tf_tryon.errors import TryOnError
from tf_tryon.files.stamp import stamp
from tf_tryon.writing.pictures import check_picture, save_picture
from tf_tryon.writing.places import refuse_overlap

VERSION: Final = 3  # of the preparation: another makes other records of the same files
PART: Final = 32  # an interruption costs at most this many photos and worker
SPLITS: Final = ("train", "test")
_HELD_OUT: Final = "held-out"
DIVISIONS: Final = ("own", "thesis", "tenth", _HELD_OUT)
SIZE: Final = 256
MAX_HEIGHT: Final = 1024
LEAST_HEIGHT: Final = 128
_PEOPLE: Final = 48  # on the contact sheet


@dataclasses.dataclass(frozen=True)
class Options:
    """How to make the records.

    Attributes:
      size: height and width of the stored pictures, cropped to the person; None: 256, or where `max_height` is given
        or the layout wants it, photos keep their own resolution.
      max_height: to which taller photos are scaled then; None: 1,024.
      split: only this one.
      splits: "own" (the data set's), "thesis" (8,023 and 1,000 drawn by seed), "tenth" (about
        that of all, each by a hash of seed and name, for the test), "held-out" (`test` people with labels of their
        own, drawn by seed), or "": own where there are any, else as the layout wants it.
      test: how many to hold out; None: as the layout wants it.
      labelled: take only photos with labels of their own; the others' parsing isn't asked of annotators.
      seed: of drawn splits.
      min_garments: that a person must show; None: as the layout wants it.
      vocabulary: of the label pictures, whatever they state; None: what each states, else the layout's.
      annotator: makes `Annotators` in each process; see `prepare.Settings`.
      workers: processes.
      runner: a Beam runner; "": the process pool.
      beam_options: of the pipeline, as on a command line.
      records_per_shard: people per file.
      overwrite: replace a finished data set.
      progress: show a bar.
    """

    size: int | None = None
    max_height: int | None = None
    split: str | None = None
    splits: str = ""
    test: int | None = None
    labelled: bool = False
    seed: int = 0
    min_garments: int | None = None
    vocabulary: str | None = None
    annotator: Callable[[], Annotators] | None = None
    workers: int = 2
    runner: str = ""
    beam_options: Sequence[str] = ()
    records_per_shard: int = 1000
    overwrite: bool = False
    progress: bool = True


def build(
    name: str,
    root: str | os.PathLike[str],
    out: str | os.PathLike[str],
    options: Options = Options(),
) -> Report:
    """Makes a data set's folder (`data.records`), with a contact sheet and the report of rejections.

    Args:
      name: of the layout, a key of `layouts.LAYOUTS`.
      root: the data set as it was unpacked.
      out: folder to make; what an interrupted run of the same kind left there is used.
      options: how.

    Raises:
      FileNotFoundError: root has another layout.
      FileExistsError: out holds a data set and `overwrite` is not given, or files in its places that no manifest lists.
      TryOnError: annotators or Beam are needed and not there, or nothing could be kept; out and root hold one another,
        or out holds a report or a contact sheet that this did not write.
      ValueError: options out of range, or unfinished parts of another kind of run.
    """
    # Beam's workers may have been started in another folder.
    layout, root, out = LAYOUTS[name], pathlib.Path(root).absolute(), pathlib.Path(out).absolute()
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is no folder: unpack the data set and name its root")
    refuse_overlap(out, [root], "--out")
    options = _of_layout(layout, options)
    _check(layout, out, options)
    return _built(layout, root, layout.locate(root), out, options)


def build_of(
    name: str, located: Sequence[Located], out: str | os.PathLike[str], options: Options = Options()
) -> Report:
    """`build` of examples that were located already, wherever they lie: they may be anywhere but in `out`."""
    layout, out = LAYOUTS[name], pathlib.Path(out).absolute()
    options = _of_layout(layout, options)
    _check(layout, out, options)
    root = pathlib.Path(os.path.commonpath([example.photo.resolve().parent for example in located]))
    return _built(layout, root, located, out, options)


def _built(
    layout: Layout, root: pathlib.Path, located: Iterable[Located], out: pathlib.Path, options: Options
) -> Report:
    name = layout.name
    examples = _located(layout, root, located, options)
    _check_annotator(layout, root, examples, options)
    vocabulary = options.vocabulary or layout.vocabulary_of(root)
    settings = Settings(
        name, vocabulary, options.size, options.min_garments, options.annotator, options.max_height or MAX_HEIGHT,
        asked=options.vocabulary is not None,
    )  # fmt: skip
    work = Work(_parts(out, root, settings, examples), settings)
    work.store(examples)
    _run(work, options)
    report, chosen = _divided(work.parts, name, examples, options)
    if not report.kept:
        report.save(out)
        work.remove()
        raise TryOnError(f"{root}: no example could be kept:\n{report.summary()}")
    with records.RecordWriter(
        out,
        size=None if options.size is None else (options.size, options.size),
        generator=f"{name} {VERSION}",
        seed=None if options.splits == "own" else options.seed,
        records_per_shard=options.records_per_shard,
        overwrite=options.overwrite,
    ) as writer:
        for split in report.kept:
            for belongs, entry in zip(chosen, work.parts.stored(), strict=True):
                if belongs == split:
                    writer.write(Outcome.from_bytes(entry).record, split)
        report.save(out)
    _sheet(out, name)
    work.remove()
    return report


def _of_layout(layout: Layout, options: Options) -> Options:
    """The options with the layout's defaults where nothing is asked."""
    if options.test is not None and (options.test < 1 or options.splits not in ("", _HELD_OUT)):
        raise ValueError(
            f"test {options.test} with splits {options.splits!r}: it is the number of people to hold out, 1 or more, "
            f"and goes with {_HELD_OUT} alone"
        )
    own_size = options.size is None and (layout.own_size or options.max_height is not None)
    drawn = _HELD_OUT if layout.held_out else layout.drawn
    default = "own" if layout.own_splits else drawn
    return dataclasses.replace(
        options,
        size=None if own_size else options.size or SIZE,
        splits=options.splits or (default if options.test is None else _HELD_OUT),
        test=layout.held_out if options.test is None else options.test,
        min_garments=layout.min_garments if options.min_garments is None else options.min_garments,
    )


def _check(layout: Layout, out: pathlib.Path, options: Options) -> None:
    check_place(out, options.overwrite)
    report_lib.check(out, layout.name)
    check_picture(out / SHEET, by=f"tf-tryon data {layout.name}")
    if options.size is not None and options.max_height is not None:
        raise ValueError("size and max_height: photos are cropped to a size, or keep their own up to a height")
    if options.max_height is not None and options.max_height < LEAST_HEIGHT:
        raise ValueError(f"max_height {options.max_height}: {LEAST_HEIGHT} or more is needed to see a person")
    if options.size is not None and (options.size < 32 or options.size % 32):
        raise ValueError(f"size {options.size}: a multiple of 32 is needed, as the networks halve it five times")
    if options.workers < 1 or not 0 <= (options.min_garments or 0) <= len(vocabulary_lib.GARMENTS):
        raise ValueError(f"workers {options.workers}, min_garments {options.min_garments}: 1 or more, and 0 to 4")
    if options.splits not in DIVISIONS:
        raise ValueError(f"splits {options.splits!r}: choose {', '.join(DIVISIONS[:-1])} or {DIVISIONS[-1]}")
    if options.splits == "own" and not layout.own_splits:
        raise ValueError(
            f"{layout.name} has no splits of its own: choose {', '.join(DIVISIONS[1:-1])} or {DIVISIONS[-1]}"
        )
    if options.splits == _HELD_OUT and not options.test:
        raise ValueError("splits held-out: say how many people to hold out, as test")
    if options.split is not None and options.split not in SPLITS:
        raise ValueError(f"split {options.split!r}: choose {' or '.join(SPLITS)}")
    if options.vocabulary is not None and options.vocabulary not in vocabulary_lib.VOCABULARIES:
        raise ValueError(f"vocabulary {options.vocabulary!r}: choose one of {', '.join(vocabulary_lib.VOCABULARIES)}")


def _located(layout: Layout, root: pathlib.Path, located: Iterable[Located], options: Options) -> list[Located]:
    examples = sorted(map(_checked, located), key=lambda example: example.id)
    split = options.split if options.splits == "own" else None
    if split is not None:
        examples = [example for example in examples if example.split == split]
    if options.labelled:
        examples = [example for example in examples if example.parsing is not None]
    if not examples:
        kind = " with labels of its own" if options.labelled else ""
        raise FileNotFoundError(f"{root}: no photo{kind} was found{f' in split {split}' if split else ''}")
    for first, second in itertools.pairwise(examples):
        if first.id == second.id:
            raise ValueError(f"{root}: the lists name {first.id} twice ({first.split}, {second.split})")
    return examples


def _checked(example: Located) -> Located:
    """The example with an id that a record can hold, and rejected already if its photo isn't there."""
    there = bool(example.rejected) or example.photo.is_file()
    return dataclasses.replace(
        example,
        id=readable(example.id),
        group=readable(example.group),
        rejected=example.rejected if there else MISSING,
    )


def _check_annotator(layout: Layout, root: pathlib.Path, examples: list[Located], options: Options) -> None:
    """Whether what is missing can be added, before anything is read."""
    wanted = [example for example in examples if not example.rejected]
    if not wanted:
        return
    lacking = {what: sum(getattr(e, what) is None for e in wanted) for what in ("parsing", "keypoints")}
    if options.annotator is None:
        for what, count in lacking.items():
            if count == len(wanted):
                raise TryOnError(
                    f"{root}: no photo of {layout.name} has {what}, and annotators, which would add them, are switched "
                    "off or not installed: docs/data.md says where files of your own may lie"
                )
    elif any(lacking.values()):
        try:
            options.annotator().close()  # each process loads its own
        except TryOnError as error:
            raise TryOnError(
                f"{root}: {lacking['parsing']} photos lack parsing and {lacking['keypoints']} keypoints, and the "
                f"annotators can't be loaded: {error}; --noannotate rejects such photos instead"
            ) from error


def _parts(out: pathlib.Path, root: pathlib.Path, settings: Settings, examples: list[Located]) -> Parts:
    """The run's parts; their key names all that an entry follows from."""
    files = hashlib.sha256()
    for example in examples:
        names = [pathlib.Path(os.path.relpath(p, root)).as_posix() if isinstance(p, pathlib.Path) else repr(p)
                 for p in (example.photo, example.parsing, example.keypoints)]  # fmt: skip
        about = [_stamp(p) for p in (example.photo, example.parsing, example.keypoints)]
        about += [json.dumps(example.metadata, sort_keys=True, default=repr)]
        files.update(os.fsencode("\n".join([example.id, example.split, example.rejected, *names, *about, ""])))
    annotator = settings.annotator
    key = {
        **dataclasses.asdict(settings),
        "annotator": getattr(annotator, "__qualname__", repr(annotator)),
        "version": VERSION,
        "format": records.VERSION,
        "part": PART,
        "examples": f"{len(examples)}, {files.hexdigest()[:16]}",
    }
    return Parts(out, key, len(examples), PART)


def _stamp(place: object) -> str:
    """What tells that a file was changed; "" of what is no file."""
    if not isinstance(place, pathlib.Path) or not place.is_file():
        return ""
    return "{} {}".format(*stamp(place))


def _run(work: Work, options: Options) -> None:
    engine = Engine(options.workers, options.runner, options.beam_options, options.progress)
    make_missing(work.parts, functools.partial(make_part, work), engine, look=FirstHundred(work.parts).look)


def _divided(parts: Parts, name: str, examples: list[Located], options: Options) -> tuple[Report, list[str]]:
    """The report, and the split of each example, "" for those that aren't written."""
    report, kept = Report(name, len(examples)), []
    for index, (example, entry) in enumerate(zip(examples, parts.stored(), strict=True)):
        outcome = Outcome.from_bytes(entry)
        if outcome.record:
            kept.append(index)
        else:
            report.rejected.append((example.id, outcome.reason, outcome.detail))
    groups = [examples[index].group or examples[index].id for index in kept]
    if options.splits == "thesis":
        splits = split_lib.drawn(groups, options.seed)
    elif options.splits == "tenth":
        splits = split_lib.tenth(groups, options.seed)
    elif options.splits == _HELD_OUT:
        labelled = [examples[index].parsing is not None for index in kept]
        splits = split_lib.held_out(groups, labelled, options.seed, options.test or 0)
    else:
        splits = [examples[index].split for index in kept]
    chosen = [""] * len(examples)
    for index, split in zip(kept, splits, strict=True):
        if options.split in (None, split):
            chosen[index] = split
    report.kept = {split: count for split in SPLITS if (count := chosen.count(split))}
    report.left_out = len(kept) - sum(report.kept.values())
    return report, chosen


def _sheet(out: pathlib.Path, name: str) -> None:
    data = records.open_records(out)
    numbers = np.unique(np.linspace(0, len(data) - 1, min(_PEOPLE, len(data))).round().astype(int))
    people = [cropped_to(Person.of(data, int(number)), data.size or CROP_SIZE) for number in numbers]
    sheet = contact_sheet([(one.photo, one.labels) for one in people], vocabulary="tryon8")
    save_picture(sheet, out / SHEET, by=f"tf-tryon data {name}")
