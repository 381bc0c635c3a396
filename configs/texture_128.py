"""Texture stage, recommended, at 128 px: what the model studio was trained with, but for the changes in its card."""

from ml_collections import ConfigDict

from tf_tryon.configs.texture import get_config as recommended


def get_config() -> ConfigDict:
    config = recommended()
    config.data.height = config.data.width = 128
    return config
