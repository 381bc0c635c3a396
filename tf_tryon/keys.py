"""Keys of batches and predictions, the one contract that every part of the project shares.

Shapes and ranges stand in docs/architecture.md.
"""

from typing import Final

PHOTO: Final = "photo"
PARSING: Final = "parsing"
VISIBLE: Final = "visible"
BOX: Final = "box"
GARMENT_BOX: Final = "garment_box"
TARGET: Final = "target"
POSE: Final = "pose"
APPEARANCE: Final = "appearance"
GARMENT_MASK: Final = "garment_mask"
GARMENT_RGB: Final = "garment_rgb"
CONTEXT: Final = "context"
KEYPOINTS: Final = "keypoints"
NOISE: Final = "noise"
ID: Final = "id"
METADATA: Final = "metadata"
