"""The shape stage's inputs for one person, in numpy alone: what an app has to build before it calls the TFLite file.

All of it follows from the file's sidecar (`Contract`), and one sampling rule serves every crop and every layout. The
arrays equal those of `tf_tryon.data.examples` and `tf_tryon.models.tasks`, which training uses, up to rounding.
Pixels' centres lie at index + 0.5; boxes and frames are (y0, x0, y1, x1) in pixels. visible: 1 visible, 0 erased.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CLASSES, FACE, GARMENT_CLASSES, GARMENTS, UNCOVERED, UPPER_SKIN
from tf_tryon.errors import TryOnError
from tf_tryon.files.json_file import Value

Box = tuple[float, float, float, float]


@dataclasses.dataclass(frozen=True)
class Contract:
    """How the inputs are built; the sidecar's `inputs`.

    Attributes:
      height, width: of the nets' frame.
      garments: which may be erased.
      box_widen: factor of the erased box in x.
      keypoint_reach: pixels each way of a keypoint's pixel.
      min_area: part of the picture from which on a garment counts as shown.
      visible_channel: whether `given` ends with the visible mask.
      context_pool: side of the squares over which `context` is averaged.
      context_given: whether `context` ends with `given` in the erased box's frame.
      grid: (rows, columns, channels) of a code.
      shared: how many of its last channels are one value for all cells.
      aligned: codes are laid over the erased box's frame; otherwise repeated over the picture.
      autoregressive: cells are drawn one after another, each knowing the earlier ones.
      std_floor: added to the softplus of `raw_std`.
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
    aligned: bool
    autoregressive: bool
    std_floor: float
    code_scale: tuple[float, ...]

    @classmethod
    def of(cls, given: Value) -> Contract:
        """From the sidecar's `inputs`; BadFileError names a field that can't be."""
        height, width = (given[side].whole(1, 4096) for side in ("height", "width"))
        rows, columns, channels = (side.whole(1, 1024) for side in given["grid"].entries(3))
        if height % rows or width % columns:
            raise given["grid"].wrong("doesn't divide the frame")
        pool = given["context_pool"].whole(1, min(height, width))
        if height % pool or width % pool:
            raise given["context_pool"].wrong("doesn't divide the frame")
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
            aligned=given["aligned"].flag(),
            autoregressive=given["autoregressive"].flag(),
            std_floor=given["std_floor"].number(0, 1),
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
      labels: (H, W) uint8 classes of the frame, complete.
      visible: (H, W) float32.
      box: the erased one.
      given: (H, W, C) float32: erased parsing (8), face and keypoint maps (19), visible (1, with spade).
      context: (H / pool, W / pool, C) float32: four garment crops (12), and `given` cropped.
    """

    labels: np.ndarray
    visible: np.ndarray
    box: Box
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
    height, width = contract.height, contract.width
    if person.size != (height, width):
        raise ValueError(f"{person.id}: the picture is {person.size}, the file works on {height, width}")
    if garment not in contract.garments:
        raise TryOnError(f"this file completes {', '.join(contract.garments)}, not {garment}: choose one of those")
    labels, box = person.labels, erased_box(person, garment, contract)
    visible = visible_mask(box, height, width)
    one_hot = (labels[..., None] == np.arange(len(CLASSES))).astype(np.float32)
    parts = [one_hot * visible[..., None], pose(labels == FACE, person.keypoints, contract.keypoint_reach)]
    if contract.visible_channel:
        parts.append(visible[..., None])
    given = np.concatenate(parts, axis=-1)
    pool = contract.context_pool
    context = pooled(_garments(person, garment, means, contract), pool)
    if contract.context_given:
        frame = window(box, height, width)
        context = np.concatenate([context, sample(given, frame, height // pool, width // pool, 0.0)], axis=-1)
    return Inputs(labels, visible, box, given, context.astype(np.float32))


def class_box(labels: np.ndarray, label: int) -> Box | None:
    """Bounding box of a class, or None."""
    rows, columns = np.flatnonzero((labels == label).any(1)), np.flatnonzero((labels == label).any(0))
    return (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1) if len(rows) else None


def erased_box(person: Person, garment: str, contract: Contract) -> Box:
    """The garment's box with that of the skin that it may uncover, widened in x and clipped to the picture."""
    slot = GARMENTS.index(garment)
    own = class_box(person.labels, GARMENT_CLASSES[slot])
    if own is None:
        raise TryOnError(f"{person.id}: the parsing shows no {garment}; choose another garment")
    skins = [UNCOVERED[slot], UPPER_SKIN if garment == "bottom" and person.dress else None]
    found = [own, *(class_box(person.labels, skin) for skin in skins if skin is not None)]
    y0s, x0s, y1s, x1s = zip(*filter(None, found), strict=True)
    y0, x0, y1, x1 = min(y0s), min(x0s), max(y1s), max(x1s)
    centre, half = (x0 + x1) / 2, (x1 - x0) / 2 * contract.box_widen
    return float(y0), max(centre - half, 0.0), float(y1), min(centre + half, float(contract.width))


