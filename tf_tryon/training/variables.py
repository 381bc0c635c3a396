"""Variables by name: the path of attributes that hold them, the same in every process, Keras version and run."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from tf_tryon.layers import compat


def named_variables(layer: keras.layers.Layer, prefix: str) -> dict[str, tf.Variable]:
    """Every variable of a built layer or model by its path of attributes: "generator/blocks/0/conv_1/kernel".

    List items are numbered from 0 ("ups/0/..."). The layer that a wrapper holds as its attribute `layer` adds no part
    of its own, so that spectrally normalised kernels are called like plain ones.

    Raises:
      ValueError: a variable of the model can't be reached through attributes.
    """
    by_name: dict[str, tf.Variable] = {}
    seen: set[int] = set()
    internal = {*vars(keras.layers.Layer()), *vars(keras.Model())}  # Keras's own lists of what it tracks

    def visit(item: Any, path: str) -> None:
        if isinstance(item, keras.layers.Layer):
            if id(item) in seen:
                return
            seen.add(id(item))
            own = [(n, v) for n, v in vars(item).items() if n not in internal and not n.startswith(("_self_", "_obj_"))]
            for name, value in sorted(own, key=lambda pair: pair[0].startswith("_")):  # public names first
                visit(value, path if name == "layer" else f"{path}/{name.lstrip('_')}")
        elif compat.is_variable(item):
            variable = compat.raw(item)
            if id(variable) not in seen:
                seen.add(id(variable))
                by_name[path] = variable
        elif isinstance(item, dict):
            for key, value in item.items():
                visit(value, f"{path}/{key}")
        elif isinstance(item, (list, tuple)):
            for index, value in enumerate(item):
                visit(value, f"{path}/{index}")

    visit(layer, prefix)
    reached = {id(v) for v in by_name.values()}
    lost = [v.name for v in layer.variables if id(compat.raw(v)) not in reached]
    if lost:
        raise ValueError(f"{prefix}: variables that no attribute holds: {', '.join(lost)}")
    return by_name


def network_variables(nets: Any, discriminator: bool = True) -> dict[str, tf.Variable]:
    """Variables of `Networks` by name; those of the discriminator, if there is one, if asked."""
    by_name: dict[str, tf.Variable] = {}
    for name, model in (nets.models if discriminator else nets.inference_models).items():
        by_name.update(named_variables(model, name))
    return by_name


def trainable(variables: dict[str, tf.Variable]) -> dict[str, tf.Variable]:
    """Those that gradients change (not, for instance, spectral norms' u)."""
    return {name: variable for name, variable in variables.items() if variable.trainable}
