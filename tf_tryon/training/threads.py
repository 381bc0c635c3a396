"""How many threads of the processor TensorFlow computes with."""

from __future__ import annotations

import tensorflow as tf


def limit(count: int) -> None:
    """At most `count` threads for an operation and as many operations at once; 0: as TensorFlow likes.

    Raises:
      RuntimeError: TensorFlow has computed something already.
    """
    if count:
        tf.config.threading.set_intra_op_parallelism_threads(count)
        tf.config.threading.set_inter_op_parallelism_threads(count)
