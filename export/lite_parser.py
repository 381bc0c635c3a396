"""`tf-tryon export parser`: the built-in parsing network as a TFLite file, for photos without TensorFlow.

parser_float16.tflite   signature parse(picture, mask, has_mask, keypoints) -> probabilities; batch 1
parser_float16.json     the sidecar: its input's size, its confidences' lines, of which weights
"""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Callable
from typing import Any, Final

from tf_tryon.annotation.parser_file import FORMAT, NAME, SIGNATURE, VERSION
from tf_tryon.export import lite_file
from tf_tryon.export.apart import apart
from tf_tryon.export.tflite_merge import Part, merge
from tf_tryon.writing import results
from tf_tryon.writing.results import new_files

BY: Final = "tf-tryon export parser"


def export(weights: pathlib.Path, folder: pathlib.Path, log: Callable[[str], None] = lambda text: None) -> pathlib.Path:
    """Writes the file and the sidecar, whole or not at all; returns the path of the .tflite file.

    Args:
      weights: a file of `tf-tryon parser train`.
      folder: to write to.
      log: called with each line of progress.

    Raises:
      FileNotFoundError, BadFileError: no such weights.
      TryOnError: files are in the way that this did not write, or the converter failed.
    """
    check_place(folder)
    described, part = apart(_convert, weights, log=log)
    content = merge({SIGNATURE: part}, "tf_tryon, the parser, float16")
    with new_files(folder, f"{NAME}.json", by=BY) as new:
        fields = {**described, "weights": hashlib.sha256(weights.read_bytes()).hexdigest()}
        lite_file.write(new, NAME, content, FORMAT, VERSION, fields)
    return folder / f"{NAME}.tflite"


def check_place(folder: str | pathlib.Path) -> None:
    """Raise InTheWayError if the folder holds files of these names that `export` did not write."""
    results.check(folder, f"{NAME}.json", by=BY, names=(f"{NAME}.tflite",))


def _convert(log: Callable[[str], None], weights: pathlib.Path) -> tuple[dict[str, Any], Part]:
    """The sidecar's fields that follow from the weights, and the function."""
    from tf_tryon.annotation.parser_graph import answers
    from tf_tryon.annotation.parser_training import load_parser
    from tf_tryon.export.tflite_convert import part_of

    loaded = load_parser(weights)
    lines = loaded.calibration
    log("converting the parser")
    part = part_of(answers(loaded.network, loaded.config), "float16", [])
    model = loaded.config.model
    return {
        "height": model.height,
        "width": model.width,
        "calibration": None if lines is None else [[round(float(part), 6) for part in line] for line in lines],
    }, part
