"""Generators: outputs for every option."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.models.generator import Generator
from tf_tryon.training.variables import named_variables

SCALES = [(2, 2, 2, 3), (2, 4, 6, 3), (2, 8, 12, 3), (2, 16, 24, 3), (2, 32, 48, 3), (2, 64, 96, 3)]


def _random(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.mark.parametrize(
    ("scales", "options"),
    [
        (4, {"squash": True}),
        (1, {"skips": True, "spade": True, "upsample": "resize"}),
        (5, {"attention": False, "spectral": False, "spade": True}),
    ],
    ids=str,
)
def test_outputs(check_model, scales, options):
    model = Generator(3, output_scales=scales, width=0.125, **{"squash": False, **options})
    model.build((None, 64, 96, 7))
    visible = tf.cast(_random(2, 64, 96, 1) > 0, tf.float32)
    outputs = check_model(model, [_random(2, 64, 96, 7), visible], SCALES[-scales:], reload=scales != 5)
    assert all(x.dtype == tf.float32 for x in outputs)
    if options.get("squash"):
        assert max(float(tf.reduce_max(tf.abs(x))) for x in outputs) <= 1


@pytest.mark.parametrize(
    "options",
    [pytest.param({}, marks=pytest.mark.slow), {"skips": True, "spade": True, "upsample": "resize"}],
    ids=str,
)
def test_pooled_starts_as_the_same_net_at_half_the_size_enlarged(check_model, options):
    made = {"squash": False, "width": 0.125, "spectral": False, **options}
    model, small = Generator(3, pool=2, **made), Generator(3, **made)
    model.build((None, 64, 128, 7))
    small.build((None, 32, 64, 7))
    inputs, visible = _random(2, 64, 128, 7), tf.cast(_random(2, 64, 128, 1) > 0, tf.float32)
    check_model(model, [inputs, visible], [(2, 32, 64, 3), (2, 64, 128, 3)])
    model.finer.gamma.assign(0.0)  # as it starts
    half, whole = model(inputs, visible)
    own = named_variables(model, "g")
    for name, variable in named_variables(small, "g").items():
        variable.assign(own[name])
    expected = small(tf.nn.avg_pool2d(inputs, 2, 2, "VALID"), tf.nn.avg_pool2d(visible, 2, 2, "VALID"))[-1]
    np.testing.assert_allclose(half, expected, atol=1e-5)
    np.testing.assert_allclose(whole, tf.image.resize(half, (64, 128)), atol=1e-6)
    model.finer.gamma.assign(1.0)
    assert np.abs(model(inputs, visible)[-1] - whole).max() > 1e-3


def test_mixed_precision_computes_low_and_returns_float32():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    model = Generator(3, squash=True, output_scales=2, spade=True, skips=True, width=0.125)
    model.build((None, 32, 32, 5))
    inputs, visible = _random(1, 32, 32, 5), tf.ones((1, 32, 32, 1))
    graph = tf.function(model).get_concrete_function(inputs, visible).graph
    convolutions = [op for op in graph.get_operations() if op.type.startswith("Conv2D")]
    assert len(convolutions) > 30
    assert {op.outputs[0].dtype for op in convolutions} == {tf.bfloat16}
    assert {x.dtype for x in model(inputs, visible)} == {tf.float32}


def test_visible_tells_the_attention_what_to_fill():
    model = Generator(3, squash=False, width=0.125)
    model.build((None, 32, 32, 5))
    inputs = _random(1, 32, 32, 5)
    outputs = [np.asarray(model(inputs, tf.fill((1, 32, 32, 1), value))[-1]) for value in (0.0, 1.0)]
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-6
