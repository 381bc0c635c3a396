"""What the networks of every stage and family promise: batch in, codes and pictures out (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypedDict, cast

import keras
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.layers.gaussian import Gaussian


class Batch(TypedDict):
    """Tensors by `tf_tryon.keys`, (B, ...) each (docs/architecture.md); a misspelt key is pyright's to find."""

    photo: tf.Tensor
    parsing: tf.Tensor
    visible: tf.Tensor
    box: tf.Tensor
    garment_box: tf.Tensor
    target: tf.Tensor
    dress: tf.Tensor
    pose: tf.Tensor
    appearance: tf.Tensor
    garment_mask: tf.Tensor
    garment_rgb: tf.Tensor
    context: tf.Tensor
    keypoints: tf.Tensor
    noise: tf.Tensor
    id: tf.Tensor


def each(batch: Batch, change: Callable[[tf.Tensor], tf.Tensor]) -> Batch:
    """The batch with each of its tensors changed."""
    return cast("Batch", {key: change(tensor) for key, tensor in batch.items()})


class Networks(Protocol):
    """Generator, posterior and prior encoder, and a discriminator (or None).

    `training` changes nothing but spectral norms of tensorflow-addons; the others are updated once a step, by
    `update_spectral_norms`.

    Attributes:
      garment_key: the batch's entry from which the posterior reads the garment.
      completed_key: the batch's entry that `generate` completes: the parsing, or the photo.
      context_encoder: None if the prior is N(0, I).
    """

    config: ConfigDict
    generator: keras.Model
    encoder: keras.Model
    context_encoder: Any
    discriminator: Any
    garment_key: str
    completed_key: str

    @property
    def inference_models(self) -> dict[str, keras.Model]:
        """What completion needs, by the name under which weights are stored."""
        ...

    @property
    def models(self) -> dict[str, keras.Model]:
        """These, and the discriminator where there is one."""
        ...

    def posterior(self, batch: Batch, training: bool = False) -> Gaussian:
        """The code of the garment that the people wear, (B, h, w, c) float32."""
        ...

    def prior(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> Gaussian:
        """The codes that go with the context; an autoregressive prior predicts `codes` (B, h, w, c) cell by cell."""
        ...

    def sample_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor = 1.0) -> tf.Tensor:
        """Codes (B, h, w, c) drawn from the prior with standard normal `noise` of that shape."""
        ...

    def draw_prior(self, batch: Batch, noise: tf.Tensor, temperature: float | tf.Tensor) -> tuple[tf.Tensor, Gaussian]:
        """`sample_prior`'s codes, and `prior` of them, for the work of one; `batch` of as many people, or one."""
        ...

    def generate(self, batch: Batch, codes: tf.Tensor, training: bool = False) -> list[tf.Tensor]:
        """Outputs coarse to fine, float32; the last is (B, H, W, 8) logits or (B, H, W, 3) RGB in [-1, 1]."""
        ...

    def completed(self, batch: Batch, output: tf.Tensor) -> tf.Tensor:
        """The batch's entry `completed_key`, (B, H, W, C), with the last of the outputs in the erased box."""
        ...

    def discriminate(self, pictures: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Scores (B, h, w, 1) of (B, H, W, 3) pictures, and the features of each block; ValueError without one."""
        ...

    def share(self, codes: tf.Tensor) -> tf.Tensor:
        """Codes as all networks read them: shared channels are the first cell's, whoever drew them."""
        ...

    def update_spectral_norms(self) -> None:
        """One power iteration for every spectral norm of what is trained; the step calls this once."""
        ...

    def spectral_state(self) -> list[tf.Variable]:
        """The variables that spectral norms change in a step, with which the step takes back one that it refuses."""
        ...
