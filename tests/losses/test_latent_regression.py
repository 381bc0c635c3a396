import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.losses.latent_regression import latent_regression


def test_is_the_l1_distance_of_the_mean_and_moves_only_the_posterior():
    codes, mean = tf.random.stateless_normal([2, 3, 2, 2, 4], [0, 1])
    with tf.GradientTape() as tape:
        tape.watch([codes, mean])
        loss = latent_regression(codes, Gaussian(mean, tf.ones_like(mean)))
    np.testing.assert_allclose(loss, np.abs(codes - mean).mean((1, 2, 3)), rtol=1e-6)
    to_codes, to_mean = tape.gradient(loss, [codes, mean])
    assert to_codes is None
    assert to_mean is not None


def test_codes_of_another_shape_are_refused():
    mean = tf.zeros([3, 1, 1, 4])
    with pytest.raises(ValueError, match=r"not compatible|incompatible"):
        latent_regression(tf.zeros([3, 2, 2, 4]), Gaussian(mean, mean + 1))
