"""Workers meet before TensorFlow starts: only processes that are all new to each other train together.

TensorFlow's servers know each other by a number of the process. One that was started again doesn't get in among others
that still run, and one that waits for it takes the old one's number if it asks too early. So whoever starts, for the
first time or again, first comes to the address of worker 0, where TensorFlow will listen afterwards. When everybody is
there worker 0 says go. The connections stay open and are silent: the operating system closes those of a process that
ends, in whatever way, which is how the others notice.
"""

from __future__ import annotations

import contextlib
import logging
import re
import select
import socket
import time
from typing import Final

from tf_tryon.errors import TryOnError
from tf_tryon.training.cluster import Cluster

_log = logging.getLogger(__name__)

_HELLO: Final = re.compile(rb"tf-tryon worker (\d{1,6}) of (\d{1,6})\n")
_WELCOME: Final = b"tf-tryon wait\n"
_GO: Final = b"go\n"
_ANSWER_S = 5.0  # for a first line; also that of a stranger who says nothing
_AGAIN_S = 0.5


def meet(cluster: Cluster, seconds: float) -> dict[int, socket.socket]:
    """Wait until all workers are there.

    Args:
      cluster: of TF_CONFIG.
      seconds: to wait at most.

    Returns:
      Open connections by worker: worker 0 has one with each other worker, the others one with worker 0.

    Raises:
      TryOnError: somebody has not come.
      OSError: worker 0 can't listen at its port.
    """
    _log.info(f"worker {cluster.index} of {len(cluster.addresses)}: waiting for the others, up to {seconds:.0f} s")
    until = time.monotonic() + seconds
    return _lead(cluster, until) if cluster.index == 0 else {0: _follow(cluster, until)}


def _lead(cluster: Cluster, until: float) -> dict[int, socket.socket]:
    count, links = len(cluster.addresses), dict[int, socket.socket]()
    with _listening(int(cluster.addresses[0].rpartition(":")[2])) as door:
        while len(links) < count - 1:
            if time.monotonic() > until:
                absent = [i for i in range(1, count) if i not in links]
                raise _nobody([f"worker {i} ({cluster.addresses[i]})" for i in absent])
            ready, _, _ = select.select([door, *links.values()], [], [], _AGAIN_S)
            for index, link in list(links.items()):
                if link in ready:  # nothing is said before the go: it is gone
                    link.close()
                    del links[index]
            if door in ready:
                newcomer, index = _greeted(door.accept()[0], count)
                if newcomer is not None:
                    if index in links:
                        links[index].close()
                    links[index] = newcomer
    for link in links.values():
        _say(link, _GO)  # who has gone since is noticed by whoever watches
    return links


def _listening(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))


def _greeted(link: socket.socket, count: int) -> tuple[socket.socket | None, int]:
    """The connection and its worker's index; (None, 0) where something else has called, such as a probe."""
    try:
        _keep_alive(link)
        link.settimeout(_ANSWER_S)
        hello = _HELLO.fullmatch(_line(link))
        if hello and int(hello[2]) == count and 0 < int(hello[1]) < count:
            link.sendall(_WELCOME)
            return link, int(hello[1])
    except OSError:
        pass
    link.close()
    return None, 0


def _follow(cluster: Cluster, until: float) -> socket.socket:
    host, _, port = cluster.addresses[0].rpartition(":")
    hello = f"tf-tryon worker {cluster.index} of {len(cluster.addresses)}\n".encode()
    while (left := until - time.monotonic()) > 0:
        try:
            link = socket.create_connection((host.strip("[]"), int(port)), _ANSWER_S)
        except OSError:  # also a name that is not known yet
            time.sleep(_AGAIN_S)
            continue
        try:
            _keep_alive(link)
            link.sendall(hello)
            if _line(link) == _WELCOME:  # and not the TensorFlow of one that has not noticed yet
                link.settimeout(left)
                if _line(link) == _GO:
                    return link
        except OSError:
            pass
        link.close()
        time.sleep(_AGAIN_S)
    raise _nobody([f"worker 0 ({cluster.addresses[0]})", "or another worker"])


def _keep_alive(link: socket.socket) -> None:
    """A machine that vanished without a word counts as gone after some 11 s."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # not on every system
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _line(link: socket.socket) -> bytes:
    """Up to the end of a line, 64 bytes at most."""
    said = b""
    while not said.endswith(b"\n") and len(said) < 64 and (more := link.recv(1)):
        said += more
    return said


def _say(link: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):
        link.sendall(line)


def _nobody(absent: list[str]) -> TryOnError:
    return TryOnError(
        f"{', '.join(absent)} has not come: start it with the same TF_CONFIG but for its index, or wait longer by "
        "--wait_minutes"
    )
