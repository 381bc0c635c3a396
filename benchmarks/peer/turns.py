"""Two programs that take turns: each waits for a line, makes a step, and tells what it cost. Standard library only."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def take(begun: dict[str, Any], step: Callable[[], float]) -> None:
    """In the program that is measured.

    Args:
      begun: the first line, written once everything is built.
      step: makes one and returns its loss.
    """
    print(json.dumps(begun), flush=True)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        loss = step()
        cost = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu, "loss": loss}
        cost["peak_gigabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps(cost), flush=True)


class Player:
    """In the program that measures: starts another, whose other lines are left out.

    Attributes:
      begun: the other's first line.
    """

    def __init__(self, command: list[str], **options: Any) -> None:
        self._command = command
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, **options
        )
        self.begun = self._answer()

    def step(self) -> dict[str, float]:
        """One step's wall and cpu (seconds), loss and peak_gigabytes so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("step\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        """Ends the other program."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise SystemExit(f"{' '.join(self._command)} ended without an answer")
