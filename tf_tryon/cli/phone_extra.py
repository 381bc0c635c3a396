"""What the verbs that put a TFLite file together need besides TensorFlow, asked for before anything else."""

from __future__ import annotations

import importlib.util

from tf_tryon.errors import TryOnError


def check() -> None:
    """Raise TryOnError, with what to install, unless the packages of the extra [phone] that write a file are there."""
    for package in ("ai_edge_litert", "flatbuffers"):
        if importlib.util.find_spec(package) is None:
            raise TryOnError(f"the file is put together with {package}: pip install 'tf-tryon[phone]'")
