"""A catalogue of products, opened: items, cut-outs, and for each garment an index of codes that stays on the disk.

CAT/catalogue.json         the mark; model, garments with their numbers, the units of codes
CAT/items.json             of each item what the shop says of it, and its garment
CAT/rejected.json          photos and lines that could not be taken, and why
CAT/cuts/000000.png        the garment, cut out, of at most 512 px
CAT/codes.npz              of every item, as the encoder gave it
CAT/top.usearch            an index of the tops' codes, keys are items' numbers
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import os
import pathlib
from typing import Any, Final

import numpy as np
from PIL import Image

from tf_tryon.data.photo import open_upright, to_rgb
from tf_tryon.errors import TryOnError
from tf_tryon.files import json_file
from tf_tryon.files.regular import size_of
from tf_tryon.files.stamp import cache_key
from tf_tryon.products.kinds import GARMENTS, NAMES
from tf_tryon.products.product import Product
from tf_tryon.shop import matching
from tf_tryon.shop.names import FORMAT, ITEMS, MARK, REMEDY, VERSION, check_usearch, cut_name, index_name

_METRIC: Final = "ip"


@dataclasses.dataclass(frozen=True)
class Listed:
    """An item of a catalogue.

    Attributes:
      number: from 0.
      id, title, price, link, label: as the shop wrote them.
      garment: what it is completed as.
      kind: the shop's own of `kinds.NAMES` or else the likeliest, or "".
      chances: of each of the garment's labels, which tell how far it reaches along arms or legs.
    """

    number: int
    id: str
    garment: str
    kind: str = ""
    label: str = ""
    title: str = ""
    price: str = ""
    link: str = ""
    chances: dict[str, float] = dataclasses.field(default_factory=dict, hash=False)


@dataclasses.dataclass(frozen=True)
class Match:
    """An item and its score in nats."""

    item: Listed
    score: float


class Catalogue:
    """A catalogue that `build` wrote.

    Attributes:
      folder: where it lies.
      model: hash of the weights that its codes are of.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = pathlib.Path(folder)
        head = json_file.read(self.folder / MARK, REMEDY)
        _, self._built = cache_key(self.folder / MARK)
        head["format"].choice([FORMAT])
        head["version"].whole(VERSION, VERSION)
        self.model = head["model"].text()
        self._units: dict[str, matching.Units] = {}
        for name, entry in head["garments"].members().items():
            if name not in GARMENTS:
                raise entry.wrong("is no garment")
            mean, spread = (np.array(entry[key].numbers(), np.float32) for key in ("mean", "spread"))
            if mean.shape != spread.shape or not np.isfinite([mean, spread]).all() or not (spread > 0).all():
                raise entry.wrong("has units that are no means and positive spreads of one length")
            self._units[name] = matching.Units(mean, spread)

    @functools.cached_property
    def items(self) -> list[Listed]:
        """All items, by number."""
        listed = []
        for number, entry in enumerate(json_file.read(self.folder / ITEMS, REMEDY)["items"].entries()):
            texts = {name: entry[name].text() for name in ("id", "label", "title", "price", "link")}
            kind = entry["kind"].choice(["", *NAMES])
            told = entry.get("chances")  # which older catalogues lack
            chances = ({kind: 1.0} if kind else {}) if told is None else chances_of(told)
            garment = entry["garment"].choice(GARMENTS)
            listed.append(Listed(number, garment=garment, kind=kind, chances=chances, **texts))
        return listed

    @property
    def garments(self) -> dict[str, int]:
        """How many items there are of each garment."""
        return {name: len(self._index(name)) for name in self._units}

    def best(self, samples: np.ndarray, garment: str, top: int) -> list[Match]:
        """The items of a garment that go best with a person, best first.

        Args:
          samples: (K, d) codes of garments that the model sampled for the person (`codes.sampled_codes`).
          garment: of them.
          top: how many, at most.

        Raises:
          TryOnError: the catalogue has none, or nothing was sampled.
        """
        if garment not in self._units:
            there = ", ".join(self._units) or "none at all"
            raise TryOnError(f"{self.folder} has no {garment} (it has {there}): choose another garment or catalogue")
        if not len(samples):
            raise TryOnError(f"the model's samples show no {garment}: nothing can be said of what goes with the rest")
        self._check_built()
        query, constant = matching.question(self._units[garment](samples))
        index = self._index(garment)
        # All are compared: nearest neighbours by graphs miss inner products' best, and 100,000 take some milliseconds.
        matches = index.search(query, min(top, len(index)), exact=True, threads=1)
        scores = 1 - matches.distances + constant
        return [Match(self.items[int(key)], float(score)) for key, score in zip(matches.keys, scores, strict=True)]

    def product(self, item: Listed) -> Product:
        """An item's cut-out.

        Raises:
          TryOnError: the catalogue was built again since it was opened, so that the number may be another item's; or
            the cut-out is missing.
          ValueError: it is damaged.
        """
        self._check_built()
        path = self.folder / cut_name(item.number)
        size_of(path, REMEDY)
        picture = open_upright(path, str(path))
        # Nothing is found out again: two parts that a thread joined in the photo are one garment still.
        return Product(to_rgb(picture), outline_of(picture), item.garment, item.id, item.chances)

    def _check_built(self) -> None:
        if cache_key(self.folder / MARK)[1] != self._built:
            raise TryOnError(
                f"{self.folder} was built again since it was opened, and its items have other numbers: start what uses "
                "it (`tf-tryon web`) again"
            )

    @functools.cache  # noqa: B019  (a handful of indices, as long as the catalogue lives)
    def _index(self, garment: str) -> Any:
        path = self.folder / index_name(garment)
        size_of(path, REMEDY)
        try:
            index = open_index(path)
        except Exception as error:  # usearch's errors have no common base
            raise TryOnError(f"{path} is no index that usearch reads ({error}): {REMEDY}") from error
        if index is None or index.ndim != 2 * len(self._units[garment].mean):
            raise TryOnError(f"{path} is an index of other codes: {REMEDY}")
        return index


def chances_of(value: json_file.Value) -> dict[str, float]:
    """Chances by label, as a catalogue's file has them; raises BadFileError naming it."""
    chances = {name: chance.number(0, 1) for name, chance in value.members().items()}
    for name in chances.keys() - set(NAMES):
        raise value.wrong(f"has {name!r}, which is no label of products")
    return chances


def outline_of(cut: Image.Image) -> np.ndarray:
    """(h, w) bool: the garment's pixels of a cut-out, by its alpha."""
    return np.asarray(cut.convert("RGBA"))[..., 3] > 127


def open_index(path: pathlib.Path) -> Any:
    """A usearch index, memory-mapped."""
    return _usearch().Index.restore(os.fspath(path), view=True)


def write_index(path: pathlib.Path, keys: np.ndarray, vectors: np.ndarray) -> None:
    """An index of vectors (n, d) float32 under keys (n,) of whole numbers."""
    index = _usearch().Index(ndim=vectors.shape[1], metric=_METRIC, dtype="f32", connectivity=4, expansion_add=8)
    index.add(keys.astype(np.uint64), vectors, threads=1)
    index.save(os.fspath(path))


def _usearch() -> Any:
    check_usearch()
    return importlib.import_module("usearch.index")
