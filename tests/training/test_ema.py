import numpy as np
import tensorflow as tf

from tf_tryon.training.ema import Ema


def test_averages_with_a_smaller_decay_at_first():
    weight = tf.Variable([0.0])
    ema = Ema({"w": weight}, 0.9)
    weight.assign([1.0])
    ema.update(tf.constant(0), tf.constant(True))
    np.testing.assert_allclose(ema.averages["w"], [0.9], rtol=1e-6)  # decay (1 + 0) / (10 + 0)
    ema.update(tf.constant(10_000), tf.constant(True))
    np.testing.assert_allclose(ema.averages["w"], [0.91], rtol=1e-6)


def test_an_invalid_step_changes_nothing_and_restart_takes_the_weights():
    weight = tf.Variable([0.0])
    ema = Ema({"w": weight}, 0.9)
    weight.assign([1.0])
    ema.update(tf.constant(5), tf.constant(False))
    assert float(ema.averages["w"][0]) == 0.0
    ema.restart()
    assert float(ema.averages["w"][0]) == 1.0
