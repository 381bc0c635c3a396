"""`tf-tryon complete-all`: complete many people, in parts, by many processes or machines."""

from __future__ import annotations

import dataclasses
import functools
import glob
import os
import pathlib
import types
from typing import TYPE_CHECKING, Any

from absl import flags

from tf_tryon.cli import given, idle_flags
from tf_tryon.cli.annotate import define_annotator_flags
from tf_tryon.cli.defining import Into
from tf_tryon.cli.people import MODEL_TEXT, People, default_model
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.writing.places import refuse_overlap, source_of

if TYPE_CHECKING:
    from tf_tryon.data.person import Person
    from tf_tryon.inference.bulk import Given

ARGUMENTS = ""
HELP = """Complete everybody of a data set, or of the photos that patterns name, in parts that many workers make.

OUT/00012/NAME holds what `tf-tryon complete` writes for a person, with a seed of the person's own that result.json
tells, since with one seed everybody would get the same colours. OUT/completed.json counts who could not be completed,
by reason, and names each. Interrupted, the same command goes on behind the finished parts; what is written is the same
bytes on any number of workers and any runner. Photos without parsing and keypoints beside them are annotated as they
come; `tf-tryon annotate` does that beforehand, and leaves what it found to be looked at. docs/data.md tells of runners.

  tf-tryon complete-all --photos 'photos/*.jpg' --garment top --samples 4 --out completed --workers 2
  tf-tryon complete-all --data data/ccp --out completed --runner DaskRunner --beam-option=--dask_client_address=H:8786
"""
_FILES = ("parser_weights", "pose_model")
_READER = ("vocabulary", "parser", "parser_weights", "pose_model", "person", "cut")


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    from tf_tryon.data.vocabulary import TARGETS

    add = Into(flag_values=flag_values)
    flags.DEFINE_multi_string("photos", [], "Pattern of photos, ** for all folders below; may be repeated.", **add)
    flags.DEFINE_string("data", None, "A data set's folder instead.", **add)
    flags.DEFINE_string("split", None, "Only this split of --data.", **add)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_string("model", None, MODEL_TEXT, **add)
    flags.DEFINE_enum("garment", "top", list(TARGETS), "What to erase and complete.", **add)
    flags.DEFINE_integer("samples", 4, "Completions of each person.", lower_bound=1, **add)
    define_seed(flag_values, "Of the noise; leads to one of each person.")
    flags.DEFINE_float("temperature", 1.0, "Spread of the samples; 0: the prior's mean.", lower_bound=0.0, **add)
    define_vocabulary(flag_values)
    flags.DEFINE_integer("workers", 2, "Processes on this machine.", lower_bound=1, **add)
    flags.DEFINE_string("runner", "", "Of Apache Beam (DirectRunner, DaskRunner, ...); default: a process pool.", **add)
    flags.DEFINE_multi_string("beam_option", [], "Of Beam's pipeline.", **add)
    flags.DEFINE_integer("per_part", 16, "People of a part: an interruption costs at most so many a worker.", 1, **add)
    define_annotator_flags(flag_values, ["builtin", "fashn"])


@dataclasses.dataclass(frozen=True)
class Reader:
    """Reads a photo, with what lies beside it or annotated, in any process.

    Attributes:
      flag_items: the annotator's flags.
      digests: of the files that they name: what is found follows from these.
    """

    flag_items: tuple[tuple[str, Any], ...]
    digests: tuple[str, ...] = ()

    def __call__(self, argument: str) -> Person:
        """The person of a photo's path."""
        return _people(self).one(argument)


def reader(flag_values: flags.FlagValues) -> Reader:
    """For processes that may have been started in another folder.

    Raises:
      TryOnError: a file that a flag names isn't there.
    """
    from tf_tryon.files.regular import size_of
    from tf_tryon.writing import marks

    values = {name: getattr(flag_values, name) for name in _READER}
    files = {name: os.path.abspath(values[name]) for name in _FILES if values[name]}
    for name, path in files.items():
        size_of(path, f"name a file by --{name.replace('_', '-')}")
    digests = tuple(marks.digest(pathlib.Path(path)) for path in files.values())
    return Reader(tuple((values | files).items()), digests)


@functools.lru_cache(maxsize=1)
def _people(reader: Reader) -> People:
    return People(types.SimpleNamespace(**dict(reader.flag_items)), None)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses people and models that aren't there, and results among the photos."""
    del args
    from tf_tryon.inference.model_folder import ModelFolder, given_folder

    if (flag_values.data is None) == (not flag_values.photos):
        raise ValueError("name people by --data, or by --photos")
    if flag_values.split is not None and flag_values.data is None:
        raise ValueError("--split is of --data: leave it out, or name fewer --photos")
    idle_flags.refuse(flag_values, {"beam_option": "runner"})
    given.data_sets([flag_values.data])
    photos = _photos(flag_values)
    given.weights(flag_values.parser_weights, "name a file of `tf-tryon parser train`")
    ModelFolder(_model(flag_values)).check(flag_values.garment)
    refuse_overlap(flag_values.out, [*photos, flag_values.data, given_folder(flag_values.model)], "--out")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Completes everybody; 1 if somebody could not be."""
    del args
    from tf_tryon.data.engine import Engine
    from tf_tryon.data.part_runs import make_missing
    from tf_tryon.inference.bulk import REPORT, Bulk, complete_part
    from tf_tryon.inference.request import Request

    request = Request(
        garment=flag_values.garment,
        samples=flag_values.samples,
        seed=flag_values.seed,
        temperature=flag_values.temperature,
    )
    out = pathlib.Path(flag_values.out)
    bulk = Bulk.begun(out, _given(flag_values), _model(flag_values), request, reader(flag_values), flag_values.per_part)
    engine = Engine(flag_values.workers, flag_values.runner, flag_values.beam_option)
    make_missing(bulk.parts, functools.partial(complete_part, bulk), engine)
    report = bulk.finish()
    print(f"{report['completed']} of {report['people']} people were completed")
    for reason, count in report["reasons"].items():
        print(f"  {count} not: {reason}")
    print(out / REPORT)
    return 1 if report["failed"] else 0


def _model(flag_values: flags.FlagValues) -> str:
    return flag_values.model or default_model([flag_values.data] if flag_values.data else flag_values.photos)


def _photos(flag_values: flags.FlagValues) -> list[str]:
    """The files that the patterns name, but for annotations, in order; FileNotFoundError if a pattern names none."""
    from tf_tryon.data.photo import is_picture_name

    photos: set[str] = set()
    for pattern in flag_values.photos:
        named = {path for path in glob.glob(pattern, recursive=True) if is_picture_name(pathlib.Path(path).name)}
        if not named:
            raise FileNotFoundError(f"--photos {pattern}: there are no such photos")
        photos |= named
    return sorted(photos)


def _given(flag_values: flags.FlagValues) -> list[Given]:
    from tf_tryon.data.records import open_records
    from tf_tryon.data.sources.names import readable
    from tf_tryon.inference.bulk import Given

    if flag_values.data is None:
        photos = map(pathlib.Path, _photos(flag_values))
        # Of a link the files beside the link count, not those beside what it leads to.
        return [Given(readable(path.stem), source_of(path), os.path.abspath(path)) for path in photos]
    records = open_records(flag_values.data)
    folder = pathlib.Path(flag_values.data).resolve()
    numbers = records.split(flag_values.split) if flag_values.split else range(len(records))
    return [Given(f"{folder.name}-{i:06d}", f"{folder}:{i}", f"{folder}:{i}") for i in numbers]
