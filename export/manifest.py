"""`manifest.json` of an exported version: what it is, what it was made from, what goes in and out."""

from __future__ import annotations

import importlib.metadata
import json
import pathlib
import subprocess
import time
from typing import Any

import keras
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tf_tryon.config import to_json
from tf_tryon.data.vocabulary import CLASSES
from tf_tryon.inference.tryon import TryOn

FILE = "manifest.json"


def content(
    folder: pathlib.Path,
    model: TryOn,
    settings: dict[str, int],
    parity: dict[str, dict[str, float]],
    revision: str = "",
) -> dict[str, Any]:
    """What it says of a version, but for the list of the version's files with their SHA-256, which is added.

    Args:
      folder: the version's; the graph is there.
      model: what was exported.
      settings: the export's own.
      parity: `parity.check`'s result.
      revision: of the source code; empty: git's, if the package lies in a checkout.
    """
    shape, texture = model.shape, model.texture
    assert shape is not None  # else the export has refused it
    graph = tf.saved_model.experimental.read_fingerprint(str(folder))
    return {
        "fingerprint": {
            name: format(getattr(graph, name), "016x")
            for name in ("saved_model_checksum", "graph_def_program_hash", "signature_def_hash", "checkpoint_hash")
        },
        "model": model.model,
        "weights": {"shape": shape.digest, "texture": texture.digest},
        "revision": revision or _git_revision(),
        "versions": {
            "tf_tryon": importlib.metadata.version("tf-tryon"),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "garments": list(model.garments),
        "classes": list(CLASSES),
        "input_size": list(model.size),
        "settings": settings,
        "ranked_by": ["likelihood", *(["discriminator"] if texture.judges else [])],
        "parity": parity,
        "signatures": _signatures(folder),
        "config": {stage.config.stage: json.loads(to_json(stage.config)) for stage in (shape, texture)},
    }


def _signatures(folder: pathlib.Path) -> dict[str, Any]:
    """Inputs and outputs with dtype and shape (null: the batch), by signature, as the written graph has them."""
    saved = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    definitions = saved.meta_graphs[0].signature_def
    return {
        name: {side: _tensors(getattr(definitions[name], side)) for side in ("inputs", "outputs")}
        for name in sorted(definitions)
        if not name.startswith("__")
    }


def _tensors(tensors: Any) -> dict[str, Any]:
    return {
        name: {
            "dtype": tf.dtypes.as_dtype(info.dtype).name,
            "shape": [None if side.size < 0 else side.size for side in info.tensor_shape.dim],
        }
        for name, info in sorted(tensors.items())
    }


def _git_revision() -> str:
    """The checkout's commit; empty without git or outside a checkout."""
    command = ["git", "-C", str(pathlib.Path(__file__).resolve().parent), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
