"""Table 4-1's "w/o spectral norm": none in the second stage (attention's fusion block, D's last layer aside)."""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    config = thesis("texture")
    config.model.spectral_norm = "none"
    return config
