# pyright: strict
"""A program of somebody who embeds the project; `make lint` checks it strictly against the public interface.

`tests/test_client_program.py` runs it, but for the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tf_tryon import Completion, Person, TryOn
from tf_tryon.errors import TryOnError
from tf_tryon.inference.recommend import Ranked, recommend
from tf_tryon.inference.request import Request
from tf_tryon.serving.client import Client, CompletionRequest, EncodedPerson


def completed(model: TryOn, photo: Path, garment: str) -> Completion | None:
    """Completions of a photo with labels and keypoints beside it; None: the person doesn't wear the garment."""
    person = Person.from_files(photo)
    if garment not in model.garments:
        return None
    try:
        return model.complete(person, garment=garment, samples=2, seed=7, temperature=0.7)
    except TryOnError:
        return None


def best(completion: Completion) -> NDArray[np.uint8]:
    """The photo that the model finds most fitting."""
    scores = completion.scores["shape"] + completion.scores["texture"]
    return completion.photos[int(scores.argmax())]


def worn_like(model: TryOn, person: Person, other: Person) -> Completion:
    """The person in the other's top."""
    request = Request(garment="top", samples=1, like=other, like_stages=("shape", "texture"))
    return model.answer(person, request)


def ranked(model: TryOn, person: Person, others: list[Person]) -> list[Ranked]:
    """Whose tops go with the person's other clothes, best first."""
    return recommend(model, person, "top", others)


def kept(completion: Completion, folder: Path) -> tuple[Path, tuple[int, int]]:
    """Saves everything; returns the sheet's path and size."""
    return completion.save(folder), completion.sheet(side=64).size


def served(address: str, photo: Path) -> Iterator[bytes]:
    """PNG by PNG from a server, without TensorFlow."""
    with Client(address) as client:
        for part in client.stream(EncodedPerson.from_files(photo), CompletionRequest(garment="top", samples=2, seed=7)):
            yield part.photos[0]
