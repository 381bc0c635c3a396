"""The rectangle around a person that the parsing network sees, as the annotator cuts it from a photo.

Its height is that of the person, or what their width asks for, and a margin. Beyond the photo the photo's edge goes on.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.geometry import numpy_arrays, resampling

MARGIN: Final = 0.1  # of the height or width that decides, each way


class ParserCrop:
    """A rectangle of a photo, which may reach beyond it; in photo pixels."""

    def __init__(self, top: int, left: int, height: int, width: int) -> None:
        self.top, self.left, self.height, self.width = top, left, height, width

    @classmethod
    def around(
        cls, box: tuple[float, float, float, float], shape: tuple[int, int], margin: float = MARGIN
    ) -> ParserCrop:
        """Around a person's box (y0, x0, y1, x1), of the proportions of `shape` (height, width)."""
        y0, x0, y1, x1 = box
        height = max(round(max(y1 - y0, (x1 - x0) * shape[0] / shape[1]) * (1 + 2 * margin)), 8)
        width = max(round(height * shape[1] / shape[0]), 5)
        return cls(round((y0 + y1 - height) / 2), round((x0 + x1 - width) / 2), height, width)

    def cut(self, picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(*size, ...) uint8 of a picture (h, w, ...) uint8."""
        box = self.top, self.left, self.top + self.height, self.left + self.width
        kernel = resampling.TRIANGLE if size[0] < self.height else resampling.CUBIC
        planes = picture.reshape(*picture.shape[:2], -1)
        cut = resampling.resample(numpy_arrays, planes, box, size, kernel, resampling.EDGE)
        return numpy_arrays.to_bytes(cut).reshape(*size, *picture.shape[2:])

    def paste(self, labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(h, w) uint8 of a photo's size with the crop's labels (n, m) in it, 0 elsewhere."""
        nearest_rows = ((np.arange(self.height) + 0.5) * labels.shape[0] / self.height).astype(int)
        nearest_columns = ((np.arange(self.width) + 0.5) * labels.shape[1] / self.width).astype(int)
        full, out = labels[nearest_rows][:, nearest_columns], np.zeros(size, np.uint8)
        rows = slice(max(self.top, 0), min(self.top + self.height, size[0]))
        columns = slice(max(self.left, 0), min(self.left + self.width, size[1]))
        out[rows, columns] = full[
            rows.start - self.top : rows.stop - self.top, columns.start - self.left : columns.stop - self.left
        ]
        return out

    def points(self, keypoints: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """(18, 3) keypoints of the photo in pixels of the crop at a size; missing ones are 0."""
        factor = (size[1] / self.width, size[0] / self.height, 1)
        return np.where(keypoints[:, 2:] > 0, (keypoints - (self.left, self.top, 0)) * factor, 0).astype(np.float32)

    def outside(self, photo: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
        """(*size,) bool: beyond a photo of (h, w)."""
        rows = (np.arange(size[0]) + 0.5) * self.height / size[0] + self.top
        columns = (np.arange(size[1]) + 0.5) * self.width / size[1] + self.left
        return ((rows < 0) | (rows >= photo[0]))[:, None] | ((columns < 0) | (columns >= photo[1]))[None]