def visible_mask(box: Box, height: int, width: int) -> np.ndarray:
    """(H, W) float32: 0 where a pixel's centre lies in the box, else 1."""
    y, x = np.arange(height)[:, None] + 0.5, np.arange(width) + 0.5
    return 1 - ((y >= box[0]) & (y < box[2]) & (x >= box[1]) & (x < box[3])).astype(np.float32)


def pose(face: np.ndarray, keypoints: np.ndarray, reach: int) -> np.ndarray:
    """(H, W, 19) float32 of -1 and 1: the face and hair mask, and a square around each keypoint that isn't missing."""
    y, x = np.arange(face.shape[0])[:, None], np.arange(face.shape[1])
    maps = [face]
    for at_x, at_y, confidence in keypoints:
        near = (np.abs(y - np.floor(at_y)) <= reach) & (np.abs(x - np.floor(at_x)) <= reach)
        maps.append(near & (confidence > 0))
    return np.stack(maps, axis=-1) * np.float32(2) - np.float32(1)


def window(box: Box, height: int, width: int) -> Box:
    """The frame of a box: of the picture's aspect, centred on the box, just holding it."""
    scale = max((box[2] - box[0]) / height, (box[3] - box[1]) / width)
    y, x = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return y - scale * height / 2, x - scale * width / 2, y + scale * height / 2, x + scale * width / 2


def sample(picture: np.ndarray, frame: Box, height: int, width: int, outside: float) -> np.ndarray:
    """`picture` (H, W, C) in a frame, bilinearly, to (height, width, C); beyond the picture lies `outside`."""
    rows = _sampling(frame[0], frame[2], picture.shape[0], height)
    columns = _sampling(frame[1], frame[3], picture.shape[1], width)
    return np.einsum("yh,xw,hwc->yxc", rows, columns, picture - outside, optimize=True) + outside


def lay(codes: np.ndarray, inputs: Inputs, contract: Contract) -> np.ndarray:
    """Codes (cells, channels) as the map (H, W, channels) that `generate` takes: in the erased box, or repeated."""
    height, width = contract.height, contract.width
    grid = codes.reshape(contract.grid)
    if not contract.aligned:
        return np.tile(grid, (height // grid.shape[0], width // grid.shape[1], 1))
    frame = window(inputs.box, height, width)
    rows = _laying(frame[0], frame[2], height, grid.shape[0])
    columns = _laying(frame[1], frame[3], width, grid.shape[1])
    laid = np.einsum("yh,xw,hwc->yxc", rows, columns, grid, optimize=True)
    return (laid * (1 - inputs.visible[..., None])).astype(np.float32)


def pooled(picture: np.ndarray, by: int) -> np.ndarray:
    """Means of by x by squares of (H, W, C)."""
    height, width, channels = picture.shape
    return picture.reshape(height // by, by, width // by, by, channels).mean((1, 3))


def _garments(person: Person, target: str, means: np.ndarray, contract: Contract) -> np.ndarray:
    """(H, W, 12): each garment on white in its own box's frame, its mean if it isn't shown, zeros for the target."""
    height, width = contract.height, contract.width
    photo = person.photo.astype(np.float32) / np.float32(127.5) - 1
    crops = []
    for slot, label in enumerate(GARMENT_CLASSES):
        mask = person.labels == label
        if GARMENTS[slot] == target:
            crops.append(np.zeros_like(photo))
        elif mask.mean() < contract.min_area:
            crops.append(means[slot])
        else:
            box = class_box(person.labels, label)
            cut = np.where(mask[..., None], photo, np.float32(1))
            crops.append(sample(cut, window(box, height, width), height, width, 1.0))
    return np.concatenate(crops, axis=-1)


def _sampling(start: float, stop: float, source: int, target: int) -> np.ndarray:
    """(target, source) weights of each source pixel at each target pixel; less than 1 in all beyond the picture."""
    position = start + (np.arange(target) + 0.5) * (stop - start) / target - 0.5
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(source))).astype(np.float32)


def _laying(start: float, stop: float, size: int, cells: int) -> np.ndarray:
    """(size, cells) weights of each cell at each pixel; beyond the outermost centres the nearest cell goes on."""
    position = np.clip((np.arange(size) + 0.5 - start) / (stop - start) * cells - 0.5, 0, cells - 1)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(cells))).astype(np.float32)
