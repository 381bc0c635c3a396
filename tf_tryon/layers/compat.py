"""The few calls that differ between Keras 2.15 and Keras 3. Nothing else in the project asks for a version.

Keras 2.15 comes with the extra `[addons]` (TensorFlow 2.15.1, tensorflow-addons), Keras 3 without it.
"""

from __future__ import annotations

import importlib
import warnings
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


def raw(variable: Any) -> tf.Variable:
    """The tf.Variable (or distributed variable) behind a Keras 3 variable; a Keras 2 variable is one itself."""
    return variable.value if KERAS_3 and isinstance(variable, keras.Variable) else variable


def is_variable(item: Any) -> bool:
    """Whether `item` is a variable of Keras or TensorFlow."""
    return isinstance(item, (tf.Variable, keras.Variable) if KERAS_3 else tf.Variable)


def mark_built(model: keras.Model, input_shape: Any) -> None:
    """To end a model's own build() with; Keras 2 notes the shape for `.keras` files only in its own."""
    if not KERAS_3:
        model._build_input_shape = tuple(input_shape)
    model.built = True


def sums_in_float32(dtype: tf.DType) -> bool:
    """Whether TensorFlow's sums and means of this type are accurate; 2.15 sums bfloat16 in bfloat16."""
    return dtype == tf.float32 or (KERAS_3 and dtype == tf.bfloat16)


def sublayers(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The layers that `layer` holds itself, also in lists, in building order."""
    return list(layer._layers if KERAS_3 else layer._flatten_layers(recursive=False, include_self=False))


def tensorflow_addons() -> Any:
    """The module; without its notice of end of life, which the README tells.

    Raises:
      ValueError: it is not installed, or can't be imported beside this TensorFlow.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r"\s*TensorFlow Addons \(TFA\) has ended", UserWarning)
            return importlib.import_module("tensorflow_addons")
    except ImportError as error:
        raise ValueError(
            f"config.model.spectral_norm = 'addons' needs tensorflow-addons beside TensorFlow 2.15 (here "
            f"{tf.__version__}: {error}); install `tf-tryon[addons]` with Python 3.11 in an environment of its own, or "
            "choose 'native'"
        ) from error
