"""Residual blocks: shapes for every option, and the order of pooling."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.blocks import FirstBlock, Output, ResBlock, UpBlock, average_pool, double, leaky_relu


def _random(*shape):
    return tf.constant(np.random.default_rng(0).standard_normal(shape), tf.float32)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (functools.partial(ResBlock, 8, 6), (2, 8, 16, 8)),
        (functools.partial(ResBlock, 8, 6, down=True, slope=0.01), (2, 4, 8, 8)),
        (functools.partial(ResBlock, 8, 6, spectral=False), (2, 8, 16, 8)),
        (functools.partial(FirstBlock, 8), (2, 4, 8, 8)),
        (functools.partial(UpBlock, 8), (2, 16, 32, 8)),
        (functools.partial(UpBlock, 8, upsample="resize", spectral=False), (2, 16, 32, 8)),
        (functools.partial(Output, 3), (2, 8, 16, 3)),
    ],
    ids=str,
)
def test_block(check_layer, make, expected):
    check_layer(make, [(2, 8, 16, 5)], expected)


@pytest.mark.parametrize("upsample", ["transposed", "resize"])
def test_up_block_with_condition(check_layer, upsample):
    make = functools.partial(UpBlock, 8, spade=True, upsample=upsample)
    check_layer(make, [(2, 8, 16, 5), (2, 8, 16, 4)], (2, 16, 32, 8))


def test_down_block_pools_both_branches_after_the_convolutions():
    inputs = _random(2, 32, 64, 4)
    down, plain = ResBlock(6, 5, down=True), ResBlock(6, 5)
    for block in (down, plain):
        block.build(inputs.shape)
    plain.set_weights(down.get_weights())
    np.testing.assert_allclose(down(inputs), average_pool(plain(inputs)), atol=1e-5)


def test_first_block_is_its_equation():
    inputs = _random(1, 32, 32, 3)
    block = FirstBlock(4, spectral=False)
    block.build(inputs.shape)
    first, second, shortcut = (tf.convert_to_tensor(c.kernel) for c in (block.conv_1, block.conv_2, block.shortcut))
    hidden = tf.nn.leaky_relu(tf.nn.conv2d(inputs, first, 1, "SAME"), 0.1)
    expected = average_pool(tf.nn.conv2d(hidden, second, 1, "SAME") + tf.nn.conv2d(inputs, shortcut, 1, "SAME"))
    np.testing.assert_allclose(block(inputs), expected, atol=1e-6)


def test_resizing_up_block_leaves_no_weave():
    block = UpBlock(4, upsample="resize", spectral=False)
    flat = tf.ones((1, 4, 4, 3))
    block.build(flat.shape)
    inside = np.asarray(block(flat))[0, 2:-2, 2:-2]
    assert np.ptp(inside, axis=(0, 1)).max() < 1e-6


def test_double_repeats_each_pixel():
    inputs = _random(1, 2, 3, 2)
    np.testing.assert_array_equal(double(inputs), np.repeat(np.repeat(inputs, 2, 1), 2, 2))


def test_leaky_relu_has_the_gradient_of_the_ready_made_one():
    inputs = _random(50)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        ours, theirs = leaky_relu(inputs, 0.1), tf.nn.leaky_relu(inputs, 0.1)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(tape.gradient(ours, inputs), tape.gradient(theirs, inputs))
