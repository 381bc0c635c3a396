"""Weights that halves hold exactly are stored so, others stay as they are; or kernels have 8 bits by output channel."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.export.tflite import tensor_types
from tf_tryon.export.tflite_convert import part_of
from tf_tryon.export.tflite_merge import Part, merge
from tf_tryon.export.tflite_weights import narrowed


def converted(kernel: np.ndarray) -> Part:
    @tf.function(input_signature=[tf.TensorSpec((1, 8, 8, 16), name="x")], autograph=False)
    def convolve(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": tf.nn.conv2d(x, tf.constant(kernel), 1, "SAME")}

    return part_of(convolve, "float32", [])


@pytest.mark.parametrize("exact", [True, False])
def test_exact_weights_are_halves(exact: bool) -> None:
    from ai_edge_litert.interpreter import Interpreter

    draw = np.random.default_rng(0)
    kernel = draw.standard_normal((3, 3, 16, 32), np.float32)
    kernel = kernel.astype(np.float16).astype(np.float32) if exact else kernel
    part = converted(kernel)
    content = merge({"f": Part(narrowed(part.content), part.inputs, part.outputs)}, "")
    kinds = tensor_types(content)["f"]["tensors"]
    assert ("FLOAT16" in kinds) == exact
    assert (len(content) < 0.7 * len(part.content)) == exact
    x = draw.standard_normal((1, 8, 8, 16), np.float32)
    actual = Interpreter(model_content=content).get_signature_runner("f")(x=x)["y"]
    np.testing.assert_allclose(actual, tf.nn.conv2d(x, kernel, 1, "SAME"), atol=1e-4)


def test_constant_maps_are_halves() -> None:
    @tf.function(input_signature=[tf.TensorSpec((1, 64, 64, 3), name="x")], autograph=False)
    def joined(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": tf.concat([x, tf.ones((1, 64, 64, 4))], -1)}

    from ai_edge_litert.interpreter import Interpreter

    part = part_of(joined, "float32", [])
    content = merge({"f": Part(narrowed(part.content), part.inputs, part.outputs)}, "")
    assert len(content) < 0.7 * len(part.content)
    x = np.random.default_rng(0).standard_normal((1, 64, 64, 3), np.float32)
    actual = Interpreter(model_content=content).get_signature_runner("f")(x=x)["y"]
    np.testing.assert_array_equal(actual, np.concatenate([x, np.ones((1, 64, 64, 4), np.float32)], -1))


def test_kernels_have_eight_bits_with_a_scale_for_each_output_channel() -> None:
    from ai_edge_litert.interpreter import Interpreter

    draw = np.random.default_rng(0)
    kernel = draw.standard_normal((3, 3, 16, 32), np.float32) * np.geomspace(1e-3, 10, 32, dtype=np.float32)
    part = converted(kernel)
    content = merge({"f": Part(narrowed(part.content, eight_bits=True), part.inputs, part.outputs)}, "")
    assert "INT8" in tensor_types(content)["f"]["tensors"]
    assert len(content) < 0.45 * len(part.content)
    scale = np.abs(kernel).max((0, 1, 2)) / 127
    rounded = np.rint(kernel / scale) * scale
    x = draw.standard_normal((1, 8, 8, 16), np.float32)
    actual = Interpreter(model_content=content).get_signature_runner("f")(x=x)["y"]
    expected = tf.nn.conv2d(x, rounded.astype(np.float32), 1, "SAME").numpy()
    np.testing.assert_allclose(actual / scale, expected / scale, atol=0.05, rtol=1e-4)
