import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.models import background


def person():
    labels = np.zeros((1, 64, 64), np.uint8)
    labels[0, 10:60, 20:40] = 5
    return labels


def test_the_background_goes_on_behind_the_person():
    y, x = np.mgrid[:64, :64] / 63.0
    street = np.stack([y, x, 1 - y], -1)[None].astype(np.float32)
    photo = np.where(person()[..., None] > 0, np.float32(-1), street)
    actual = background.continued(tf.constant(photo), tf.constant(person())).numpy()
    free = np.ones((64, 64), bool)
    free[8:62, 18:42] = False
    np.testing.assert_allclose(actual[0][free], street[0][free], atol=1e-5)
    assert np.abs(actual - street)[0, 10:60, 20:40].mean() < 0.1
    assert actual.min() > -0.01  # nothing of the person


def test_grey_is_behind_the_person_and_the_person_is_left():
    photo = np.full((1, 64, 64, 3), 0.1, np.float32)
    actual = background.on_grey(tf.constant(photo), tf.constant(person())).numpy()[0]
    np.testing.assert_allclose(actual[12:58, 22:38], 0.1, rtol=1e-5)
    np.testing.assert_allclose(actual[:, :18], background.GREY, rtol=1e-5)


def test_the_persons_grey_rim_is_not_put_before_the_street():
    labels = tf.constant(person())
    grey, street = tf.fill((1, 64, 64, 3), background.GREY), -tf.ones((1, 64, 64, 3))
    actual = background.before_background(grey, labels, street).numpy()[0, :, :, 0]
    np.testing.assert_allclose(actual[30, 22:38], background.GREY, rtol=1e-5)
    assert actual[30, 20] < background.GREY / 2 - 0.5 + 0.3
    np.testing.assert_allclose(actual[:, :19], -1)


@pytest.mark.parametrize("slope", [0.0, 0.1, 0.2, 0.5])
def test_a_slanting_outline_has_no_steps(slope):
    y, x = np.mgrid[:64, :64] + 0.5
    inside = (20 + slope * y - x) / np.hypot(1, slope)  # pixels from the outline
    picture = np.ones((1, 64, 64, 3), np.float32)
    share = background.before_background(picture, (inside > 0).astype(np.uint8)[None], 0 * picture)[0, ..., 0]
    np.testing.assert_allclose(share[8:56, 4:], np.clip(inside * 2 / 3, 0, 1)[8:56, 4:], atol=0.18)
