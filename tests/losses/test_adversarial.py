import numpy as np
import tensorflow as tf

from tf_tryon.losses.adversarial import feature_matching, least_squares


def test_least_squares_is_the_mean_square_distance_to_the_target():
    scores = np.random.default_rng(0).normal(size=(3, 6, 6, 1)).astype(np.float32)
    np.testing.assert_allclose(least_squares(scores, 1.0), ((scores - 1) ** 2).mean((1, 2, 3)), rtol=1e-5)
    np.testing.assert_array_equal(least_squares(tf.ones([2, 6, 6, 1]), 1.0), [0, 0])


def test_feature_matching_sends_no_gradient_through_the_photo():
    real, fake = tf.random.stateless_normal([2, 2, 2, 2, 3], [1, 2])
    with tf.GradientTape() as tape:
        tape.watch([real, fake])
        loss = feature_matching(real, fake)
    to_real, to_fake = tape.gradient(loss, [real, fake])
    assert to_real is None
    assert float(tf.norm(to_fake)) > 0
    np.testing.assert_allclose(loss, ((real - fake).numpy() ** 2).mean((1, 2, 3)), rtol=1e-5)
