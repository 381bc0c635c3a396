"""`tf-tryon export tflite`: the whole shape stage as one file for phones and browsers, its sidecar and mean garments.

phone/shape_int8.tflite        signatures encode, prior, generate; batch 1
phone/shape_int8.json          the sidecar: how to build the inputs, scales, labels, licence
phone/shape_int8_means.png     what stands for a garment that a photo doesn't show
phone/shape_int8_report.json   measured (`tflite_report.py`)
"""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
from ml_collections import ConfigDict
from PIL import Image

from tf_tryon.config import latent_shape
from tf_tryon.data.boxes import MIN_AREA
from tf_tryon.data.keypoints import NAMES
from tf_tryon.data.pose_maps import reach_of
from tf_tryon.data.vocabulary import CLASSES, GARMENTS, PALETTE
from tf_tryon.derived import draw_temperatures
from tf_tryon.errors import TryOnError
from tf_tryon.export.phone_inputs import Contract
from tf_tryon.export.phone_runner import FORMAT, VERSION
from tf_tryon.export.tflite_convert import QUANTIZE, convert
from tf_tryon.export.tflite_merge import Part, merge
from tf_tryon.export.tflite_place import BY, check_place, names_of
from tf_tryon.files.regular import size_of
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.inference.stage_files import WEIGHTS, read_config, read_means
from tf_tryon.writing.results import new_files

_STD_FLOOR = 1e-4  # of tf_tryon.layers.gaussian


def export(
    model: str | pathlib.Path,
    folder: str | pathlib.Path,
    quantize: str,
    data: str | None = None,
    people: int = 100,
    seed: int = 0,
    log: Callable[[str], None] = lambda text: None,
) -> pathlib.Path:
    """Writes the file, the mean garments and the sidecar, which lists both and comes last, so what it lists is whole.

    Args:
      model: a folder with `shape/`, as `tf-tryon bundle` writes it.
      folder: to write to.
      quantize: int8 (weights and activations, 8 bits in and out), dynamic (int8 weights), float16 (weights) or float32.
      data: folder of records; int8 is calibrated on its split "train".
      people: to calibrate on.
      seed: which people.
      log: called with each line of progress.

    Returns:
      The path of the .tflite file.

    Raises:
      TryOnError: something is missing or doesn't fit, or files are in the way that this did not write; nothing was
        written.
    """
    if quantize not in QUANTIZE:
        raise ValueError(f"quantize {quantize!r}: choose one of {', '.join(QUANTIZE)}")
    check_place(folder, quantize)
    if quantize == "int8" and not data:
        raise TryOnError("int8 needs the ranges that real people give: name a folder of records with --data")
    ModelFolder(model).check_for_phones()
    source, folder = pathlib.Path(model) / "shape", pathlib.Path(folder)
    config, means = read_stage(source)
    contract = contract_of(config)
    parts, scale = convert(source, quantize, contract, data, people, seed, log)
    contract = dataclasses.replace(contract, code_scale=tuple(scale))
    content = merge(parts, f"tf_tryon shape stage, {quantize}")
    check(content, quantize)
    names = names_of(quantize)
    with new_files(folder, names.sidecar, by=BY) as new:
        Image.fromarray(means.reshape(-1, *means.shape[2:])).save(new.path / names.means)
        (new.path / names.model).write_bytes(content)
        new.content = _sidecar(content, parts, contract, quantize, names.means)
        new.content["weights"] = hashlib.sha256((source / WEIGHTS).read_bytes()).hexdigest()
    return folder / names.model


def read_stage(folder: pathlib.Path) -> tuple[ConfigDict, np.ndarray]:
    """Configuration and mean garments (4, H, W, 3) uint8 of a bundle's shape stage, checked before TensorFlow loads."""
    size_of(folder / WEIGHTS, "--model takes a folder that `tf-tryon bundle` wrote")
    config = read_config(folder, "shape")
    return config, read_means(folder, config)


