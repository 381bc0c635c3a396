"""A function in a process of its own: TensorFlow's converter leaks memory, and writes where it likes."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from tf_tryon.errors import TryOnError

Log = Callable[[str], None]


def apart(function: Callable[..., Any], *arguments: Any, log: Log) -> Any:
    """`function(log, *arguments)` in another process; it and its arguments are pickled, and so is what it returns.

    Args:
      function: of a module; its first argument is called with each line of progress.
      arguments: the others.
      log: called with each line of progress.

    Raises:
      TryOnError: the function raised, or its process ended; the message has the reason.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.NamedTemporaryFile("r", suffix=".log") as output:
        process = context.Process(target=_work, args=(sender, output.name, function, *arguments), daemon=True)
        process.start()
        sender.close()
        try:
            while True:
                kind, value = receiver.recv()
                if kind == "result":
                    return value
                if kind == "error":
                    raise TryOnError(value)
                log(value)
        except EOFError:
            process.join()
            tail = "".join(output.readlines()[-20:])
            raise TryOnError(f"the converter's process ended with status {process.exitcode}:\n{tail}") from None
        finally:
            process.terminate()
            process.join()


def _work(sender: Any, output: str, function: Callable[..., Any], *arguments: Any) -> None:
    """The process: tells through `sender` how far it is, then its result or what went wrong.

    What TensorFlow and the converter write goes to `output`.
    """
    with open(output, "w") as file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
    try:
        sender.send(("result", function(lambda text: sender.send(("line", text)), *arguments)))
    except (TryOnError, ValueError, OSError) as error:
        sender.send(("error", str(error)))
    except Exception:
        sender.send(("error", f"the converter failed:\n{traceback.format_exc()}"))
