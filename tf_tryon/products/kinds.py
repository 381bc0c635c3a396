"""What a product is: a small network on its cut-out, trained on labelled photos of single garments.

The labels are those of the clothing dataset (CC0); each belongs to one of the five things that are completed. Beside
the kind a label tells how far a garment reaches along arms and legs, which its outline alone doesn't when it lies flat.
"""

from __future__ import annotations

import functools
import math
import pathlib
from typing import Any, Final, NamedTuple

import numpy as np
from PIL import Image

from tf_tryon.files.array_file import Form, read_arrays

SIDE: Final = 64
WEIGHTS: Final = pathlib.Path(__file__).parent.parent / "weights" / "kinds" / "kinds.npz"
_REMEDY: Final = "make it with tools/train_kinds.py"
# Whatever the process's own settings.
_FLOAT32: Final[dict[str, Any]] = {"dtype": "float32"}
_CHANNELS: Final[dict[str, Any]] = {"data_format": "channels_last"}


class Label(NamedTuple):
    """A label of the data: what is completed for it, and how much of arms (tops) or legs (others) it covers.

    None: unknown, or of no account.
    """

    garment: str
    arms: float | None = None
    legs: float | None = None


LABELS: Final = {
    "T-Shirt": Label("top", arms=0.35),
    "Longsleeve": Label("top", arms=1.0),
    "Pants": Label("bottom", legs=1.0),
    "Shirt": Label("top"),
    "Outwear": Label("top", arms=1.0),
    "Shorts": Label("bottom", legs=0.4),
    "Shoes": Label("shoes"),
    "Skirt": Label("bottom", legs=0.45),
    "Dress": Label("dress"),
    "Hat": Label("hat"),
    "Polo": Label("top", arms=0.35),
    "Blazer": Label("top", arms=1.0),
    "Undershirt": Label("top", arms=0.0),
    "Hoodie": Label("top", arms=1.0),
    "Top": Label("top"),
    "Blouse": Label("top"),
}
# Of the training data, in which hats and dresses are rare; what a user gives may be anything.
_SHARES: Final = {"hat": 0.036, "top": 0.616, "bottom": 0.240, "shoes": 0.073, "dress": 0.036}
NAMES: Final = tuple(LABELS)
GARMENTS: Final = ("hat", "top", "bottom", "shoes", "dress")


