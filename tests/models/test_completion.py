"""What of both stages' outputs is shown: people before their own street, skin of one colour, the rest the photo's."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data.vocabulary import BACKGROUND, TOP, UPPER_SKIN, slot_of
from tf_tryon.models.completion import behind_person, composed

STREET, ARM, DRAWN = 0.5, 0.2, -0.6


@pytest.fixture
def batch():
    """Somebody whose top, with an arm below it, is erased with the street beside it; the photo's top is black."""
    labels = np.full((2, 64, 64), BACKGROUND)
    labels[:, 16:40, 20:44] = TOP
    labels[:, 40:56, 20:28] = UPPER_SKIN
    colour = np.select([labels == TOP, labels == UPPER_SKIN], [-1.0, ARM], STREET).astype(np.float32)
    visible = np.ones((2, 64, 64, 1), np.float32)
    visible[:, 8:60, 8:56] = 0
    return {
        keys.PARSING: tf.one_hot(labels, 8),
        keys.PHOTO: tf.constant(np.repeat(colour[..., None], 3, -1)),
        keys.VISIBLE: tf.constant(visible),
        keys.TARGET: tf.constant([slot_of("top")] * 2),
    }


def _shown(batch, change):
    """Grey levels (64, 64) of the second one's completion, everything drawn alike."""
    labels = np.argmax(batch[keys.PARSING].numpy(), -1).astype(np.uint8)
    change(labels[1])
    rgb = tf.fill((2, 64, 64, 3), DRAWN)
    return composed(batch, tf.constant(labels), rgb).numpy()[1, ..., 0]


def test_a_bare_arm_goes_on_in_its_own_colour_without_a_seam(batch):
    def shorter(labels):
        labels[32:40, 20:28] = UPPER_SKIN

    shown = _shown(batch, shorter)
    np.testing.assert_allclose(shown[33:54, 22:26], ARM, atol=1e-5)  # new skin, the border and the photo's own


def test_street_that_the_garment_hid_is_the_streets(batch):
    def narrower(labels):
        labels[16:40, 36:44] = BACKGROUND

    shown = _shown(batch, narrower)
    np.testing.assert_allclose(shown[18:38, 39:48], STREET, atol=0.01)
    np.testing.assert_allclose(shown[18:36, 22:33], DRAWN, atol=1e-5)  # the new garment is as it was drawn


def test_each_ones_street_is_their_own_and_goes_on_behind_them(batch):
    two = {**batch, keys.PHOTO: batch[keys.PHOTO] * tf.constant([1.0, -1.0])[:, None, None, None]}
    behind = behind_person(two).numpy()
    np.testing.assert_allclose(behind[0], STREET, atol=0.01)
    np.testing.assert_allclose(behind[1], -STREET, atol=0.01)


def test_from_close_by_the_colours_beside_the_person_are_the_streets(batch):
    labels = np.full((2, 64, 64), TOP)
    labels[0, :, :3] = BACKGROUND  # and of the second one nothing is street
    photo = np.where(labels[..., None] == TOP, np.float32(-1), np.float32(STREET)) * np.ones(3, np.float32)
    given = {**batch, keys.PARSING: tf.one_hot(labels, 8), keys.PHOTO: tf.constant(photo)}
    behind = behind_person(given).numpy()
    np.testing.assert_allclose(behind[0, :, 20:], STREET, atol=0.2)
    np.testing.assert_allclose(behind[1], -1, atol=0.01)
