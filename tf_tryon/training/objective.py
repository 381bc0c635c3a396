"""The shape stage's loss: from a batch to named terms, one value per example each (equation 2-19).

    L = CE + beta / pixels * (KL(q || p) + kl_prior * KL(N(0, I) || q))

with the KL as in `kl_weight`. Every term is logged alone, unweighted; `weights` says how much each counts. The texture
stage's loss is in `texture_objective`.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.losses.cross_entropy import cross_entropy
from tf_tryon.losses.kl import kl, kl_from_standard
from tf_tryon.losses.pixel import box_weights, pooled
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.training.kl_weight import KLWeight

SLOTS = ("hat", "top", "bottom", "shoes")
Weight = float | tf.Tensor


@dataclasses.dataclass
class Objective:
    """Terms of one loss.

    Attributes:
      terms: (B,) float32 by name, unweighted.
      weights: scalars by name; a term without one is only watched.
      subset: (B,) of 0 and 1 by name: which examples a watched term speaks of (all, if it isn't here).
    """

    terms: dict[str, tf.Tensor] = dataclasses.field(default_factory=dict)
    weights: dict[str, Weight] = dataclasses.field(default_factory=dict)
    subset: dict[str, tf.Tensor] = dataclasses.field(default_factory=dict)

    def add(self, name: str, term: tf.Tensor, weight: Weight) -> None:
        """A term that counts."""
        self.terms[name], self.weights[name] = term, weight

    def watch(self, name: str, term: tf.Tensor, subset: tf.Tensor | None = None) -> None:
        """A term that is only logged."""
        self.terms[name] = tf.stop_gradient(term)
        if subset is not None:
            self.subset[name] = tf.cast(subset, tf.float32)

    def total(self) -> tf.Tensor:
        """The weighted sum of the terms that count, (B,) float32."""
        return tf.add_n([weight * self.terms[name] for name, weight in self.weights.items()])


def shape_objective(
    nets: Networks, batch: Batch, kl_weight: KLWeight, step: tf.Tensor, adversarial: bool = False
) -> tuple[Objective, None]:
    """Loss of the shape stage; with `loss.pixel_box` > 0 pixels inside the erased box weigh more, mean weight 1.

    Args:
      nets: of a shape configuration.
      batch: see docs/architecture.md.
      kl_weight: state of beta.
      step: scalar integer.
      adversarial: there is no such term in this stage.
    """
    del adversarial
    config = nets.config
    objective = Objective()
    posterior = nets.posterior(batch, training=True)
    codes = posterior.sample(batch[keys.NOISE][:, 0])
    outputs = nets.generate(batch, codes, training=True)
    weights = box_weights(batch[keys.VISIBLE], config.loss.pixel_box) if config.loss.pixel_box else None
    if config.loss.region == "erased":
        weights = 1.0 - batch[keys.VISIBLE]
    objective.add("cross_entropy", cross_entropy(batch[keys.PARSING], outputs[-1], weights), 1.0)
    for coarse in outputs[:-1]:
        truth = pooled(batch[keys.PARSING], coarse)
        pooled_weights = None if weights is None else pooled(weights, coarse)
        term = cross_entropy(truth, coarse, pooled_weights)
        objective.add(f"cross_entropy_{coarse.shape[1]}", term, 1.0)
    add_kl(objective, nets, batch, posterior, codes, kl_weight, step)
    right = tf.equal(tf.argmax(outputs[-1], axis=-1), tf.argmax(batch[keys.PARSING], axis=-1))
    objective.watch("box_accuracy", box_mean(tf.cast(right, tf.float32)[..., tf.newaxis], batch[keys.VISIBLE]))
    return objective, None


def box_mean(values: tf.Tensor, visible: tf.Tensor) -> tf.Tensor:
    """Mean of (B, H, W, C) values over the erased pixels, (B,)."""
    hidden = 1.0 - visible
    pixels = tf.maximum(tf.reduce_sum(hidden, axis=(1, 2, 3)), 1.0)
    return tf.reduce_sum(tf.reduce_mean(values, axis=-1, keepdims=True) * hidden, axis=(1, 2, 3)) / pixels


def add_kl(
    objective: Objective,
    nets: Networks,
    batch: Batch,
    posterior: Gaussian,
    codes: tf.Tensor,
    kl_weight: KLWeight,
    step: tf.Tensor,
) -> None:
    """KL(q || p), by schedule, and KL(N(0, I) || q); "kl" is watched in nats per person, also for each garment."""
    loss = nets.config.loss
    nats = kl_of(nets, batch, posterior, codes)
    price = kl_weight.weight(step)
    objective.add("kl_cost", kl_weight.cost(nats), price)
    from_standard = kl_from_standard(posterior, nets.config.model.latent_shared)
    if loss.kl_prior:
        objective.add("kl_standard", from_standard, price * loss.kl_prior)
    watch_kl(objective, nets, batch, nats)


def kl_of(nets: Networks, batch: Batch, posterior: Gaussian, codes: tf.Tensor) -> tf.Tensor:
    """KL(q || p) in nats (B,); an autoregressive p predicts each cell from earlier ones of `codes`, drawn from q."""
    return kl(posterior, nets.prior(batch, codes, training=True), nets.config.model.latent_shared)


def watch_kl(objective: Objective, nets: Networks, batch: Batch, nats: tf.Tensor) -> None:
    """Logs (B,) nats per person, also for each garment."""
    objective.watch("kl", nats)
    for slot, name in enumerate(SLOTS):
        if nets.config.data.targets[name] > 0:
            objective.watch(f"kl_{name}", nats, tf.equal(batch[keys.TARGET], slot))
