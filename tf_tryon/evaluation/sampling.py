"""What the networks make of a batch of people: reconstructions, samples, and the compositing rule.

Everything outside the erased box is copied from the photo; only the box is the networks'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.config import latent_shape
from tf_tryon.data import pipeline
from tf_tryon.data.reading import read_through
from tf_tryon.data.records import RecordSet
from tf_tryon.losses.kl import kl
from tf_tryon.models.completion import Made, both_stages, composed
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.stages import STAGES


class Sampler:
    """Compiled calls of one stage's networks, with noise that depends on (seed, stage, person, sample) only.

    Args:
      networks: with their weights.
      seed: of the noise.
    """

    def __init__(self, networks: Networks, seed: int) -> None:
        self.networks, self._seed = networks, seed
        self._shape = latent_shape(networks.config)
        self._stream = STAGES.index(networks.config.stage)
        self._reconstruct = _compiled(self._posterior_output)
        self._sample = _compiled(self._prior_output)

    def reconstruct(self, batch: Batch, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Output (B, H, W, C) from the posterior's mean code, and KL(posterior || prior) in nats (B,).

        `first` is the number of the batch's first person: an autoregressive prior's KL is of a draw of each person's.
        """
        output, nats = self._reconstruct(batch, tf.constant(self.noise(first, 0, _size(batch), posterior=True)))
        return output.numpy(), nats.numpy()

    def sample(self, batch: Batch, first: int, k: int) -> np.ndarray:
        """Sample k (B, H, W, C) from the compatibility prior; `first` is the number of the batch's first person."""
        return self._sample(batch, tf.constant(self.noise(first, k, _size(batch)))).numpy()

    def noise(self, first: int, k: int, people: int, posterior: bool = False) -> np.ndarray:
        """(people, h, w, c) standard normal float32."""
        seeds = [[self._seed, self._stream, int(posterior), first + i, k] for i in range(people)]
        draws = [np.random.Generator(np.random.Philox(np.random.SeedSequence(s))) for s in seeds]
        return np.stack([draw.standard_normal(self._shape, np.float32) for draw in draws])

    def _posterior_output(self, batch: Batch, noise: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        posterior = self.networks.posterior(batch)
        drawn = posterior.sample(noise)  # an autoregressive prior is conditioned on a draw, as in training
        nats = kl(posterior, self.networks.prior(batch, drawn), self.networks.config.model.latent_shared)
        return self.networks.generate(batch, posterior.mean)[-1], nats

    def _prior_output(self, batch: Batch, noise: tf.Tensor) -> tf.Tensor:
        return self.networks.generate(batch, self.networks.sample_prior(batch, noise))[-1]


class Completion(NamedTuple):
    """A sample of each of B people: rgb (B, H, W, 3) in [-1, 1], and the texture stage's inputs that it was made of."""

    rgb: np.ndarray
    inputs: Batch


def completion(shaper: Sampler | None, sampler: Sampler, people: Batch, first: int, k: int) -> Completion:
    """Sample k of all stages.

    Args:
      shaper: the shape stage; None: a model of one stage, which is given the people as they are.
      sampler: the texture, or only, stage.
      people: a batch.
      first: the number of its first person.
      k: of the sample.
    """
    if shaper is None:
        return Completion(sampler.sample(people, first, k), people)

    def made(of: Sampler) -> Made:
        return lambda batch: (None, of.sample(batch, first, k))

    drawn = both_stages(people, people, made(shaper), made(sampler), shaper.networks.config.model.replaces)
    return Completion(drawn.rgb, drawn.inputs)


def people(
    records: RecordSet, split: str, garment: str, config: ConfigDict, count: int, batch: int
) -> Iterator[tuple[int, Batch]]:
    """Number of the first person and batch, over the first `count` people of a split who show the garment."""
    first = 0
    for batch_of_people in read_through(pipeline.evaluation_dataset(records, split, garment, config, batch)):
        if first >= count:
            return
        kept = {name: value[: count - first] for name, value in batch_of_people.items()}
        yield first, kept
        first += _size(kept)


def true_labels(batch: Batch) -> np.ndarray:
    """(B, H, W) uint8 classes."""
    return tf.argmax(batch[keys.PARSING], axis=-1).numpy().astype(np.uint8)


def erased(batch: Batch) -> np.ndarray:
    """(B, H, W) bool: inside the erased box."""
    return batch[keys.VISIBLE].numpy()[..., 0] == 0


def complete_photo(batch: Batch, output: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """(B, H, W, 3) float32 in [0, 1]: the photo with the output in it.

    Args:
      batch: the people, with the photo's own parsing.
      output: (B, H, W, 3) in [-1, 1], the texture stage's.
      labels: (B, H, W) completed classes: the output shows where something changed, as in what a user gets
        (`models.completion`). None: in the whole box, which is what the networks made.
    """
    if labels is None:
        rgb = np.where(erased(batch)[..., None], output, batch[keys.PHOTO].numpy())
    else:
        rgb = composed(batch, tf.constant(labels), tf.constant(output)).numpy()
    return np.clip((rgb + 1) / 2, 0, 1).astype(np.float32)


def true_photo(batch: Batch) -> np.ndarray:
    """(B, H, W, 3) float32 in [0, 1]."""
    return (batch[keys.PHOTO].numpy() + 1) / 2


def _compiled(call: Callable[..., Any]) -> Callable[..., Any]:
    """`call(batch, noise)` traced once, at its first use, for batches of any size."""
    traced: list[Callable[..., Any]] = []

    def run(*arguments: Any) -> Any:
        if not traced:
            signature = tf.nest.map_structure(lambda x: tf.TensorSpec((None, *x.shape[1:]), x.dtype), arguments)
            traced.append(tf.function(call, input_signature=signature, autograph=False))
        return traced[0](*arguments)

    return run


def _size(batch: Batch) -> int:
    return int(batch[keys.BOX].shape[0])
