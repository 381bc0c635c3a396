"""tensorflow-addons' spectral normalisation: what it does differently, in numbers (docs/method.md, section 10)."""

import importlib.util

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers.blocks import convolution
from tf_tryon.layers.spectral_norm import spectral_layers

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow_addons") is None, reason="needs tf-tryon[addons]: make test-addons"
)

SHAPE = (2, 8, 8, 4)


def _layer(kind):
    keras.utils.set_random_seed(0)
    layer = convolution(5, spectral=kind, init_std=1.0)
    layer.build((None, *SHAPE[1:]))
    return layer


def _gradient_error(kind):
    """Largest error of the kernel's gradient against central differences, relative to the largest."""
    layer, rng = _layer(kind), np.random.default_rng(1)
    inputs, target = (tf.constant(rng.standard_normal(shape), tf.float32) for shape in (SHAPE, (*SHAPE[:3], 5)))
    for _ in range(50):  # u has converged, so that sigma is the largest singular value
        layer.update()
        layer(inputs, training=True)
    kernel = np.asarray(layer.layer.kernel)
    u = np.asarray(layer.u)

    def loss():
        return tf.reduce_sum(tf.square(layer(inputs, training=True) - target)) / 2

    def value(changed):
        layer.layer.kernel.assign(changed)
        layer.u.assign(u)
        return float(loss())

    with tf.GradientTape() as tape:
        actual = loss()
    gradient = np.asarray(tape.gradient(actual, layer.layer.kernel))
    numeric = np.zeros_like(kernel)
    for index in np.ndindex(*kernel.shape):
        step = np.zeros_like(kernel)
        step[index] = 1e-2
        numeric[index] = (value(kernel + step) - value(kernel - step)) / 2e-2
    return np.abs(gradient - numeric).max() / np.abs(numeric).max()


def test_only_the_native_gradient_goes_through_sigma():
    native, addons = _gradient_error(True), _gradient_error("addons")
    print(f"gradient error: native {native:.4f}, addons {addons:.4f}")
    assert native < 0.01
    assert addons > 0.05


def test_addons_overwrites_its_kernel_at_each_training_call():
    inputs = tf.ones(SHAPE)
    native, addons = _layer(True), _layer("addons")
    before = np.asarray(native.layer.kernel)
    outputs = {layer: [layer(inputs, training=True).numpy() for _ in range(3)] for layer in (native, addons)}
    np.testing.assert_array_equal(before, native.layer.kernel)
    np.testing.assert_array_equal(outputs[native][0], outputs[native][2])
    change = np.abs(outputs[addons][2] - outputs[addons][0]).max() / np.abs(outputs[addons][0]).max()
    print(f"third call against the first: native 0, addons {change:.4f}")
    assert change > 0.01
    after = np.asarray(addons.layer.kernel)
    np.testing.assert_array_equal(addons(inputs), addons.layer(inputs))
    np.testing.assert_array_equal(after, addons.layer.kernel)
    np.testing.assert_array_equal(addons.normalized_kernel(), after)
    addons.scale_inputs()  # as an export for phones does
    np.testing.assert_array_equal(addons(inputs), addons.layer(inputs))


def test_it_counts_as_spectrally_normalised():
    assert len(spectral_layers(_layer("addons"))) == 1
