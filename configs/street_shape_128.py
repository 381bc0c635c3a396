"""Shape stage for photos of real people at 128 px around the garment."""

from ml_collections import ConfigDict

from tf_tryon.configs.street_shape import get_config as street


def get_config() -> ConfigDict:
    config = street()
    config.data.height = config.data.width = 128
    return config
