import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import config as config_lib
from tf_tryon.data import augment


@pytest.fixture
def people(make_person):
    made = [make_person(i) for i in range(4)]
    return {
        "photo": tf.constant(np.stack([p["photo"] for p in made])),
        "labels": tf.constant(np.stack([p["labels"] for p in made])),
        "keypoints": tf.constant(np.stack([p["keypoints"] for p in made]), tf.float32),
        "id": tf.constant([p["identity"] for p in made]),
    }


def same(a, b):
    return all(np.array_equal(a[key], b[key]) for key in a)


def test_flipping_mirrors_everything_and_twice_is_nothing(people):
    flags = tf.constant([True, False, True, False])
    once = augment.flip(people, flags)
    np.testing.assert_array_equal(once["photo"][0], people["photo"][0, :, ::-1])
    np.testing.assert_array_equal(once["labels"][2], people["labels"][2, :, ::-1])
    np.testing.assert_array_equal(once["keypoints"][1], people["keypoints"][1])
    left, right = once["keypoints"][0, 5], people["keypoints"][0, 2]
    np.testing.assert_allclose(left, [64 - right[0], right[1], right[2]])
    assert same(augment.flip(once, flags), people)


def test_a_missing_keypoint_stays_missing(people):
    points = people["keypoints"].numpy()
    points[:, 4] = 0
    moved = augment.flip({**people, "keypoints": tf.constant(points)}, tf.ones(4, tf.bool))
    assert not moved["keypoints"].numpy()[:, 7].any()


def test_the_identity_moves_nothing(people):
    assert same(augment.move(people, tf.zeros((4, 2)), tf.ones(4), tf.zeros(4)), people)


def test_a_shift_by_whole_pixels(people):
    moved = augment.move(people, tf.constant([[4 / 64, -8 / 64]] * 4), tf.ones(4), tf.zeros(4))
    np.testing.assert_array_equal(moved["photo"][:, 4:, :-8], people["photo"][:, :-4, 8:])
    np.testing.assert_array_equal(moved["labels"][:, 4:, :-8], people["labels"][:, :-4, 8:])
    np.testing.assert_array_equal(moved["labels"][:, :, -8:], np.repeat(moved["labels"][:, :, -9:-8], 8, 2))
    np.testing.assert_allclose(moved["keypoints"], people["keypoints"] + (-8, 4, 0))


@pytest.mark.parametrize(("scale", "angle"), [(2.0, 0.0), (1.0, np.pi / 2), (0.8, -0.3)])
def test_keypoints_follow_the_pixels(scale, angle):
    """A blob of labels and colour around a point is found where the keypoint goes."""
    labels = np.zeros((1, 64, 64), np.uint8)
    labels[0, 24:28, 38:42] = 5
    photo = np.where(labels[..., None] == 5, np.uint8(255), np.uint8(0)).repeat(3, -1)
    points = np.zeros((1, 18, 3), np.float32)
    points[0, 0] = (40, 26, 1)
    points[0, 1] = (1, 1, 1)
    moved = augment.move(
        {"photo": tf.constant(photo), "labels": tf.constant(labels), "keypoints": tf.constant(points)},
        tf.zeros((1, 2)),
        tf.constant([scale], tf.float32),
        tf.constant([angle], tf.float32),
    )
    for mask in (moved["labels"].numpy()[0] == 5, moved["photo"].numpy()[0, ..., 0] > 127):
        rows, columns = np.nonzero(mask)
        np.testing.assert_allclose((columns.mean() + 0.5, rows.mean() + 0.5), moved["keypoints"][0, 0, :2], atol=0.5)
        assert abs(mask.sum() - 16 * scale**2) < 5
    if scale == 2:
        assert not moved["keypoints"].numpy()[0, 1].any()  # it left the picture


def test_neutral_recolouring_changes_nothing_and_grey_has_no_hue(people):
    ones, zeros = tf.ones(4), tf.zeros(4)
    np.testing.assert_array_equal(augment.recolour(people["photo"], zeros, ones, ones, ones), people["photo"])
    grey = tf.fill((4, 8, 8, 3), tf.constant(100, tf.uint8))
    np.testing.assert_array_equal(augment.recolour(grey, ones * 0.3, ones * 1.5, ones, ones * 0.5), grey)
    np.testing.assert_array_equal(augment.recolour(grey, zeros, ones, ones * 1.2, ones), grey.numpy() + 20)
    turned = augment.recolour(people["photo"], ones * 0.5, ones, ones, ones).numpy().astype(int)
    assert np.abs(turned - people["photo"].numpy()).max() > 50


def test_everything_off_is_the_identity_and_draws_decide(people):
    config = config_lib.thesis("shape").data.augment
    config.flip = False
    draws = tf.random.stateless_uniform((4, augment.DRAWS), (1, 2))
    assert same(augment.augment(people, draws, config), people)
    config.translate, config.rotate, config.hue, config.scale = 0.1, 10.0, 0.1, 0.1
    first, again = (augment.augment(people, draws, config) for _ in range(2))
    assert same(first, again)
    assert not np.array_equal(first["photo"], people["photo"])
