"""The loss of any configuration: the registry of families and stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ml_collections import ConfigDict

from tf_tryon.stages import SHAPE, TEXTURE
from tf_tryon.training.bicyclegan_objective import BicycleGANObjective
from tf_tryon.training.objective import Objective
from tf_tryon.training.prior_objective import PriorObjective
from tf_tryon.training.shape_objective import ShapeObjective
from tf_tryon.training.texture_objective import TextureObjective

# By config.model.family and config.stage; FiNet's losses are the thesis's, with other weights.
_OBJECTIVES: Final[Mapping[tuple[str, str], Callable[[ConfigDict], Objective]]] = {
    ("tryon", SHAPE): lambda config: ShapeObjective(),
    ("tryon", TEXTURE): TextureObjective,
    ("finet", SHAPE): lambda config: ShapeObjective(),
    ("finet", TEXTURE): TextureObjective,
    ("bicyclegan", TEXTURE): lambda config: BicycleGANObjective(),
}


def build_objective(config: ConfigDict) -> Objective:
    """The loss of a validated configuration; call it inside the strategy's scope."""
    if config.train.networks == "prior":
        return PriorObjective()
    return _OBJECTIVES[config.model.family, config.stage](config)
