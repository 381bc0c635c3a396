"""How well a parser labels people of a data set: pixels right, IoU by class, and what its confidences are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from tf_tryon.annotation.annotation import AnnotationError, Parsing, Pose
from tf_tryon.annotation.annotator import doubtful
from tf_tryon.data.boxes import MIN_AREA
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CLASSES, GARMENT_CLASSES, GARMENTS
from tf_tryon.evaluation import bootstrap

_COUNTS = ("shown", "found", "invented", "warned", "false_alarms", "missed", "invented_warned")
_RIGHT = 0.5  # intersection over union from which a garment counts as found


def true_pose(person: Person) -> Pose:
    """The pose that a perfect annotator would find: the labels' own mask, and the person's keypoints."""
    mask = (person.labels > 0).astype(np.float32)
    rows, columns = np.nonzero(mask)
    box = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
    return Pose(person.keypoints, mask, (float(box[0]), float(box[1]), float(box[2]), float(box[3])))


def parsed(
    parse: Callable[[np.ndarray, Pose], Parsing], people: Iterable[Person], pose_of: Callable[[Person], Pose | None]
) -> Iterator[tuple[Person, Parsing | None]]:
    """Each person with the parsing by their pose; None: the person is not found."""
    for person in people:
        pose = pose_of(person)
        try:
            parsing = parse(person.photo, pose) if pose is not None else None
        except AnnotationError:
            parsing = None
        yield person, parsing


def evaluate_parser(
    parse: Callable[[np.ndarray, Pose], Parsing], people: Iterable[Person], pose_of: Callable[[Person], Pose | None]
) -> dict[str, Any]:
    """Measures over people with true labels.

    Args:
      parse: photo and pose -> parsing.
      people: with labels of the eight classes; they are read one at a time.
      pose_of: their poses; None: not found, which is counted.

    Returns:
      people, not_found; people_right, the part of the people's pixels of the right class, the mean over people; iou by
      class, over all pixels; each with its 95 % bootstrap interval over people in people_right_interval and
      iou_intervals; iou_people, the number of those with the class in truth or parsing, over whom that of its IoU is
      (with nobody the IoU is None, with one the interval); and by garment the numbers of people: shown (who wear it),
      found (IoU at least 0.5), missed (who wear it, and whose parsing has none), invented (who don't, and whose parsing
      has it); and of those whom the annotator warns about it, warned (seen, not found), false_alarms (found) and
      invented_warned; and confidence_error, the mean distance of the confidences of what is seen from its IoU (0 of
      what is invented). Likewise iou, interval and people of what is `carried`, where both vocabularies tell it (labels
      that have no bags count each that is seen as wrong), and of_garments, the part of what the parsing takes for
      carried that is a garment, which would stay when that goes.
    """
    confusions: list[np.ndarray] = []
    carried: list[tuple[float, ...]] = []
    right, missing, overlaps = [], 0, []
    counts = {name: dict.fromkeys(_COUNTS, 0) for name in GARMENTS}
    for person, parsing in parsed(parse, people, pose_of):
        if parsing is None:
            missing += 1
            continue
        classes, truth = parsing.classes, person.labels
        confusions.append(np.bincount(8 * truth.ravel().astype(int) + classes.ravel(), minlength=64).reshape(8, 8))
        right.append(float((classes == truth)[truth > 0].mean()))
        if person.carried is not None and parsing.carried is not None:
            carried.append(_carried(person.carried, parsing.carried, truth))
        _count_garments(counts, classes, truth, doubtful(parsing.confidences))
        overlaps += [(name, parsing.confidences.get(name), iou) for name, iou in garment_overlaps(classes, truth)]
    mean = bootstrap.mean(np.array(right))
    ious = [_iou(number, np.array(confusions, float).reshape(-1, 8, 8)) for number in range(8)]
    return {
        "people": len(confusions) + missing,
        "not_found": missing,
        "people_right": _rounded(mean.value),
        "people_right_interval": _interval(mean),
        "iou": {name: _rounded(iou.value) for name, iou in zip(CLASSES, ious, strict=True)},
        "iou_intervals": {name: _interval(iou) for name, iou in zip(CLASSES, ious, strict=True)},
        "iou_people": {name: iou.people for name, iou in zip(CLASSES, ious, strict=True)},
        "carried": _of_carried(np.array(carried).reshape(-1, 4)),
        "garments": counts,
        "confidence_error": _confidence_errors(overlaps),
    }


def _iou(number: int, confusions: np.ndarray) -> bootstrap.Estimate:
    """Of a class, by people's confusions (people, 8, 8), truth first.

    Draws are of the people who have it in truth or parsing: of the others nothing follows, and a draw of them alone
    would have no IoU.
    """
    both = confusions[:, number, number]
    union = confusions[:, number].sum(1) + confusions[:, :, number].sum(1) - both
    shown = union > 0
    return bootstrap.estimate(lambda b, u: float(b.sum() / u.sum()), both[shown], union[shown])


def _carried(own: np.ndarray, seen: np.ndarray, truth: np.ndarray) -> tuple[float, ...]:
    """Pixels of both, of either, of what is seen, and of that which is a garment."""
    garments = np.isin(truth, GARMENT_CLASSES)
    return tuple(float(mask.sum()) for mask in (own & seen, own | seen, seen, seen & garments))


def _of_carried(pixels: np.ndarray) -> dict[str, Any]:
    """Of people's (people, 4) as `_carried` counts them."""
    some = pixels[pixels[:, 1] > 0]
    iou = bootstrap.estimate(lambda both, either: float(both.sum() / either.sum()), some[:, 0], some[:, 1])
    seen = some[:, 2].sum()
    part = round(float(some[:, 3].sum() / seen), 4) if seen else None
    return {"iou": _rounded(iou.value), "interval": _interval(iou), "people": iou.people, "of_garments": part}


