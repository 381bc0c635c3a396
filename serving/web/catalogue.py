"""Garments of a catalogue that go with what a visitor wears: ranked here, tried on by the gRPC API.

Ranking needs the networks themselves (a served model has no such signature), so they are loaded in this process where
a catalogue is configured, in the background.
"""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
from typing import Any

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.encoded_person import EncodedPerson, to_png
from tf_tryon.serving.web.background import Background
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Subject


@dataclasses.dataclass(frozen=True)
class Match:
    """A garment of the catalogue: its number there, and the log-likelihood of its codes in nats."""

    number: int
    score: float


class Catalogue:
    """People of a folder of records whose garments can be had.

    Args:
      folder: of records.
      model: folder of a bundle; None: the bundled weights.
      count: at most so many people of the folder, the first.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        model: str | None = None,
        count: int = 200,
    ) -> None:
        from tf_tryon.data.records import open_records

        self._records = open_records(folder)  # a wrong folder is refused at the start
        self._model_folder, self._count = model, count
        self._background = Background("recommend")
        self._people: list[Person] = []
        self._model: Any = None
        self._codes: dict[tuple[int, str], dict[str, np.ndarray]] = {}

    def warm(self) -> None:
        """Loads people and networks meanwhile."""
        self._background.later(self._loaded, "the catalogue can't be used")

    def close(self) -> None:
        """Ends the thread; what it ranks is not waited for."""
        self._background.close()

    async def best(self, subject: Subject, garment: str, top: int) -> list[Match]:
        """The best matches, best first.

        Raises:
          RefusedError: too many wait; the subject doesn't wear such a garment.
        """
        return await self._background.run(self._rank, subject, garment, top)

    def picture(self, number: int) -> bytes:
        """Photo of one of the people, PNG."""
        return to_png(self._person(number).photo)

    async def codes(self, client: AsyncClient, number: int, garment: str) -> dict[str, np.ndarray]:
        """Codes of a garment, from the server; kept."""
        if (number, garment) not in self._codes:
            encoded = EncodedPerson.from_person(self._person(number))
            self._codes[number, garment] = await client.encode(encoded, garment)
        return self._codes[number, garment]

    def _person(self, number: int) -> Person:
        if not 0 <= number < len(self._people):
            raise RefusedError(404, "result-gone")
        return self._people[number]

    def _loaded(self) -> None:
        if self._model is not None:
            return
        from tf_tryon.inference.tryon import TryOn

        numbers = range(min(self._count, len(self._records)))
        self._people = [Person.of(self._records, number) for number in numbers]
        self._model = TryOn.load(self._model_folder)

    def _rank(self, subject: Subject, garment: str, top: int) -> list[Match]:
        from tf_tryon.inference.recommend import people_wearing, recommend

        self._loaded()
        people = list(people_wearing(iter(self._people), garment))
        numbers = {id(person): number for number, person in enumerate(self._people)}
        person = subject.wearing(garment, self._model.garments)
        ranked = recommend(self._model, person, garment, people) if people else []
        return [Match(numbers[id(each.person)], each.score) for each in itertools.islice(ranked, top)]
