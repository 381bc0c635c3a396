"""Latent noise of a request: a function of (seed, stage, sample), so that sample k is the same however many are asked
for, and the same from Python and from an exported graph.

TensorFlow's stateless Philox generator, keyed with the two 64-bit integers

    (seed, stage * 2^32 + sample)        stage: 0 shape, 1 texture; sample: 0, 1, ...
"""

from __future__ import annotations

import tensorflow as tf

STAGES = {"shape": 0, "texture": 1}
MAX_SEED = 2**63 - 1
MAX_SAMPLE = 2**31 - 1


def latent_noise(seed: int | tf.Tensor, stage: str, sample: int | tf.Tensor, shape: tuple[int, ...]) -> tf.Tensor:
    """Standard normal float32 of `shape` (h, w, c) for one sample's stage; works eagerly and inside a graph."""
    key = tf.stack([tf.cast(seed, tf.int64), tf.cast(sample, tf.int64) + (STAGES[stage] << 32)])
    return tf.random.stateless_normal(shape, key, alg="philox")
