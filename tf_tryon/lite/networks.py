"""The signatures of a completion's TFLite file, called with numpy arrays of one person."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from tf_tryon.data.photo import read_photo
from tf_tryon.errors import BadFileError
from tf_tryon.files.tflite_file import Signatures
from tf_tryon.lite.sidecar import REMEDY, Sidecar
from tf_tryon.stages import STAGES

Arrays = dict[str, np.ndarray]
FUNCTIONS: Final = (
    *(f"{stage}_{name}" for stage in STAGES for name in ("encode", "draw", "score", "generate")),
    "texture_behind",
)


class Texture(NamedTuple):
    """What the texture stage makes of one person.

    Attributes:
      rgb: (1, H, W, 3) in [-1, 1], the person before what is behind.
      detail: (1, 2H, 2W, 1) to be added at the photo's own size, or None.
    """

    rgb: np.ndarray
    detail: np.ndarray | None


class Networks:
    """Both stages, as `export.lite_graph` describes them.

    Args:
      sidecar: of the file.
      threads: of the interpreter; None: the processor's, at most 4.

    Attributes:
      means: (4, H, W, 3) float32 in [-1, 1] by stage, what stands for a garment that a photo doesn't show.
    """

    def __init__(self, sidecar: Sidecar, threads: int | None = None) -> None:
        self._signatures = Signatures(sidecar.tflite, FUNCTIONS, REMEDY, threads)
        self.means = {stage: _means(sidecar, stage) for stage in sidecar.codes}

    def rest(self) -> None:
        """Gives up the memory that is kept for the next call, which then takes it anew."""
        self._signatures.rest()

    def encode(self, stage: str, person: Arrays, garments: Arrays) -> np.ndarray:
        """What the compatibility prior knows of a person: features, for `draw` and `score`."""
        return self._signatures.run(f"{stage}_encode", {**person, **garments, "means": self.means[stage]})["features"]

    def draw(self, stage: str, features: np.ndarray, noise: np.ndarray, temperature: float) -> np.ndarray:
        """Codes (h, w, c) from the prior, with standard normal noise of that shape."""
        given = {"features": features, "noise": noise[None], "temperature": np.array(temperature, np.float32)}
        return self._signatures.run(f"{stage}_draw", given)["codes"][0]

    def score(self, stage: str, features: np.ndarray, codes: np.ndarray) -> float:
        """log p(codes | context) in nats."""
        return float(self._signatures.run(f"{stage}_score", {"features": features, "codes": codes[None]})["score"][0])

    def shape(self, person: Arrays, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Completed classes (1, H, W) int32, and how much of the completion shows (1, H, W, 1)."""
        outputs = self._signatures.run("shape_generate", {**person, "codes": codes[None]})
        return outputs["completed"], outputs["opacity"]

    def behind(self, person: Arrays) -> np.ndarray:
        """(1, H, W, 3) in [-1, 1]: the background of a person's `photo`, which goes on behind the person."""
        return self._signatures.run("texture_behind", person)["behind"]

    def texture(self, person: Arrays, codes: np.ndarray) -> Texture:
        """Of a person with `completed` classes, and what is `behind` them."""
        outputs = self._signatures.run("texture_generate", {**person, "codes": codes[None]})
        return Texture(outputs["rgb"], outputs.get("detail"))


def _means(sidecar: Sidecar, stage: str) -> np.ndarray:
    path, (height, width) = sidecar.means[stage], (sidecar.data.height, sidecar.data.width)
    pixels = read_photo(path)
    if pixels.shape != (4 * height, width, 3):
        raise BadFileError(f"{path}: of shape {pixels.shape}, not {(4 * height, width, 3)}: {REMEDY}")
    return pixels.reshape(4, height, width, 3) / np.float32(127.5) - 1
