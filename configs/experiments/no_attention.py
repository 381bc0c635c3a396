"""Table 4-1's "w/o attention": none in generator and discriminator of the second stage."""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    config = thesis("texture")
    config.model.attention = False
    return config
