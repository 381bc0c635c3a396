"""The recommended shape stage with the thesis's KL weight and nothing else changed: what the weight does."""

import math

from ml_collections import ConfigDict

from tf_tryon.config import elbo_weights, latent_shape
from tf_tryon.configs.shape import get_config as recommended


def get_config() -> ConfigDict:
    config = recommended()
    config.loss.kl_schedule = "constant"
    # lambda_KL = 20 on the mean over latents, beside a mean over pixels, in ELBO units.
    config.loss.beta = 20.0 * elbo_weights(config) / math.prod(latent_shape(config))
    return config
