"""One stage's networks behind one contract: batch in, codes and pictures out (docs/architecture.md)."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import BASELINES
from tf_tryon.layers import frame, seeds
from tf_tryon.layers.blocks import average_pool
from tf_tryon.layers.colour_fill import visible_colours
from tf_tryon.layers.gaussian import Gaussian, share
from tf_tryon.layers.spectral_norm import spectral_layers, update_spectral_norms
from tf_tryon.models.discriminator import Discriminator
from tf_tryon.models.encoder import Encoder
from tf_tryon.models.generator import Generator

Batch = dict[str, tf.Tensor]
FIRST_GARMENT = 4  # parsing class of garment slot 0
CLASSES = 8


@dataclasses.dataclass
class Networks:
    """Generator, posterior and prior encoder, and the texture stage's discriminator (or None).

    `training` changes nothing but spectral norms of tensorflow-addons; the others are updated once a step, see below.
    """

    config: ConfigDict
    generator: keras.Model
    encoder: keras.Model
    context_encoder: Any  # keras.Model; None: the prior is N(0, I) (BicycleGAN)
    discriminator: keras.Model | None

    @property
    def garment_key(self) -> str:
        """Key of the batch's entry from which the posterior reads the garment."""
        return keys.GARMENT_MASK if self.config.stage == "shape" else keys.GARMENT_RGB

    @property
    def inference_models(self) -> dict[str, keras.Model]:
        """What completion needs, by the name under which weights are stored."""
        return {"generator": self.generator, "encoder": self.encoder, "context_encoder": self.context_encoder}

    @property
    def models(self) -> dict[str, keras.Model]:
        if self.discriminator is None:
            return self.inference_models
        return {**self.inference_models, "discriminator": self.discriminator}

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

    def generate(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> list[tf.Tensor]:
        """Outputs coarse to fine, float32; the last is (B, H, W, 8) logits or (B, H, W, 3) RGB in [-1, 1]."""
        inputs = tf.concat([self._given(batch), self._lay(batch, self.share(codes))], axis=-1)
        return self.generator(inputs, batch[keys.VISIBLE], training=training)

    def discriminate(self, pictures: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Scores (B, h, w, 1) and the features of each block."""
        if self.discriminator is None:
            raise ValueError("this configuration has no discriminator (config.model.discriminator = False)")
        return self.discriminator(pictures, training=training)

    def update_spectral_norms(self) -> None:
        """One power iteration for every spectral norm of what is trained; the step calls this once."""
        update_spectral_norms(*self._trained())

    def spectral_state(self) -> list[tf.Variable]:
        """The variables that spectral norms change in a step, with which the step takes back one that it refuses."""
        return [variable for layer in spectral_layers(*self._trained()) for variable in layer.state()]

    def _trained(self) -> list[keras.Model]:
        return [self.context_encoder] if self.config.train.networks == "prior" else list(self.models.values())

    def share(self, codes: tf.Tensor) -> tf.Tensor:
        """Codes as both nets read them: shared channels are the first cell's, whoever drew them."""
        return share(codes, self.config.model.latent_shared)

    def _window(self, batch: Batch) -> tf.Tensor:
        """Where the codes lie in the picture: the frame in which the garment was cropped for the encoder."""
        box = batch[keys.BOX if self.config.stage == "shape" else keys.GARMENT_BOX]
        return frame.window(box, self.config.data.height, self.config.data.width)

    def _given(self, batch: Batch) -> tf.Tensor:
        """The generator's inputs without codes: [S_hat, p_s] or [I_hat, p_a] (and the colour map with spade)."""
        visible = batch[keys.VISIBLE]
        if self.config.stage == "shape":
            parts = [batch[keys.PARSING] * visible, batch[keys.POSE]]
            if self.config.model.decoder_norm == "spade":
                parts.append(visible)
            return tf.concat(parts, axis=-1)
        photo, pose, parsing = batch[keys.PHOTO], batch[keys.POSE], batch[keys.PARSING]
        parts = [photo * visible]
        if self.config.model.two_stage:
            parts.append(batch[keys.APPEARANCE])
        else:
            parts += [batch[keys.APPEARANCE][..., :3], pose[..., 1:]]
        if self.config.model.decoder_norm == "spade":
            parts += [visible, visible_colours(photo, parsing, visible, pose)]
        return tf.concat(parts, axis=-1)

    def _lay(self, batch: Batch, codes: tf.Tensor) -> tf.Tensor:
        """Codes as a full-size map (B, H, W, c): repeated periodically, or laid over the garment's frame."""
        height, width = self.config.data.height, self.config.data.width
        if self.config.model.latent_layout == "tiled":
            return tf.tile(codes, [1, height // codes.shape[1], width // codes.shape[2], 1])
        laid = frame.lay_into_picture(codes, self._window(batch), height, width)
        if self.config.stage == "shape":
            return laid * (1 - batch[keys.VISIBLE])
        target = tf.one_hot(batch[keys.TARGET] + FIRST_GARMENT, CLASSES)[:, None, None, :]
        return laid * tf.reduce_sum(batch[keys.PARSING] * target, axis=-1, keepdims=True)

    def prior_inputs(self, batch: Batch) -> tf.Tensor:
        """What the compatibility encoder sees."""
        return self._with_context(batch[keys.CONTEXT], batch, self.config.model.context_pool)

    def _with_context(self, pictures: tf.Tensor, batch: Batch, pool: int) -> tf.Tensor:
        """An encoder's own pictures, and the generator's inputs cropped like the garment; pooled."""
        pictures = average_pool(tf.cast(pictures, self.encoder.compute_dtype), pool)
        if not self.config.model.encoder_context:
            return pictures
        given = tf.cast(self._given(batch), pictures.dtype)
        return tf.concat([pictures, frame.crop_to_window(given, self._window(batch), pool)], axis=-1)


def given_channels(config: ConfigDict) -> int:
    """Channels of the generator's inputs without the codes."""
    spade = config.model.decoder_norm == "spade"
    if config.stage == "shape":
        return 27 + spade
    return (14 if config.model.two_stage else 24) + 4 * spade


def _pooled(size: tuple[int | None, int, int], pool: int) -> tuple[int | None, int, int]:
    return size[0], size[1] // pool, size[2] // pool


def build_networks(config: ConfigDict, precision: str = "float32") -> Networks:
    """Networks of a validated configuration, built, with initial weights that follow from `config.seed`.

    Args:
      config: of either stage.
      precision: what the networks compute in, a Keras dtype policy ("float32", "mixed_bfloat16", "mixed_float16").
        Weights and outputs are float32 in each.
    """
    model, data = config.model, config.data
    if model.family in BASELINES:
        from tf_tryon.models.baselines import build_baseline  # they are Networks too

        return build_baseline(config, precision)
    spectral = {"native": True, "addons": "addons", "none": False}[model.spectral_norm]
    shape = config.stage == "shape"
    given, context = given_channels(config), 0
    if model.encoder_context:
        context = given
    generator = Generator(
        CLASSES if shape else 3,
        squash=not shape,
        output_scales=model.output_scales,
        attention=model.attention,
        spectral=spectral,
        skips=model.input_skips,
        spade=model.decoder_norm == "spade",
        upsample=model.upsample,
        width=model.width,
        dtype=precision,
        name="generator",
    )
    options = {"channels": model.latent_channels, "width": model.width, "spectral": spectral}
    options |= {"head_std": model.encoder_head_std, "shared": model.latent_shared, "dtype": precision}
    encoder = Encoder(**options, stride=model.latent_stride // model.encoder_pool, name="encoder")
    prior = Encoder(
        **options,
        stride=model.latent_stride // model.context_pool,
        autoregressive=model.prior == "autoregressive",
        name="context_encoder",
    )
    size = (None, data.height, data.width)
    seeds.build(generator, (*size, given + model.latent_channels), config.seed)
    seeds.build(encoder, (*_pooled(size, model.encoder_pool), (1 if shape else 3) + context), config.seed)
    seeds.build(prior, (*_pooled(size, model.context_pool), 12 + context), config.seed)
    discriminator = None
    if model.discriminator:
        smallest = min(data.height, data.width)
        options = {"attention": model.attention, "spectral": spectral, "width": model.width, "dtype": precision}
        discriminator = Discriminator(smallest, **options, name="discriminator")
        seeds.build(discriminator, (*size, 3), config.seed)
    return Networks(config, generator, encoder, prior, discriminator)
