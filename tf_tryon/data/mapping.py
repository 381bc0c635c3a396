"""`Dataset.map` as all of the project calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def mapped(dataset: tf.data.Dataset, function: Callable[..., Any], parallel: bool = False) -> tf.data.Dataset:
    """`dataset` with `function`, written in `tf.*` alone, of each element; in order also where it runs in parallel.

    AutoGraph leaves `function` as it is: to rewrite the source of all that it calls, and of all that this calls, takes
    longer than to trace it.
    """
    traced = tf.autograph.experimental.do_not_convert(function)
    return dataset.map(traced, num_parallel_calls=tf.data.AUTOTUNE if parallel else None)
