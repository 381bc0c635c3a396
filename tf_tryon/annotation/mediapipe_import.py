"""MediaPipe without what it imports for other tasks than ours: 55 MB, and all of TensorFlow where that is installed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Any, Final

_DOCUMENTATION: Final = "tensorflow.tools.docs"  # a decorator of MediaPipe's own documentation
_TASKS: Final = "mediapipe.tasks.python"
# Drawing brings OpenCV and matplotlib, sound brings PortAudio.
_LATER: Final = {
    f"{_TASKS}.{name}"
    for name in ("audio", "decision", "retrieval", "text", "vision.drawing_styles", "vision.drawing_utils")
}


def imported() -> tuple[Any, Any]:
    """MediaPipe and its tasks. Those that nobody needs here are loaded when somebody uses them.

    Raises:
      ImportError: MediaPipe isn't installed, or damaged.
    """
    loaded = _DOCUMENTATION in sys.modules
    if not loaded:
        sys.modules[_DOCUMENTATION] = None  # type: ignore[assignment] # so that importing it fails, and nothing else
    sys.meta_path.insert(0, _Later)
    try:
        return importlib.import_module("mediapipe"), importlib.import_module(_TASKS)
    finally:
        sys.meta_path.remove(_Later)
        if not loaded:
            del sys.modules[_DOCUMENTATION]


class _Later:
    """A finder of modules that are executed at their first use."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Of `_LATER` only."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname in _LATER else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec
