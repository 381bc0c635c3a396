"""FiNet and BicycleGAN behind `contract.Networks` (docs/experiments.md says how their tasks were adapted)."""

from __future__ import annotations

import abc
from typing import Any, TypeVar

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.layers import seeds
from tf_tryon.layers.blocks import average_pool
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.models.bicyclegan import ResNetEncoder, TwoDiscriminators, UNet
from tf_tryon.models.contract import Batch
from tf_tryon.models.finet import ENCODER_SIDE, FiNetEncoder, FiNetGenerator
from tf_tryon.models.model_set import ModelSet
from tf_tryon.models.tasks import CONTEXT_CHANNELS, ShapeTask, TextureTask


class _FiNetNetworks(ModelSet, abc.ABC):
    """Two stages with the inputs of the thesis's; codes (B, 1, 1, c) join every level of the generator."""

    garment_key: str

    @abc.abstractmethod
    def given(self, batch: Batch) -> tf.Tensor:
        """The task's."""

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
        return [self.generator(self.given(batch), codes)]

    def _small(self, pictures: tf.Tensor) -> tf.Tensor:
        return average_pool(pictures, _pool(self.config))


class FiNetShapeNetworks(ShapeTask, _FiNetNetworks):
    """FiNet's first stage."""


class FiNetTextureNetworks(TextureTask, _FiNetNetworks):
    """FiNet's second stage."""


class BicycleGANNetworks(TextureTask, ModelSet):
    """From the erased photo to the photo; the encoder reads the whole photo, and the prior is N(0, I)."""

    garment_key: str = keys.PHOTO

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


_FiNet = TypeVar("_FiNet", FiNetShapeNetworks, FiNetTextureNetworks)


def build_finet(kind: type[_FiNet], config: ConfigDict, precision: str = "float32") -> _FiNet:
    """Networks of one of FiNet's stages, built; other arguments as of `build.build_networks`."""
    data, model = config.data, config.model
    generator = FiNetGenerator(kind.output_channels, squash=kind.squashed, **_options(config, precision))
    encoder, context = (
        FiNetEncoder(model.latent_channels, model.width, dtype=precision, name=name)
        for name in ("encoder", "context_encoder")
    )
    crop = (None, data.height // _pool(config), data.width // _pool(config))
    seeds.build(generator, (None, data.height, data.width, kind.given_channels(config)), config.seed)
    seeds.build(encoder, (*crop, kind.garment_channels), config.seed)
    seeds.build(context, (*crop, CONTEXT_CHANNELS), config.seed)
    return kind(config, generator, encoder, context, None)


def build_bicyclegan(config: ConfigDict, precision: str = "float32") -> BicycleGANNetworks:
    """BicycleGAN's networks, built; arguments as of `build.build_networks`."""
    data, model = config.data, config.model
    generator = UNet(**_options(config, precision))
    encoder = ResNetEncoder(model.latent_channels, model.width, dtype=precision, name="encoder")
    side = min(data.height, data.width)
    discriminator = TwoDiscriminators(side, model.width, dtype=precision, name="discriminator")
    for built in (generator, encoder, discriminator):
        seeds.build(built, (None, data.height, data.width, 3), config.seed)
    return BicycleGANNetworks(config, generator, encoder, None, discriminator)


def _options(config: ConfigDict, precision: str) -> dict[str, Any]:
    model = config.model
    return {"width": model.width, "latent": model.latent_channels, "dtype": precision, "name": "generator"}


def _pool(config: ConfigDict) -> int:
    return max(1, config.data.height // ENCODER_SIDE)
