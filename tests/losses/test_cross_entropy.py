import numpy as np
import tensorflow as tf

from tf_tryon.losses.cross_entropy import cross_entropy


def _example(seed=0, batch=3, size=4, classes=8):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, (batch, size, size))
    return np.eye(classes, dtype=np.float32)[labels], rng.normal(size=(batch, size, size, classes)).astype(np.float32)


def test_is_the_mean_over_pixels_of_minus_log_probability():
    parsing, logits = _example()
    expected = -(parsing * (logits - np.log(np.exp(logits).sum(-1, keepdims=True)))).sum(-1).mean((1, 2))
    np.testing.assert_allclose(cross_entropy(parsing, logits), expected, rtol=1e-5)


def test_uniform_logits_cost_log_classes():
    parsing, logits = _example()
    np.testing.assert_allclose(cross_entropy(parsing, np.zeros_like(logits)), np.full(3, np.log(8)), rtol=1e-6)


def test_extra_weight_counts_pixels_twice_and_half_precision_is_cast():
    parsing, logits = _example()
    whole = cross_entropy(parsing, logits)
    weights = np.full((3, 4, 4, 1), 2.0, np.float32)
    np.testing.assert_allclose(cross_entropy(parsing, logits, weights), 2 * whole, rtol=1e-6)
    half = cross_entropy(parsing, tf.cast(logits, tf.bfloat16))
    assert half.dtype == tf.float32
    assert half.shape == (3,)
