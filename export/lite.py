"""`tf-tryon export lite`: both stages, sampling included, as one TFLite file for completion without TensorFlow.

lite/completion_mixed.tflite             signatures {shape,texture}_{encode,draw,score,generate}; batch 1
lite/completion_mixed.json               the sidecar: how a photo is seen, what is completed, of which weights
lite/completion_mixed_{shape,texture}.png  what stands for a garment that a photo doesn't show
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any, Final

from PIL import Image

from tf_tryon.derived import centred_channels
from tf_tryon.errors import TryOnError
from tf_tryon.export import lite_file
from tf_tryon.export.apart import apart
from tf_tryon.export.tflite_merge import Part, merge
from tf_tryon.inference.bundled import model_folder, weights_digest
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.inference.stage_files import read_means
from tf_tryon.lite.networks import FUNCTIONS
from tf_tryon.lite.sidecar import BUNDLED, FORMAT, QUANTIZE, VERSION, Data, name_of
from tf_tryon.stages import STAGES
from tf_tryon.writing import results
from tf_tryon.writing.results import new_files

BY: Final = "tf-tryon export lite"
_EIGHT_BITS: Final = {  # functions whose kernels are rounded to 8 bits
    "float16": frozenset[str](),
    "mixed": frozenset({"texture_generate"}),
    "int8": frozenset(FUNCTIONS) - {"texture_behind"},  # which has no kernels
}


def export(
    model: str | pathlib.Path | None,
    folder: str | pathlib.Path,
    quantize: str = BUNDLED,
    log: Callable[[str], None] = lambda text: None,
) -> pathlib.Path:
    """Writes the file, the mean garments and the sidecar, whole or not at all.

    Args:
      model: "street", "studio" or a folder that `tf-tryon bundle` wrote.
      folder: to write to.
      quantize: float16 (weights, where that loses nothing), mixed (the texture's generator's kernels have 8 bits), int8
        (all kernels), or dynamic (what is between them is rounded to 8 bits, too, while it runs).
      log: called with each line of progress.

    Returns:
      The path of the .tflite file.

    Raises:
      TryOnError: the model has one stage or is a baseline, or files are in the way that this did not write.
    """
    if quantize not in QUANTIZE:
        raise ValueError(f"quantize {quantize!r}: choose one of {', '.join(QUANTIZE)}")
    source, folder = model_folder(model), pathlib.Path(folder)
    folder_of_model = ModelFolder(source)
    check_exportable(folder_of_model)
    check_place(folder, quantize)
    digest, parts = apart(_convert, source, quantize, log=log)
    content = merge(parts, f"tf_tryon, both stages, {quantize}")
    name = name_of(quantize)
    data = folder_of_model.configs["texture"].data
    with new_files(folder, f"{name}.json", by=BY) as new:
        means = {}
        for stage, config in folder_of_model.configs.items():
            pixels = read_means(source / stage, config)
            means[stage] = _means_of(name, stage)
            Image.fromarray(pixels.reshape(-1, *pixels.shape[2:])).save(new.path / means[stage])
        fields = {
            "quantize": quantize,
            "data": {field.name: data[field.name] for field in dataclasses.fields(Data)},
            "garments": list(folder_of_model.garments),
            "centred": {stage: centred_channels(config) for stage, config in folder_of_model.configs.items()},
            "codes": {stage: _codes(config) for stage, config in folder_of_model.configs.items()},
            "means": means,
            "model": digest,
            "weights": {stage: weights_digest(source / stage) for stage in folder_of_model.configs},
        }
        lite_file.write(new, name, content, FORMAT, VERSION, fields)
    return folder / f"{name}.tflite"


def check_place(folder: str | pathlib.Path, quantize: str) -> None:
    """Raise InTheWayError if the folder holds files of these names that `export` did not write."""
    name = name_of(quantize)
    names = [f"{name}.tflite", *(_means_of(name, stage) for stage in STAGES)]
    results.check(folder, f"{name}.json", by=BY, names=names)


def _means_of(name: str, stage: str) -> str:
    return f"{name}_{stage}.png"


def check_exportable(model: ModelFolder) -> None:
    """Raise TryOnError unless it has two stages of the family "tryon"."""
    model.check_exportable()
    families = {config.model.family for config in model.configs.values()}
    if families != {"tryon"}:
        raise TryOnError(f"a baseline ({', '.join(sorted(families))}) has no TFLite export: give a model of our own")


def _codes(config: Any) -> list[int]:
    from tf_tryon.config import latent_shape

    return list(latent_shape(config))


def _convert(log: Callable[[str], None], source: pathlib.Path, quantize: str) -> tuple[str, dict[str, Part]]:
    """The model's hash and its functions, by name."""
    from tf_tryon.export.lite_graph import functions
    from tf_tryon.export.tflite_convert import part_of
    from tf_tryon.export.tflite_weights import narrowed
    from tf_tryon.inference.tryon import TryOn

    model, parts = TryOn.load(source, folded=False), {}
    digest = model.model
    for name, function in functions(model).items():
        log(f"converting {name}")
        parts[name] = part = part_of(function, "dynamic" if quantize == "dynamic" else "float32", [])
        if quantize != "dynamic":
            narrow = narrowed(part.content, eight_bits=name in _EIGHT_BITS[quantize])
            parts[name] = dataclasses.replace(part, content=narrow)
    return digest, parts
