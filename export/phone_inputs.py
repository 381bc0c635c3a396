"""The shape stage's inputs for one person, in numpy alone: what an app has to build before it calls the TFLite file.

All of it follows from the file's sidecar (`Contract`). Boxes, maps and RoIs are made by the functions that training
makes them with, on numpy arrays; the arrays equal those of `tf_tryon.models.tasks` up to rounding.
Pixels' centres lie at index + 0.5; boxes and RoIs are (y0, x0, y1, x1) in pixels. visible: 1 visible, 0 erased.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from tf_tryon.data import boxes
from tf_tryon.data.person import Person
from tf_tryon.data.pose_maps import pose
from tf_tryon.data.vocabulary import CLASSES, FACE, GARMENT_CLASSES, GARMENTS
from tf_tryon.errors import TryOnError
from tf_tryon.files.json_file import Value
from tf_tryon.geometry import numpy_arrays, roi
from tf_tryon.stages import REPLACES


@dataclasses.dataclass(frozen=True)
class Contract:
    """How the inputs are built; the sidecar's `inputs`.

    Attributes:
      height, width: of the networks' input.
      garments: which may be erased.
      box_widen: factor of the erased box in x.
      keypoint_reach: pixels each way of a keypoint's pixel.
      min_area: part of the picture from which on a garment counts as shown.
      visible_channel: whether `given` ends with the visible mask.
      context_pool: side of the squares over which `context` is averaged.
      context_given: whether `context` ends with `given` in the erased box's RoI.
      grid: (rows, columns, channels) of a code.
      shared: how many of its last channels are one value for all cells.
      replaces: what completed labels change: all that is "erased", or the "garment" alone.
      aligned: codes are laid over the erased box's RoI; otherwise repeated over the picture.
      autoregressive: cells are drawn one after another, each knowing the earlier ones.
      std_floor: added to the softplus of `raw_std`.
      temperatures: what each channel's standard deviation is multiplied by where it is drawn.
      code_scale: what one unit of each channel is worth; the file's codes, means and stds are divided by it.
    """

    height: int
    width: int
    garments: tuple[str, ...]
    box_widen: float
    keypoint_reach: int
    min_area: float
    visible_channel: bool
    context_pool: int
    context_given: bool
    grid: tuple[int, int, int]
    shared: int
    replaces: str
    aligned: bool
    autoregressive: bool
    std_floor: float
    temperatures: tuple[float, ...]
    code_scale: tuple[float, ...]

    @classmethod
    def of(cls, given: Value) -> Contract:
        """From the sidecar's `inputs`; BadFileError names a field that can't be."""
        height, width = (given[side].whole(1, 4096) for side in ("height", "width"))
        rows, columns, channels = (side.whole(1, 1024) for side in given["grid"].entries(3))
        if height % rows or width % columns:
            raise given["grid"].wrong("doesn't divide the input")
        pool = given["context_pool"].whole(1, min(height, width))
        if height % pool or width % pool:
            raise given["context_pool"].wrong("doesn't divide the input")
        return cls(
            height=height,
            width=width,
            garments=tuple(name.choice(GARMENTS) for name in given["garments"].entries()),
            box_widen=given["box_widen"].number(0, 100),
            keypoint_reach=given["keypoint_reach"].whole(0, height),
            min_area=given["min_area"].number(0, 1),
            visible_channel=given["visible_channel"].flag(),
            context_pool=pool,
            context_given=given["context_given"].flag(),
            grid=(rows, columns, channels),
            shared=given["shared"].whole(0, channels),
            replaces=given["replaces"].choice(REPLACES),
            aligned=given["aligned"].flag(),
            autoregressive=given["autoregressive"].flag(),
            std_floor=given["std_floor"].number(0, 1),
            temperatures=tuple(one.number(0, 1) for one in given["temperatures"].entries(channels)),
            code_scale=tuple(scale.number(1e-12, 1e12) for scale in given["code_scale"].entries(channels)),
        )

    @property
    def cells(self) -> int:
        """How many a code has."""
        return self.grid[0] * self.grid[1]


@dataclasses.dataclass(frozen=True)
class Inputs:
    """One person with one garment erased.

    Attributes:
      labels: (H, W) uint8 classes of the input, complete.
      visible: (H, W) float32.
      box: (4,) float32, the erased one.
      slot: of the erased garment.
      keypoints: (18, 3) in the input's pixels.
      given: (H, W, C) float32: erased parsing (8), face and keypoint maps (19), visible (1, with spade).
      context: (H / pool, W / pool, C) float32: four garment crops (12), and `given` cropped.
    """

    labels: np.ndarray
    visible: np.ndarray
    box: np.ndarray
    slot: int
    keypoints: np.ndarray
    given: np.ndarray
    context: np.ndarray


def build(person: Person, garment: str, means: np.ndarray, contract: Contract) -> Inputs:
    """Everything the file's signatures take, except codes.

    Args:
      person: as the crop "person" shows them (`tf_tryon.data.person_crop`).
      garment: to erase.
      means: (4, H, W, 3) float32 in [-1, 1], the crop that stands for a garment that isn't shown.
      contract: the file's.
    """
    size = contract.height, contract.width
    if person.size != size:
        raise ValueError(f"{person.id}: the picture is {person.size}, the file works on {size}")
    if garment not in contract.garments:
        raise TryOnError(f"this file completes {', '.join(contract.garments)}, not {garment}: choose one of those")
    labels, slot = person.labels[None], GARMENTS.index(garment)
    classes, dress = boxes.label_boxes(labels), np.array([person.dress])
    box = boxes.erased_boxes(classes, dress, *size, contract.box_widen)[:, slot]
    if boxes.is_empty(box)[0]:
        raise TryOnError(f"{person.id}: the parsing shows no {garment}; choose another garment")
    visible = boxes.visible_mask(box, *size)
    parts = [
        numpy_arrays.one_hot(labels, len(CLASSES)) * visible,
        pose(labels == FACE, person.keypoints[None], contract.keypoint_reach),
    ]
    if contract.visible_channel:
        parts.append(visible)
    given = np.concatenate(parts, axis=-1)
    pool = contract.context_pool
    context = pooled(_garments(person, slot, means, contract), pool)
    if contract.context_given:
        seen = roi.crop(given, roi.around(box, size), (size[0] // pool, size[1] // pool))
        context = np.concatenate([context, seen[0]], axis=-1)
    return Inputs(
        person.labels, visible[0, ..., 0], box[0], slot, person.keypoints, given[0], context.astype(np.float32)
    )


def lay(codes: np.ndarray, inputs: Inputs, contract: Contract) -> np.ndarray:
    """Codes (cells, channels) as the map (H, W, channels) that `generate` takes: in the erased box, or repeated."""
    size = contract.height, contract.width
    grid = codes.reshape(contract.grid)
    if not contract.aligned:
        return np.tile(grid, (size[0] // grid.shape[0], size[1] // grid.shape[1], 1))
    laid = roi.lay(grid[None], roi.around(inputs.box[None], size), size)[0]
    return (laid * (1 - inputs.visible[..., None])).astype(np.float32)


def pooled(picture: np.ndarray, by: int) -> np.ndarray:
    """Means of by x by squares of (H, W, C)."""
    height, width, channels = picture.shape
    return picture.reshape(height // by, by, width // by, by, channels).mean((1, 3))


def _garments(person: Person, slot: int, means: np.ndarray, contract: Contract) -> np.ndarray:
    """(H, W, 12): each garment on white in the RoI of its own box, its mean if it isn't shown, zeros for the target."""
    size, labels = (contract.height, contract.width), person.labels
    photo = person.photo.astype(np.float32) / np.float32(127.5) - 1
    own = boxes.garment_boxes(boxes.label_boxes(labels[None]))[0]
    shown = boxes.garment_areas(labels[None])[0] >= contract.min_area
    crops = []
    for other, label in enumerate(GARMENT_CLASSES):
        if other == slot:
            crops.append(np.zeros_like(photo))
        elif not shown[other]:
            crops.append(means[other])
        else:
            cut = np.where((labels == label)[..., None], photo, np.float32(1))
            crops.append(roi.crop(cut[None], roi.around(own[other : other + 1], size), size, 1.0)[0])
    return np.concatenate(crops, axis=-1)
