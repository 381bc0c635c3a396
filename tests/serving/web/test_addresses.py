"""Whatever stands in an address, a header or a body: a refusal with a code, never a 500; and pages below a prefix."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tf_tryon.serving.web.addresses import whole
from tf_tryon.serving.web.app import PAGE, make_app

LONG = "9" * 5000


def test_numbers_of_addresses() -> None:
    assert whole("17", 1, 20) == 17
    assert whole("007") == 7
    for text in ("", "-1", "1.0", "²", "١", " 1", "21", LONG):
        assert whole(text, 1, 20) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/api/people?person={LONG}"),
        ("POST", "/api/people?person=0"),
        ("POST", "/api/people?person=-1"),
        ("POST", "/api/people?person=²"),
        ("POST", f"/api/people?start={LONG}"),
        ("POST", "/api/people?start=..%2Fpage"),
        ("GET", f"/api/catalogue/{LONG}.png"),
        ("GET", "/api/catalogue/x.png"),
        ("GET", f"/api/people/{LONG}/photo.png"),
        ("GET", "/api/people/%00/labels"),
        ("GET", f"/api/results.zip?key={LONG}"),
        ("GET", "/api/results.zip"),
        ("GET", "/api/results/%ff/photo.png"),
        ("GET", f"/starts/{LONG}.jpg"),
        ("GET", "/page/%00"),
        ("GET", f"/page/{LONG}"),
        ("GET", "/page/..%2f..%2fapp.py"),
        ("PUT", "/api/people/x/labels?dress=1"),
        ("PATCH", "/api/people"),
    ],
)
def test_odd_addresses_are_refused_with_a_code(visitor: Any, method: str, path: str) -> None:
    answer = visitor.request(method, path)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"]


def test_too_many_digits_of_a_person_are_told_in_a_sentence(visitor: Any, photo: bytes) -> None:
    answer = visitor.post(f"/api/people?person={LONG}", content=photo)
    assert answer.status_code == 400
    assert answer.json()["error"]["text"] == "person: a number from 1 to 1000"


def test_odd_headers_and_bodies_are_refused(visitor: Any, photo: bytes) -> None:
    assert visitor.post("/api/people", content=photo, headers={"origin": "http://["}).status_code == 403
    key = visitor.post("/api/people?start=3").json()["key"]
    for body in (b"[" * 16000, b"\xff\xfe", b"[]", b"", b"9" * 6000, b'{"garment": NaN}', b'{"\\ud800": 1}'):
        answer = visitor.post(f"/api/people/{key}/results", content=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad-request")


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)
FIELDS = ("garment", "source", "key", "use", "samples", "seed", "first", "temperature", "spread")


@pytest.mark.slow
@settings(
    max_examples=100, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1))
def test_asks_of_any_kind_are_answered_or_refused(visitor: Any, fields: dict[str, Any]) -> None:
    key = visitor.post("/api/people?start=3").json()["key"]
    fields = {"garment": "top", "samples": 1, **fields}
    answer = visitor.post(f"/api/people/{key}/results", content=json.dumps(fields))
    assert answer.status_code in (200, 400)
    last = json.loads(answer.content.splitlines()[-1])
    assert last == {"done": True} or last["error"]["code"]


def test_the_page_below_a_prefix(shop: Any, photo: bytes, behind: Callable[..., Any]) -> None:
    """As behind a proxy that takes the prefix off: what the page asks for lies below it, and the cookie too."""
    with TestClient(behind(make_app(shop), "/tryon")) as client:
        page = client.get("/tryon/").text
        links = re.findall(r'(?:src|href)="([^"#]+)"', page)
        assert len(links) > 8
        for link in links:
            assert client.get(f"/tryon/{link}").status_code == 200, link
        answer = client.post("/tryon/api/people", content=photo)
        assert "path=/" not in answer.headers["set-cookie"].lower()
        (cookie,) = client.cookies.jar
        assert cookie.path == "/tryon/api"
        key = answer.json()["key"]
        assert client.get(f"/tryon/api/people/{key}/photo.png").status_code == 200
        assert client.delete("/tryon/api/session").status_code == 204
        assert not list(client.cookies.jar)
        assert client.get(f"/tryon/api/people/{key}/photo.png").status_code == 404


def test_no_script_asks_for_an_absolute_address() -> None:
    for path in Path(str(PAGE)).rglob("*.*"):
        if path.suffix in (".js", ".html", ".css"):
            assert not re.search(r"""["'`(=]/(?:api|page|health|starts)\b""", path.read_text()), path.name
