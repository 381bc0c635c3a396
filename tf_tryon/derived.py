"""What follows from a configuration: the configuration of twice the size, and numbers that it doesn't hold itself."""

from __future__ import annotations

import math

from ml_collections import ConfigDict

from tf_tryon.config import elbo_weights, latent_shape


def doubled(config: ConfigDict) -> ConfigDict:
    """The same networks for pictures of twice the size: as many cells of z and channels, and a block of fine detail."""
    data, model = config.data, config.model
    data.height, data.width = 2 * data.height, 2 * data.width
    for name in ("latent_stride", "encoder_pool", "context_pool", "generator_pool"):
        model[name] *= 2
    return config


def centred_channels(config: ConfigDict) -> int:
    """How many channels of z, the first ones, have mean 0 over the cells, whatever was drawn."""
    model = config.model
    return model.latent_channels - model.latent_shared if model.latent_centred else 0


def draw_temperatures(config: ConfigDict) -> tuple[float, ...]:
    """What each channel's standard deviation is multiplied by where the prior's codes are drawn."""
    model = config.model
    own = model.latent_channels - model.latent_shared
    return (model.local_temperature,) * own + (1.0,) * model.latent_shared


def thesis_beta(config: ConfigDict) -> float:
    """The thesis's lambda_KL = 20, on the mean over latents beside a mean over pixels, in ELBO units."""
    return 20.0 * elbo_weights(config) / math.prod(latent_shape(config))
