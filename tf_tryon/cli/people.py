"""The people that a verb is given: photos with files beside them, photos alone, records of a folder."""

from __future__ import annotations

import logging
import pathlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from tf_tryon import quiet
from tf_tryon.writing.places import source_of

if TYPE_CHECKING:
    from tf_tryon.annotation.annotator import Annotator
    from tf_tryon.data.person import Person

_log = logging.getLogger(__name__)

MODEL_TEXT = (
    "street, studio, or a folder written by `tf-tryon bundle`; default: street for photos, studio for Studio's people."
)


class Source(NamedTuple):
    """A person to be read.

    Attributes:
      name: the photo's stem, or the folder's name and the record's number.
      origin: the photo's path, or the folder's with the record's number: what a mark says the results are of.
      read: reads the person.
    """

    name: str
    origin: str
    read: Callable[[], Person]


def check_there(arguments: list[str]) -> None:
    """Raise FileNotFoundError if none of the people is there; where some are, the others are reported in their turn."""
    missing = [argument for argument in arguments if not (_record(argument) or pathlib.Path(argument).exists())]
    if len(missing) == len(arguments):
        raise FileNotFoundError("; ".join(f"{argument}: there is no such photo or folder" for argument in missing))


def default_model(arguments: list[str]) -> str:
    """The bundled model for these people: "studio" if all are of data sets that Studio rendered, else "street"."""
    from tf_tryon.inference.bundled import STREET, STUDIO

    return STUDIO if all(_rendered(argument) for argument in arguments) else STREET


def _rendered(argument: str) -> bool:
    from tf_tryon.data.manifest import read_manifest

    record = _record(argument)
    folder = pathlib.Path(record[0] if record else argument)
    return folder.is_dir() and read_manifest(folder)["generator"].startswith("studio")


def inputs(arguments: Iterable[str | None]) -> list[str]:
    """The files and folders behind photos, folders and FOLDER:INDEX."""
    given = [argument for argument in arguments if argument]
    return [record[0] if (record := _record(argument)) else argument for argument in given]


def _record(argument: str) -> tuple[str, int] | None:
    """Folder and index of FOLDER:INDEX; None if it isn't of that form."""
    folder, colon, index = argument.rpartition(":")
    return (folder, int(index)) if colon and index.isdecimal() and pathlib.Path(folder).is_dir() else None


class People:
    """Reads people as the command line's flags ask; the annotator is loaded for the first photo that needs it.

    Args:
      flag_values: those of `define_annotator_flags`, and `vocabulary`.
      annotations: the folder for what it finds; None: not kept.
    """

    def __init__(self, flag_values: Any, annotations: pathlib.Path | None) -> None:
        self._flags, self._annotations = flag_values, annotations
        self._annotator: Annotator | None = None

    def __enter__(self) -> People:
        return self

    def __exit__(self, *_: object) -> None:
        if self._annotator is not None:
            self._annotator.close()

    def sources(self, argument: str, index: list[int] | None) -> list[Source]:
        """A photo, or people of a folder of records, all or those of `index`."""
        from tf_tryon.data.person import Person

        path = pathlib.Path(argument)
        if not path.is_dir():
            return [Source(path.stem, source_of(path), lambda: self._photo(path))]
        quiet.import_tensorflow()  # which reads records
        from tf_tryon.data.records import open_records

        records = open_records(path)
        for wrong in [i for i in index or [] if not 0 <= i < len(records)]:
            raise ValueError(f"{path}: --index {wrong}: the folder has people 0 to {len(records) - 1}")
        numbers = index if index is not None else range(len(records))
        place = path.resolve()
        return [
            Source(f"{place.name}-{i:06d}", f"{source_of(place)}:{i}", lambda i=i: Person.of(records, i))
            for i in numbers
        ]

    def one(self, argument: str) -> Person:
        """A photo's path, or FOLDER:INDEX of a folder of records."""
        record = _record(argument)
        if record:
            return self.sources(record[0], [record[1]])[0].read()
        if pathlib.Path(argument).is_dir():
            raise ValueError(f"{argument} is a folder of records: say which person, as {argument}:0")
        return self.sources(argument, None)[0].read()

    def _photo(self, path: pathlib.Path) -> Person:
        from tf_tryon.data.person import Person
        from tf_tryon.data.person_files import KEYPOINTS, PARSING, beside

        if not path.is_file() or any(beside(path, ending).is_file() for ending in (PARSING, KEYPOINTS)):
            return Person.from_files(path, self._flags.vocabulary)
        return self._annotated(path)

    def _annotated(self, path: pathlib.Path) -> Person:
        """Annotates a photo that has nothing beside it; warnings name the preview."""
        from tf_tryon.annotation.files import names_in, save
        from tf_tryon.cli.annotate import load_annotator
        from tf_tryon.data.photo import read_photo
        from tf_tryon.errors import TryOnError

        photo = read_photo(path)
        if self._annotator is None:
            self._annotator = load_annotator(self._flags)
        try:
            annotation = self._annotator.annotate(photo, self._flags.person, path)
        except TryOnError as error:
            raise TryOnError(f"{path}: {error}") from error
        for text in annotation.warnings:
            _log.warning("%s: %s", path, text)
        folder = self._annotations
        if folder is None:
            return annotation.as_person(photo, path.stem)
        (name,) = names_in(folder, [path])
        save(annotation, photo, path, folder, name)
        _log.info("%s was annotated: see %s_preview.png", path, folder / name)
        return annotation.as_person(photo, path.stem)