def contract_of(config: ConfigDict) -> Contract:
    """How the inputs of a configuration's file are built; codes in true units."""
    model, data = config.model, config.data
    return Contract(
        height=data.height,
        width=data.width,
        garments=tuple(name for name in GARMENTS if data.targets[name] > 0),
        box_widen=data.box_widen,
        keypoint_reach=reach_of(data.keypoint_radius, data.height),
        min_area=MIN_AREA,
        visible_channel=model.decoder_norm == "spade",
        context_pool=model.context_pool,
        context_given=model.encoder_context,
        grid=latent_shape(config),
        shared=model.latent_shared,
        aligned=model.latent_layout == "aligned",
        replaces=model.replaces,
        autoregressive=model.prior == "autoregressive",
        std_floor=_STD_FLOOR,
        temperatures=draw_temperatures(config),
        code_scale=(1.0,) * model.latent_channels,
    )


def check(content: bytes, quantize: str) -> None:
    """Raises TryOnError unless there is no Flex operator and, in int8, no float anywhere and int8 in and out."""
    signatures = tensor_types(content)
    flex = sorted({op for details in signatures.values() for op in details["operators"] if op.startswith("Flex")})
    if flex:
        raise TryOnError(f"the file needs TensorFlow's own kernels ({', '.join(flex)}): it runs on no phone")
    if quantize != "int8":
        return
    for name, details in signatures.items():
        floats = {kind for kind in details["tensors"] if kind.startswith("FLOAT")}
        ends = set(details["inputs"]) | set(details["outputs"])
        if floats or ends != {"INT8"}:
            raise TryOnError(
                f"{name} isn't pure int8: {', '.join(sorted(floats))} inside, {', '.join(ends)} at its ends"
            )


def tensor_types(content: bytes) -> dict[str, dict[str, list[str]]]:
    """Of each signature: the types of all tensors, of inputs and of outputs, and the operators, from the flatbuffer."""
    from ai_edge_litert import schema_py_generated as schema

    types = {value: name for name, value in vars(schema.TensorType).items() if not name.startswith("_")}
    builtin = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    model = schema.ModelT.InitFromPackedBuf(content)
    described = {}
    for signature in model.signatureDefs:
        graph = model.subgraphs[signature.subgraphIndex]
        operators = set()
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex]
            custom = code.customCode
            operators.add(custom.decode() if custom else builtin[max(code.builtinCode, code.deprecatedBuiltinCode)])
        key = signature.signatureKey
        described[key.decode() if isinstance(key, bytes) else key] = {
            "tensors": sorted({types[tensor.type] for tensor in graph.tensors}),
            "inputs": [types[graph.tensors[i].type] for i in graph.inputs],
            "outputs": [types[graph.tensors[i].type] for i in graph.outputs],
            "operators": sorted(operators),
        }
    return described


def _sidecar(content: bytes, parts: dict[str, Part], contract: Contract, quantize: str, means: str) -> dict[str, Any]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content)
    signatures = {}
    for name, part in parts.items():
        runner = interpreter.get_signature_runner(name)
        details = {"inputs": runner.get_input_details(), "outputs": runner.get_output_details()}
        signatures[name] = {
            side: {key: _tensor(tensors[key]) for key in sorted(tensors)} for side, tensors in details.items()
        }
        signatures[name]["bytes"] = len(part.content)
    return {
        "format": FORMAT,
        "version": VERSION,
        "quantize": quantize,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "batch": 1,
        "signatures": signatures,
        "inputs": dataclasses.asdict(contract) | {"given": _given_channels(contract), "keypoints": list(NAMES)},
        "means": {"file": means, "order": list(GARMENTS)},
        "labels": [
            {"id": label, "name": name, "colour": PALETTE[label].tolist()} for label, name in enumerate(CLASSES)
        ],
        "guide": "docs/phone.md",
    }


def _tensor(detail: dict[str, Any]) -> dict[str, Any]:
    dtype = np.dtype(detail["dtype"])
    described: dict[str, Any] = {"shape": [int(side) for side in detail["shape"]], "dtype": dtype.name}
    if dtype.kind == "i":
        scale, zero = detail["quantization"]
        limits = np.iinfo(dtype)
        reach = [(limit - zero) * scale for limit in (limits.min, limits.max)]
        described |= {"scale": float(scale), "zero_point": int(zero), "range": [round(float(end), 5) for end in reach]}
    return described


def _given_channels(contract: Contract) -> list[str]:
    """What each channel of `given` is, in order."""
    maps = [f"erased {name}" for name in CLASSES] + ["face and hair"] + [f"keypoint {name}" for name in NAMES]
    return maps + (["visible"] if contract.visible_channel else [])
