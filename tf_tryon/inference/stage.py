"""One trained stage, ready to complete: its configuration, networks, mean garments and compiled calls."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import examples, view, vocabulary
from tf_tryon.data.person import Person
from tf_tryon.files.array_file import read_arrays
from tf_tryon.files.regular import size_of
from tf_tryon.inference import detail_file, stage_files
from tf_tryon.inference.model_folder import trained_targets
from tf_tryon.inference.noise_graph import latent_noise
from tf_tryon.inference.stage_files import CONFIG, DISCRIMINATOR, MEANS, REMEDY, WEIGHTS, read_config, read_means
from tf_tryon.layers.gaussian import Gaussian, counted_by_channel
from tf_tryon.layers.spectral_norm import fold_spectral_norms
from tf_tryon.losses.kl import kl_terms
from tf_tryon.models.build import build_networks
from tf_tryon.models.contract import Batch, Networks, each
from tf_tryon.models.detail import Detail, added
from tf_tryon.training.checkpoints import assign
from tf_tryon.training.variables import named_variables
from tf_tryon.training.weights import load_weights


@dataclasses.dataclass
class Stage:
    """Shape or texture stage.

    Attributes:
      config: the run's.
      networks: with trained weights, for inference alone; float32.
      means: (4, H, W, 3) float32 in [-1, 1], the training set's mean crops.
      digest: SHA-256 of weights, configuration and detail network, hexadecimal.
      compiled: trace the networks at first use: some seconds then, and four times faster from the second person on. The
        cell-by-cell sampling loop always is. Pictures of both ways differ by rounding only.
      judges: whether the networks' discriminator, if there is one, is trained too.
      folded: divide the networks' kernels by their spectral norms once, here; without, each call does, and an export
        finds the raw ones.
      detail: what adds fine detail to the texture stage's pictures; None: nothing does.
    """

    config: ConfigDict
    networks: Networks
    means: np.ndarray
    digest: str
    compiled: bool = True
    judges: bool = False
    folded: bool = True
    detail: Detail | None = None

    def __post_init__(self) -> None:
        if self.folded:
            fold_spectral_norms(*self.networks.models.values())

        def compile_if(function: Callable[..., Any], wanted: bool) -> Callable[..., Any]:
            return tf.function(function, autograph=False) if wanted else function

        self._draw = compile_if(self.networks.draw_prior, True)
        self._generate = compile_if(lambda batch, codes: self.networks.generate(batch, codes)[-1], self.compiled)
        self._posterior = compile_if(self.networks.posterior, self.compiled)
        self._prior = compile_if(self.networks.prior, self.compiled)
        self._added = compile_if(added, self.compiled)

    @classmethod
    def load(cls, folder: str | pathlib.Path, compiled: bool = True, folded: bool = True) -> Stage:
        """A folder "shape" or "texture" that `tf-tryon bundle` wrote: configuration, weights, mean garments.

        Raises:
          MissingFileError, BadFileError: a file is missing or doesn't fit; the message names it.
        """
        folder = pathlib.Path(folder)
        for name in (CONFIG, WEIGHTS, MEANS):
            size_of(folder / name, REMEDY)
        config = read_config(folder, folder.name)
        means = read_means(folder, config).astype(np.float32) / 127.5 - 1.0
        networks = build_networks(config)
        load_weights(networks, folder / WEIGHTS)
        judges = networks.discriminator is not None and (folder / DISCRIMINATOR).exists()
        if judges:
            arrays = read_arrays(folder / DISCRIMINATOR, REMEDY)
            variables = named_variables(networks.discriminator, "discriminator")
            assign(arrays, variables, str(folder / DISCRIMINATOR))
        beside = detail_file.detail_beside(folder)
        detail = None if beside is None else detail_file.read_detail(beside)
        return cls(config, networks, means, stage_files.digest(folder), compiled, judges, folded, detail)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the networks' input."""
        return self.config.data.height, self.config.data.width

    @property
    def garments(self) -> tuple[str, ...]:
        """What this stage was trained to complete."""
        return trained_targets(self.config)

    def batch(self, person: Person, garment: str) -> Batch:
        """The inputs of one person, of any size, with that garment erased; batch size 1."""
        return self.batch_of([person], garment)

    def batch_of(self, people: list[Person], garment: str) -> Batch:
        """The inputs of people, of any sizes, each with that garment erased."""
        return examples.from_people(people, garment, self.means, self.config)

    def batch_of_view(self, seen: view.Person, garment: str) -> Batch:
        """The inputs of one person's view."""
        return examples.from_views([seen], vocabulary.slot_of(garment), self.means, self.config)

    def noise(self, seed: int, samples: int, attempt: int = 0) -> np.ndarray:
        """(samples, h, w, c) standard normal; `attempt` as for `latent_noise`."""
        shape = examples.noise_shape(self.config)[1:]
        return np.stack([latent_noise(seed, self.config.stage, k, shape, attempt).numpy() for k in range(samples)])

    def draw(self, batch: Batch, noise: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray]:
        """Codes (n, h, w, c) from the compatibility prior, and their `log_prior`; `batch` of n people or one."""
        prior: Gaussian
        codes, prior = self._draw(batch, tf.constant(noise), tf.constant(temperature, tf.float32))
        return codes.numpy(), prior.log_density(codes, self.config.model.latent_shared).numpy()

    def encode(self, batch: Batch) -> np.ndarray:
        """The posterior's mean codes (n, h, w, c) of the garments that the batch's people wear."""
        return self._posterior(batch).mean.numpy()

    def log_prior(self, batch: Batch, codes: np.ndarray) -> np.ndarray:
        """log p(codes | context) in nats, (n,): how compatible the model finds them."""
        given = tf.constant(codes)
        prior: Gaussian = self._prior(batch, given)
        return prior.log_density(given, self.config.model.latent_shared).numpy()

    def channel_nats(self, batch: Batch) -> np.ndarray:
        """KL of the posterior from the compatibility prior by channel, over one person's cells: (c,) nats."""
        posterior: Gaussian = self._posterior(batch)
        prior: Gaussian = self._prior(batch, posterior.mean)
        return counted_by_channel(kl_terms(posterior, prior), self.config.model.latent_shared)[0].numpy()

    def generate(self, batch: Batch, codes: np.ndarray) -> np.ndarray:
        """(n, H, W, 8) logits or (n, H, W, 3) RGB in [-1, 1]."""
        return self._generate(batch, tf.constant(codes)).numpy()

    def detail_of(self, rgb: np.ndarray, labels: np.ndarray, batch: Batch) -> np.ndarray | None:
        """(n, 2H, 2W, 1), what the detail network adds to `rgb` (n, H, W, 3) of completed classes; None without one."""
        if self.detail is None:
            return None
        return self._added(self.detail, tf.constant(rgb), tf.constant(labels), batch[keys.TARGET]).numpy()


def repeat(batch: Batch, count: int) -> Batch:
    """The same person `count` times."""
    return each(batch, lambda tensor: tf.repeat(tensor, count, axis=0))
