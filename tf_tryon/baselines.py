"""The baselines of the thesis's comparison: their names, their stages, and what a configuration of each can't ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tf_tryon.stages import STAGES, TEXTURE

if TYPE_CHECKING:
    from ml_collections import ConfigDict

BASELINES: Final = ("finet", "bicyclegan")
_STAGES: Final = {"finet": STAGES, "bicyclegan": (TEXTURE,)}


def validate(config: ConfigDict, own: ConfigDict) -> None:
    """Raise ValueError, naming field, value and remedy, for what a baseline's networks and losses haven't got.

    Args:
      config: of the baseline that `config.model.family` names.
      own: that baseline's published settings for the same stage.
    """
    fixed = set(own.model) - {"width", "latent_channels"}
    for name in sorted(fixed):
        if config.model[name] != own.model[name]:
            raise ValueError(
                f"config.model.{name} = {config.model[name]!r}: {config.model.family} has {own.model[name]!r}; start"
                " from tf_tryon.config.baseline"
            )
    if config.stage not in _STAGES[config.model.family]:
        raise ValueError("config.model.family = 'bicyclegan' has no stages: its only one is 'texture'")
    if config.model.family == "finet":
        return
    if config.train.batch_size // config.train.accumulate % 2:
        raise ValueError(
            f"config.train.batch_size = {config.train.batch_size} / accumulate = {config.train.accumulate}: bicyclegan "
            "encodes half of each batch, so it must be even"
        )
    if config.train.evaluate_every:
        raise ValueError("config.train.evaluate_every: bicyclegan's loss is of pairs and its discriminators; use 0")
    terms = [("loss", name) for name in ("kl_prior", "pixel_box", "region", "random_codes")]
    for section, name in [*terms, ("train", "shape_fraction")]:
        if config[section][name] != own[section][name]:
            raise ValueError(
                f"config.{section}.{name}: bicyclegan has no such term; leave it at {own[section][name]!r}"
            )
    if config.loss.perceptual != "none" or config.loss.adversarial_start:
        raise ValueError("config.loss: bicyclegan has no perceptual loss and its GAN starts at once")
    if min(config.data.height, config.data.width) < 32:
        raise ValueError("bicyclegan needs pictures of at least 32 px")
