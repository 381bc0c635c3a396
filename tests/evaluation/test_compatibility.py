from pathlib import Path
from types import SimpleNamespace

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.data.records import open_records
from tf_tryon.evaluation import compatibility
from tf_tryon.layers.gaussian import Gaussian


class Clairvoyant:
    """Its prior expects the person's own garment's mean colour."""

    garment_key = keys.GARMENT_RGB
    config = SimpleNamespace(model=SimpleNamespace(latent_shared=0))

    @staticmethod
    def posterior(batch: dict[str, tf.Tensor]) -> Gaussian:
        mean = tf.reduce_mean(batch[keys.GARMENT_RGB], axis=(1, 2), keepdims=True)
        return Gaussian(mean, tf.ones_like(mean))

    @staticmethod
    def prior(batch: dict[str, tf.Tensor], codes: tf.Tensor) -> Gaussian:
        inside = batch[keys.PARSING][..., 5:6]  # of the whole picture, which isn't exchanged
        count = tf.reduce_sum(inside, axis=(1, 2), keepdims=True)
        colour = tf.reduce_sum(batch[keys.PHOTO] * inside, axis=(1, 2), keepdims=True) / count
        share = tf.reduce_mean(tf.cast(batch[keys.GARMENT_MASK], tf.float32), axis=(1, 2), keepdims=True)
        return Gaussian(colour * share + (1 - share), 0.05 * tf.ones_like(codes))


def config():
    made = thesis("texture")
    made.data.height = made.data.width = 64
    return made


def test_a_model_that_knows_fills_every_blank_and_one_that_does_not_is_at_chance(people: Path) -> None:
    scores = compatibility.choice_scores(Clairvoyant(), open_records(people), config(), "top", 12)
    assert scores.shape == (11, compatibility.CHOICES)  # one is barefoot and has no hat
    assert compatibility.fill_in_the_blank(scores).mean() > 0.8
    assert compatibility.auc(scores).mean() > 0.9
    ignorant = np.random.default_rng(0).normal(size=(4000, 4))
    assert abs(compatibility.fill_in_the_blank(ignorant).mean() - 0.25) < 0.03
    assert abs(compatibility.auc(ignorant).mean() - 0.5) < 0.03


def test_ties_are_shared_and_the_rest_of_a_split_is_unknown() -> None:
    scores = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0], [np.nan] * 4])
    np.testing.assert_array_equal(compatibility.fill_in_the_blank(scores), [0.5, 0, np.nan])
    np.testing.assert_allclose(compatibility.auc(scores), [2.5 / 3, 0, np.nan])
    both = compatibility.columns({"shape": scores, "texture": -scores})
    np.testing.assert_array_equal(both["both_fill_in_the_blank_of_4"], [0.25, 0.25, np.nan])
    assert "texture_auc" in both
