"""Whether labels and keypoints tell of the same person: the check wherever a person is read.

Labels of another vocabulary, of a re-quantised palette or of another photo, keypoints of another scale or of another
person are numbers in range, like right ones. What tells them apart is the body: nose and eyes lie on face or hair,
shoulders to ankles on the person, a top is nearer to shoulders than to the face. Every rule leaves room for what real
photos show: hands, hats and phones before faces, long hair, bags, feet that are cut off, seats, views from the side. A
missing point is not judged, and a sign that some right photo shows too (a hat in a hand) counts only beside another.

The limits were set on 856 labelled street photos (CCP) with MediaPipe's points: the worst of them stand beside each.
Loads no TensorFlow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from tf_tryon.data.keypoints import NAMES
from tf_tryon.data.vocabulary import (
    BOTTOM,
    CLASSES,
    FACE,
    HAT,
    LOWER_SKIN,
    SHOES,
    TOP,
    UPPER_SKIN,
    VOCABULARIES,
    to_classes,
    to_record,
)

_FEWEST: Final = 4  # points: with fewer, nothing is known of size and place
_REACH: Final = 0.035  # around a point, of the extent of all points: half of a calf
_HEAD_REACH: Final = 0.45  # around nose and eyes, of the distance from neck to nose
_HEAD: Final = (0, 14, 15)
_BODY: Final = (2, 5, 8, 9, 10, 11, 12, 13)
_TORSO: Final = (2, 5, 11, 8)
_ANKLES: Final = (10, 13)
_ARMS: Final = (1, 2, 3, 5, 6)
_LEGS: Final = (8, 9, 10, 11, 12, 13)
_UPPER: Final = frozenset({FACE, UPPER_SKIN, TOP, BOTTOM})  # long hair is on shoulders; a dress is a bottom
_ARM: Final = _UPPER | {LOWER_SKIN, SHOES}
_HIP: Final = frozenset({UPPER_SKIN, LOWER_SKIN, TOP, BOTTOM})
_LEG: Final = frozenset({LOWER_SKIN, TOP, BOTTOM, SHOES})  # a coat is a top
_FACE: Final = frozenset({FACE, HAT})
# By keypoint: classes that may lie there.
_MAY_BE: Final = (
    _FACE, _UPPER, _UPPER, _ARM, _ARM, _UPPER, _ARM, _ARM, _HIP, _LEG, _LEG, _HIP, _LEG, _LEG,
    _FACE, _FACE, _FACE, _FACE,
)  # fmt: skip
# By class: keypoints that its pixels are nearer to than to all others.
_NEAR: Final = {
    FACE: (0, 1, 2, 5, 14, 15, 16, 17),
    UPPER_SKIN: (*range(9), 11),
    LOWER_SKIN: (*range(8, 14),),
    HAT: (0, 14, 15, 16, 17),
    TOP: (*range(1, 10), 11, 12),
    BOTTOM: (*range(1, 14),),
    SHOES: (9, 10, 12, 13),
}
# The least part of a class's pixels that lies near its keypoints. CCP's worst: .68, .67, 0, 0, .83, .89, .57.
_IN_PLACE: Final = {FACE: 0.4, UPPER_SKIN: 0.4, LOWER_SKIN: 0.2, HAT: 0.1, TOP: 0.5, BOTTOM: 0.5, SHOES: 0.2}
_DOUBTFUL: Final = (LOWER_SKIN, HAT, SHOES)  # of a right photo, too, now and then
_ALL_IN_PLACE: Final = 0.7  # CCP: .84
_LEAST: Final = 0.005  # of the person's pixels, below which a class's place is not judged
_SAMPLED: Final = 1500  # pixels of the person


@dataclasses.dataclass(frozen=True)
class _Sign:
    """Something that speaks against a pair of labels and keypoints; `sure`: it suffices."""

    text: str
    sure: bool = True


def disagreements(classes: np.ndarray, points: np.ndarray, erased: int | None = None) -> list[str]:
    """What shows that labels and keypoints are not of the same person, in half sentences; none: they agree.

    Args:
      classes: (h, w) uint8, the eight classes.
      points: (18, 3), x, y in pixels and confidence; 0 = missing.
      erased: a class that may lie anywhere, since a user marked by it what is to be erased.
    """
    there = points[:, 2] > 0
    if there.sum() < _FEWEST or not classes.any():
        return []
    signs = list(_signs(_Body(classes, points, erased)))
    if any(sign.sure for sign in signs) or len(signs) > 1:
        return [sign.text for sign in sorted(signs, key=lambda sign: not sign.sure)]
    return []


def fitting(labels: np.ndarray, points: np.ndarray, but: str = "") -> tuple[str, ...]:
    """The vocabularies, `but` excepted, as whose labels a picture (h, w) agrees with keypoints (18, 3)."""
    names = []
    for name in VOCABULARIES:
        if name == but:
            continue
        try:
            rewritten, known = to_record(labels, name, points)
        except ValueError:
            continue
        if not disagreements(to_classes(rewritten, known), points):
            names.append(name)
    return tuple(names)


def support(person: np.ndarray, points: np.ndarray) -> float:
    """How many of (18, 3) points lie on a person, (h, w) bool, less those that don't."""
    if not (points[:, 2] > 0).any():
        return 0.0
    body = _Body(person.astype(np.uint8), points, None)
    on = [body.around[i][1:].sum() > 0 for i in body.there]
    return float(sum(on) - (len(on) - sum(on)))


