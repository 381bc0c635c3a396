"""BicycleGAN at 256 px: its own defaults on the erased photo (docs/experiments.md)."""

from ml_collections import ConfigDict

from tf_tryon.config import baseline


def get_config(size: int = 256) -> ConfigDict:
    return baseline("bicyclegan", "texture", size)
