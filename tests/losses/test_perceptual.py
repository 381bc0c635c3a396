import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.losses.perceptual import BYTES_PER_UNIT, Perceptual, crop, crop_corners, gram
from tf_tryon.losses.vgg_weights import BLOCKS

CHANNELS = (4, 6, 8, 8, 8)
ONES = (1.0,) * 5


def tiny_weights(network="vgg16", seed=0):
    """VGG's layers with few channels."""
    rng, source, actual = np.random.default_rng(seed), 3, {}
    for block, (count, channels) in enumerate(zip(BLOCKS[network], CHANNELS, strict=True), 1):
        for index in range(1, count + 1):
            kernel = rng.normal(0, (2 / (9 * source)) ** 0.5, (3, 3, source, channels))
            actual[f"block{block}_conv{index}"] = (kernel.astype(np.float32), np.full(channels, 0.1, np.float32))
            source = channels
    return actual


@pytest.fixture(scope="module")
def vgg():
    return Perceptual(tiny_weights(), "vgg16")


@pytest.fixture(scope="module")
def pictures():
    return tf.random.stateless_uniform([2, 3, 32, 32, 3], [1, 2], -1, 1)


def test_features_are_the_second_convolutions_after_relu(vgg, pictures):
    features = vgg.features(pictures[0])
    assert [tuple(f.shape) for f in features] == [(3, 32 // 2**i, 32 // 2**i, c) for i, c in enumerate(CHANNELS)]
    assert all(float(tf.reduce_min(f)) >= 0 for f in features)
    x = pictures[0][..., ::-1] * 127.5 + 127.5 - np.array([103.939, 116.779, 123.68])
    for name in ("block1_conv1", "block1_conv2"):
        kernel, bias = tiny_weights()[name]
        x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)
    np.testing.assert_allclose(features[0], x, rtol=1e-4, atol=1e-3)


def test_gram_is_divided_by_positions():
    features = tf.random.stateless_normal([2, 4, 5, 3], [3, 4])
    flat = features.numpy().reshape(2, 20, 3)
    np.testing.assert_allclose(gram(features), flat.transpose(0, 2, 1) @ flat / 20, rtol=1e-5, atol=1e-6)


def test_style_ignores_where_things_are_and_content_does_not(vgg):
    a = tf.random.stateless_uniform([1, 8, 8, 4], [0, 0])
    b = tf.reverse(a, [1])
    real, fake = [a] * 5, [b] * 5
    np.testing.assert_allclose(vgg.style(real, fake, ONES), 0, atol=1e-5)
    np.testing.assert_allclose(vgg.content(real, fake, ONES), 5 * np.mean(np.abs(a - b)) / BYTES_PER_UNIT, rtol=1e-5)
    np.testing.assert_array_equal(vgg.content(real, real, ONES), [0])


def test_normalised_layers_weigh_alike(vgg, pictures):
    other = Perceptual(tiny_weights(), "vgg16")
    other.calibrate(pictures[0])
    for feature, scale in zip(other.features(pictures[0]), other.scales.numpy(), strict=True):
        np.testing.assert_allclose(float(tf.reduce_mean(feature)) / scale, 1.0, rtol=1e-4)
    real, fake = other.features(pictures[0]), other.features(pictures[1])
    alone = [float(other.content(real, fake, np.eye(5)[i])[0]) for i in range(5)]
    assert max(alone) < 20 * min(alone)
    units = [float(vgg.content(real, fake, np.eye(5)[i])[0]) for i in range(5)]
    np.testing.assert_allclose(np.array(units) * BYTES_PER_UNIT / other.scales.numpy(), alone, rtol=1e-4)


def test_style_is_the_difference_of_gram_matrices_in_unit_inputs(vgg, pictures):
    real, fake = vgg.features(pictures[0]), vgg.features(pictures[1])
    expected = [
        np.mean(np.abs(gram(a) - gram(b)), axis=(1, 2)) / BYTES_PER_UNIT**2 for a, b in zip(real, fake, strict=True)
    ]
    for layer in range(5):
        np.testing.assert_allclose(vgg.style(real, fake, 3 * np.eye(5)[layer]), 3 * expected[layer], rtol=1e-4)


def test_bfloat16_is_close_and_returns_float32(pictures):
    vgg, half = Perceptual(tiny_weights(), "vgg16"), Perceptual(tiny_weights(), "vgg16", "bfloat16")
    full = vgg.content(vgg.features(pictures[0]), vgg.features(pictures[1]), ONES)
    rough = half.content(half.features(pictures[0]), half.features(pictures[1]), ONES)
    assert rough.dtype == tf.float32
    np.testing.assert_allclose(rough, full, rtol=0.05)


def test_crops_lie_in_the_picture_and_centre_on_the_box():
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 40, (200, 2))
    box = np.concatenate([low, low + rng.uniform(1, 24, (200, 2))], 1).astype(np.float32)
    corners = crop_corners(box, rng.uniform(size=(200, 2)).astype(np.float32), 16, 64, 64).numpy()
    assert corners.min() >= 0
    assert corners.max() <= 48
    centre = (box[:, :2] + box[:, 2:]) / 2
    small = np.all(box[:, 2:] - box[:, :2] <= 16, axis=1)
    inside = (centre >= corners - 1) & (centre <= corners + 17)
    assert np.all(inside[small])  # a box smaller than the crop is all but covered
    picture = tf.random.stateless_uniform([2, 64, 64, 3], [0, 1])
    cut = crop(picture, tf.constant([[3, 5], [48, 0]]), 16)
    np.testing.assert_array_equal(cut[0], picture[0, 3:19, 5:21])
    np.testing.assert_array_equal(cut[1], picture[1, 48:, :16])
