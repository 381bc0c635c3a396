"""Two sets of pictures, real and made: the distances between the sets, and between pictures of one name.

A set is a folder of pictures or of records. Names are gone through in order, each picture is read once, and what is
kept of it is its features and four numbers.

- **frechet**: all of one set against all of the other; its interval is the jackknife's over 10 groups of pictures.
- **kid**: the mean over as many parts as the smaller set has blocks of 25 pictures; its interval is the jackknife's
  over parts. Pictures come in any order of names ("MEN-...", "WOMEN-..."), so they are mixed first, and those of one
  name aren't compared.
- Groups and parts of both go by name (`named_parts`): pictures of one name are in the same.
- **l1, psnr, ssim, perceptual**: whole pictures of the same name and size, [0, 1]; intervals resample pairs.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PIL import Image

from tf_tryon.data.photo import photos_of, read_photo
from tf_tryon.data.records import MANIFEST, open_records
from tf_tryon.data.schema import decode, decode_metadata
from tf_tryon.evaluation import bootstrap, texture_metrics
from tf_tryon.evaluation.features import Features
from tf_tryon.evaluation.frechet import features_distance
from tf_tryon.evaluation.kid import kernel_distance
from tf_tryon.evaluation.named_parts import named_parts
from tf_tryon.evaluation.perceptual_distance import PerceptualDistance

GROUPS: Final = 10
_LEAST: Final = 4  # pictures of a set
_LEAST_SIDE: Final = 16  # pixels: what five levels of VGG leave something of, and SSIM's window fits into

Pictures = dict[str, Callable[[], np.ndarray]]  # name -> reads (h, w, 3) uint8


def pictures_of(folder: str | os.PathLike[str], split: str | None = None) -> Pictures:
    """The pictures of a folder by name (of files without ending, of records by id); nothing is read yet.

    Args:
      folder: of pictures, or of records.
      split: of records; None: all.

    Raises:
      FileNotFoundError: no such folder, or it has no pictures.
      ValueError: two pictures have one name; a split of no records.
    """
    path = pathlib.Path(folder)
    if (path / MANIFEST).is_file():
        records = open_records(path)
        numbers = records.split(split) if split else range(len(records))
        ids = {decode_metadata(records.read(i), records.place(i))[0]: i for i in numbers}
        if len(ids) < len(numbers):
            raise ValueError(f"{path}: several records have one id; see `tf-tryon data check`")
        return {name: lambda i=i: decode(records.read(i), records.place(i))["photo"] for name, i in ids.items()}
    if split:
        raise ValueError(f"{path}: a split {split!r} is asked for, and this is no folder of records")
    pictures: Pictures = {}
    for file in photos_of([path]):
        if file.stem in pictures:
            raise ValueError(f"{path}: several pictures are called {file.stem!r}")
        pictures[file.stem] = lambda file=file: read_photo(file)
    return pictures


class PictureSets:
    """Measures of a real and a made set.

    Args:
      features: for the distances of sets; None: not measured.
      perceptual: for pairs; None: not measured.
      size: side in pixels to which all pictures are scaled; None: all must have one size.
      batch: pictures that go through the networks at once.
    """

    def __init__(
        self, features: Features | None, perceptual: PerceptualDistance | None, size: int | None = None, batch: int = 32
    ) -> None:
        self._features, self._perceptual, self._batch = features, perceptual, batch
        self._size = (size, size) if size else None
        self._scaled = size is not None
        self._waiting: dict[str, list[np.ndarray]] = {"real": [], "made": []}
        self._by_kind: dict[str, list[np.ndarray]] = {"real": [], "made": []}
        self._names: dict[str, list[str]] = {"real": [], "made": []}
        self._pairs: list[tuple[np.ndarray, np.ndarray]] = []
        self._values: dict[str, list[float]] = {}
        self._counts = {"real": 0, "made": 0, "pairs": 0}

    def measure(
        self, real: Pictures, made: Pictures, tell: Callable[[int], None] = lambda done: None
    ) -> dict[str, Any]:
        """Goes through both sets; `tell` is called with how many names are done.

        Returns:
          pictures {real, made, pairs}, size [height, width], measures name -> {value, low, high, pictures}, and
          passed_over [{set, name, reason}].

        Raises:
          ValueError: fewer than 4 pictures of a set count, and distances of sets are asked for.
        """
        passed_over: list[dict[str, str]] = []
        # Before hours may go into the other set; a picture that can't be read is known only later.
        self._refuse_few({"real": len(real), "made": len(made)}, passed_over)
        names = sorted({*real, *made})
        for done, name in enumerate(names, 1):
            pair = {}
            for kind, pictures in (("real", real), ("made", made)):
                if name not in pictures:
                    continue
                try:
                    pair[kind] = self._read(pictures[name])
                    self._names[kind].append(name)
                except (ValueError, OSError) as error:
                    passed_over.append({"set": kind, "name": name, "reason": str(error)})
            self._take(pair)
            tell(done)
        self._refuse_few(self._counts, passed_over)
        for kind in self._waiting:
            self._flush(kind)
        self._flush_pairs()
        return {
            "pictures": self._counts,
            "size": list(self._size or ()),
            "measures": {**self._set_measures(), **self._pair_measures()},
            "passed_over": passed_over,
        }

    def _refuse_few(self, counts: dict[str, int], passed_over: list[dict[str, str]]) -> None:
        if self._features is None:
            return
        for kind, count in counts.items():
            if count < _LEAST and kind != "pairs":
                reasons = "".join(f"; {bad['name']}: {bad['reason']}" for bad in passed_over if bad["set"] == kind)
                raise ValueError(f"the {kind} set has {count} pictures that count: {_LEAST} are needed{reasons}")

    def _read(self, read: Callable[[], np.ndarray]) -> np.ndarray:
        picture = read()
        if self._scaled:
            picture = np.asarray(Image.fromarray(picture).resize(self._size, Image.Resampling.BICUBIC))
        size = picture.shape[:2]
        if min(size) < _LEAST_SIDE:
            raise ValueError(f"{size[1]} x {size[0]} pixels: {_LEAST_SIDE} each way are needed")
        self._size = self._size or size
        if size != self._size:
            height, width = self._size
            raise ValueError(f"{size[1]} x {size[0]} pixels, the first picture {width} x {height}: scale all (--size)")
        return picture.astype(np.float32) / 255

    def _take(self, pair: dict[str, np.ndarray]) -> None:
        for kind, picture in pair.items():
            self._counts[kind] += 1
            if self._features is not None:
                self._waiting[kind].append(picture)
                if len(self._waiting[kind]) == self._batch:
                    self._flush(kind)
        if len(pair) == 2:
            self._counts["pairs"] += 1
            self._pairs.append((pair["made"], pair["real"]))
            if len(self._pairs) == self._batch:
                self._flush_pairs()

    def _flush(self, kind: str) -> None:
        if self._features is not None and self._waiting[kind]:
            self._by_kind[kind].append(self._features(np.stack(self._waiting[kind])))
            self._waiting[kind].clear()

    def _flush_pairs(self) -> None:
        if not self._pairs:
            return
        made, real = (np.stack(pictures) for pictures in zip(*self._pairs, strict=True))
        everywhere = np.ones(made.shape[:3], bool)
        values = {
            "l1": [texture_metrics.l1(*each) for each in zip(made, real, everywhere, strict=True)],
            "psnr": [texture_metrics.psnr(*each) for each in zip(made, real, everywhere, strict=True)],
            "ssim": texture_metrics.ssim(made, real, everywhere),
        }
        if self._perceptual is not None:
            values[f"perceptual_{self._perceptual.name}"] = self._perceptual(made, real)
        for name, measured in values.items():
            self._values.setdefault(name, []).extend(map(float, measured))
        self._pairs.clear()

    def _set_measures(self) -> dict[str, Any]:
        if self._features is None:
            return {}
        real, made = (np.concatenate(self._by_kind[kind]) for kind in ("real", "made"))
        names = self._names["real"], self._names["made"]
        end = f"{self._features.name}_n{len(real)}" + (f"_{len(made)}" if len(made) != len(real) else "")
        count = len(real) + len(made)
        groups = min(GROUPS, min(len(real), len(made)) // _LEAST)
        group = named_parts(*names, groups)
        numbers = range(groups if groups > 1 else 0)  # one group leaves nobody
        left_out = [features_distance(real[group[0] != g], made[group[1] != g]) for g in numbers]
        frechet = bootstrap.jackknife(features_distance(real, made), np.array(left_out), count)
        kid = bootstrap.of_blocks(kernel_distance(real, made, names), count)
        return {f"frechet_{end}": _as_json(frechet), f"kid_{end}": _as_json(kid)}

    def _pair_measures(self) -> dict[str, Any]:
        return {name: _as_json(bootstrap.mean(np.array(values))) for name, values in self._values.items()}


def _as_json(estimate: bootstrap.Estimate) -> dict[str, Any]:
    values = estimate.to_dict()
    return {**{key: values[key] for key in ("value", "low", "high")}, "pictures": estimate.people}
