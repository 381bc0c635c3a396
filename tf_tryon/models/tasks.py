"""What each of the two stages reads and makes, whatever networks do it.

Networks of a stage inherit its task. The shape stage completes the parsing, the texture stage the photo.
"""

from __future__ import annotations

from typing import Final

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import vocabulary
from tf_tryon.layers.colour_fill import visible_colours
from tf_tryon.models.contract import Batch
from tf_tryon.stages import SHAPE, TEXTURE

CLASSES: Final = len(vocabulary.CLASSES)
CONTEXT_CHANNELS: Final = 12  # pictures of the four garments, RGB


class ShapeTask:
    """From the visible parsing and the pose to the whole parsing."""

    config: ConfigDict
    stage: str = SHAPE
    garment_key: str = keys.GARMENT_MASK
    completed_key: str = keys.PARSING
    box_key: str = keys.BOX  # that x_s and z_s lie in: the garment's own is unknown at test time
    garment_channels: int = 1
    output_channels: int = CLASSES
    squashed: bool = False  # logits

    @staticmethod
    def given_channels(config: ConfigDict) -> int:
        """Channels of the generator's inputs without the codes."""
        return CLASSES + 19 + (config.model.decoder_norm == "spade")

    def given(self, batch: Batch) -> tf.Tensor:
        """The generator's inputs without codes: [S_hat, p_s], and where it is visible with spade."""
        visible = batch[keys.VISIBLE]
        parts = [batch[keys.PARSING] * visible, batch[keys.POSE]]
        if self.config.model.decoder_norm == "spade":
            parts.append(visible)
        return tf.concat(parts, axis=-1)

    def region(self, batch: Batch) -> tf.Tensor:
        """Where codes act, (B, H, W, 1) of 0 and 1: in all that was erased."""
        return 1 - batch[keys.VISIBLE]

    def completed(self, batch: Batch, output: tf.Tensor) -> tf.Tensor:
        """The parsing, one-hot, with the likeliest classes of (B, H, W, 8) logits in the erased box."""
        visible, made = batch[keys.VISIBLE], tf.one_hot(tf.argmax(output, axis=-1), output.shape[-1])
        return visible * batch[keys.PARSING] + (1.0 - visible) * made


class TextureTask:
    """From the visible photo and the whole parsing (or, without a first stage, the pose) to the whole photo."""

    config: ConfigDict
    stage: str = TEXTURE
    garment_key: str = keys.GARMENT_RGB
    completed_key: str = keys.PHOTO
    box_key: str = keys.GARMENT_BOX
    garment_channels: int = 3
    output_channels: int = 3
    squashed: bool = True  # to [-1, 1]

    @staticmethod
    def given_channels(config: ConfigDict) -> int:
        """Channels of the generator's inputs without the codes."""
        return (14 if config.model.two_stage else 24) + 4 * (config.model.decoder_norm == "spade")

    def given(self, batch: Batch) -> tf.Tensor:
        """The generator's inputs without codes: [I_hat, p_a], and the map of visible colours with spade."""
        photo, pose, parsing = batch[keys.PHOTO], batch[keys.POSE], batch[keys.PARSING]
        visible = batch[keys.VISIBLE]
        parts = [photo * visible]
        if self.config.model.two_stage:
            parts.append(batch[keys.APPEARANCE])
        else:
            parts += [batch[keys.APPEARANCE][..., :3], pose[..., 1:]]
        if self.config.model.decoder_norm == "spade":
            parts += [visible, visible_colours(photo, parsing, visible, pose)]
        return tf.concat(parts, axis=-1)

    def region(self, batch: Batch) -> tf.Tensor:
        """Where codes act, (B, H, W, 1) of 0 and 1: on the target garment."""
        return garment_mask(batch)

    def completed(self, batch: Batch, output: tf.Tensor) -> tf.Tensor:
        """The photo with (B, H, W, 3) RGB in the erased box."""
        visible = batch[keys.VISIBLE]
        return visible * batch[keys.PHOTO] + (1.0 - visible) * output


def garment_mask(batch: Batch) -> tf.Tensor:
    """(B, H, W, 1) of 0 and 1: the target garment's pixels in the batch's parsing."""
    target = tf.one_hot(vocabulary.class_of(batch[keys.TARGET]), CLASSES)[:, None, None, :]
    return tf.reduce_sum(batch[keys.PARSING] * target, axis=-1, keepdims=True)
