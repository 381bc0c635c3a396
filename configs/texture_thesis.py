"""Texture stage, the thesis's settings: 256 px, VGG-19 appearance loss, GAN, batch 16, 60,000 steps.

Two are otherwise: half of the examples are mirrored (`data.augment.flip`), which the thesis doesn't say, and a dress is
no bottom to erase (`data.dresses`), which it is in the thesis.
Raw VGG-19 losses need its ImageNet weights (`--config.loss.perceptual_weights=FILE`, or Keras's own download).
`texture.py` is the one to use.
"""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    return thesis("texture")
