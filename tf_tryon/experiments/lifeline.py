"""Workers end with the experiment that started them, however that ends.

The experiment holds the writing end of a pipe that nothing is written to, and each worker's stdin is the reading end.
It comes to its end when the experiment's process does, also where that is killed and can tell nobody.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from typing import Final

ARGUMENT: Final = "--end-with-stdin"  # tells a worker that its stdin is such a pipe


@contextlib.contextmanager
def reading_end() -> Iterator[int]:
    """The descriptor to give to workers as stdin; in the block their experiment is alive."""
    reading, writing = os.pipe()  # which no process inherits but by being given it
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def watch(descriptor: int = 0) -> None:
    """Send this process SIGTERM when the pipe comes to its end: a training then saves itself. Returns at once."""

    def wait() -> None:
        while os.read(descriptor, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
