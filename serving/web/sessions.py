"""What is kept of visitors, in memory alone, bounded in number, bytes and time. Nothing here writes a file."""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import BACKGROUND, DRESS, GARMENT_CLASSES, slot_of
from tf_tryon.errors import TryOnError
from tf_tryon.inference.request import Request
from tf_tryon.products.product import Product
from tf_tryon.serving.encoded_person import EncodedPerson, from_picture
from tf_tryon.serving.web.refusal import RefusedError

_T = TypeVar("_T")


@dataclasses.dataclass
class Subject:
    """A person on the page: the visitor's photo and what is known of it.

    Attributes:
      photo: PNG.
      size: (height, width).
      labels: (h, w) uint8 of the eight classes, as the visitor has corrected them.
      erased: (h, w) bool, what the visitor has wiped or painted to be erased.
      keypoints: (18, 3) float32.
      dress: whether the bottom is a dress.
      carried: (h, w) bool, `Person.carried` as it was seen; None: not known.
    """

    photo: bytes
    size: tuple[int, int]
    labels: np.ndarray
    erased: np.ndarray
    keypoints: np.ndarray
    dress: bool = False
    carried: np.ndarray | None = None

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        carried = 0 if self.carried is None else self.carried.nbytes
        return len(self.photo) + self.labels.nbytes + self.erased.nbytes + carried

    def labels_for(self, garment: str) -> np.ndarray:
        """The parsing to send: what is to be erased counts as the garment, whatever was seen there."""
        return np.where(self.erased, np.uint8(GARMENT_CLASSES[slot_of(garment)]), self.labels)

    def dress_for(self, garment: str) -> bool:
        """Whether the bottom is a dress: as was seen, or as is asked for where something is wiped away."""
        return self.dress or (garment == DRESS and bool(self.erased.any()))

    def encoded(self, garment: str) -> EncodedPerson:
        """As the gRPC API wants a person."""
        labels, dress = self.labels_for(garment), self.dress_for(garment)
        return EncodedPerson.of_classes(self.photo, labels, self.keypoints, dress, self._carried_beside(labels))

    def person(self, garment: str) -> Person:
        """As the networks want one."""
        photo, labels, dress = from_picture(self.photo), self.labels_for(garment), self.dress_for(garment)
        carried = self._carried_beside(labels)
        return Person(photo, labels, self.keypoints, "the photo", {}, dress, carried=carried)

    def _carried_beside(self, labels: np.ndarray) -> np.ndarray | None:
        """What is carried beside labels (h, w): nothing that the visitor has corrected to a class, or wants erased."""
        return None if self.carried is None else self.carried & (labels == BACKGROUND)

    def wearing(self, garment: str, trained: tuple[str, ...]) -> Person:
        """Likewise, somebody whose garment a model completes.

        Raises:
          RefusedError: 422: there is no such garment, or the model wasn't trained on it.
        """
        person = self.person(garment)
        try:
            Request(garment=garment).check_person(person, trained)
        except TryOnError as error:
            raise RefusedError(422, "refused", str(error)) from error
        return person


@dataclasses.dataclass(frozen=True)
class Sample:
    """One result, kept for "keep this shape" and for downloads."""

    garment: str
    codes: dict[str, np.ndarray]
    photo: bytes
    parsing: bytes

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        return len(self.photo) + len(self.parsing) + sum(code.nbytes for code in self.codes.values())


