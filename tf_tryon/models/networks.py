"""The thesis's networks of both stages, and our options to them, behind `contract.Networks`."""

from __future__ import annotations

import abc
from typing import Any, TypeVar

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.derived import draw_temperatures
from tf_tryon.geometry import roi
from tf_tryon.layers import seeds
from tf_tryon.layers.blocks import average_pool
from tf_tryon.layers.gaussian import Gaussian, centred
from tf_tryon.models.contract import Batch
from tf_tryon.models.discriminator import Discriminator
from tf_tryon.models.encoder import Encoder
from tf_tryon.models.generator import Generator
from tf_tryon.models.model_set import ModelSet
from tf_tryon.models.tasks import CONTEXT_CHANNELS, ShapeTask, TextureTask


class _TryOnNetworks(ModelSet, abc.ABC):
    """Both stages; a task comes before it in the order of resolution."""

    garment_key: str
    box_key: str

    @abc.abstractmethod
    def given(self, batch: Batch) -> tf.Tensor:
        """The task's."""

    @abc.abstractmethod
    def region(self, batch: Batch) -> tf.Tensor:
        """The task's."""

    def posterior(self, batch: Batch, training: bool = False) -> Gaussian:
        """E_s(x_s) or E_a(x_a)."""
        own = batch[self.garment_key]
        return self.encoder(self._with_context(own, batch, self.config.model.encoder_pool), training=training)

    def prior(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> Gaussian:
        """E_sc(x_c) or E_ac(x_c); `codes` (B, h, w, c) are what an autoregressive prior predicts cell by cell."""
        return self.context_encoder(self.prior_inputs(batch), self.share(codes), training=training)

    def sample_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Codes (B, h, w, c) drawn from the prior with standard normal `noise` of that shape."""
        return self.context_encoder.sample(self.prior_inputs(batch), noise, temperature)

    def draw_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor) -> tuple[tf.Tensor, Gaussian]:
        """`sample_prior`'s codes, and `prior` of them: the context, which is most of the work, is looked at once."""
        features = self.context_encoder.features(self.prior_inputs(batch))
        features = tf.repeat(features, tf.shape(noise)[0] // tf.shape(features)[0], axis=0)
        codes = self.context_encoder.draw(features, noise, temperature)
        return codes, self.context_encoder.gaussian(features, self.share(codes))

    def generate(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> list[tf.Tensor]:
        """Outputs coarse to fine, float32; the last is (B, H, W, 8) logits or (B, H, W, 3) RGB in [-1, 1]."""
        inputs = tf.concat([self.given(batch), self.laid(batch, self.share(codes))], axis=-1)
        return self.generator(inputs, batch[keys.VISIBLE], training=training)

    def laid(self, batch: Batch, codes: tf.Tensor) -> tf.Tensor:
        """Codes as a full-size map (B, H, W, c): repeated periodically, or laid over the garment's RoI."""
        height, width = self.config.data.height, self.config.data.width
        if self.config.model.latent_layout == "tiled":
            return tf.tile(codes, [1, height // codes.shape[1], width // codes.shape[2], 1])
        if self.config.model.latent_centred:
            codes = centred(codes, self.config.model.latent_shared)
        return roi.lay(codes, self._roi(batch), (height, width)) * self.region(batch)

    def prior_inputs(self, batch: Batch) -> tf.Tensor:
        """What the compatibility encoder sees."""
        return self._with_context(batch[keys.CONTEXT], batch, self.config.model.context_pool)

    def _roi(self, batch: Batch) -> tf.Tensor:
        """Where the codes lie in the picture: the RoI in which the encoder saw the garment."""
        return roi.around(batch[self.box_key], (self.config.data.height, self.config.data.width))

    def _with_context(self, pictures: tf.Tensor, batch: Batch, pool: int) -> tf.Tensor:
        """An encoder's own pictures, and the generator's inputs cropped like the garment; pooled."""
        pictures = average_pool(tf.cast(pictures, self.encoder.compute_dtype), pool)
        if not self.config.model.encoder_context:
            return pictures
        given = tf.cast(self.given(batch), pictures.dtype)
        size = self.config.data.height // pool, self.config.data.width // pool
        return tf.concat([pictures, roi.crop(given, self._roi(batch), size)], axis=-1)


class ShapeNetworks(ShapeTask, _TryOnNetworks):
    """G_s, E_s and E_sc."""


class TextureNetworks(TextureTask, _TryOnNetworks):
    """G_a, E_a, E_ac and D."""


_Made = TypeVar("_Made", ShapeNetworks, TextureNetworks)


def build_tryon(kind: type[_Made], config: ConfigDict, precision: str = "float32") -> _Made:
    """Networks of one kind, built; other arguments as of `build.build_networks`."""
    model, data = config.model, config.data
    spectral = {"native": True, "addons": "addons", "none": False}[model.spectral_norm]
    given = kind.given_channels(config)
    context = given if model.encoder_context else 0
    generator = Generator(
        kind.output_channels,
        squash=kind.squashed,
        output_scales=model.output_scales,
        attention=model.attention,
        spectral=spectral,
        skips=model.input_skips,
        spade=model.decoder_norm == "spade",
        upsample=model.upsample,
        width=model.width,
        pool=model.generator_pool,
        dtype=precision,
        name="generator",
    )
    options: dict[str, Any] = {"channels": model.latent_channels, "width": model.width, "spectral": spectral}
    options |= {"head_std": model.encoder_head_std, "shared": model.latent_shared, "dtype": precision}
    encoder = Encoder(**options, stride=model.latent_stride // model.encoder_pool, name="encoder")
    prior = Encoder(
        **options,
        stride=model.latent_stride // model.context_pool,
        autoregressive=model.prior == "autoregressive",
        temperatures=draw_temperatures(config),
        name="context_encoder",
    )
    size = (None, data.height, data.width)
    seeds.build(generator, (*size, given + model.latent_channels), config.seed)
    seeds.build(encoder, (*_pooled(size, model.encoder_pool), kind.garment_channels + context), config.seed)
    seeds.build(prior, (*_pooled(size, model.context_pool), CONTEXT_CHANNELS + context), config.seed)
    discriminator = None
    if model.discriminator:
        smallest = min(data.height, data.width)
        options = {"attention": model.attention, "spectral": spectral, "width": model.width, "dtype": precision}
        discriminator = Discriminator(smallest, **options, name="discriminator")
        seeds.build(discriminator, (*size, 3), config.seed)
    return kind(config, generator, encoder, prior, discriminator)


def _pooled(size: tuple[int | None, int, int], pool: int) -> tuple[int | None, int, int]:
    return size[0], size[1] // pool, size[2] // pool
