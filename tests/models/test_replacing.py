"""Nothing but the garment goes, and nothing but a garment comes; on arrays as on tensors."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.vocabulary import BACKGROUND, BOTTOM, FACE, HAT, LOWER_SKIN, SHOES, TOP, UPPER_SKIN, slot_of
from tf_tryon.models.replacing import garment_alone

_NOBODY = np.zeros((1, 18, 3), np.float32)  # no keypoint is known


def _replaced(before, after, garment="top", keypoints=_NOBODY):
    given = before, after, np.array([slot_of(garment)]), keypoints
    made = garment_alone(*given)
    np.testing.assert_array_equal(garment_alone(*map(tf.constant, given)), made)
    return made


@pytest.mark.parametrize(
    ("before", "after", "garment", "wanted"),
    [
        (TOP, BACKGROUND, "top", BACKGROUND),  # the old garment may become anything
        (TOP, UPPER_SKIN, "top", UPPER_SKIN),
        (BACKGROUND, TOP, "top", TOP),  # the new one may cover anything
        (BOTTOM, TOP, "top", TOP),
        (UPPER_SKIN, TOP, "top", TOP),
        (FACE, TOP, "top", FACE),  # but hair
        (FACE, HAT, "hat", HAT),
        (TOP, BOTTOM, "bottom", TOP),  # or a coat over trousers, or trousers over shoes
        (BOTTOM, TOP, "bottom", BOTTOM),  # of which the photo shows all
        (TOP, BOTTOM, "top", BOTTOM),
        (BOTTOM, SHOES, "shoes", BOTTOM),
        (SHOES, BOTTOM, "shoes", BOTTOM),  # which may come down to where boots were
        (BOTTOM, BACKGROUND, "top", BOTTOM),  # and the rest stays
        (BACKGROUND, UPPER_SKIN, "top", BACKGROUND),
        (FACE, BACKGROUND, "top", FACE),
        (UPPER_SKIN, BACKGROUND, "top", UPPER_SKIN),
        (TOP, BACKGROUND, "bottom", TOP),
    ],
)
def test_the_garment_goes_a_garment_comes_and_the_rest_stays(before, after, garment, wanted):
    made = _replaced(np.full((1, 64, 64), before), np.full((1, 64, 64), after), garment)
    assert set(made.ravel()) == {wanted}


def test_a_sleeve_beside_the_true_arm_covers_it_and_a_bare_arm_is_the_true_one():
    before, after = np.zeros((2, 1, 64, 64), int)
    before[0, 8:56, 30:34] = UPPER_SKIN
    after[0, 8:30, 32:36] = TOP  # a sleeve, two pixels beside the arm, and a forearm below
    after[0, 30:56, 32:36] = UPPER_SKIN
    made = _replaced(before, after)[0]
    assert set(made[10:28, 30:36].ravel()) == {TOP}
    assert set(made[32:54, 30:34].ravel()) == {UPPER_SKIN}
    assert set(made[32:54, 34:].ravel()) == {BACKGROUND}


def test_a_leg_where_a_coat_is_guessed_is_covered_as_well():
    before, after = np.full((2, 1, 64, 64), LOWER_SKIN)
    after[0, :, :32], after[0, :, 32:40] = BOTTOM, TOP
    made = _replaced(before, after, "bottom")[0]
    assert set(made[:, :36].ravel()) == {BOTTOM}
    assert set(made[:, 36:].ravel()) == {LOWER_SKIN}


def test_no_specks_of_the_garment_come():
    before, after = np.full((2, 1, 64, 64), UPPER_SKIN)
    after[0, 20, 20] = after[0, 10:13, 30:32] = after[0, 28, 31] = TOP  # of one and of six pixels
    after[0, 30:33, 30:33] = after[0, 50:60, 10:12] = TOP  # of nine, and a strap
    before[0, 40:] = after[0, 62:] = BOTTOM
    wanted = after.copy()
    wanted[0, :20, 20:40] = wanted[0, 20, 20] = wanted[0, 28, 31] = UPPER_SKIN
    wanted[0, 40:] = np.where(after[0, 40:] == TOP, TOP, BOTTOM)
    np.testing.assert_array_equal(_replaced(before, after), wanted)
    after[0, 9:12, 9:12] = before[0, 9:12, 9:12] = TOP
    before[0, 10, 10] = BOTTOM  # in whose place a top is guessed, which hangs over it
    assert _replaced(before, after, "bottom")[0, 10, 10] == TOP


@pytest.mark.parametrize(
    ("garment", "label", "joints", "below", "wanted"),
    [
        ("top", TOP, (3, 4), UPPER_SKIN, UPPER_SKIN),  # a forearm is as bare as its hand
        ("top", TOP, (3, 4), TOP, TOP),
        ("dress", BOTTOM, (3, 4), UPPER_SKIN, UPPER_SKIN),
        ("bottom", BOTTOM, (9, 10), LOWER_SKIN, LOWER_SKIN),
        ("top", TOP, (1, 8), UPPER_SKIN, TOP),  # a trunk is covered
        ("dress", BOTTOM, (1, 8), LOWER_SKIN, BOTTOM),
        ("top", TOP, (9, 10), LOWER_SKIN, BACKGROUND),  # under a coat another garment may be, which isn't known
        ("shoes", SHOES, (9, 10), LOWER_SKIN, BACKGROUND),
        ("hat", HAT, (1, 2), FACE, BACKGROUND),
    ],
)
def test_the_body_under_the_old_garment_is_no_street(garment, label, joints, below, wanted):
    before, after = np.full((1, 64, 64), label), np.zeros((1, 64, 64), int)
    after[0, 40:] = below
    keypoints = _NOBODY.copy()
    keypoints[0, joints] = [32, 8, 1], [32, 40, 1]
    made = _replaced(before, after, garment, keypoints)[0]
    assert set(made[10:38, 30:34].ravel()) == {wanted}
    assert set(made[10:38, :20].ravel()) == {BACKGROUND}


def test_legs_that_a_long_skirt_hid_are_under_a_shorter_one():
    """Their knees and ankles are in no photo, and above the feet the networks guess street."""
    before, after = np.full((1, 64, 64), BOTTOM), np.zeros((1, 64, 64), int)
    after[0, :28], after[0, 60:] = BOTTOM, LOWER_SKIN
    keypoints = _NOBODY.copy()
    keypoints[0, [1, 8, 11]] = [32, 0, 1], [24, 20, 1], [40, 20, 1]
    made = _replaced(before, after, "bottom", keypoints)[0]
    assert (made[48:54, [23, 24, 39, 40]] == LOWER_SKIN).all()
    assert not made[48:54, 28:36].any()


def test_people_are_told_apart():
    before = np.full((2, 64, 64), TOP)
    before[:, 32:] = BOTTOM
    after = np.zeros_like(before)
    after[:, 62:] = LOWER_SKIN
    keypoints = np.repeat(_NOBODY, 2, 0)
    keypoints[1, [9, 10]] = [16, 40, 1], [16, 60, 1]  # in the same place as the first one's, who has none
    given = before, after, np.array([slot_of("top"), slot_of("bottom")]), keypoints
    graph = tf.function(garment_alone, [tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in given])
    made = garment_alone(*given)
    np.testing.assert_array_equal(graph(*given), made)
    assert [set(half.ravel()) for half in (made[0, :32], made[0, 32:])] == [{BACKGROUND}, {BOTTOM}]
    assert [set(half.ravel()) for half in (made[1, :32], made[1, 32:62, 24:])] == [{TOP}, {BACKGROUND}]
    assert set(made[1, 42:60, 15:17].ravel()) == {LOWER_SKIN}
