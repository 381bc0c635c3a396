"""One checker for all layers: shapes, dtypes, gradients, configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.layers import compat

# What a comparison allows in each precision, relative to the largest value.
TOLERANCE = {"float32": 1e-5, "mixed_bfloat16": 0.05}


def random(*shape: int, seed: int = 0, dtype: Any = np.float32) -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).standard_normal(shape).astype(np.float32), dtype)


def randomize(layer: Any, seed: int = 1) -> None:
    """Every trained weight drawn anew, so that no zero start hides a path."""
    rng = np.random.default_rng(seed)
    for weight in layer.trainable_weights:
        weight.assign(rng.normal(0, 0.3, weight.shape))


def relative(a: Any, b: Any) -> float:
    """Largest difference relative to b's largest value."""
    a, b = np.asarray(tf.cast(a, tf.float64)), np.asarray(tf.cast(b, tf.float64))
    assert a.shape == b.shape
    return float(np.abs(a - b).max() / max(float(np.abs(b).max()), 1e-12))


def run(layer: Any, inputs: Sequence[tf.Tensor], call: Callable[..., Any] | None = None) -> tuple[Any, list[Any]]:
    """Output and gradients in a graph, as a training step has it."""

    @tf.function
    def step(*given: tf.Tensor) -> tuple[Any, list[Any]]:
        with tf.GradientTape() as tape:
            output = (call or layer)(*given)
            parts = tf.nest.flatten(output)
            # Weights that differ by position: a plain sum has no gradient through a norm.
            loss = tf.add_n([tf.reduce_sum(tf.cast(p, tf.float32) * _pattern(p)) for p in parts])
        return output, tape.gradient(loss, [compat.raw(w) for w in layer.trainable_weights])

    return step(*inputs)


def _pattern(part: tf.Tensor) -> tf.Tensor:
    return tf.reshape(tf.sin(tf.range(tf.size(part), dtype=tf.float32) * 1.7), tf.shape(part))


@pytest.fixture
def check_layer() -> Callable[..., Any]:
    """(make, input shapes, output shape[, build shapes]): `make(dtype=...)` gives the layer, built from the shapes.

    Output shape, compute dtype, finite values and a gradient at every trained weight, in float32 and mixed_bfloat16,
    which must agree; variables stay float32; a layer from get_config with the same weights gives the same.
    """

    def check(
        make: Callable[..., Any],
        shapes: Sequence[tuple[int, ...]],
        expected: tuple[int, ...],
        built_from: Sequence[tuple[int, ...]] | None = None,
        exact: bool = True,
    ) -> None:
        outputs: dict[str, tf.Tensor] = {}
        weights: list[Any] = []
        for policy in ("float32", "mixed_bfloat16"):
            layer = make(dtype=policy)
            layer.build(*(shapes if built_from is None else built_from))
            randomize(layer)
            assert {weight.dtype for weight in layer.weights} <= {"float32", tf.float32}
            if weights:
                layer.set_weights(weights)
            weights = layer.get_weights()
            inputs = [random(*shape, seed=i, dtype=layer.compute_dtype) for i, shape in enumerate(shapes)]
            output, gradients = run(layer, inputs)
            first = output[0] if isinstance(output, (tuple, list)) else output
            assert first.shape == expected
            if exact:
                assert first.dtype == layer.compute_dtype
            for weight, gradient in zip(layer.trainable_weights, gradients, strict=True):
                assert gradient is not None, weight.name
                values = np.asarray(tf.convert_to_tensor(gradient))
                assert np.isfinite(values).all(), weight.name
                assert np.abs(values).max() > 0, weight.name
            outputs[policy] = tf.cast(first, tf.float32)
            if policy == "float32":
                again = type(layer).from_config(layer.get_config())
                again.build(*(shapes if built_from is None else built_from))
                again.set_weights(weights)
                second = again(*inputs)
                second = second[0] if isinstance(second, (tuple, list)) else second
                assert relative(second, first) < TOLERANCE["float32"]
        assert np.isfinite(outputs["mixed_bfloat16"]).all()
        assert relative(outputs["mixed_bfloat16"], outputs["float32"]) < TOLERANCE["mixed_bfloat16"]

    return check


@pytest.fixture(autouse=True)
def float32_policy() -> Any:
    """Tests that set a policy don't leave it behind."""
    yield
    keras.mixed_precision.set_global_policy("float32")
