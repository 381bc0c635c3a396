"""Measures of completed parsings: right, varied, and whole.

Labels are (H, W) uint8 classes 0..7 with the visible pixels copied from the photo's parsing; a garment's mask is
(H, W) bool.

- **box accuracy**: share of the erased box's pixels with the true class.
- **mIoU**: mean over the classes that truth or parsing show inside the box of their IoU there.
- **IoU**: intersection over union of the target garment's masks over the whole picture (Everingham et al., The PASCAL
  Visual Object Classes Challenge, IJCV 2010). Two empty masks agree: 1.
- **diversity**: mean of 1 - IoU over the pairs of one person's samples (the measure of Zhu et al., Toward Multimodal
  Image-to-Image Translation, NeurIPS 2017, with IoU in place of LPIPS).
- **whole**: the mask's largest 8-connected component holds at least 97 % of its pixels. An empty mask is not whole.
- **specks**: components smaller than 8 pixels at 256 x 256, scaled with the area (2 pixels at 128 x 128).
- **limb cover**: the share of a limb's centre line (shoulder - elbow - wrist for tops, hip - knee - ankle for bottoms)
  that the garment covers: 0 is sleeveless, 1 reaches the wrist. **Asymmetry** is the difference between right and left.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from scipy import ndimage

from tf_tryon.data import vocabulary

WHOLE: Final = 0.97
ALIKE: Final = 0.15  # of a limb's length: sides that differ by less count as alike
_SPECK: Final = 8 / 256**2  # of the picture's area
_SHORTEST_LIMB: Final = 0.06  # of the picture's height; a limb that points at the camera tells nothing
# Keypoints along the limb on the person's right, then left, by garment slot.
_LIMBS: Final = {1: ((2, 3, 4), (5, 6, 7)), 2: ((8, 9, 10), (11, 12, 13))}


def garment_masks(labels: np.ndarray, slot: int) -> np.ndarray:
    """(..., H, W) bool: where a parsing shows the garment of slot 0..3."""
    return labels == vocabulary.GARMENT_CLASSES[slot]


def box_accuracy(labels: np.ndarray, truth: np.ndarray, erased: np.ndarray) -> np.ndarray:
    """Share of the erased (..., H, W) bool pixels whose label is the truth's, (...); NaN where nothing is erased."""
    right = np.sum((labels == truth) & erased, axis=(-2, -1))
    total = np.sum(erased, axis=(-2, -1))
    return np.where(total > 0, right / np.maximum(total, 1), np.nan)


def iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of (..., H, W) bool masks, which may broadcast: (...)."""
    both = np.sum(first & second, axis=(-2, -1))
    either = np.sum(first | second, axis=(-2, -1))
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def mean_iou(labels: np.ndarray, truth: np.ndarray, erased: np.ndarray) -> float:
    """Mean IoU of the classes in (H, W) labels or truth over the erased pixels; NaN where nothing is erased."""
    made, true = labels[erased], truth[erased]
    shown = np.union1d(made, true)
    if not len(shown):
        return float("nan")
    return float(np.mean([np.sum((made == c) & (true == c)) / np.sum((made == c) | (true == c)) for c in shown]))


def best_iou(samples: np.ndarray, truth: np.ndarray) -> float:
    """The best IoU of (K, H, W) samples with the (H, W) truth."""
    return float(np.max(iou(samples, truth)))


def diversity(samples: np.ndarray) -> float:
    """Mean 1 - IoU over the pairs of (K, H, W) samples; NaN for fewer than two."""
    count = len(samples)
    if count < 2:
        return float("nan")
    flat = samples.reshape(count, -1).astype(np.float32)
    both = flat @ flat.T
    area = np.diag(both)
    either = area[:, None] + area[None] - both
    agreement = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    rows, columns = np.triu_indices(count, 1)
    return float(np.mean(1.0 - agreement[rows, columns]))


def component_sizes(mask: np.ndarray) -> np.ndarray:
    """Pixels of each 8-connected component of an (H, W) mask, largest first; empty for an empty mask."""
    labelled, count = ndimage.label(mask, structure=np.ones((3, 3), int))
    return np.sort(np.bincount(labelled.ravel(), minlength=count + 1)[1:])[::-1]


def is_whole(sizes: np.ndarray) -> bool:
    """Whether components of these sizes (`component_sizes`) make one whole garment."""
    return bool(len(sizes)) and bool(sizes[0] >= WHOLE * sizes.sum())


def specks(sizes: np.ndarray, height: int, width: int) -> int:
    """How many components are specks; a garment's largest component never is one."""
    return int(np.sum(sizes[1:] < _SPECK * height * width))


def limb_cover(mask: np.ndarray, keypoints: np.ndarray, slot: int) -> np.ndarray:
    """How far along each of the two limbs the garment reaches.

    The centre line through a limb's three keypoints is read at steps of at most half a pixel; the cover is the share of
    its points that lie on the garment.

    Args:
      mask: (H, W) bool.
      keypoints: (18, 3) x, y in pixels, confidence.
      slot: of the garment.

    Returns:
      (2,) right and left in [0, 1]; NaN for a limb that misses a keypoint or is foreshortened, and for hats and shoes.
    """
    cover = np.full(2, np.nan)
    for side, limb in enumerate(_LIMBS.get(slot, ())):
        points = keypoints[list(limb)]
        if (points[:, 2] <= 0).any():
            continue
        line = _centre_line(points[:, :2])
        if len(line) < 2 * _SHORTEST_LIMB * mask.shape[0]:
            continue
        x, y = np.floor(line).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
        if inside.all():
            cover[side] = mask[y, x].mean()
    return cover


def asymmetry(cover: np.ndarray) -> float:
    """|right - left| of `limb_cover`; NaN unless both are known."""
    return float(abs(cover[0] - cover[1]))


def _centre_line(corners: np.ndarray) -> np.ndarray:
    """(n, 2) points along the polyline through (3, 2) corners, half a pixel apart or less."""
    parts = []
    for start, stop in itertools.pairwise(corners):
        count = max(1, int(np.ceil(2 * np.linalg.norm(stop - start))))
        parts.append(start + (np.arange(count)[:, None] + 0.5) / count * (stop - start))
    return np.concatenate(parts)