def _interval(estimate: bootstrap.Estimate) -> tuple[float | None, float | None]:
    return _rounded(estimate.low), _rounded(estimate.high)


def _rounded(value: float) -> float | None:
    """JSON has no NaN: None stands for what nobody could be measured for."""
    return None if np.isnan(value) else round(value, 4)


def garment_overlaps(classes: np.ndarray, truth: np.ndarray) -> list[tuple[str, float]]:
    """The IoU of each garment that a parsing shows, both (h, w) of the eight classes."""
    overlaps = []
    for name, number in zip(GARMENTS, GARMENT_CLASSES, strict=True):
        seen, own = classes == number, truth == number
        if seen.sum() >= MIN_AREA * truth.size:
            overlaps.append((name, float((own & seen).sum() / (own | seen).sum())))
    return overlaps


def _confidence_errors(overlaps: list[tuple[str, float | None, float]]) -> dict[str, float]:
    """Mean |confidence - IoU| by garment and of all; of parsings without confidences nothing."""
    known = [(name, abs(confidence - iou)) for name, confidence, iou in overlaps if confidence is not None]
    means = {name: [error for own, error in known if name in (own, "all")] for name in (*GARMENTS, "all")}
    return {name: round(float(np.mean(errors)), 4) for name, errors in means.items() if errors}


def _count_garments(
    counts: dict[str, dict[str, int]], classes: np.ndarray, truth: np.ndarray, doubted: list[str]
) -> None:
    least = MIN_AREA * truth.size
    for name, number in zip(GARMENTS, GARMENT_CLASSES, strict=True):
        own, count = truth == number, counts[name]
        seen, unsure = classes == number, name in doubted
        if own.sum() >= least:
            right = (own & seen).sum() / (own | seen).sum() >= _RIGHT
            count["shown"] += 1
            count["found"] += int(right)
            count["missed"] += int(seen.sum() < least)
            count["warned"] += int(unsure and not right)
            count["false_alarms"] += int(unsure and right)
        elif seen.sum() >= least:
            count["invented"] += 1
            count["invented_warned"] += int(unsure)