class Session:
    """One visitor's people, products and results, the latest of each; a page in a second tab has people of its own."""

    def __init__(self, people: int, samples: int) -> None:
        self._most_people, self._most_samples = people, samples
        self._people: OrderedDict[str, Subject] = OrderedDict()
        self._samples: OrderedDict[str, Sample] = OrderedDict()
        self._products: OrderedDict[str, Product] = OrderedDict()
        self.forgotten = False  # by its visitor, so that what is still being made for it is dropped

    def add_person(self, person: Subject) -> str:
        """Keeps a person, maybe in the oldest one's place; returns a key."""
        return _add(self._people, person, self._most_people)

    def add_sample(self, sample: Sample) -> str:
        """Likewise a result."""
        return _add(self._samples, sample, self._most_samples)

    def add_product(self, product: Product) -> str:
        """Likewise a product; as many as people."""
        return _add(self._products, product, self._most_people)

    def person(self, key: str) -> Subject:
        """Raises RefusedError: 404, the page has to be given the photo again."""
        return _get(self._people, key, "photo-gone")

    def sample(self, key: str) -> Sample:
        """Likewise."""
        return _get(self._samples, key, "result-gone")

    def samples(self, keys: Iterable[str]) -> dict[str, Sample]:
        """Of these results those that are still kept, by key."""
        return {key: self.sample(key) for key in keys if key in self._samples}

    def product(self, key: str) -> Product:
        """Likewise."""
        return _get(self._products, key, "result-gone")

    @property
    def bytes(self) -> int:
        """Memory of all that is kept."""
        products = sum(kept.photo.nbytes + kept.mask.nbytes for kept in self._products.values())
        return products + sum(kept.bytes for kept in (*self._people.values(), *self._samples.values()))


class Sessions:
    """All visitors' sessions.

    Args:
      number: at most so many; the one that was idle longest goes first.
      memory: bytes of all together, likewise.
      idle: seconds after which a session is forgotten.
      people, samples: of one session.
      clock: for tests.
    """

    def __init__(
        self,
        number: int = 200,
        memory: int = 1 << 30,
        idle: float = 1800.0,
        people: int = 8,
        samples: int = 120,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._number, self._memory, self._idle, self._clock = number, memory, idle, clock
        self._bounds = people, samples
        self._kept: OrderedDict[str, tuple[float, Session]] = OrderedDict()  # the longest idle first

    def __len__(self) -> int:
        return len(self._kept)

    def open(self, key: str | None) -> tuple[str, Session]:
        """The session of a key, or a new one with a new key, which no visitor can choose."""
        self.sweep()
        if key is None or key not in self._kept:
            key, session = secrets.token_urlsafe(32), Session(*self._bounds)
        else:
            session = self._kept[key][1]
        self._kept[key] = (self._clock(), session)
        self._kept.move_to_end(key)
        return key, session

    def find(self, key: str | None) -> Session:
        """The session of a key.

        Raises:
          RefusedError: 404: there is none, or no longer.
        """
        session = self.known(key)
        if session is None:
            raise RefusedError(404, "photo-gone")
        return session

    def known(self, key: str | None) -> Session | None:
        """The session of a key, which counts as used now; None: there is none."""
        self.sweep()
        return self.open(key)[1] if key is not None and key in self._kept else None

    def forget(self, key: str | None) -> None:
        """Drops a session with everything in it, and with what is still being made for it."""
        if key is not None and key in self._kept:
            self._kept.pop(key)[1].forgotten = True

    def sweep(self) -> None:
        """Forgets who is idle, and the longest idle while there is too much."""
        oldest = self._clock() - self._idle
        sizes = {key: session.bytes for key, (_, session) in self._kept.items()}
        total = sum(sizes.values())
        for key, (touched, _) in list(self._kept.items()):
            # The latest stays in any case: its visitor is being answered.
            crowded = len(self._kept) > 1 and (len(self._kept) > self._number or total > self._memory)
            if touched >= oldest and not crowded:
                break
            total -= sizes[key]
            del self._kept[key]


def _add(kept: OrderedDict[str, _T], value: _T, most: int) -> str:
    key = secrets.token_urlsafe(12)
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
    return key


def _get(kept: OrderedDict[str, _T], key: str, code: str) -> _T:
    if key not in kept:
        raise RefusedError(404, code)
    kept.move_to_end(key)
    return kept[key]
