"""The JSON beside a completion's TFLite file: what a runtime has to know of a model."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Final

from tf_tryon.data.vocabulary import TARGETS
from tf_tryon.files import described_tflite
from tf_tryon.files.json_file import Value
from tf_tryon.geometry import crop

FORMAT: Final = "tf_tryon.lite"
VERSION: Final = 1
QUANTIZE: Final = ("float16", "mixed", "int8", "dynamic")  # the most exact first
BUNDLED: Final = "mixed"
REMEDY: Final = "make it with `tf-tryon export lite`"
_LARGEST: Final = 1 << 31  # bytes; what a flatbuffer can be


def name_of(quantize: str) -> str:
    """The names of a variant's files, without their endings."""
    return f"completion_{quantize}"


def sidecar_of(folder: pathlib.Path) -> pathlib.Path | None:
    """A folder's sidecar, of several variants the most exact one's; None if there is none."""
    paths = (folder / f"{name_of(quantize)}.json" for quantize in QUANTIZE)
    return next((path for path in paths if path.exists()), None)


@dataclasses.dataclass(frozen=True)
class Data:
    """How the networks see a photo: `config.data`, as far as `data.view` reads it."""

    height: int
    width: int
    crop: str
    crop_margin: float
    box_widen: float


@dataclasses.dataclass(frozen=True)
class Sidecar:
    """A model's description.

    Attributes:
      tflite: the file with the networks.
      data: how they see a photo.
      garments: what they complete.
      codes: shape (h, w, c) of a stage's codes, by stage.
      means: by stage, the picture of its four mean garments above one another.
      model: the hash that `Completion.model` tells.
      weights: by stage, the SHA-256 of the weights that the file was made of.
      quantize: one of QUANTIZE.
    """

    tflite: pathlib.Path
    data: Data
    garments: tuple[str, ...]
    codes: dict[str, tuple[int, int, int]]
    means: dict[str, pathlib.Path]
    model: str
    weights: dict[str, str]
    quantize: str

    @classmethod
    def read(cls, folder: pathlib.Path) -> Sidecar:
        """A folder's, checked against the file that it describes; of several variants the most exact one's.

        Raises:
          MissingFileError, BadFileError: a file is missing, isn't one, or belongs to another.
        """
        source = sidecar_of(folder) or folder / f"{name_of(BUNDLED)}.json"
        described, path = described_tflite.read(source, FORMAT, VERSION, REMEDY, _LARGEST)
        data = described["data"]
        height, width = (data[side].whole(1, 4096) for side in ("height", "width"))
        return cls(
            tflite=path,
            data=Data(
                height,
                width,
                data["crop"].choice((crop.PERSON, crop.GARMENT)),
                data["crop_margin"].number(1, 100),
                data["box_widen"].number(0, 100),
            ),
            garments=tuple(name.choice(TARGETS) for name in described["garments"].entries()),
            codes={stage: _codes(described["codes"][stage]) for stage in ("shape", "texture")},
            means={
                stage: described_tflite.beside(described, described["means"][stage]) for stage in ("shape", "texture")
            },
            model=described["model"].text(),
            weights={stage: described["weights"][stage].text() for stage in ("shape", "texture")},
            quantize=described["quantize"].choice(QUANTIZE),
        )


def _codes(value: Value) -> tuple[int, int, int]:
    rows, columns, channels = (side.whole(1, 1024) for side in value.entries(3))
    return rows, columns, channels
