"""Results stream, more of them go on, a result or another person's garment is transferred, failures are last lines."""

import asyncio
import errno
import io
import json
import time
import zipfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import own_loop
import pytest
from PIL import Image

from tf_tryon.serving.web.archive import Archive
from tf_tryon.serving.web.sessions import Sample
from tf_tryon.serving.web.streaming import Lines


def _results(visitor: Any, person: str, **fields: Any) -> list[dict[str, Any]]:
    answer = visitor.post(f"/api/people/{person}/results", json={"garment": "top", "samples": 2, **fields})
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def _picture(visitor: Any, result: dict[str, Any], name: str = "photo") -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(visitor.get(f"/api/results/{result['key']}/{name}.png").content)))


def _colour(visitor: Any, result: dict[str, Any]) -> tuple[int, ...]:
    worn = _picture(visitor, result, "parsing") == 5
    (colour,) = np.unique(_picture(visitor, result)[worn], axis=0)
    return tuple(colour.tolist())


@pytest.fixture
def person(visitor: Any) -> str:
    return visitor.post("/api/people?start=3").json()["key"]


def test_results_come_one_by_one_and_more_go_on(visitor: Any, fake_server: Any, person: str) -> None:
    *actual, end = _results(visitor, person, seed=5, samples=3)
    assert end == {"done": True}
    assert [result["number"] for result in actual] == [0, 1, 2]
    *more, _ = _results(visitor, person, seed=5, samples=2, first=3)
    *again, _ = _results(visitor, person, seed=5, samples=5)
    assert [result["score"] for result in actual + more] == [result["score"] for result in again]
    assert all(inputs["samples"] == 1 for _, inputs in fake_server.calls), "each is sent as soon as it is there"


def test_a_result_lends_its_shape_or_its_texture(visitor: Any, fake_server: Any, person: str) -> None:
    first, *_ = _results(visitor, person, seed=1)
    shape = _picture(visitor, first, "parsing")
    *kept, _ = _results(visitor, person, seed=2, source="sample", key=first["key"], use=["texture"])
    assert {_colour(visitor, result) for result in kept} == {_colour(visitor, first)}
    *kept, _ = _results(visitor, person, seed=2, source="sample", key=first["key"], use=["shape"])
    assert all((_picture(visitor, result, "parsing") == shape).all() for result in kept)
    assert len({_colour(visitor, result) for result in kept}) == 2
    _results(visitor, person, source="sample", key=first["key"], spread=0.5)
    assert fake_server.calls[-1][1]["spread"] == 0.5


def test_another_persons_garment_is_transferred(visitor: Any, fake_server: Any, person: str) -> None:
    other = visitor.post("/api/people?start=4").json()["key"]
    *worn, _ = _results(visitor, person, source="person", key=other, use=["texture"])
    assert [signature for signature, _ in fake_server.calls] == ["encode", "transfer", "transfer"]
    red, _, blue = _colour(visitor, worn[0])
    assert red > blue + 50, "person 4 wears orange"


def test_all_results_in_one_archive(visitor: Any, person: str) -> None:
    *actual, _ = _results(visitor, person, samples=3)
    answer = visitor.get("/api/results.zip", params={"key": [result["key"] for result in actual]})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["try-on-01.png", "try-on-02.png", "try-on-03.png"]
    saved = visitor.get(f"/api/results/{actual[1]['key']}/photo.png?save")
    assert archive.read("try-on-02.png") == saved.content
    assert saved.headers["content-disposition"].startswith("attachment")
    assert visitor.get("/api/results.zip").status_code == 400


def test_an_archive_takes_whatever_is_still_kept(visitor: Any, shop: Any, person: str) -> None:
    session = next(iter(shop.sessions._kept.values()))[1]
    keys = [session.add_sample(Sample("top", {}, b"%d" % k, b"")) for k in range(122)]  # the first two are gone again
    answer = visitor.get("/api/results.zip", params={"key": [*keys, keys[-1]]})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == [f"try-on-{place:03d}.png" for place in range(3, 123)]
    assert archive.read("try-on-122.png") == b"121"
    answer = visitor.get("/api/results.zip", params={"key": keys[:2]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "result-gone")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "busy"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "timed-out"),
        (grpc.StatusCode.INVALID_ARGUMENT, "refused"),
        (grpc.StatusCode.INTERNAL, "failed"),
    ],
)
def test_failures_are_the_last_line(visitor: Any, fake_server: Any, person: str, status: Any, code: str) -> None:
    fake_server.fails = status
    (line,) = _results(visitor, person)
    assert line["error"]["code"] == code
    assert fake_server.address not in json.dumps(line), "where the server stands is nobody's business"


