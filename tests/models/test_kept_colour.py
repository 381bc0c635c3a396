"""Skin and clothes that stay go on in their own colour; on arrays as on tensors."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.vocabulary import BOTTOM, LOWER_SKIN, TOP, UPPER_SKIN, slot_of
from tf_tryon.models import kept_colour


def _matched(rgb, photo, before, after, visible, garment="top"):
    target = np.array([slot_of(garment)])
    made = kept_colour.matched(rgb, photo, before, after, visible, target)
    given = (tf.constant(array) for array in (rgb, photo, before, after, visible, target))
    np.testing.assert_allclose(kept_colour.matched(*given), made, rtol=1e-5, atol=1e-6)
    return made


def _someone(kept=UPPER_SKIN):
    before, after = np.full((2, 1, 64, 64), TOP)
    before[0, :16] = kept  # stays
    after[0, :32] = kept  # half of it new
    photo = np.full((1, 64, 64, 3), 0.2, np.float32)
    return photo + np.float32([0.1, 0, -0.3]), photo, before, after, np.zeros((1, 64, 64, 1), np.float32)


@pytest.mark.parametrize("kept", [UPPER_SKIN, BOTTOM])
def test_what_is_new_of_a_class_is_off_by_as_much_as_what_stays_of_it(kept):
    rgb, photo, before, after, visible = _someone(kept)
    made = _matched(rgb, photo, before, after, visible)
    np.testing.assert_allclose(made[:, :32], photo[:, :32], atol=1e-5)
    np.testing.assert_array_equal(made[:, 32:], rgb[:, 32:])  # another class


def test_the_nearest_of_what_stays_tells():
    rgb, photo, before, after, visible = _someone()
    before[0, :, :16] = after[0, :, :16] = after[0, :, 48:] = before[0, :16, 48:] = UPPER_SKIN
    rgb[:, :, 32:] = 0.5
    made = _matched(rgb, photo, before, after, visible)[0, 16:]
    np.testing.assert_allclose(made[:3, 52:], photo[0, :3, 52:], atol=0.1)


def test_where_nothing_stays_nothing_is_known():
    rgb, photo, before, after, visible = _someone()
    for case in ((before * 0 + TOP, visible), (before, visible + 1), (before // UPPER_SKIN * LOWER_SKIN, visible)):
        np.testing.assert_array_equal(_matched(rgb, photo, case[0], after, case[1]), rgb)


def test_the_new_garment_is_not_the_old_ones_colour():
    rgb, photo, before, after, visible = _someone(BOTTOM)
    np.testing.assert_array_equal(_matched(rgb, photo, before, after, visible, "bottom")[:, :32], rgb[:, :32])


def test_each_of_many_has_their_own():
    rgb, photo, before, after, visible = _someone()
    two = np.concatenate([rgb, rgb - 0.05])
    made = _matched(two, photo, before, np.repeat(after, 2, 0), visible)
    np.testing.assert_allclose(made[:, 16:32], np.repeat(photo, 2, 0)[:, 16:32], atol=1e-5)
