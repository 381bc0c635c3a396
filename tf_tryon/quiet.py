"""Loads TensorFlow without the lines that its C++ writes to stderr at start-up."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import tempfile

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_SILENT = "3"


def import_tensorflow() -> None:
    """Import TensorFlow with stderr held back; if TF_CPP_MIN_LOG_LEVEL is below 3, show what that lets through.

    Level 3 silences everything (the failed search for a GPU is an "error" to TensorFlow) but what is logged before
    the level is read: "oneDNN custom operations are on", "Could not find cuda drivers". Those go to the file descriptor
    itself, so it points at a temporary file during the import. If the import fails, what was held back is printed.
    """
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
