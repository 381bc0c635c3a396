"""The Keras models of one stage, and what all families do alike with them."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any, Final

import keras
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.layers.gaussian import Gaussian, share
from tf_tryon.layers.spectral_norm import spectral_layers, update_spectral_norms
from tf_tryon.models.contract import Batch, each

# By config.train.networks: where the names of the variables begin that learn.
_LEARNING: Final = {"all": "", "prior": "context_encoder/", "finer": "generator/finer/"}


def learning_part(config: ConfigDict) -> str:
    """Where the names of the variables begin that learn, with "/" at its end; "" if all networks do."""
    return _LEARNING[config.train.networks]


@dataclasses.dataclass
class ModelSet:
    """Part of every `contract.Networks`."""

    config: ConfigDict
    generator: keras.Model
    encoder: keras.Model
    context_encoder: Any  # keras.Model; None: the prior is N(0, I)
    discriminator: Any  # keras.Model or None

    @property
    def inference_models(self) -> dict[str, keras.Model]:
        """What completion needs, by the name under which weights are stored."""
        models = {"generator": self.generator, "encoder": self.encoder, "context_encoder": self.context_encoder}
        return {name: model for name, model in models.items() if model is not None}

    @property
    def models(self) -> dict[str, keras.Model]:
        """These, and the discriminator where there is one."""
        if self.discriminator is None:
            return self.inference_models
        return {**self.inference_models, "discriminator": self.discriminator}

    def discriminate(self, pictures: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Scores (B, h, w, 1) and the features of each block."""
        if self.discriminator is None:
            raise ValueError("this configuration has no discriminator (config.model.discriminator = False)")
        return self.discriminator(pictures, training=training)

    def draw_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor) -> tuple[tf.Tensor, Gaussian]:
        """Codes (B, h, w, c), and the prior that says how likely they are; `batch` of B people, or of one for all."""
        draws = tf.shape(noise)[0] // tf.shape(batch[keys.VISIBLE])[0]
        people = each(batch, lambda tensor: tf.repeat(tensor, draws, axis=0))
        codes = self.sample_prior(people, noise, temperature)
        return codes, self.prior(people, codes)

    def share(self, codes: tf.Tensor) -> tf.Tensor:
        """Codes as both nets read them: shared channels are the first cell's, whoever drew them."""
        return share(codes, self.config.model.latent_shared)

    def update_spectral_norms(self) -> None:
        """One power iteration for every spectral norm of what is trained."""
        update_spectral_norms(*self._trained())

    def spectral_state(self) -> list[tf.Variable]:
        """The variables that spectral norms change in a step."""
        return [variable for layer in spectral_layers(*self._trained()) for variable in layer.state()]

    def _trained(self) -> list[keras.Model]:
        part = learning_part(self.config).rstrip("/").replace("/", ".")
        return [operator.attrgetter(part)(self)] if part else list(self.models.values())