class _Body:
    """A person's labels around their keypoints."""

    def __init__(self, classes: np.ndarray, points: np.ndarray, erased: int | None) -> None:
        self.classes, self.points, self.erased = classes, points, erased
        self.there = [int(i) for i in np.flatnonzero(points[:, 2] > 0)]
        self.extent = float(np.ptp(points[self.there, :2], axis=0).max())
        self.reach = max(_REACH * self.extent, 1.5)
        self.around = {i: self.disc(i, self.reach) for i in self.there}

    def has(self, *numbers: int) -> bool:
        """Whether none of these points is missing."""
        return all(i in self.around for i in numbers)

    def disc(self, i: int, radius: float) -> np.ndarray:
        """(8,) share of each class in a disc around a point; zeros beyond the picture."""
        x, y = (float(value) for value in self.points[i, :2])
        rows, columns = (_reached(at, radius, length) for at, length in zip((y, x), self.classes.shape, strict=True))
        part = self.classes[rows, columns]
        down = np.arange(part.shape[0])[:, None] + rows.start + 0.5 - y
        right = np.arange(part.shape[1])[None] + columns.start + 0.5 - x
        counts = np.bincount(part[down**2 + right**2 <= radius**2], minlength=len(CLASSES))
        return counts / max(counts.sum(), 1)

    def allowed(self, i: int) -> frozenset[int]:
        """Classes that may lie at a point."""
        return _MAY_BE[i] if self.erased is None else _MAY_BE[i] | {self.erased}

    def torso(self) -> np.ndarray | None:
        """(8,) share of each class between shoulders and hips; None if one is missing or they are too close."""
        if not self.has(*_TORSO):
            return None
        canvas = Image.new("1", self.classes.shape[::-1])
        ImageDraw.Draw(canvas).polygon([tuple(map(float, self.points[i, :2])) for i in _TORSO], fill=1)
        counts = np.bincount(self.classes[np.asarray(canvas)], minlength=len(CLASSES))
        return counts / counts.sum() if counts.sum() >= 20 else None


def _signs(body: _Body) -> Iterator[_Sign]:
    yield from _range_signs(body)
    yield from _head_signs(body)
    yield from _point_signs(body)
    yield from _place_signs(body)


def _range_signs(body: _Body) -> Iterator[_Sign]:
    """Points beyond the photo, and labels that fill it."""
    xy, (height, width) = body.points[body.there, :2], body.classes.shape
    beyond = ((xy < -body.reach) | (xy > np.array([width, height]) + body.reach)).any(axis=1)
    if beyond.mean() > 0.2:  # CCP: 0
        yield _Sign(f"{beyond.sum()} of {len(xy)} keypoints lie outside the photo")
    edge = np.concatenate([body.classes[0], body.classes[-1], body.classes[:, 0], body.classes[:, -1]])
    if (edge > 0).mean() > 0.6:  # CCP: .05
        yield _Sign(f"what should be background is {_commonest(np.bincount(edge, minlength=len(CLASSES)))}")


