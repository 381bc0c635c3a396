"""From the shape stage's networks to flatbuffers, in a process of its own."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tf_tryon.errors import TryOnError
from tf_tryon.export.apart import apart
from tf_tryon.export.phone_inputs import Contract, Inputs
from tf_tryon.export.tflite_merge import Part, order

QUANTIZE = ("int8", "dynamic", "float16", "float32")


def convert(
    model: pathlib.Path,
    quantize: str,
    contract: Contract,
    data: str | None,
    count: int,
    seed: int,
    log: Callable[[str], None],
) -> tuple[dict[str, Part], list[float]]:
    """The stage's functions by name, and what a unit of their codes is worth.

    Args:
      model: the shape stage's folder.
      quantize: one of `QUANTIZE`.
      contract: of the file to come.
      data: folder of records to calibrate int8 on (its split "train"), or None.
      count: people for it.
      seed: which people, and their noise.
      log: called with each line of progress.

    Raises:
      TryOnError: the process failed; the message has its reason.
    """
    return apart(_convert, model, quantize, contract, data, count, seed, log=log)


def _convert(
    log: Callable[[str], None],
    model: pathlib.Path,
    quantize: str,
    contract: Contract,
    data: str | None,
    count: int,
    seed: int,
) -> tuple[dict[str, Part], list[float]]:
    from tf_tryon.data.records import open_records
    from tf_tryon.export import tflite_calibration as calibration
    from tf_tryon.export.tflite_equalise import equalise, scale_codes
    from tf_tryon.export.tflite_graph import functions, prepare
    from tf_tryon.inference.stage import Stage

    stage = Stage.load(model)
    networks, scale = stage.networks, np.ones(contract.grid[2], np.float32)
    samples: dict[str, list[dict[str, np.ndarray]]] = {}
    drawn: list[tuple[Inputs, np.ndarray]] = []
    if quantize == "int8":
        chosen = calibration.people(open_records(data), "train", contract, count, seed)
        log(f"calibrating on {len(chosen)} people")
        drawn = calibration.draws(networks, chosen, stage.means, contract, seed)
    prepare(networks, integer=quantize == "int8")
    made = functions(networks)
    if quantize == "int8":
        scale = scale_codes(networks, np.concatenate([codes for _, codes in drawn]))
        samples["generate"] = [calibration.laid(*one, scale, contract) for one in drawn]
        equalise(networks, samples["generate"])
        samples["encode"] = [{"context": inputs.context[None]} for inputs, _ in drawn]
    if quantize == "int8" and "prior" in made:
        samples["prior"] = [
            {"features": made["encode"](one["context"])["features"].numpy(), "codes": (codes / scale)[None]}
            for one, (_, codes) in zip(samples["encode"], drawn, strict=True)
        ]
    parts = {}
    for name, function in made.items():
        log(f"converting {name}")
        parts[name] = part_of(function, quantize, samples.get(name, []))
    return parts, [float(value) for value in scale]


def part_of(function: Any, quantize: str, samples: list[dict[str, np.ndarray]]) -> Part:
    """A traced function's flatbuffer; `samples` are inputs from which int8 takes its ranges."""
    import warnings

    import tensorflow as tf

    concrete = function.get_concrete_function()
    names = [spec.name for spec in function.input_signature]
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    if quantize != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if quantize == "int8":

        def representative() -> Iterator[list[np.ndarray]]:
            for sample in samples:
                yield [sample[name].astype(np.float32) for name in names]

        converter.representative_dataset = representative
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    else:
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter announces its own interpreter's end
        content = converter.convert()
    file_inputs, file_outputs = order(content)
    # Tensors are called after the function's arguments; outputs come in the order of the sorted names.
    inputs = tuple(name.split(":")[0].removeprefix("serving_default_") for name, _ in file_inputs)
    if sorted(inputs) != sorted(names):
        raise TryOnError(f"the converter named the inputs {inputs}, not {names}: its version isn't known to this one")
    outputs = tuple(sorted(concrete.structured_outputs))
    if len(outputs) != len(file_outputs):
        raise TryOnError(f"the converter made {len(file_outputs)} outputs of {outputs}")
    return Part(content, inputs, outputs)
