"""What a worker does when another one is gone: it starts itself again, and all resume from the last common checkpoint.

TensorFlow can't let a new process into a training that runs, so the others' processes are replaced too, each by itself
(`exec`: the scheduler sees the same process). The new process learns how often, and since when, from an environment
variable.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

from tf_tryon.files import json_file
from tf_tryon.training import meeting
from tf_tryon.training.cluster import Cluster

_log = logging.getLogger(__name__)

_VARIABLE: Final = "TF_TRYON_STARTED_AGAIN"
_ATTEMPTS = 5
_DONE: Final = b"done\n"


class Peers:
    """The other workers of a training that runs.

    Args:
      cluster: of TF_CONFIG.
      links: open connections with others, by worker, as `meeting.meet` returns them; closed ones are noticed at once.
      newest: the newest checkpoint's step here, 0: none.

    Attributes:
      began: when the training's time began, by time.time(): now, or before this process started again.
      stopped: the signal that asked this process to stop, or 0; set by whoever handles signals.
    """

    def __init__(self, cluster: Cluster, links: dict[int, socket.socket], newest: Callable[[], int]) -> None:
        self._cluster, self._links, self._newest = cluster, links, newest
        self._earlier = _earlier()
        self.began = self._earlier.get("began", time.time())
        self.stopped: Callable[[], int] = lambda: 0
        self._ended, self._again = False, threading.Lock()
        threading.Thread(target=self._watch, name="peers", daemon=True).start()

    def end(self) -> None:
        """Nothing is done together any more: from now on each may go when it likes."""
        self._ended = True
        for link in self._links.values():
            with contextlib.suppress(OSError):
                link.sendall(_DONE)

    def start_again(self, reason: str) -> NoReturn:
        """Replace this process by a new one with the same command line.

        One that was asked to stop ends by that signal's exit code, and one that got nowhere several times by 1.
        """
        self._again.acquire()  # for good: the first reason counts, and others wait for the end
        if number := self.stopped():
            _log.warning(f"{reason}; stopped without another checkpoint")
            _leave(128 + number)
        step = self._newest()
        attempts = self._earlier.get("attempts", 0) + 1 if self._earlier.get("step") == step else 1
        if attempts > _ATTEMPTS:
            _log.error(
                f"{reason}, after {_ATTEMPTS} new starts since step {step} without a newer checkpoint: see the other "
                "workers' logs for why they fail, and whether config.train.checkpoint_minutes is too long"
            )
            _leave(1)
        _log.warning(f"{reason}: starting again ({step} steps saved here, attempt {attempts:.0f} of {_ATTEMPTS})")
        os.environ[_VARIABLE] = json.dumps({"attempts": attempts, "step": step, "began": self.began})
        _flush()
        for name in os.listdir("/dev/fd"):  # TensorFlow's port is among them, which the new process needs
            if int(name) > 2:
                with contextlib.suppress(OSError):  # the listing's own
                    fcntl.fcntl(int(name), fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        os.execv(sys.executable, sys.orig_argv)

    def _watch(self) -> None:
        links = dict(self._links)
        while links:
            ready, _, _ = select.select(list(links.values()), [], [], 1.0)
            for index, link in list(links.items()):
                if link not in ready:
                    continue
                try:
                    said = link.recv(64)
                except OSError:
                    said = b""
                del links[index]
                if not said and not self._ended:
                    self.start_again(f"worker {index} ({self._cluster.addresses[index]}) is gone")


@contextlib.contextmanager
def joined(
    cluster: Cluster, newest: Callable[[], int], seconds: float, lost: tuple[type[Exception], ...]
) -> Iterator[Peers]:
    """Train with the other workers inside, once all are there; start again where one is gone.

    Args:
      cluster: of TF_CONFIG.
      newest: the newest checkpoint's step here, 0: none.
      seconds: to wait at most for the others.
      lost: errors that mean that another worker is gone.
    """
    peers = Peers(cluster, meeting.meet(cluster, seconds), newest)
    try:
        yield peers
    except lost as error:
        peers.start_again(f"training together failed ({str(error).strip().splitlines()[0]})")
    finally:
        peers.end()


def _leave(code: int) -> NoReturn:
    _flush()
    os._exit(code)  # of all threads: one waits for others that are gone


def _flush() -> None:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()


def _earlier() -> dict[str, float]:
    text = os.environ.get(_VARIABLE)
    if not text:
        return {}
    value = json_file.parse(text, _VARIABLE, f"unset {_VARIABLE}")
    return {name: value[name].number() for name in ("attempts", "step", "began")}
