"""Cutting a flat or hung garment from its photo: GrabCut, started from what differs from the photo's border.

A product photo's border shows what the garment lies on or hangs before. Colours that are frequent there are background,
the middle is garment; GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) draws the line between both.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PIL import Image
from scipy import ndimage

from tf_tryon.annotation.open_cv import open_cv, seeded
from tf_tryon.errors import TryOnError

SIDE: Final = 256
_RING: Final = 0.03  # of the shorter side: the border, which is background
_COLOURS: Final = 6  # the border's
_ROUNDS: Final = 4
_LEAST, _MOST = 0.03, 0.92  # of the photo that a garment covers
_REMEDY: Final = "lay or hang it before a plain ground of another colour, with some ground around it"
_MASK: Final = "mark the garment with a mask (--wear-mask, in Python `mask`)"
_SECOND: Final = 0.4  # of the largest part: another garment


class NoProductError(TryOnError):
    """What a photo shows is no product that can be taken: to look again would find the same.

    Attributes:
      fault: what is wrong.
      remedy: what else to do about the photo; "" if there is nothing.
      markable: whether it helps to mark the garment. The message says by a mask; who takes none has words of their own.
    """

    def __init__(self, fault: str, remedy: str = "", markable: bool = False) -> None:
        self.fault, self.remedy, self.markable = fault, remedy, markable
        super().__init__(self.told(remedy, _MASK))

    def told(self, remedy: str, mark: str) -> str:
        """The message with remedies of the caller's; `mark` is how a garment can be marked."""
        remedies = ", or ".join(filter(None, [remedy, mark if self.markable else ""]))
        return f"{self.fault}: {remedies}" if remedies else self.fault


def cut(photo: np.ndarray, side: int = SIDE) -> np.ndarray:
    """(h, w) bool, the garment's pixels, all its parts.

    Args:
      photo: (h, w, 3) uint8.
      side: the longer side that the outline is found at; time goes with its square.

    Raises:
      NoProductError: nothing stands out from the border, or there is nothing within it.
      TryOnError: OpenCV is missing.
    """
    cv2 = open_cv()
    if cv2 is None:
        raise TryOnError("cutting a garment from its photo needs OpenCV: `pip install 'tf-tryon[photos]'`")
    height, width = photo.shape[:2]
    scale = min(1.0, side / max(height, width))
    small_size = max(1, round(width * scale)), max(1, round(height * scale))
    if min(small_size) <= 2 * _ring(small_size):
        raise NoProductError(
            f"the photo is too small or too narrow: of {width}x{height} pixels too few lie within its border",
            "give a larger or a less oblong one",
            markable=True,
        )
    small = np.asarray(Image.fromarray(photo).resize(small_size, Image.Resampling.BOX))
    try:
        outline = _grab_cut(cv2, small)
    except cv2.error as error:
        text = " ".join(str(error).split())
        raise NoProductError(f"no garment can be told from the background ({text})", _REMEDY, True) from error
    share = outline.mean()
    if not _LEAST <= share <= _MOST:
        fault = "no garment stands out from the background" if share < _LEAST else "the garment fills the whole photo"
        raise NoProductError(fault, _REMEDY, markable=True)
    large = Image.fromarray(outline.astype(np.uint8) * 255).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(large) > 127


def main_parts(mask: np.ndarray, pair: bool) -> np.ndarray:
    """The garment of a mask (h, w) bool: its largest part without specks and holes; of a pair (of shoes) two.

    Raises:
      NoProductError: nothing is marked, or other parts are as large as garments.
    """
    parts, count = ndimage.label(mask)
    if not count:
        raise NoProductError("no garment is to be seen: the mask is empty")
    sizes = np.bincount(parts.ravel())[1:]
    order = np.argsort(-sizes)
    others = [i for i in order[1:] if sizes[i] >= _SECOND * sizes[order[0]]]
    if len(others) > (1 if pair else 0):
        raise NoProductError(f"the photo shows {len(others) + 1} garments", "give one photo each", markable=True)
    kept = np.isin(parts, [1 + order[0], *(1 + i for i in others)])
    return ndimage.binary_fill_holes(kept)


def _grab_cut(cv2: Any, photo: np.ndarray) -> np.ndarray:
    """(n, m) bool of a small photo."""
    height, width = photo.shape[:2]
    ring = _ring((width, height))
    border = np.ones((height, width), bool)
    border[ring:-ring, ring:-ring] = False
    lab = cv2.cvtColor(np.ascontiguousarray(photo), cv2.COLOR_RGB2LAB).astype(np.float32)
    lab = cv2.GaussianBlur(lab, (0, 0), 1.2)
    distance = _from_border(cv2, lab, border)
    likely = distance > _threshold(cv2, distance)
    y, x = np.mgrid[:height, :width]
    centred = ((y / (height - 1) - 0.5) ** 2 + (x / (width - 1) - 0.5) ** 2) < 0.42**2
    core = ((y / (height - 1) - 0.5) / 0.2) ** 2 + ((x / (width - 1) - 0.5) / 0.14) ** 2 < 1
    marks = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    marks[(likely & centred) | core] = cv2.GC_PR_FGD
    marks[border] = cv2.GC_BGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(photo[..., ::-1])
    seeded(lambda: cv2.grabCut(bgr, marks, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK))
    foreground = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    return _without_threads(foreground)


def _ring(size: tuple[int, int]) -> int:
    """The border's breadth in a small photo."""
    return max(2, round(_RING * min(size)))


def _from_border(cv2: Any, lab: np.ndarray, border: np.ndarray) -> np.ndarray:
    """(n, m) float32: each pixel's distance from the border's nearest frequent colour."""
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.5)
    points = np.ascontiguousarray(lab[border])
    colours = min(_COLOURS, len(points))
    drawn = seeded(lambda: cv2.kmeans(points, colours, None, criteria, 2, cv2.KMEANS_PP_CENTERS))
    _, which, centres = drawn
    shares = np.bincount(which.ravel(), minlength=colours) / len(points)
    centres = centres[shares > 0.04]  # a sleeve that touches the border is rarer than the ground
    apart = lab[:, :, None] - centres[None, None]
    apart[..., 0] *= 0.7  # shadows on the ground are lighter or darker, not of another hue
    return np.sqrt((apart**2).sum(axis=-1)).min(axis=-1).astype(np.float32)


def _threshold(cv2: Any, distance: np.ndarray) -> float:
    """Otsu's, of distances."""
    top = max(float(np.percentile(distance, 99)), 1e-3)
    levels = np.clip(distance / top * 255, 0, 255).astype(np.uint8)
    value, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(value) / 255 * top


def _without_threads(mask: np.ndarray) -> np.ndarray:
    """Without what is thinner than a hanger's hook, and with small gaps closed."""
    reach = ndimage.generate_binary_structure(2, 1)
    opened = ndimage.binary_opening(np.pad(mask, 4), reach, iterations=2)
    return ndimage.binary_closing(opened, reach, iterations=2)[4:-4, 4:-4]
