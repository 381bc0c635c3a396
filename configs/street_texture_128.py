"""Texture stage for photos of real people at 128 px around the garment."""

from ml_collections import ConfigDict

from tf_tryon.configs.street_shape_128 import get_config as street_shape
from tf_tryon.configs.texture import get_config as recommended


def get_config() -> ConfigDict:
    config = recommended()
    config.data = street_shape().data
    config.data.shape_frame = "garment"  # the shape stage's alone

    config.model.latent_shared = 3  # hue and lightness are one for the garment: cells that disagree make clouds
    config.model.latent_centred = True  # so that they are told there, and drawn with all their variety
    config.model.local_temperature = 0.6  # what is left to the cells makes clouds of it at 1

    loss = config.loss
    loss.kl_target_nats = 120.0  # weave and prints of real cloth have more to tell than Studio's
    loss.content = (0.1, 0.1, 0.1, 0.1, 0.0)
    loss.style = (0.2, 0.2, 0.2, 0.1, 0.0)
    loss.perceptual_crop = 64
    loss.adversarial_start = 500

    train = config.train
    train.learning_rate = 4e-4
    train.ema = 0.99
    return config
