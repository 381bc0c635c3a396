"""The texture stage's losses (equations 2-20 to 2-29).

    L_ge = beta / pixels * (KL ...) + appearance * L_app + adversarial * (match(I_bar, I) + (D(I_norm) - 1)^2)
    L_d  = adversarial * ((D(I) - 1)^2 + D(I_bar)^2 + D(I_norm)^2)

I_bar comes from a posterior code, I_norm from a random one; both go through the generator in one call, and through D.
Its loss and the generator's are read from the same scores, and the step takes each one's gradient for its own variables
only. D sees the photo in a call of its own, through which the generator's gradient, nothing there, needn't go.

f_D in 2-25 is D's output, the same map of scores as in 2-26.

Where a frozen shape stage has replaced the true parsing (`ShapeStage`), the photo is not what the generator was asked
for: pixels whose class differs count in no pixel loss, such an example counts in no content loss, and style,
adversarial and KL terms stay.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import keys
from tf_tryon.data import crops
from tf_tryon.losses.adversarial import feature_matching, least_squares
from tf_tryon.losses.latent_regression import latent_regression
from tf_tryon.losses.perceptual import Perceptual, crop, crop_corners
from tf_tryon.losses.pixel import box_weights, l1, pooled
from tf_tryon.losses.vgg_weights import load
from tf_tryon.models.contract import Batch, Networks, each
from tf_tryon.models.tasks import garment_mask
from tf_tryon.training import metric_names
from tf_tryon.training.kl_terms import add_kl
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.shape_stage import ShapeStage, low_bits
from tf_tryon.training.terms import Terms, box_mean


class TextureObjective:
    """An `Objective`. Make it inside the strategy's scope.

    Args:
      config: of a texture run; loads VGG and the shape run that it names.
    """

    kl: str = metric_names.KL

    def __init__(self, config: ConfigDict) -> None:
        self._loss, self._data = config.loss, config.data
        self._waits = config.model.discriminator
        self._perceptual = None
        if config.loss.perceptual != "none":
            dtype = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}.get(config.train.precision, "float32")
            weights = load(config.loss.perceptual, config.loss.perceptual_weights)
            self._perceptual = Perceptual(weights, config.loss.perceptual, dtype)
        self._shape_stage = ShapeStage(config) if config.train.shape_fraction else None

    def constants(self) -> dict[str, tf.Variable]:
        """What is set once and belongs into checkpoints."""
        return {} if self._perceptual is None else {"perceptual_scales": self._perceptual.scales}

    def calibrate(self, people: Callable[[], Batch]) -> None:
        """Measure VGG's mean activations on photos (or their crops), if the configuration normalises by them."""
        if self._perceptual is not None and self._loss.perceptual_normalised:
            batch = people()
            self._perceptual.calibrate(self._seen(batch)(batch[keys.PHOTO]))

    def __call__(
        self, nets: Networks, batch: Batch, kl_weight: KLWeight, step: tf.Tensor, adversarial: bool
    ) -> tuple[Terms, Terms | None]:
        """Losses of generator and encoders, and of the discriminator (None unless `adversarial`).

        Until the GAN starts, a run that waits for it makes no random sample: of the terms on I_norm only visible pixels
        would be left, which I_bar teaches as well.
        """
        loss, truth = self._loss, batch
        if self._shape_stage is not None:
            batch = self._shape_stage.replace(batch)
        agree = tf.reduce_sum(truth[keys.PARSING] * batch[keys.PARSING], axis=-1, keepdims=True)

        posterior = nets.posterior(truth, training=True)
        codes = posterior.sample(batch[keys.NOISE][:, 0])
        # Without a GAN the random sample teaches only visible pixels, which "erased" leaves out.
        visible_counts = loss.region == "picture"
        with_random = adversarial or (visible_counts and not self._waits) or loss.latent_regression > 0
        random = batch[keys.NOISE][:, 1]
        if with_random:
            if loss.random_codes == "prior":
                random = tf.stop_gradient(nets.sample_prior(batch, random))
            twice = each(batch, lambda tensor: tf.concat([tensor, tensor], axis=0))
            outputs = nets.generate(twice, tf.concat([codes, random], axis=0), training=True)
            rebuilt, invented = zip(*(tf.split(output, 2) for output in outputs), strict=True)
        else:
            rebuilt, invented = nets.generate(batch, codes, training=True), tuple[tf.Tensor, ...]()
        if loss.region == "erased":
            rebuilt = tuple(self._composed(batch, picture) for picture in rebuilt)

        terms, taught = Terms(), invented if visible_counts else ()
        self._pixels(terms, batch, agree, rebuilt, taught)
        self._features(terms, batch, agree, rebuilt[-1], taught[-1] if taught else None)
        add_kl(terms, nets, batch, posterior, codes, kl_weight, step)
        if loss.latent_regression:
            # E reads the picture in the RoI and context that it was made for, not those of a replaced truth.
            again = nets.posterior({**batch, keys.GARMENT_RGB: self._garment(batch, invented[-1])}, training=True)
            terms.add(
                metric_names.LATENT_REGRESSION, latent_regression(nets.share(random), again), loss.latent_regression
            )
        difference = tf.abs(batch[keys.PHOTO] - rebuilt[-1])
        terms.watch(metric_names.BOX_L1, box_mean(difference, batch[keys.VISIBLE]))
        judgement = self._adversarial(terms, nets, batch, rebuilt[-1], invented[-1]) if adversarial else None
        return terms, judgement

    def _pixels(
        self,
        terms: Terms,
        batch: Batch,
        agree: tf.Tensor,
        rebuilt: tuple[tf.Tensor, ...],
        invented: tuple[tf.Tensor, ...],
    ) -> None:
        """L1 of every output with the photo, pooled to its size, at full weight; of I_norm on visible pixels only."""
        weight = self._loss.appearance * self._loss.pixel
        photo, visible = batch[keys.PHOTO], batch[keys.VISIBLE]
        weights = box_weights(visible, self._loss.pixel_box) * agree
        for name, pictures, pixel_weights in (
            (metric_names.PIXEL, rebuilt, weights),
            (metric_names.PIXEL_RANDOM, invented, visible),
        ):
            for picture in pictures:
                last = picture.shape[1] == photo.shape[1]
                term = l1(pooled(photo, picture), picture, pooled(pixel_weights, picture))
                terms.add(name if last else metric_names.of(name, picture.shape[1]), term, weight)

    def _features(
        self, terms: Terms, batch: Batch, agree: tf.Tensor, rebuilt: tf.Tensor, invented: tf.Tensor | None
    ) -> None:
        """Content and style on VGG's features; of I_norm on its visible pixels, which a crop of the box has none of."""
        vgg, loss = self._perceptual, self._loss
        if vgg is None:
            return
        photo, visible = batch[keys.PHOTO], batch[keys.VISIBLE]
        seen = self._seen(batch)
        faithful = tf.cast(tf.reduce_min(agree, axis=(1, 2, 3)) > 0.5, tf.float32)
        real, fake = vgg.features(seen(photo)), vgg.features(seen(rebuilt))
        terms.add(metric_names.CONTENT, vgg.content(real, fake, loss.content) * faithful, loss.appearance)
        terms.add(metric_names.STYLE, vgg.style(real, fake, loss.style), loss.appearance)
        if invented is not None and not loss.perceptual_crop:
            real, fake = vgg.features(photo * visible), vgg.features(invented * visible)
            terms.add(metric_names.CONTENT_RANDOM, vgg.content(real, fake, loss.content), loss.appearance)
            terms.add(metric_names.STYLE_RANDOM, vgg.style(real, fake, loss.style), loss.appearance)

    @staticmethod
    def _composed(batch: Batch, picture: tf.Tensor) -> tf.Tensor:
        """The picture with visible pixels copied from the photo, as at test time: no loss looks at them."""
        visible = pooled(batch[keys.VISIBLE], picture)
        return visible * pooled(batch[keys.PHOTO], picture) + (1.0 - visible) * picture

    def _seen(self, batch: Batch) -> Callable[[tf.Tensor], tf.Tensor]:
        """What VGG sees of pictures: all, or a crop around a random point of the erased box."""
        side = self._loss.perceptual_crop
        height, width = self._data.height, self._data.width
        if not side or side >= min(height, width):
            return lambda pictures: pictures
        corners = crop_corners(batch[keys.BOX], low_bits(batch[keys.NOISE], 2), side, height, width)
        return lambda pictures: crop(pictures, corners, side)

    def _adversarial(
        self, terms: Terms, nets: Networks, batch: Batch, rebuilt: tf.Tensor, invented: tf.Tensor
    ) -> Terms:
        weight = self._loss.adversarial
        real, _ = nets.discriminate(batch[keys.PHOTO], training=True)
        scores, _ = nets.discriminate(tf.concat([rebuilt, invented], axis=0), training=True)
        bar, norm = tf.split(scores, 2)
        terms.add(metric_names.ADVERSARIAL_MATCH, feature_matching(real, bar), weight)
        terms.add(metric_names.ADVERSARIAL_RANDOM, least_squares(norm, 1.0), weight)
        judgement = Terms()
        judgement.add(metric_names.DISCRIMINATOR_REAL, least_squares(real, 1.0), weight)
        judgement.add(metric_names.DISCRIMINATOR_POSTERIOR, least_squares(bar, 0.0), weight)
        judgement.add(metric_names.DISCRIMINATOR_RANDOM, least_squares(norm, 0.0), weight)
        return judgement

    def _garment(self, batch: Batch, pictures: tf.Tensor) -> tf.Tensor:
        """x_a of generated pictures: the target's region, on white, cropped to its box."""
        mask = garment_mask(batch)
        return crops.fit(pictures * mask + (1.0 - mask), batch[keys.GARMENT_BOX], 1.0)
