import tensorflow as tf

from tf_tryon.training.loss_scale import LossScale


def test_halves_after_an_overflow_and_never_goes_below_one():
    scale = LossScale(4.0)
    used = [float(scale.update(tf.constant(False))) for _ in range(4)]
    assert used == [4.0, 2.0, 1.0, 1.0]


def test_doubles_after_many_good_steps():
    scale = LossScale(4.0)
    update = tf.function(scale.update)
    for _ in range(1999):
        update(tf.constant(True))
    assert float(scale.value) == 4.0
    update(tf.constant(True))
    assert float(scale.value) == 8.0
    assert int(scale.state()["good_steps"]) == 0
