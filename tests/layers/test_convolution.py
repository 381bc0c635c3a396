"""Convolutions: shapes, and each shortcut against what it stands for."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.blocks import average_pool
from tf_tryon.layers.convolution import Convolution, double, reflect


def _random(*shape):
    return tf.constant(np.random.default_rng(0).standard_normal(shape), tf.float32)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (2, 32, 64, 5)),
        ({"bias": True, "padding": "reflect"}, (2, 32, 64, 5)),
        ({"padding": "valid"}, (2, 30, 62, 5)),
        ({"transposed": True, "bias": True}, (2, 64, 128, 5)),
        ({"stride": 2, "bias": True}, (2, 16, 32, 5)),
        ({"rescale": "down"}, (2, 16, 32, 5)),
        ({"rescale": "up", "bias": True}, (2, 64, 128, 5)),
    ],
)
def test_layer(check_layer, options, expected):
    check_layer(functools.partial(Convolution, 5, **options), [(2, 32, 64, 3)], expected)


@pytest.mark.parametrize(("height", "rescale", "size"), [(32, "down", 3), (16, "down", 3), (32, "up", 3), (8, "up", 1)])
def test_rescaling_is_pooling_after_or_doubling_before(height, rescale, size):
    inputs = _random(2, height, 2 * height, 4)
    folded, plain = Convolution(6, size, rescale=rescale, init_std=1.0), Convolution(6, size)
    folded.build(inputs.shape)
    plain.build(inputs.shape)
    plain.kernel.assign(folded.kernel)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        one = folded(inputs)
        other = average_pool(plain(inputs)) if rescale == "down" else plain(double(inputs))
        target = _random(*one.shape)
        losses = [tf.reduce_sum(target * result) for result in (one, other)]
    np.testing.assert_allclose(one, other, atol=1e-5, rtol=1e-4)
    gradients = [
        tape.gradient(loss, [inputs, *layer.trainable_weights])
        for loss, layer in zip(losses, (folded, plain), strict=True)
    ]
    for a, b in zip(*gradients, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("rescale", ["down", "up"])
def test_an_exports_own_form_computes_the_same(rescale, size):
    inputs = _random(1, 8, 12, 4)
    layer = Convolution(6, size, rescale=rescale, init_std=1.0, bias=True)
    expected = layer(inputs)
    layer.boxed = True
    np.testing.assert_allclose(layer(inputs), expected, atol=1e-5, rtol=1e-4)


def test_transposed_convolution_is_the_adjoint_of_a_strided_one():
    layer = Convolution(3, transposed=True, init_std=1.0)
    inputs, other = _random(1, 4, 6, 2), _random(1, 8, 12, 3)
    layer.build(inputs.shape)
    forward = tf.reduce_sum(layer(inputs) * other)
    backward = tf.reduce_sum(inputs * tf.nn.conv2d(other, layer.kernel, 2, "SAME"))
    np.testing.assert_allclose(forward, backward, rtol=1e-5)


@pytest.mark.parametrize("edge", [1, 2])
def test_reflect_is_mirror_padding(edge):
    inputs = _random(2, 5, 7, 3)
    paddings = [[0, 0], [edge, edge], [edge, edge], [0, 0]]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        ours, theirs = reflect(inputs, edge), tf.pad(inputs, paddings, mode="REFLECT")
        target = _random(*theirs.shape)
        losses = tf.reduce_sum(target * ours), tf.reduce_sum(target * theirs)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(tape.gradient(losses[0], inputs), tape.gradient(losses[1], inputs), rtol=1e-5)


@pytest.mark.parametrize("options", [{"padding": "wrap"}, {"rescale": "half"}, {"rescale": "up", "transposed": True}])
def test_impossible_options_are_refused(options):
    with pytest.raises(ValueError, match=r"padding|rescale"):
        Convolution(3, **options)


@pytest.mark.parametrize("size", [1, 3])
def test_a_compact_doubling_is_the_same(size):
    layer = Convolution(5, size, rescale="up", init_std=1.0)
    layer.build((None, 8, 8, 4))
    inputs = tf.random.stateless_normal((2, 8, 8, 4), (1, 2))
    before = layer(inputs)
    layer.compact = True
    np.testing.assert_allclose(layer(inputs), before, atol=1e-4)
