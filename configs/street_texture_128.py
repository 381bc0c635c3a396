"""Texture stage for photos of real people at 128 px around the garment."""

from ml_collections import ConfigDict

from tf_tryon.configs.street_texture import get_config as street


def get_config() -> ConfigDict:
    config = street()
    config.data.height = config.data.width = 128
    config.loss.perceptual_crop = 64
    return config
