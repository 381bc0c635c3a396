"""Completions of many people in parts, by whatever processes: each person's folder, and a line of each in the part.

What is written follows from people, model and request alone: not from the number of workers, the runner, or who died.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import hashlib
import json
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from tf_tryon.data.parts import Parts
from tf_tryon.data.person import Person
from tf_tryon.errors import BadFileError, TryOnError
from tf_tryon.files.stamp import cache_key
from tf_tryon.inference.bundled import model_folder
from tf_tryon.inference.model_folder import given_folder
from tf_tryon.inference.noise import MAX_SEED
from tf_tryon.inference.request import Request
from tf_tryon.inference.saving import MARK, save
from tf_tryon.inference.tryon import TryOn
from tf_tryon.stages import STAGES
from tf_tryon.writing import results
from tf_tryon.writing.places import names
from tf_tryon.writing.results import new_files
from tf_tryon.writing.whole import whole_file

BY: Final = "tf-tryon complete-all"
REPORT: Final = "completed.json"
DONE: Final = "completed"
_PEOPLE: Final = "people.json"


class Given(NamedTuple):
    """A person to be completed.

    Attributes:
      name: wished for the folder.
      origin: what a mark says the results are of.
      argument: what `Bulk.read` takes.
    """

    name: str
    origin: str
    argument: str


@dataclasses.dataclass(frozen=True)
class Bulk:
    """All that a process needs; small, as the people stand in a file beside the parts.

    Attributes:
      parts: of the run; an entry is what became of one person, as JSON.
      out: the folder, with a folder for each part and in it one for each person.
      model: as `TryOn.load` takes it.
      digest: of the model's files.
      request: of everybody; its seed leads to one of each person (`seed_of`).
      read: an argument -> the person; importable by name, or of a class that pickle can send.
    """

    parts: Parts
    out: pathlib.Path
    model: str
    digest: str
    request: Request
    read: Callable[[str], Person]

    @classmethod
    def begun(
        cls,
        out: pathlib.Path,
        people: Sequence[Given],
        model: str,
        request: Request,
        read: Callable[[str], Person],
        per_part: int,
    ) -> Bulk:
        """A run, or what an interrupted one of the same people, model and request left.

        Raises:
          ValueError: `out` holds an unfinished run of something else.
          InTheWayError: `out` holds a report that this did not write.
        """
        results.check(out, REPORT, by=BY)
        # Whoever makes a part may have been started in another folder.
        out, model = out.absolute(), os.path.abspath(model) if given_folder(model) else model
        given, digest = json.dumps(people), _digest(model)
        key = {
            "people": hashlib.sha256(given.encode()).hexdigest(),
            "model": digest,
            "request": {name: value for name, value in dataclasses.asdict(request).items() if value is not None},
            "read": repr(read),
            "per_part": per_part,
            "seeds": "of each person",
        }
        parts = Parts(out, json.loads(json.dumps(key)), len(people), per_part)
        with whole_file(parts.folder / _PEOPLE) as temporary:
            temporary.write_text(given, encoding="utf-8")
        return cls(parts, out, model, digest, request, read)

    def finish(self) -> dict[str, Any]:
        """Once all parts are there: writes `completed.json` and removes the parts.

        Returns:
          The report: people, completed, reasons (counts), failed (source, reason, message).
        """
        entries = [json.loads(entry) for entry in self.parts.stored()]
        failed = [entry for entry in entries if entry["reason"] != DONE]
        report = {
            "people": len(entries),
            "completed": len(entries) - len(failed),
            "reasons": dict(sorted(collections.Counter(entry["reason"] for entry in failed).items())),
            "failed": failed,
        }
        with new_files(self.out, REPORT, by=BY) as new:
            new.content = report
        self.parts.remove(_PEOPLE)
        return report


def complete_part(bulk: Bulk, number: int) -> dict[str, int]:
    """Complete the people of a part; returns how many were, and how many failed by reason."""
    model, everybody = _model(bulk.model, bulk.digest), _people(*cache_key(bulk.parts.folder / _PEOPLE))
    numbers = bulk.parts.entries(number)
    people = [everybody[i] for i in numbers]
    folder = bulk.out / f"{number:05d}"
    wished = [(person.name, person.origin) for person in people]
    places = names(wished, lambda name: results.source_of(folder / name, MARK))
    entries = [
        _entry(bulk, model, person, seed_of(i, bulk.request.seed), folder / place)
        for i, person, place in zip(numbers, people, places, strict=True)
    ]
    bulk.parts.write(number, (json.dumps(entry).encode() for entry in entries))
    return dict(collections.Counter(entry["reason"] for entry in entries))


def seed_of(person: int, seed: int) -> int:
    """The seed of a person, by the number in the run: with one seed for all, everybody would get the same colours.

    `result.json` tells it, and `complete` makes the same pictures of it.
    """
    return int(np.random.SeedSequence((seed, person)).generate_state(1, np.uint64)[0]) & MAX_SEED


def _entry(bulk: Bulk, model: TryOn, given: Given, seed: int, place: pathlib.Path) -> dict[str, str]:
    """What became of a person; a full disk and the like end the run."""
    try:
        request = dataclasses.replace(bulk.request, seed=seed)
        save(model.answer(bulk.read(given.argument), request), place, given.origin)
    except (TryOnError, ValueError, FileNotFoundError) as error:
        return {"source": given.origin, "reason": _reason(error), "message": str(error)}
    return {"source": given.origin, "reason": DONE, "message": str(place.relative_to(bulk.out))}


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error.__cause__, "reason", None)
    if reason:
        return str(reason)
    if isinstance(error, FileNotFoundError):
        return "missing"
    return "unreadable" if isinstance(error, (BadFileError, ValueError)) else "not completed"


@functools.lru_cache(maxsize=1)
def _model(name: str, digest: str) -> TryOn:
    del digest  # a process that outlives a run, as a cluster's do, may know another model of this name
    return TryOn.load(name)


@functools.lru_cache(maxsize=1)
def _people(path: pathlib.Path, stamp: tuple[int, ...]) -> list[Given]:
    del stamp
    return [Given(*entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def _digest(model: str) -> str:
    """Of the files of the model's stages."""
    digest = hashlib.sha256()
    for path in sorted(path for stage in STAGES for path in (model_folder(model) / stage).glob("*")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
