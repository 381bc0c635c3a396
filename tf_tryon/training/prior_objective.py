"""The loss of a prior that is fitted alone: KL(q || p) to the posterior as it stands, the last term of equation 2-19.

Generator and posterior keep their weights, so what a code means stays as it is, and neither is run backwards. In
expectation over people this KL is smallest where p(z | context) is the distribution of their codes.
"""

from __future__ import annotations

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.training import metric_names
from tf_tryon.training.kl_terms import kl_of, watch_kl
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.objective import Uncalibrated
from tf_tryon.training.terms import Terms


class PriorObjective(Uncalibrated):
    """An `Objective`, of either stage."""

    def __call__(
        self, nets: Networks, batch: Batch, kl_weight: KLWeight, step: tf.Tensor, adversarial: bool = False
    ) -> tuple[Terms, None]:
        """KL in nats per pixel, as the whole loss has it at beta = 1."""
        del kl_weight, step, adversarial
        posterior = nets.posterior(batch)
        nats = kl_of(nets, batch, posterior, posterior.sample(batch[keys.NOISE][:, 0]))
        terms = Terms()
        terms.add(metric_names.KL_COST, nats, 1.0 / (nets.config.data.height * nets.config.data.width))
        watch_kl(terms, nets, batch, nats)
        return terms, None
