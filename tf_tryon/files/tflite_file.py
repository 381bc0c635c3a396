"""The signatures of a TFLite file, called with numpy arrays; ai-edge-litert is imported when one is opened."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pathlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from tf_tryon.errors import BadFileError, TryOnError

INSTALL: Final = "pip install ai-edge-litert"
_MOST_THREADS: Final = 4


def installed() -> bool:
    """Whether files can be opened here."""
    return importlib.util.find_spec("ai_edge_litert") is not None


class Signatures:
    """A file's functions.

    Args:
      path: of the file.
      names: of the signatures that it must have.
      remedy: what to do about a damaged one.
      threads: of the interpreter; None: the processor's, at most 4.

    Raises:
      TryOnError: ai-edge-litert isn't installed.
      BadFileError: the file is damaged, or lacks a signature.
    """

    def __init__(self, path: pathlib.Path, names: Iterable[str], remedy: str, threads: int | None = None) -> None:
        try:
            self._interpreter: Any = importlib.import_module("ai_edge_litert.interpreter").Interpreter
        except ImportError as error:
            raise TryOnError(f"completing without TensorFlow needs ai-edge-litert: {INSTALL}") from error
        self._threads = threads or min(_MOST_THREADS, len(os.sched_getaffinity(0)))
        self._path, self._names, self._remedy = path, tuple(names), remedy
        self._runners = self._opened()

    def run(self, name: str, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """A signature's outputs, of its inputs by name; `given` may hold more."""
        self._runners = self._runners or self._opened()
        runner = self._runners[name]
        return runner(**{key: given[key] for key in runner.get_input_details()})

    def rest(self) -> None:
        """Gives up what `run` keeps: memory and unpacked weights of each signature. The next `run` opens the file."""
        self._runners = {}

    def _opened(self) -> dict[str, Any]:
        try:
            interpreter = self._interpreter(model_path=str(self._path), num_threads=self._threads)
            return {name: interpreter.get_signature_runner(name) for name in self._names}
        except (ValueError, RuntimeError) as error:
            raise BadFileError(f"{self._path} is damaged ({error}): {self._remedy}") from error
