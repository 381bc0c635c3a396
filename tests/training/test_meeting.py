import contextlib
import socket
import threading

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.training.cluster import Cluster
from tf_tryon.training.meeting import meet


@pytest.fixture
def addresses():
    with socket.create_server(("", 0)) as free:
        port = free.getsockname()[1]
    return tuple(f"localhost:{port + i}" for i in range(3))


@pytest.fixture
def come(addresses):
    """come(index) -> a list that gets the worker's connections when all have met."""
    threads, opened = [], []

    def come(index):
        met = []

        def wait():
            links = meet(Cluster(addresses, index), 20)
            opened.extend(links.values())
            met.append(links)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        return met

    come.all = lambda: [thread.join() for thread in threads]
    yield come
    come.all()
    for link in opened:
        link.close()


def _calls(address, said):
    host, port = address.split(":")
    for _ in range(100):
        with contextlib.suppress(OSError):
            link = socket.create_connection((host, int(port)), 10)
            link.sendall(said)
            return link
        threading.Event().wait(0.05)
    raise AssertionError("nobody listens")


def test_all_meet_whoever_calls_besides(addresses, come):
    leader = come(0)
    for stranger in (b"GET / HTTP/1.1\r\n\r\n", b"tf-tryon worker 1 of 2\n", b"tf-tryon worker 7 of 3\n", b"x" * 100):
        with _calls(addresses[0], stranger) as link, contextlib.suppress(ConnectionResetError):
            assert link.recv(64) == b""
    gone = _calls(addresses[0], b"tf-tryon worker 1 of 3\n")
    assert gone.recv(64) == b"tf-tryon wait\n"
    gone.close()  # killed before the others came
    second = come(2)
    assert not leader
    first = come(1)
    come.all()
    assert set(leader[0]) == {1, 2}
    assert set(first[0]) == set(second[0]) == {0}


def test_a_worker_that_ends_closes_its_connections(come):
    leader, first, second = come(0), come(1), come(2)
    come.all()
    first[0][0].close()
    leader[0][1].settimeout(10)
    assert leader[0][1].recv(1) == b""
    leader[0][2].sendall(b"x")
    assert second[0][0].recv(1) == b"x"


@pytest.mark.parametrize(("index", "absent"), [(0, "worker 1 .*, worker 2 "), (2, "worker 0 .*, or another")])
def test_who_has_not_come_is_named(addresses, index, absent):
    with pytest.raises(TryOnError, match=rf"{absent}.*has not come.*--wait_minutes"):
        meet(Cluster(addresses, index), 0.1)
