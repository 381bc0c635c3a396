import numpy as np
import tensorflow as tf

from tf_tryon.losses.pixel import box_weights, l1, pooled


def test_l1_is_the_mean_absolute_difference_of_each_picture():
    rng = np.random.default_rng(0)
    truth, picture = rng.uniform(-1, 1, (2, 3, 4, 4, 3)).astype(np.float32)
    np.testing.assert_allclose(l1(truth, picture), np.abs(truth - picture).mean((1, 2, 3)), rtol=1e-6)


def test_visible_weights_ignore_the_box():
    truth = np.zeros((1, 4, 4, 3), np.float32)
    picture, visible = truth.copy(), np.ones((1, 4, 4, 1), np.float32)
    picture[:, 1:3, 1:3] = 1.0
    visible[:, 1:3, 1:3] = 0.0
    assert float(l1(truth, picture)[0]) == 0.25
    assert float(l1(truth, picture, visible)[0]) == 0.0


def test_box_weights_have_mean_one_and_the_asked_ratio():
    visible = np.ones((2, 4, 4, 1), np.float32)
    visible[0, :2] = 0.0
    weights = box_weights(visible, 4.0).numpy()
    np.testing.assert_allclose(weights.mean((1, 2, 3)), 1.0, rtol=1e-6)
    np.testing.assert_allclose(weights[0, 0, 0] / weights[0, 3, 0], 5.0, rtol=1e-6)
    np.testing.assert_allclose(box_weights(visible, 0.0), 1.0)


def test_pooled_averages_to_the_size_of_an_output():
    picture = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    np.testing.assert_allclose(pooled(picture, tf.zeros([1, 2, 2, 3]))[0, :, :, 0], [[2.5, 4.5], [10.5, 12.5]])
    assert pooled(picture, picture) is picture
