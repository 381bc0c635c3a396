"""The parsing network without TensorFlow: what `tf-tryon export parser` wrote, run by ai-edge-litert."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Final

import numpy as np

from tf_tryon.data.vocabulary import GARMENTS
from tf_tryon.errors import TryOnError
from tf_tryon.files import described_tflite, tflite_file
from tf_tryon.files.json_file import Value

FORMAT: Final = "tf_tryon.lite_parser"
VERSION: Final = 1
NAME: Final = "parser_float16"  # of the two files, without their endings
SIGNATURE: Final = "parse"
REMEDY: Final = "make it with `tf-tryon export parser`"
WEIGHTS: Final = pathlib.Path(__file__).parent.parent / "weights" / "parser" / "parser.npz"  # the bundled ones
BUNDLED: Final = WEIGHTS.parent / "lite"
_STRIDE: Final = 32  # of the network: its sides are multiples of it
_LARGEST: Final = 1 << 28  # bytes


class ParserFile:
    """A parsing network in a TFLite file; see `builtin_parser.Network`.

    Args:
      folder: where the file and its sidecar lie.
      kept: whether the network stays open, or is opened for each picture: 35 MB, against 15 ms.

    Attributes:
      size: (H, W) of the picture that it sees.
      calibration: (4, 2) float32 lines of its confidences, or None.
      weights: SHA-256 of the weights that it was made of.

    Raises:
      MissingFileError, BadFileError: a file is missing, isn't one, or belongs to another.
      TryOnError: ai-edge-litert isn't installed.
    """

    def __init__(self, folder: pathlib.Path, kept: bool = True) -> None:
        source = folder / f"{NAME}.json"
        described, path = described_tflite.read(source, FORMAT, VERSION, REMEDY, _LARGEST)
        height, width = (described[side].whole(_STRIDE, 4096) for side in ("height", "width"))
        self.size: tuple[int, int] = (height, width)
        self.calibration = _lines(described["calibration"]) if described["calibration"].raw is not None else None
        self.weights = described["weights"].text()
        self._kept, self._signatures = kept, tflite_file.Signatures(path, (SIGNATURE,), REMEDY)
        self._rest()

    def probabilities(self, picture: np.ndarray, mask: np.ndarray | None, keypoints: np.ndarray) -> np.ndarray:
        """See `builtin_parser.Network`."""
        given = {
            "picture": picture[None],
            "mask": (np.zeros(self.size, np.float32) if mask is None else mask)[None],
            "has_mask": np.array([mask is not None]),
            "keypoints": keypoints[None].astype(np.float32),
        }
        probabilities = self._signatures.run(SIGNATURE, given)["probabilities"][0]
        self._rest()
        return probabilities

    def _rest(self) -> None:
        if not self._kept:
            self._signatures.rest()


def bundled_file(kept: bool = True) -> ParserFile | str:
    """The bundled parser's file, or why it can't be had: a sentence's part."""
    if not tflite_file.installed():
        return f"ai-edge-litert isn't installed: {tflite_file.INSTALL}"
    try:
        parser = ParserFile(BUNDLED, kept)
    except TryOnError as error:
        return str(error)
    if WEIGHTS.exists() and hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != parser.weights:
        return f"{BUNDLED / NAME}.tflite was made of other weights than {WEIGHTS}: {REMEDY}"
    return parser


def _lines(value: Value) -> np.ndarray:
    lines = [[part.number(-100, 100) for part in line.entries(2)] for line in value.entries(len(GARMENTS))]
    return np.array(lines, np.float32)