def picture(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The network's input (SIDE, SIDE, 4) uint8: the cut-out on white, as large as it fits, and its mask.

    Args:
      photo: (h, w, 3) uint8.
      mask: (h, w) bool, not empty.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    cut = np.dstack([np.where(mask[..., None], photo, np.uint8(255)), mask.astype(np.uint8) * 255])[box]
    height, width = cut.shape[:2]
    scale = (SIDE - 4) / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = np.full((SIDE, SIDE, 4), (255, 255, 255, 0), np.uint8)
    y, x = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    # Channel by channel: Pillow would weigh colours by the fourth.
    parts = [np.asarray(Image.fromarray(cut[..., c]).resize(size, Image.Resampling.BOX)) for c in range(4)]
    canvas[y : y + size[1], x : x + size[0]] = np.dstack(parts)
    return canvas


def build_network(seed: int = 0) -> Any:
    """A keras.Model, (B, SIDE, SIDE, 4) float32 in [0, 1] -> (B, labels) logits; some 200,000 parameters.

    Computes in float32 whatever the global policy, and leaves the process's random state alone.

    Args:
      seed: of initial weights and of what is dropped in training.
    """
    import keras

    from tf_tryon.layers import seeds

    layers, own = keras.layers, _FLOAT32

    def convolved(features: Any, filters: int, stride: int, name: str) -> Any:
        start = seeds.glorot_uniform()
        options = {"use_bias": False, "kernel_initializer": start, "name": name, **_CHANNELS, **own}
        return layers.Conv2D(filters, 3, stride, "same", **options)(features)

    def normalised(features: Any, name: str) -> Any:
        return layers.BatchNormalization(momentum=0.9, name=name, **own)(features)

    with seeds.stream(seed, "kinds"):
        inputs = keras.Input((SIDE, SIDE, 4), **own)
        features = inputs
        for i, filters in enumerate((24, 48, 72, 112)):
            features = convolved(features, filters, 2, f"down_{i}")
            features = layers.ReLU(**own)(normalised(features, f"norm_{i}"))
            if i > 1:
                more = normalised(convolved(features, filters, 1, f"same_{i}"), f"norm_same_{i}")
                features = layers.ReLU(**own)(layers.Add(**own)([features, more]))
        features = layers.AveragePooling2D(2, **_CHANNELS, **own)(features)
        features = layers.Flatten(**_CHANNELS, **own)(features)
        features = layers.Dropout(0.4, seed=seeds.following(), **own)(features)
        start = seeds.glorot_uniform()
        label = layers.Dense(len(NAMES), kernel_initializer=start, name="label", **own)(features)
        return keras.Model(inputs, label, name="kinds")


def probabilities(photo: np.ndarray, mask: np.ndarray) -> dict[str, float]:
    """The probability of each label, by the bundled network; arguments as for `picture`."""
    given = picture(photo, mask)[None].astype(np.float32) / 255
    mirrored = given[:, :, ::-1]
    logits = np.asarray(_network()(np.concatenate([given, mirrored]), training=False)).mean(axis=0)
    chances = np.exp(logits - logits.max())
    return dict(zip(NAMES, (chances / chances.sum()).tolist(), strict=True))


def garment_of(chances: dict[str, float]) -> tuple[str, float]:
    """The likeliest garment and its probability, the training data's shares half taken back (their square root)."""
    sums = {name: sum(p for label, p in chances.items() if LABELS[label].garment == name) for name in GARMENTS}
    fair = {name: p / math.sqrt(_SHARES[name]) for name, p in sums.items()}
    best = max(fair, key=lambda name: fair[name])
    return best, fair[best] / sum(fair.values())


def of_garment(chances: dict[str, float], garment: str) -> dict[str, float]:
    """The chances of a garment's labels, which is all that tells its reach."""
    return {label: p for label, p in chances.items() if LABELS[label].garment == garment}


def tells_reach(label: str) -> bool:
    """Whether a label says how much of arms or legs it covers: "Longsleeve" does, and "Top" or "Shirt" does not."""
    return LABELS[label].arms is not None or LABELS[label].legs is not None


def reach(chances: dict[str, float], garment: str, limb: str) -> float | None:
    """How much of "arms" or "legs" the product covers, by its likely labels; None where they don't tell.

    Labels that don't tell count as doubt: more than half of it, and nothing is said.
    """
    own = of_garment(chances, garment)
    total = sum(own.values())
    telling = {label: p for label, p in own.items() if getattr(LABELS[label], limb) is not None}
    known = sum(telling.values())
    if not total or known < 0.5 * total:
        return None
    return sum(p * getattr(LABELS[label], limb) for label, p in telling.items()) / known


@functools.cache
def _network() -> Any:
    """The bundled weights in their network."""
    network = build_network()
    load(network, WEIGHTS)
    return network


def arrays_of(network: Any) -> dict[str, np.ndarray]:
    """A network's weights by "layer/number", which every Keras numbers alike."""
    return {f"{layer.name}/{i}": w for layer in network.layers for i, w in enumerate(layer.get_weights())}


def load(network: Any, path: pathlib.Path) -> None:
    """Give a network its weights.

    Raises:
      MissingFileError, BadFileError: there are none, or not such a network's; names the file.
    """
    wanted = {name: Form("f", w.shape) for name, w in arrays_of(network).items()}
    arrays = read_arrays(path, _REMEDY, wanted)
    for layer in network.layers:
        names = [name for name in wanted if name.rpartition("/")[0] == layer.name]
        layer.set_weights([arrays[name].astype(np.float32) for name in names])
