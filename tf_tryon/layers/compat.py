"""The few calls that differ between Keras 2.15 and Keras 3. Nothing else in the project asks for a version."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

KERAS_3 = int(keras.__version__.split(".")[0]) >= 3


def add_weight(
    layer: keras.layers.Layer,
    name: str,
    shape: tuple[int, ...],
    initializer: Any,
    trainable: bool = True,
    only_first_replica: bool = False,
) -> Any:
    """A float32 variable that mixed precision does not cast behind the layer's back.

    `only_first_replica` is for state that every replica computes alike: one replica's value is kept, none is summed.
    """
    options: dict[str, Any] = {"name": name, "shape": shape, "initializer": initializer, "trainable": trainable}
    options["dtype"] = "float32"
    if KERAS_3:
        options["autocast"] = False
        if only_first_replica:
            options["aggregation"] = "only_first_replica"
    else:
        options["experimental_autocast"] = False
        if only_first_replica:
            options["aggregation"] = tf.VariableAggregation.ONLY_FIRST_REPLICA
    return layer.add_weight(**options)
