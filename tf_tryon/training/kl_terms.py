"""The KL terms that all objectives share, and what is logged of them."""

from __future__ import annotations

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data.vocabulary import GARMENTS
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.losses.kl import kl, kl_from_standard
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.training import metric_names
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.terms import Terms


def add_kl(
    terms: Terms,
    nets: Networks,
    batch: Batch,
    posterior: Gaussian,
    codes: tf.Tensor,
    kl_weight: KLWeight,
    step: tf.Tensor,
) -> None:
    """KL(q || p), by schedule, and KL(N(0, I) || q); the first is also watched in nats per person."""
    loss = nets.config.loss
    nats = kl_of(nets, batch, posterior, codes)
    weight = kl_weight.weight(step)
    terms.add(metric_names.KL_COST, kl_weight.cost(nats), weight)
    from_standard = kl_from_standard(posterior, nets.config.model.latent_shared)
    if loss.kl_prior:
        terms.add(metric_names.KL_STANDARD, from_standard, weight * loss.kl_prior)
    watch_kl(terms, nets, batch, nats)


def kl_of(nets: Networks, batch: Batch, posterior: Gaussian, codes: tf.Tensor) -> tf.Tensor:
    """KL(q || p) in nats (B,); an autoregressive p predicts each cell from earlier ones of `codes`, drawn from q."""
    return kl(posterior, nets.prior(batch, codes, training=True), nets.config.model.latent_shared)


def watch_kl(terms: Terms, nets: Networks, batch: Batch, nats: tf.Tensor) -> None:
    """Logs (B,) nats per person, also for each garment."""
    terms.watch(metric_names.KL, nats)
    for slot, name in enumerate(GARMENTS):
        if nets.config.data.targets[name] > 0:
            terms.watch(metric_names.of(metric_names.KL, name), nats, tf.equal(batch[keys.TARGET], slot))
