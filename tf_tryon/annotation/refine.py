"""Sharp labels at the photo's resolution from the network's coarse ones.

1. The person mask weighs person against background, keypoints forbid what can't be (a shoe above the hips).
2. GrabCut (Rother et al., SIGGRAPH 2004) draws the person's outline, then each large garment's within the person, among
   the undecided pixels of a band.
3. Specks take the label around them.
Needs OpenCV, which MediaPipe brings; without it the outlines stay the network's.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy import ndimage

from tf_tryon.annotation.open_cv import open_cv, seeded
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.geometry import numpy_arrays, resampling

_CLASSES: Final = np.array(vocabulary_lib.CIHP20.classes)
_SURE: Final = 0.9  # above it a pixel is certain for GrabCut, below 1 - it as well
_BAND: Final = 0.02  # of the height: no certain pixel is that near to the outline
_ROUNDS: Final = 2
_MIN_AREA: Final = 0.01  # of the picture: a garment with its own GrabCut
_SPECK: Final = 0.0004
_NOSE, _NECK, _HIPS = 0, 1, (8, 11)
_UPRIGHT: Final = 0.05  # of the height: a longer torso stands
_TORSO: Final = 2.2  # from the neck to the hips, of that from the nose to the neck: for hips that the photo cuts off


def refine(
    photo: np.ndarray, probabilities: np.ndarray, mask: np.ndarray | None, keypoints: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n, m) uint8 of CIHP-20, and the probabilities (n, m, 20) that they came from, after step 1.

    Args:
      photo: (n, m, 3) uint8.
      probabilities: (H, W, 20) of the network.
      mask: (n, m) in [0, 1], the person; None: unknown.
      keypoints: (18, 3), x and y in pixels of the photo, confidence 0 = missing; None: unknown.
    """
    size = photo.shape[:2]
    p = _enlarged(probabilities, size)
    if keypoints is not None:
        p = _possible(p, keypoints)
    if mask is not None:
        p = _weighed(p, mask)
    before, p = p, p.copy()
    person = 1 - p[..., 0]
    outline = grab_cut(photo, person, np.ones(size, bool))
    p[..., 0] = np.where(outline, 0, p[..., 0])
    p[..., 1:] *= outline[..., None]
    p[..., 0] += 1e-6 * ~outline
    p /= np.maximum(p.sum(axis=-1, keepdims=True), 1e-9)
    for number in (vocabulary_lib.TOP, vocabulary_lib.BOTTOM):
        members = number == _CLASSES
        share = p[..., members].sum(axis=-1)
        if (share > 0.5).mean() < _MIN_AREA:
            continue
        inside = grab_cut(photo, share, outline)
        p[..., members] *= np.where(inside, 1.0, 1e-3)[..., None]
        p[..., ~members] *= np.where(inside & outline, 1e-3, 1.0)[..., None]
        p /= np.maximum(p.sum(axis=-1, keepdims=True), 1e-9)
    return without_specks(np.argmax(p, axis=-1).astype(np.uint8), max(2, round(_SPECK * size[0] * size[1]))), before


def grab_cut(photo: np.ndarray, probability: np.ndarray, within: np.ndarray) -> np.ndarray:
    """(n, m) bool: where something is, its outline following the photo's colours in a narrow band.

    Args:
      photo: (n, m, 3) uint8.
      probability: (n, m) that a pixel belongs to it.
      within: (n, m) bool: elsewhere it can't be.
    """
    likely = (probability > 0.5) & within
    cv2: Any = open_cv()
    if cv2 is None:
        return likely
    reach = max(1, round(_BAND * photo.shape[0]))
    core = ndimage.binary_erosion(likely, iterations=reach, border_value=1) & (probability > _SURE)
    far = ~ndimage.binary_dilation(likely, iterations=reach) & (probability < 1 - _SURE) | ~within
    undecided = ~core & ~far
    if not core.any() or not (far & within).any() or not undecided.any():
        return likely
    marks = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[core], marks[far] = cv2.GC_FGD, cv2.GC_BGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(photo[..., ::-1])
    seeded(lambda: cv2.grabCut(bgr, marks, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK))
    cut = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    # Colours alone can run away: outside the band, and where the network is sure, its word stands.
    band = ndimage.binary_dilation(likely, iterations=reach)
    band &= ~ndimage.binary_erosion(likely, iterations=reach, border_value=1)
    band &= (probability > 1 - _SURE) & (probability < _SURE)
    return np.where(band, cut, likely) & within


def without_specks(labels: np.ndarray, least: int) -> np.ndarray:
    """Labels (n, m) whose connected parts of fewer than `least` pixels take the nearest other label."""
    small = np.zeros(labels.shape, bool)
    for label in np.unique(labels):
        parts, _ = ndimage.label(labels == label)
        sizes = np.bincount(parts.ravel())
        sizes[0] = least
        small |= sizes[parts] < least
    if not small.any() or small.all():
        return labels
    nearest = ndimage.distance_transform_edt(small, return_distances=False, return_indices=True)
    return labels[tuple(nearest)]


def _weighed(p: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Bayes with the segmenter's opinion; neither side alone can be certain."""
    odds = np.clip(mask, 0.01, 0.99)[..., None]
    p = np.concatenate([p[..., :1] * (1 - odds), p[..., 1:] * odds], axis=-1)
    return p / p.sum(axis=-1, keepdims=True)


def _possible(p: np.ndarray, keypoints: np.ndarray) -> np.ndarray:
    """Without what an upright person's keypoints rule out: legs above the hips, trousers at the neck, hats below it."""
    hips = [keypoints[i, 1] for i in _HIPS if keypoints[i, 2] > 0]
    if keypoints[_NECK, 2] <= 0 or not (hips or keypoints[_NOSE, 2] > 0):
        return p
    neck = keypoints[_NECK, 1]
    torso = min(hips) - neck if hips else _TORSO * (neck - keypoints[_NOSE, 1])
    if torso < _UPRIGHT * p.shape[0]:  # lying, or bent over
        return p
    below = ((np.arange(p.shape[0]) + 0.5)[:, None] - neck) / torso
    p = p.copy()
    p[..., [16, 17, 18, 19]] *= np.where(below < 0.85, 1e-3, 1.0)[..., None]
    p[..., [9, 12]] *= np.where(below < 0.3, 1e-3, 1.0)[..., None]
    p[..., [1, 4, 13]] *= np.where(below > 0.6, 1e-3, 1.0)[..., None]
    return p / p.sum(axis=-1, keepdims=True)


def _enlarged(probabilities: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if probabilities.shape[:2] == size:
        return probabilities.astype(np.float32)
    whole = (0, 0, *probabilities.shape[:2])
    out = resampling.resample(numpy_arrays, probabilities, whole, size, resampling.TRIANGLE, resampling.EDGE)
    return np.clip(out, 1e-6, 1)
