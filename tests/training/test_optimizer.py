import math

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.training.optimizer import Adam, clip_by_global_norm, learning_rate

YES, NO = tf.constant(True), tf.constant(False)


def test_follows_the_published_equations():
    rng = np.random.default_rng(0)
    weight, m, v = rng.normal(size=(3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
    variable = tf.Variable(weight, dtype=tf.float32)
    adam = Adam({"w": variable}, 0.5, 0.999)
    for t in range(1, 6):
        g = rng.normal(size=(3, 2))
        m, v = 0.5 * m + 0.5 * g, 0.999 * v + 0.001 * g**2
        weight = weight - 0.01 * (m / (1 - 0.5**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        adam.apply([tf.constant(g, tf.float32)], tf.constant(0.01), YES)
    np.testing.assert_allclose(variable, weight, rtol=1e-5)
    assert int(adam.iterations) == 5


def test_an_invalid_step_changes_nothing():
    variable = tf.Variable([1.0, 2.0])
    adam = Adam({"w": variable}, 0.5, 0.999)
    adam.apply([tf.constant([0.1, 0.2])], tf.constant(0.01), YES)
    before = [variable.numpy(), *[v.numpy() for v in adam.state().values()]]
    adam.apply([tf.constant([np.nan, np.inf])], tf.constant(0.01), NO)
    for old, new in zip(before, [variable, *adam.state().values()], strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_an_invalid_first_step_changes_nothing():
    variable = tf.Variable([1.0])
    Adam({"w": variable}, 0.5, 0.999).apply([tf.constant([np.nan])], tf.constant(0.01), NO)
    assert float(variable[0]) == 1.0


@pytest.mark.parametrize(("step", "expected"), [(0, 0.1), (9, 1.0), (10, 1.0), (99, 0.2)])
def test_rate_warms_up_and_decays_to_its_end(step, expected):
    rate = learning_rate(1.0, tf.constant(step, tf.int64), 100, 10, 0.2)
    np.testing.assert_allclose(rate, expected, rtol=1e-6)


def test_rate_is_constant_by_default_and_cosine_between():
    assert float(learning_rate(3.0, tf.constant(7), 10, 0, 1.0)) == 3.0
    middle = learning_rate(1.0, tf.constant(50), 101, 0, 0.0)
    np.testing.assert_allclose(middle, 0.5 * (1 + math.cos(math.pi / 2)), rtol=1e-6)


def test_clipping_keeps_the_direction():
    gradients = [tf.constant([3.0]), tf.constant([4.0])]
    clipped = clip_by_global_norm(gradients, tf.linalg.global_norm(gradients), 1.0)
    np.testing.assert_allclose(tf.concat(clipped, 0), [0.6, 0.8], rtol=1e-6)
    assert clip_by_global_norm(gradients, tf.constant(5.0), 0.0) is gradients
    np.testing.assert_allclose(clip_by_global_norm(gradients, tf.constant(5.0), 9.0)[0], [3.0], rtol=1e-6)
