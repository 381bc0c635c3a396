"""What the detail network makes, of pictures of any size, and what of it is added."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.vocabulary import TOP, slot_of
from tf_tryon.models.detail import added, build_detail, enlarged, inside, shrunk


@pytest.mark.parametrize("size", [(64, 64), (72, 40), (132, 68)])
def test_twice_the_size_and_next_to_nothing_at_the_start(size: tuple[int, int]) -> None:
    detail = build_detail()(tf.random.stateless_uniform((2, *size, 3), (0, 1), -1, 1))
    assert detail.shape == (2, 2 * size[0], 2 * size[1], 1)
    assert np.abs(detail).mean() < 0.05


def test_a_sample_is_drawn_alike_whatever_is_drawn_beside_it() -> None:
    network = build_detail(3)
    pictures = tf.random.stateless_uniform((3, 32, 32, 3), (0, 1), -1, 1)
    np.testing.assert_allclose(network(pictures)[1:2], network(pictures[1:2]), atol=1e-6)
    np.testing.assert_array_equal(network(pictures), build_detail(3)(pictures))
    assert np.abs(network(pictures) - build_detail(4)(pictures)).max() > 0


def test_the_garment_alone_gets_detail() -> None:
    labels = np.zeros((2, 16, 16), np.uint8)
    labels[0, 4:9, 3:12] = TOP
    made = added(build_detail(), tf.ones((2, 16, 16, 3)), tf.constant(labels), tf.constant([slot_of("top")])).numpy()
    garment = np.kron(labels, np.ones((2, 2))) == TOP
    assert (made[~garment] == 0).all()
    assert (made[0, 10:16, 8:22] != 0).any(axis=-1).all()


def test_detail_fades_towards_the_outline() -> None:
    mask = np.zeros((1, 16, 16, 1), np.float32)
    mask[:, 4:, :] = 1  # the picture's edge is none of the garment's
    rows = inside(tf.constant(mask)).numpy()[0, :, 0, 0]
    np.testing.assert_allclose(rows[:12], [0] * 8 + [0.2, 0.6, 1, 1], atol=1e-6)
    np.testing.assert_allclose(rows[12:], 1, atol=1e-6)


def test_enlarging_keeps_a_slope_and_each_picture_apart() -> None:
    slope = np.linspace(-1, 1, 16, dtype=np.float32)
    pictures = np.stack([np.tile(slope[:, None, None], (1, 12, 3)), np.full((16, 12, 3), 0.25, np.float32)])
    large = enlarged(tf.constant(pictures)).numpy()
    assert large.shape == (2, 32, 24, 3)
    step = slope[1] - slope[0]
    np.testing.assert_allclose(np.diff(large[0, 6:-6], axis=0), step / 2, atol=1e-5)
    np.testing.assert_allclose(large[1], 0.25, atol=1e-5)
    small = shrunk(tf.constant(large)).numpy()
    np.testing.assert_allclose(small[:, 3:-3], pictures[:, 3:-3], atol=1e-5)
