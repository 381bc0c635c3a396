"""Shape stage for photos of real people: 256 px around the erased garment, from networks trained at 128 px."""

from ml_collections import ConfigDict

from tf_tryon.configs.street_shape_128 import get_config as street_128
from tf_tryon.derived import doubled


def get_config() -> ConfigDict:
    return doubled(street_128())
