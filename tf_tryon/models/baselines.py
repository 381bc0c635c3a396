"""FiNet and BicycleGAN behind the contract of `Networks` (docs/experiments.md says how their tasks were adapted)."""

from __future__ import annotations

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.layers import seeds
from tf_tryon.layers.blocks import average_pool
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.models.bicyclegan import ResNetEncoder, TwoDiscriminators, UNet
from tf_tryon.models.finet import ENCODER_SIDE, FiNetEncoder, FiNetGenerator
from tf_tryon.models.networks import CLASSES, Batch, Networks, given_channels


class FiNetNetworks(Networks):
    """Two stages with the inputs of the thesis's; codes (B, 1, 1, c) join every level of the generator."""

    def posterior(self, batch: Batch, training: bool = False) -> Gaussian:
        """E(x_s) or E(x_a)."""
        del training
        return self.encoder(self._small(batch[self.garment_key]))

    def prior(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> Gaussian:
        """E_c(x_c)."""
        del codes, training
        return self.context_encoder(self._small(batch[keys.CONTEXT]))

    def sample_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Codes drawn from the prior."""
        return self.prior(batch, noise).sample(noise, temperature)

    def generate(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> list[tf.Tensor]:
        """One output, (B, H, W, 8) logits or (B, H, W, 3) in [-1, 1]."""
        del training
        return [self.generator(self._given(batch), codes)]

    def _small(self, pictures: tf.Tensor) -> tf.Tensor:
        return average_pool(pictures, max(1, self.config.data.height // ENCODER_SIDE))


class BicycleGANNetworks(Networks):
    """From the erased photo to the photo; the encoder reads the whole photo, and the prior is N(0, I)."""

    @property
    def garment_key(self) -> str:
        """The whole photo's."""
        return keys.PHOTO

    @property
    def inference_models(self) -> dict:
        """Generator and encoder: there is no context encoder."""
        return {"generator": self.generator, "encoder": self.encoder}

    def posterior(self, batch: Batch, training: bool = False) -> Gaussian:
        """E(I)."""
        del training
        return self.encoder(batch[keys.PHOTO])

    def prior(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> Gaussian:
        """N(0, I), whatever the context."""
        del batch, training
        return Gaussian(tf.zeros_like(codes), tf.ones_like(codes))

    def sample_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """The noise itself."""
        del batch
        return temperature * noise

    def generate(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> list[tf.Tensor]:
        """One output, (B, H, W, 3) in [-1, 1]."""
        del training
        return [self.generator(batch[keys.PHOTO] * batch[keys.VISIBLE], codes)]


def build_baseline(config: ConfigDict, precision: str = "float32") -> Networks:
    """Networks of a validated baseline's configuration, built; arguments as of `build_networks`."""
    data, model = config.data, config.model
    size = (None, data.height, data.width)
    options = {"width": model.width, "latent": model.latent_channels, "dtype": precision, "name": "generator"}
    if model.family == "bicyclegan":
        generator = UNet(**options)
        encoder = ResNetEncoder(model.latent_channels, model.width, dtype=precision, name="encoder")
        side = min(data.height, data.width)
        discriminator = TwoDiscriminators(side, model.width, dtype=precision, name="discriminator")
        for built in (generator, encoder, discriminator):
            seeds.build(built, (*size, 3), config.seed)
        return BicycleGANNetworks(config, generator, encoder, None, discriminator)
    shape = config.stage == "shape"
    generator = FiNetGenerator(CLASSES if shape else 3, squash=not shape, **options)
    encoder, context = (
        FiNetEncoder(model.latent_channels, model.width, dtype=precision, name=name)
        for name in ("encoder", "context_encoder")
    )
    pool = max(1, data.height // ENCODER_SIDE)
    crop = (None, data.height // pool, data.width // pool)
    seeds.build(generator, (*size, given_channels(config)), config.seed)
    seeds.build(encoder, (*crop, 1 if shape else 3), config.seed)
    seeds.build(context, (*crop, 12), config.seed)
    return FiNetNetworks(config, generator, encoder, context, None)
