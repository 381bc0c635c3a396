"""Whether both stages of a model see the same of a person: the fields of `config.data` that say what is seen.

A completion's shape and texture are pasted as one, so crop, size and erased box must be the same. Only x_s may differ
(`shape_frame`), which nothing but the shape stage's own encoder reads.
"""

from __future__ import annotations

from typing import Final

from ml_collections import ConfigDict

from tf_tryon.errors import TryOnError

SEEN: Final = ("height", "width", "crop", "crop_margin", "box_widen", "keypoint_radius")


def check_alike(shape: ConfigDict, texture: ConfigDict, fields: tuple[str, ...] = SEEN) -> None:
    """Raise TryOnError, naming the first field that differs, unless both configurations have the same in all."""
    for field in fields:
        first, second = shape.data[field], texture.data[field]
        if first != second:
            raise TryOnError(
                f"the stages don't fit: config.data.{field} is {first} for shape and {second} for texture; train both "
                "alike"
            )
