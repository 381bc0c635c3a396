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
VERSION: Final = 2
QUANTIZE: Final = ("float16", "mixed", "int8", "dynamic")  # the most exact first
BUNDLED: Final = "mixed"
REMEDY: Final = "make it with `tf-tryon export lite`"
_LARGEST: Final = 1 << 31  # bytes; what a flatbuffer can be


def name_of(quantize: str) -> str:
    """The names of a variant's files, without their endings."""
    return f"completion_{quantize}"


def sidecars_of(folder: pathlib.Path) -> list[pathlib.Path]:
    """A folder's sidecars, the most exact variant's first."""
    paths = (folder / f"{name_of(quantize)}.json" for quantize in QUANTIZE)
    return [path for path in paths if path.exists()]


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
      centred: how many of its channels have mean 0 over the cells, by stage; 0 where an earlier file doesn't say.
      means: by stage, the picture of its four mean garments above one another.
      model: the hash that `Completion.model` tells.
      weights: by stage, the SHA-256 of the weights that the file was made of.
      quantize: one of QUANTIZE.
    """

    tflite: pathlib.Path
    data: Data
    garments: tuple[str, ...]
    codes: dict[str, tuple[int, int, int]]
    centred: dict[str, int]
    means: dict[str, pathlib.Path]
    model: str
    weights: dict[str, str]
    quantize: str

    @classmethod
    def read(cls, source: pathlib.Path) -> Sidecar:
        """A file's, checked against the one that it describes.

        Raises:
          MissingFileError, BadFileError: a file is missing, isn't one, or belongs to another.
        """
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
            centred=_centred(described),
            means={
                stage: described_tflite.beside(described, described["means"][stage]) for stage in ("shape", "texture")
            },
            model=described["model"].text(),
            weights={stage: described["weights"][stage].text() for stage in ("shape", "texture")},
            quantize=described["quantize"].choice(QUANTIZE),
        )


def _centred(described: Value) -> dict[str, int]:
    counts = described.get("centred")
    return {} if counts is None else {stage: count.whole(0, 1024) for stage, count in counts.members().items()}


def _codes(value: Value) -> tuple[int, int, int]:
    rows, columns, channels = (side.whole(1, 1024) for side in value.entries(3))
    return rows, columns, channels
