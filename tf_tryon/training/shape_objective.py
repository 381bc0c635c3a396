"""The shape stage's loss (equation 2-19).

    L = CE + beta / pixels * (KL(q || p) + kl_prior * KL(N(0, I) || q))

with the KL as in `kl_weight`. Every term is logged alone, unweighted. With `loss.pixel_box` > 0 pixels inside the
erased box weigh more, mean weight 1.
"""

from __future__ import annotations

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.losses.cross_entropy import cross_entropy
from tf_tryon.losses.pixel import box_weights, pooled
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.training import metric_names
from tf_tryon.training.kl_terms import add_kl
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.objective import Uncalibrated
from tf_tryon.training.terms import Terms, box_mean


class ShapeObjective(Uncalibrated):
    """An `Objective`; this stage has no discriminator."""

    def __call__(
        self, nets: Networks, batch: Batch, kl_weight: KLWeight, step: tf.Tensor, adversarial: bool = False
    ) -> tuple[Terms, None]:
        """The loss of generator and encoders."""
        del adversarial
        config = nets.config
        terms = Terms()
        posterior = nets.posterior(batch, training=True)
        codes = posterior.sample(batch[keys.NOISE][:, 0])
        outputs = nets.generate(batch, codes, training=True)
        weights = box_weights(batch[keys.VISIBLE], config.loss.pixel_box) if config.loss.pixel_box else None
        if config.loss.region == "erased":
            weights = 1.0 - batch[keys.VISIBLE]
        terms.add(metric_names.CROSS_ENTROPY, cross_entropy(batch[keys.PARSING], outputs[-1], weights), 1.0)
        for coarse in outputs[:-1]:
            truth = pooled(batch[keys.PARSING], coarse)
            pooled_weights = None if weights is None else pooled(weights, coarse)
            name = metric_names.of(metric_names.CROSS_ENTROPY, coarse.shape[1])
            terms.add(name, cross_entropy(truth, coarse, pooled_weights), 1.0)
        add_kl(terms, nets, batch, posterior, codes, kl_weight, step)
        right = tf.equal(tf.argmax(outputs[-1], axis=-1), tf.argmax(batch[keys.PARSING], axis=-1))
        accuracy = box_mean(tf.cast(right, tf.float32)[..., tf.newaxis], batch[keys.VISIBLE])
        terms.watch(metric_names.BOX_ACCURACY, accuracy)
        return terms, None
