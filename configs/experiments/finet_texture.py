"""FiNet's texture stage at 256 px, as re-implemented for the thesis's Table 4-1 (docs/experiments.md)."""

from ml_collections import ConfigDict

from tf_tryon.config import baseline


def get_config(size: int = 256) -> ConfigDict:
    return baseline("finet", "texture", size)
