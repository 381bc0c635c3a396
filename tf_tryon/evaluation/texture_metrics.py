"""Measures of completed photos: close to the truth, varied, the person's own skin, no seam and no weave.

Pictures are (H, W, 3) float32 RGB in [0, 1], visible pixels copied from the photo; `erased` is (H, W) bool, a filled
rectangle: the erased box. Colour distances are Euclidean in that RGB, so black to white is 1.73.

- **L1, PSNR, SSIM** inside the box (SSIM: Wang et al., Image Quality Assessment, IEEE TIP 2004; windows whose centre
  lies in the box).
- **colour spread**: root of the trace of the covariance of a garment's mean colour, over one person's samples or over
  people.
- **skin distance**: from the mean colour of the skin inside the box to that of the visible skin: limbs, and the face
  near the nose.
- **seam**: mean |difference| of the two pixels on either side of the box's border, beside the same between their
  neighbours one and two pixels away (`local`), which says what the picture's own detail amounts to.
- **halo**: how far the background just inside the border is off, as a colour distance of means.
- **weave**: energy of what repeats with a period of 2, 4 or 8 pixels, as transposed convolutions leave it (Odena et
  al., Deconvolution and Checkerboard Artifacts, Distill 2016).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import tensorflow as tf
from scipy import ndimage

from tf_tryon.data import vocabulary

PERIODS: Final = (2, 4, 8)
_SKIN: Final = (vocabulary.UPPER_SKIN, vocabulary.LOWER_SKIN)
_LEAST_AREA: Final = 32 / 256**2  # of the picture: fewer pixels have no reliable mean colour
_NEAR_NOSE: Final = 0.03  # of the height
_HALO_BAND: Final = 1 / 32  # of the height
_BLOCK: Final = 16  # pixels: the weave is looked for in blocks, its sign may differ between them
_REACH: Final = 3  # lines of pixels on each side of the border that `seam` looks at


class Seam(NamedTuple):
    """Mean |difference| across the box's border, and between neighbours beside it; NaN if no side is measurable."""

    jump: float
    local: float


def l1(picture: np.ndarray, truth: np.ndarray, erased: np.ndarray) -> float:
    """Mean |difference| inside the box, in [0, 1]: half of that of pictures in [-1, 1]."""
    return float(np.mean(np.abs(picture[erased] - truth[erased])))


def psnr(picture: np.ndarray, truth: np.ndarray, erased: np.ndarray) -> float:
    """Peak signal-to-noise ratio inside the box in dB; at most 100."""
    error = float(np.mean(np.square(picture[erased] - truth[erased], dtype=np.float64)))
    return float(-10 * np.log10(max(error, 1e-10)))


def ssim(pictures: np.ndarray, truths: np.ndarray, erased: np.ndarray) -> np.ndarray:
    """(B, H, W, 3) pictures and truths, (B, H, W) boxes -> (B,) mean structural similarity inside the box.

    NaN where no whole window of 11 pixels is centred in the box.
    """
    index = tf.image.ssim(tf.constant(pictures), tf.constant(truths), 1.0, return_index_map=True).numpy()
    centres = erased[:, 5 : 5 + index.shape[1], 5 : 5 + index.shape[2]]
    total = centres.sum(axis=(1, 2))
    return np.where(total > 0, (index * centres).sum(axis=(1, 2)) / np.maximum(total, 1), np.nan)


