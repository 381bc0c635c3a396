"""The queue in front of the model."""

import threading
import time

import pytest

from tf_tryon.serving.admission import Admission, GoneError, QueueFullError


def _there() -> bool:
    return True


def _wait_for(condition) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_first_come_first_served_and_the_rest_turned_away() -> None:
    gate, order = Admission(running=1, waiting=2), []

    def caller(name: int) -> None:
        with gate.enter(None, _there):
            order.append(name)

    threads = []
    with gate.enter(None, _there):
        for name in range(2):
            threads.append(threading.Thread(target=caller, args=(name,)))
            threads[-1].start()
            _wait_for(lambda: gate.waiting == len(threads))
        with pytest.raises(QueueFullError), gate.enter(None, _there):
            pass
    for thread in threads:
        thread.join()
    assert order == [0, 1]
    with gate.enter(None, _there):  # the place is free again
        pass


def test_a_caller_that_is_late_or_gone_leaves_the_queue() -> None:
    gate = Admission(running=1, waiting=2)
    with gate.enter(None, _there):
        with pytest.raises(GoneError), gate.enter(time.monotonic() + 0.02, _there):
            pass
        with pytest.raises(GoneError), gate.enter(None, lambda: False):
            pass
        assert gate.waiting == 0


def test_a_failure_frees_the_place() -> None:
    gate = Admission(running=1, waiting=0)
    with pytest.raises(KeyError), gate.enter(None, _there):
        raise KeyError
    with gate.enter(None, _there):
        pass
