"""New skin takes the colour of the skin that stays; on arrays as on tensors."""

import numpy as np
import tensorflow as tf

from tf_tryon.data.vocabulary import LOWER_SKIN, TOP, UPPER_SKIN
from tf_tryon.models import skin_tone


def _matched(rgb, photo, before, after, visible):
    made = skin_tone.matched(rgb, photo, before, after, visible)
    given = (tf.constant(array) for array in (rgb, photo, before, after, visible))
    np.testing.assert_allclose(skin_tone.matched(*given), made, rtol=1e-5, atol=1e-6)
    return made


def _someone():
    before, after = np.full((2, 1, 64, 64), TOP)
    before[0, :, :16] = UPPER_SKIN  # stays
    after[0, :, :32] = UPPER_SKIN  # half of it new
    photo = np.full((1, 64, 64, 3), 0.2, np.float32)
    return photo + np.float32([0.1, 0, -0.3]), photo, before, after, np.zeros((1, 64, 64, 1), np.float32)


def test_new_skin_is_off_by_as_much_as_the_skin_that_stays():
    rgb, photo, before, after, visible = _someone()
    made = _matched(rgb, photo, before, after, visible)
    np.testing.assert_allclose(made[:, :, :32], photo[:, :, :32], atol=1e-5)
    np.testing.assert_array_equal(made[:, :, 32:], rgb[:, :, 32:])  # no skin


def test_without_skin_that_stays_nothing_is_known():
    rgb, photo, before, after, visible = _someone()
    for case in ((before * 0 + TOP, visible), (before, visible + 1), (before // UPPER_SKIN * LOWER_SKIN, visible)):
        np.testing.assert_array_equal(_matched(rgb, photo, case[0], after, case[1]), rgb)


def test_each_of_many_has_their_own():
    rgb, photo, before, after, visible = _someone()
    two = np.concatenate([rgb, rgb - 0.05])
    made = _matched(two, photo, before, np.repeat(after, 2, 0), visible)
    np.testing.assert_allclose(made[:, :, 16:32], np.repeat(photo, 2, 0)[:, :, 16:32], atol=1e-5)