def _head_signs(body: _Body) -> Iterator[_Sign]:
    """Nose and eyes on face or hair, and no face where the chest is."""
    seen = [i for i in _HEAD if body.has(i)]
    radius = body.reach
    if body.has(0, 1):
        radius = max(radius, _HEAD_REACH * float(np.linalg.norm(body.points[0, :2] - body.points[1, :2])))
    faces = [FACE] if body.erased is None else [FACE, body.erased]
    shares = max((body.disc(i, radius) for i in seen), key=lambda share: share[faces].sum(), default=None)
    if shares is not None:
        face, other = shares[faces].sum(), shares[LOWER_SKIN:].sum() - shares[[c for c in faces if c > FACE]].sum()
        if face < 0.05 or face < 0.25 * other:  # CCP: .21 and .32
            yield _Sign(f"nose and eyes lie on {_commonest(np.where(np.isin(range(8), faces), 0, shares))}")
    torso = body.torso()
    if torso is None:
        return
    if torso[FACE] > 0.5:  # long hair; CCP: .49
        yield _Sign("the chest is face or hair")
    top = (body.classes == TOP).sum() / (body.classes > 0).sum()
    if body.erased != TOP and top > 0.05 and torso[TOP] < 0.05 and torso[UPPER_SKIN] > 0.5:
        yield _Sign("there is a top, but the chest is bare", sure=False)


def _point_signs(body: _Body) -> Iterator[_Sign]:
    """Shoulders to ankles on the person, and every point on a class that may be there."""
    seen = [i for i in _BODY if body.has(i)]
    off = [i for i in seen if not body.around[i][1:].any()]
    if len(seen) > 2 and len(off) > 0.4 * len(seen):  # CCP: .25
        yield _Sign(f"{_listed(off)} lie on the background")
    on = [i for i in body.there if body.around[i][1:].any()]
    wrong = [i for i in on if not body.around[i][list(body.allowed(i))].any()]
    if len(wrong) > 1 and len(wrong) + min(len(off), 2) > 2 and len(wrong) > 0.1 * len(on):  # CCP: 1 point
        classes = _commonest(np.sum([body.around[i] for i in wrong], axis=0))
        yield _Sign(f"{_listed(wrong)} lie on {classes}")


def _place_signs(body: _Body) -> Iterator[_Sign]:
    """Every class nearer to its own keypoints than to others."""
    rows, columns = np.nonzero(body.classes)
    step = max(len(rows) // _SAMPLED, 1)
    rows, columns = rows[::step], columns[::step]
    classes = body.classes[rows, columns]
    distance = np.full((len(NAMES), len(rows)), np.inf)
    for i in body.there:
        distance[i] = np.hypot(columns + 0.5 - body.points[i, 0], rows + 0.5 - body.points[i, 1])
    judged = near = 0
    for label, own in _NEAR.items():
        chosen = classes == label
        if label == body.erased or chosen.mean() < _LEAST or not any(body.has(i) for i in own):
            continue
        others = [i for i in range(len(NAMES)) if i not in own]
        right = distance[list(own)][:, chosen].min(axis=0) <= distance[others][:, chosen].min(axis=0)
        judged, near = judged + chosen.sum(), near + right.sum()
        if right.mean() < _IN_PLACE[label]:
            yield _Sign(f"{CLASSES[label]} lies elsewhere on the body", sure=label not in _DOUBTFUL)
    if judged and near < _ALL_IN_PLACE * judged:
        yield _Sign(f"{1 - near / judged:.0%} of the person's labels lie at other parts of the body")
    top = classes == TOP
    if body.erased != TOP and top.mean() > 0.05 and body.has(*_TORSO):
        above = distance[list(_ARMS)][:, top].min(axis=0) < distance[list(_LEGS)][:, top].min(axis=0)
        if above.mean() < 0.1:
            yield _Sign("the top lies on the legs", sure=False)
    shoes = classes == SHOES
    if body.erased != SHOES and shoes.mean() >= _LEAST and body.has(*_ANKLES):
        apart = distance[list(_NEAR[SHOES])][:, shoes].min(axis=0) > 0.2 * body.extent
        if apart.mean() > 0.7:
            yield _Sign("the shoes lie far from the ankles")


def _reached(at: float, radius: float, length: int) -> slice:
    """What lies within a radius of a place on a side of the picture, none of it beyond its ends."""
    start, last = (min(max(place, -1.0), float(length)) for place in (at - radius, at + radius))
    return slice(max(int(start), 0), int(last) + 1)


def _commonest(shares: np.ndarray) -> str:
    return CLASSES[int(np.argmax(shares))]


def _listed(numbers: list[int]) -> str:
    names = [NAMES[i] for i in numbers]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