def test_an_error_that_nobody_foresaw_is_the_last_line_and_in_the_log(
    make_shop: Any, visit: Any, fake_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Full:
        def sample(self, *given: object) -> None:
            raise OSError(errno.ENOSPC, "the disk is full", "/kept/x.png")

    with visit(make_shop(fake_server.address, archive=Full())) as visitor:
        person = visitor.post("/api/people?start=3").json()["key"]
        (line,) = _results(visitor, person)
    assert line == {"error": {"code": "failed", "text": ""}}
    assert "the disk is full: '/kept/x.png'" in caplog.text


def test_a_connection_that_is_gone_is_nobodys_error(caplog: pytest.LogCaptureFixture) -> None:
    async def objects() -> AsyncGenerator[dict[str, Any]]:
        yield {"number": 0}

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise BrokenPipeError

    async def ask() -> None:
        await Lines(objects())({"type": "http"}, receive, send)

    own_loop.run(ask())
    assert not caplog.text


def test_results_of_a_forgotten_visitor_end(
    make_shop: Any, visit: Any, fake_server: Any, tmp_path: Path, gate: Any, meanwhile: Any
) -> None:
    with visit(make_shop(fake_server.address, archive=Archive(tmp_path / "kept"))) as visitor:
        person = visitor.post("/api/people?start=3").json()["key"]
        mine = {"Cookie": f"tryon={visitor.cookies['tryon']}"}
        address, body = f"/api/people/{person}/results", {"garment": "top", "samples": 3}
        predict = fake_server._answer
        fake_server._answer = lambda *given: (gate.wait(), predict(*given))[1]
        answer = meanwhile(
            gate,
            lambda: visitor.post(address, json=body, headers=mine),
            lambda: visitor.delete("/api/session", headers=mine),
        )
    (line,) = map(json.loads, answer.text.splitlines())
    assert line["error"]["code"] == "photo-gone"
    assert not list((tmp_path / "kept").iterdir())


def test_a_server_that_is_away_is_told_and_found_again(
    make_shop: Any, visit: Any, fake_server: Any, restart: Any
) -> None:
    with visit(make_shop(fake_server.address)) as visitor:
        person = visitor.post("/api/people?start=1").json()["key"]
        assert visitor.get("/health").json() == {"server": True}
        fake_server.kill()
        (line,) = _results(visitor, person)
        assert line["error"]["code"] == "server-away"
        time.sleep(1.1)  # as long as an answer is taken for fresh
        assert visitor.get("/health").json() == {"server": False}
        restart(fake_server.port)
        deadline = time.monotonic() + 20
        while not visitor.get("/health").json()["server"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert len(_results(visitor, person)) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"garment": "hat"}, {"samples": 0}, {"samples": 17}, {"samples": True}, {"seed": -1}, {"first": "0"},
        {"temperature": 11}, {"temperature": None}, {"spread": -1}, {"source": "else"}, {"use": []}, {"use": ["x"]},
        {"source": "sample", "key": 3},
    ],
)  # fmt: skip
def test_wrong_asks_are_refused(visitor: Any, fake_server: Any, person: str, fields: dict[str, Any]) -> None:
    answer = visitor.post(f"/api/people/{person}/results", json={"garment": "top", **fields})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad-request")
    assert not fake_server.calls


@pytest.mark.parametrize("source", ["sample", "person", "match"])
def test_what_is_no_longer_kept_is_told(visitor: Any, person: str, source: str) -> None:
    (line,) = _results(visitor, person, source=source, key="0")
    assert line["error"]["code"] in ("photo-gone", "result-gone")
    for path in ("/api/people/x/photo.png", "/api/results/x/photo.png", "/api/people/x/matches?garment=top"):
        assert visitor.get(path).status_code == 404
    assert visitor.post("/api/people/x/results", content=b"[]").status_code == 404
    assert visitor.post(f"/api/people/{person}/results", content=b"[]").status_code == 400
