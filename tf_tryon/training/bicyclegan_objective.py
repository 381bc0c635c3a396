"""BicycleGAN's losses (Zhu et al., NeurIPS 2017): cVAE-GAN on one half of the batch, cLR-GAN on the other.

    encoded half:  10 |I - G(I_hat, z)|_1 + (D_1(G) - 1)^2 + 0.01 KL(E(I) || N(0, I)),    z ~ E(I)
    random half:   (D_2(G) - 1)^2 + 0.5 |z - mean of E(G(I_hat, z))|_1,                   z ~ N(0, I)
    D_1, D_2:      (D(I) - 1)^2 + D(G)^2, each on its half, summed over both scales

The halves are every other example, from the first and from the second on: so whatever parts of even size replicas and
micro-batches make of a batch, the same examples are encoded. The latent term teaches G only: E's weights get no
gradient from it. A term of one half counts twice there and 0 in the other half, so its mean over the batch is the mean
over its half.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.losses.adversarial import least_squares
from tf_tryon.losses.kl import kl
from tf_tryon.losses.latent_regression import latent_regression
from tf_tryon.losses.pixel import l1
from tf_tryon.models.contract import Batch, Networks
from tf_tryon.training import metric_names
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.objective import Uncalibrated
from tf_tryon.training.terms import Terms, box_mean


class BicycleGANObjective(Uncalibrated):
    """An `Objective` of a bicyclegan configuration, for an even number of examples."""

    def __call__(
        self, nets: Networks, batch: Batch, kl_weight: KLWeight, step: tf.Tensor, adversarial: bool = True
    ) -> tuple[Terms, Terms]:
        """Losses of generator and encoder, and of both discriminators; this GAN starts at once."""
        del adversarial
        loss = nets.config.loss
        noise = batch[keys.NOISE]
        encoded_photos, random_photos = _halves(batch[keys.PHOTO])
        posterior = nets.posterior({keys.PHOTO: encoded_photos}, training=True)
        encoded, random = posterior.sample(noise[0::2, 0]), noise[1::2, 1]
        made = nets.generate(batch, _by_turns(encoded, random), training=True)[-1]
        encoded_part, random_part = _halves(made)

        terms, judgement = Terms(), Terms()
        pixels = l1(encoded_photos, encoded_part)
        terms.add(metric_names.PIXEL, _first(pixels), loss.appearance * loss.pixel)
        nats = kl(posterior, nets.prior(batch, posterior.mean))
        terms.add(metric_names.KL_COST, _first(kl_weight.cost(nats)), kl_weight.weight(step))
        first_half = _first(tf.ones_like(nats)) > 0
        terms.watch(metric_names.KL, _first(nats) / 2, first_half)
        again = _frozen(nets, random_part)
        terms.add(metric_names.LATENT_REGRESSION, _second(latent_regression(random, again)), loss.latent_regression)
        inside = box_mean(tf.abs(encoded_photos - encoded_part), batch[keys.VISIBLE][0::2])
        terms.watch(metric_names.BOX_L1, _first(inside) / 2, first_half)

        judges = nets.discriminator
        parts = (
            ("encoded", judges.encoded, encoded_photos, encoded_part, _first),
            ("random", judges.random, random_photos, random_part, _second),
        )
        for name, judge, real, fake, place in parts:
            scores = [tf.split(scale, 2) for scale in judge(tf.concat([real, fake], axis=0))]
            on_real = tf.add_n([least_squares(truth, 1.0) for truth, _ in scores])
            on_fake = tf.add_n([least_squares(wrong, 0.0) for _, wrong in scores])
            wanted = tf.add_n([least_squares(wrong, 1.0) for _, wrong in scores])
            terms.add(metric_names.of(metric_names.ADVERSARIAL, name), place(wanted), loss.adversarial)
            judgement.add(metric_names.of(metric_names.DISCRIMINATOR_REAL, name), place(on_real), loss.adversarial)
            judgement.add(metric_names.of(metric_names.DISCRIMINATOR, name), place(on_fake), loss.adversarial)
        return terms, judgement


def _halves(values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """(B, ...) -> what is encoded and what is random, (B / 2, ...) each."""
    return values[0::2], values[1::2]


def _by_turns(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """The inverse of `_halves`."""
    return tf.reshape(tf.stack([first, second], axis=1), [-1, *first.shape[1:]])


def _first(values: tf.Tensor) -> tf.Tensor:
    """(B / 2,) of the encoded half -> (B,), twice there and 0 elsewhere."""
    return _by_turns(2.0 * values, tf.zeros_like(values))


def _second(values: tf.Tensor) -> tf.Tensor:
    return _by_turns(tf.zeros_like(values), 2.0 * values)


def _frozen(nets: Networks, pictures: tf.Tensor) -> Gaussian:
    """E of the pictures, whose gradient goes to them and not to E's weights."""

    @tf.custom_gradient
    def mean(given: tf.Tensor) -> tuple[tf.Tensor, Any]:
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(given)
            codes = nets.posterior({keys.PHOTO: given}, training=True).mean

        def gradient(upstream: tf.Tensor, variables: Any = None) -> Any:
            own = tape.gradient(codes, given, upstream)
            return (own, [None] * len(variables)) if variables is not None else own

        return codes, gradient

    codes = mean(pictures)
    return Gaussian(codes, tf.ones_like(codes))