def mean_colour(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(3,) mean over the mask, or NaN if that has too few pixels to tell."""
    if mask.sum() < _LEAST_AREA * mask.size:
        return np.full(3, np.nan)
    return picture[mask].mean(axis=0, dtype=np.float64)


def spread(colours: np.ndarray) -> float:
    """Root of the trace of the covariance of (n, 3) colours; rows of NaN are left out, NaN with fewer than two."""
    known = colours[~np.isnan(colours).any(axis=1)]
    return float(np.sqrt(np.var(known, axis=0, ddof=1).sum())) if len(known) > 1 else float("nan")


def visible_skin(photo: np.ndarray, labels: np.ndarray, erased: np.ndarray, keypoints: np.ndarray) -> np.ndarray:
    """(3,) mean colour of the skin outside the box: limbs, and the face near the nose. NaN if there is too little.

    Args:
      photo: the true picture.
      labels: (H, W) its classes.
      erased: (H, W) bool.
      keypoints: (18, 3), the nose first.
    """
    skin = np.isin(labels, _SKIN)
    x, y, confidence = keypoints[0]
    if confidence > 0:
        rows, columns = np.ogrid[: labels.shape[0], : labels.shape[1]]
        near = np.hypot(rows + 0.5 - y, columns + 0.5 - x) <= _NEAR_NOSE * labels.shape[0]
        skin |= near & (labels == vocabulary.FACE)
    return mean_colour(photo, skin & ~erased)


def skin_distance(picture: np.ndarray, labels: np.ndarray, erased: np.ndarray, reference: np.ndarray) -> float:
    """Distance of the skin inside the box, by the picture's own labels, to the (3,) colour of the visible skin."""
    return float(np.linalg.norm(mean_colour(picture, np.isin(labels, _SKIN) & erased) - reference))


def seam(picture: np.ndarray, erased: np.ndarray) -> Seam:
    """Differences across and beside the box's border; sides within 3 pixels of the picture's edge are left out."""
    jumps, locals_ = [], []
    for lines in _border_lines(picture, erased):
        steps = np.abs(np.diff(lines, axis=0)).mean(axis=2)  # (5, n): between neighbouring lines, outside to inside
        jumps.append(steps[_REACH - 1])
        locals_.append(np.delete(steps, _REACH - 1, axis=0).mean(axis=0))
    if not jumps:
        return Seam(float("nan"), float("nan"))
    return Seam(float(np.concatenate(jumps).mean()), float(np.concatenate(locals_).mean()))


def halo(picture: np.ndarray, truth: np.ndarray, background: np.ndarray, erased: np.ndarray) -> float:
    """Distance of the mean colours of picture and truth on the background in a narrow band inside the border.

    Args:
      picture: the completed picture.
      truth: the photo.
      background: (H, W) bool, what is background in both.
      erased: (H, W) bool.
    """
    depth = max(1, round(_HALO_BAND * erased.shape[0]))
    y0, x0, y1, x1 = _bounds(erased)
    # At the picture's edge there is no border.
    top, bottom = y0 + depth * (y0 > 0), y1 - depth * (y1 < erased.shape[0])
    left, right = x0 + depth * (x0 > 0), x1 - depth * (x1 < erased.shape[1])
    band = erased & background
    band[top:bottom, left:right] = False
    return float(np.linalg.norm(mean_colour(picture, band) - mean_colour(truth, band)))


def weave(picture: np.ndarray, erased: np.ndarray) -> np.ndarray:
    """Energy of the patterns of each of PERIODS inside the box: mean over blocks of the variance of the folded block.

    A block's grey values, less their mean over 8 x 8 pixels, are averaged at each phase of the period, which must
    divide 16. Detail that isn't locked to the pixel lattice mostly cancels; compare with the truth's.

    Returns:
      (3,) in squared units of [0, 1]; NaN if the box holds no block.
    """
    y0, x0, y1, x1 = _bounds(erased)
    rows, columns = (y1 - y0) // _BLOCK, (x1 - x0) // _BLOCK
    if not rows or not columns:
        return np.full(len(PERIODS), np.nan)
    grey = picture[y0:y1, x0:x1].mean(axis=2)
    detail = grey - ndimage.uniform_filter(grey, max(PERIODS), mode="nearest")
    blocks = detail[: rows * _BLOCK, : columns * _BLOCK]
    energies = []
    for period in PERIODS:
        folds = _BLOCK // period
        folded = blocks.reshape(rows, folds, period, columns, folds, period).mean(axis=(1, 4))
        energies.append(folded.var(axis=(1, 3), dtype=np.float64).mean())
    return np.array(energies)


def fill_box(photo: np.ndarray, erased: np.ndarray) -> np.ndarray:
    """The photo with the box filled by the box's own mean colour: the floor that any completion should beat."""
    return np.where(erased[..., None], photo[erased].mean(axis=0), photo).astype(np.float32)


def _bounds(erased: np.ndarray) -> tuple[int, int, int, int]:
    """Rows and columns y0, x0, y1, x1 of the box, end exclusive."""
    rows, columns = np.flatnonzero(erased.any(axis=1)), np.flatnonzero(erased.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _border_lines(picture: np.ndarray, erased: np.ndarray) -> list[np.ndarray]:
    """For each side of the box (6, n, 3): three lines of pixels outside and three inside, from outside to inside."""
    y0, x0, y1, x1 = _bounds(erased)
    height, width = erased.shape
    if min(y1 - y0, x1 - x0) < _REACH:
        return []
    sides = []
    if y0 >= _REACH:
        sides.append(picture[y0 - _REACH : y0 + _REACH, x0:x1])
    if y1 + _REACH <= height:
        sides.append(picture[y1 - _REACH : y1 + _REACH, x0:x1][::-1])
    if x0 >= _REACH:
        sides.append(picture[y0:y1, x0 - _REACH : x0 + _REACH].swapaxes(0, 1))
    if x1 + _REACH <= width:
        sides.append(picture[y0:y1, x1 - _REACH : x1 + _REACH].swapaxes(0, 1)[::-1])
    return sides
