"""Networks of any configuration: the registry of families and stages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Final

from ml_collections import ConfigDict

from tf_tryon.models.baselines import FiNetShapeNetworks, FiNetTextureNetworks, build_bicyclegan, build_finet
from tf_tryon.models.contract import Networks
from tf_tryon.models.networks import ShapeNetworks, TextureNetworks, build_tryon
from tf_tryon.stages import SHAPE, TEXTURE

# By config.model.family and config.stage.
_BUILDERS: Final[Mapping[tuple[str, str], Callable[[ConfigDict, str], Networks]]] = {
    ("tryon", SHAPE): functools.partial(build_tryon, ShapeNetworks),
    ("tryon", TEXTURE): functools.partial(build_tryon, TextureNetworks),
    ("finet", SHAPE): functools.partial(build_finet, FiNetShapeNetworks),
    ("finet", TEXTURE): functools.partial(build_finet, FiNetTextureNetworks),
    ("bicyclegan", TEXTURE): build_bicyclegan,
}


def build_networks(config: ConfigDict, precision: str = "float32") -> Networks:
    """Networks of a validated configuration, built, with initial weights that follow from `config.seed`.

    Args:
      config: of either stage and any family.
      precision: what the networks compute in, a Keras dtype policy ("float32", "mixed_bfloat16", "mixed_float16").
        Weights and outputs are float32 in each.
    """
    return _BUILDERS[config.model.family, config.stage](config, precision)
