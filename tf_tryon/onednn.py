"""oneDNN's kernels on every x86 processor; for processes that are ours: the command line and its workers.

TensorFlow chooses them by itself only where there is AVX512-VNNI or newer. On a processor with AVX2 and nothing newer
its other kernels are slow at the gradients of convolutions of many channels on small maps (docs/scaling.md).
"""

from __future__ import annotations

import os
import platform
from typing import Final

SWITCH: Final = "TF_ENABLE_ONEDNN_OPTS"


def prefer() -> None:
    """Choose them, unless the environment says otherwise; TensorFlow looks while it is imported, and never again."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        os.environ.setdefault(SWITCH, "1")  # inherited by worker processes
