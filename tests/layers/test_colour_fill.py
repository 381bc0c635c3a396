"""Visible colours carried into the erased box, on pictures of one colour for each class."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.colour_fill import visible_colours

SIZE = 32
COLOURS = np.random.default_rng(0).uniform(-1, 1, (8, 3)).astype(np.float32)
NOSE = np.s_[2:4, 14:16]


def _person():
    """(labels, visible, pose) with the box [10, 24) x [8, 24) erased; each class lies on both sides of its edge."""
    labels = np.zeros((SIZE, SIZE), np.int32)
    labels[0:6, 10:20] = 1  # face and hair
    labels[12:28, 4:12] = 2  # arms
    labels[20:32, 12:20] = 3  # legs
    labels[10:18, 20:30] = 5
    visible = np.ones((1, SIZE, SIZE, 1), np.float32)
    visible[:, 10:24, 8:24] = 0
    pose = np.zeros((1, SIZE, SIZE, 19), np.float32)
    pose[0, NOSE[0], NOSE[1], 1] = 1
    return labels, visible, pose


def _fill(colours, labels, visible, pose, photo=None):
    photo = colours[labels][None] if photo is None else photo
    one_hot = tf.one_hot(labels[None], 8)
    return np.asarray(visible_colours(tf.constant(photo), one_hot, tf.constant(visible), tf.constant(pose)))[0]


def test_each_erased_class_gets_its_visible_colour():
    labels, visible, pose = _person()
    colours = COLOURS.copy()
    colours[1] = colours[2] = colours[3] = COLOURS[2]  # one skin
    np.testing.assert_allclose(_fill(colours, labels, visible, pose), colours[labels], atol=1e-5)


def test_erased_colours_are_never_seen():
    labels, visible, pose = _person()
    photo = COLOURS[labels][None] * visible
    junk = photo + 9 * (1 - visible)
    np.testing.assert_array_equal(
        _fill(COLOURS, labels, visible, pose, photo), _fill(COLOURS, labels, visible, pose, junk.astype(np.float32))
    )


def test_skin_without_a_visible_part_takes_the_noses_colour():
    labels, visible, pose = _person()
    visible[0, (labels == 2) | (labels == 3)] = 0
    photo = COLOURS[labels].copy()
    photo[NOSE] = (0.4, 0.1, -0.2)
    filled = _fill(COLOURS, labels, visible, pose, photo[None])
    np.testing.assert_allclose(
        filled[(labels == 2) | (labels == 3)], [(0.4, 0.1, -0.2)] * np.sum(np.isin(labels, (2, 3))), atol=1e-5
    )


def test_a_class_that_is_nowhere_visible_stays_0():
    labels, visible, pose = _person()
    visible[0, labels == 5] = 0
    np.testing.assert_allclose(_fill(COLOURS, labels, visible, pose)[labels == 5], 0, atol=1e-6)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_nearer_of_two_colours_wins(side):
    labels = np.zeros((SIZE, SIZE), np.int32)
    visible = np.ones((1, SIZE, SIZE, 1), np.float32)
    visible[:, :, 8:24] = 0
    photo = np.zeros((1, SIZE, SIZE, 3), np.float32)
    photo[:, :, :16], photo[:, :, 16:] = -1, 1
    filled = _fill(COLOURS, labels, visible, np.zeros((1, SIZE, SIZE, 19), np.float32), photo)
    assert np.all(filled[:, 8] < -0.4) if side == "left" else np.all(filled[:, 23] > 0.4)
    assert np.all(np.diff(filled[SIZE // 2, :, 0]) > -1e-5)  # smoothly from one to the other
