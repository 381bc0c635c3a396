"""Silence for what C++ libraries write to stderr; for processes that are ours: the command line and its workers."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
import tempfile
from collections.abc import Generator
from typing import Any

from tf_tryon import onednn

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_SILENT = "3"


def import_tensorflow() -> None:
    """Import TensorFlow with stderr held back; if TF_CPP_MIN_LOG_LEVEL is below 3, show what that lets through.

    Level 3 silences everything (the failed search for a GPU is an "error" to TensorFlow) but what is logged before
    the level is read: "oneDNN custom operations are on", "Could not find cuda drivers". Those go to the file descriptor
    itself, so it points at a temporary file during the import. If the import fails, what was held back is printed.

    For a user without a home TensorFlow would make a folder called "~" where he happens to be, so it gets another. It
    gets oneDNN's kernels, too (`onednn.prefer`).
    """
    onednn.prefer()
    if not os.path.isabs(os.path.expanduser("~")):
        os.environ.setdefault("KERAS_HOME", os.path.join(tempfile.gettempdir(), ".keras"))
    if os.environ.get(LEVEL, _SILENT) != _SILENT or "tensorflow" in sys.modules:
        importlib.import_module("tensorflow")
        return
    os.environ[LEVEL] = _SILENT  # inherited by worker processes
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            importlib.import_module("tensorflow")
        except BaseException:
            os.dup2(saved, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@contextlib.contextmanager
def only_python() -> Generator[None, None, None]:
    """Only Python reaches stderr: what C++ writes to the file descriptor goes nowhere, unless TF_CPP_MIN_LOG_LEVEL is
    below 3.

    The descriptor is changed once, not around each call into C++: other threads' lines are never lost. To be entered
    before anything keeps a hold of `sys.stderr`.
    """
    stderr = sys.stderr
    if os.environ.get(LEVEL, _SILENT) != _SILENT or not _is_descriptor_2(stderr):
        yield
        return
    stderr.flush()
    saved, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    with os.fdopen(os.dup(saved), "w", buffering=1, encoding=stderr.encoding, errors="backslashreplace") as own:
        os.dup2(nothing, 2)
        sys.stderr = own
        try:
            yield
        finally:
            sys.stderr = stderr
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nothing)


def _is_descriptor_2(stream: Any) -> bool:
    try:
        return bool(stream.fileno() == 2)
    except (AttributeError, OSError, ValueError):
        return False  # a stream in memory, or none
