"""Latent noise in TensorFlow, eagerly and inside a graph; `noise.py` has the rule, and the same in numpy."""

from __future__ import annotations

from typing import Final

import tensorflow as tf

from tf_tryon.stages import STAGES

WIDER: Final = 1.8  # the spread of draws that are made for a choice, of the prior's


def latent_noise(
    seed: int | tf.Tensor,
    stage: str,
    sample: int | tf.Tensor,
    shape: tuple[int, ...],
    attempt: int | tf.Tensor = 0,
) -> tf.Tensor:
    """Standard normal float32 of `shape` (h, w, c) for one sample's stage; works eagerly and inside a graph.

    `attempt` counts draws for the same sample, of which one is kept (`wearing.ATTEMPTS`): from 1 on they are keyed as
    further stages, and WIDER times as wide, as sleeves and hems of all lengths are to be among them.
    """
    block = STAGES.index(stage) + len(STAGES) * tf.cast(attempt, tf.int64)
    key = tf.stack([tf.cast(seed, tf.int64), tf.cast(sample, tf.int64) + block * 2**32])
    width = tf.where(tf.equal(attempt, 0), 1.0, WIDER)
    return width * tf.random.stateless_normal(shape, key, alg="philox")
