"""Work beside the page's loop: one thing at a time, a bounded queue, refusals that the page has words for."""

import asyncio
import logging
import threading
from typing import Any

import own_loop
import pytest

from tf_tryon.serving.web.background import Background
from tf_tryon.serving.web.refusal import RefusedError


def test_one_thing_at_a_time_and_one_more_than_may_wait_is_refused(gate: Any) -> None:
    background, at_once, most = Background("test", waiting=1), [0], [0]

    def call(number: int) -> int:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        gate.wait()
        at_once[0] -= 1
        return number

    async def asked() -> list[Any]:
        first, second = (asyncio.ensure_future(background.run(call, number)) for number in (1, 2))
        await asyncio.sleep(0)  # both have been asked for
        with pytest.raises(RefusedError) as refused:
            await background.run(call, 3)
        assert (refused.value.status, refused.value.code) == (503, "busy")
        gate.open.set()
        done = list(await asyncio.gather(first, second))
        return [*done, await background.run(call, 4)]  # there is room again

    assert own_loop.run(asked()) == [1, 2, 4]
    assert most == [1]
    background.close()


def test_who_gives_up_makes_room() -> None:
    background, free = Background("test", waiting=0), threading.Event()

    async def asked() -> str:
        given_up = asyncio.ensure_future(background.run(free.wait, 30))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        free.set()
        return await background.run(str, 5)

    assert own_loop.run(asked()) == "5"
    background.close()


def test_what_cannot_be_loaded_is_logged_and_raised_where_it_is_needed(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> None:
        raise ValueError("no weights")

    background = Background("test")
    with caplog.at_level(logging.ERROR):
        background.later(load, "nothing can be ranked")
        with pytest.raises(ValueError, match="no weights"):
            own_loop.run(background.run(load))
    assert "nothing can be ranked: no weights" in caplog.text
    background.close()


def test_finishing_comes_after_what_was_asked_for() -> None:
    background, done = Background("test"), []
    background.later(lambda: done.append("loaded"), "not loaded")
    background.finish(lambda: done.append("freed"))
    assert done == ["loaded", "freed"]
