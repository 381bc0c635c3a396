"""A photo comes in, its parsing goes out, corrections come back; what is wrong is refused with a code."""

import dataclasses
import gzip
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.requests import Request

from tf_tryon.data.upright import turned_points
from tf_tryon.data.vocabulary import CIHP20, TOP
from tf_tryon.serving.web.people_routes import ERASED


def _labels(visitor: Any, person: dict[str, Any]) -> np.ndarray:
    content = visitor.get(f"/api/people/{person['key']}/labels").content
    return np.frombuffer(content, np.uint8).reshape(person["height"], person["width"])


def test_a_photo_is_annotated_and_can_be_corrected(visitor: Any, photo: bytes, seen: Any) -> None:
    person = visitor.post("/api/people", content=photo).json()
    assert (person["height"], person["width"], person["people"]) == (256, 256, 1)
    assert person["worn"] == ["top", "bottom", "shoes"]
    assert visitor.get(f"/api/people/{person['key']}/photo.png").content == photo
    labels = _labels(visitor, person)
    np.testing.assert_array_equal(labels, CIHP20.table()[seen.labels])
    mended = np.where(labels == TOP, 0, labels).astype(np.uint8)
    mended[:40, :40] |= ERASED
    address = f"/api/people/{person['key']}/labels?dress=0"
    described = visitor.put(address, content=gzip.compress(mended.tobytes())).json()
    assert described["worn"] == ["bottom", "shoes"]
    np.testing.assert_array_equal(_labels(visitor, person), mended)


def test_what_is_erased_counts_as_the_garment(visitor: Any, shop: Any, photo: bytes, seen: Any) -> None:
    """Unlike what is carried, but for its erased part."""
    (glove, _), where = CIHP20.carried_labels, np.s_[25:40, :20]
    seen.labels[where] = glove
    person = visitor.post("/api/people", content=photo).json()
    subject = next(iter(shop.sessions._kept.values()))[1].person(person["key"])
    subject.erased[:30, :30] = True
    sent = np.asarray(Image.open(io.BytesIO(subject.encoded("top").parsing)))
    assert (CIHP20.table()[sent][:30, :30] == TOP).all()
    assert (sent == glove).sum() == (sent[30:40, :20] == glove).sum() == 200
    assert (subject.labels[:30, :30] == 0).all(), "the parsing itself stays"


def test_large_and_transparent_and_turned_photos_are_taken(
    visitor: Any, seen: Any, make_person: Callable[..., dict[str, Any]]
) -> None:
    made = make_person(1, 256)
    seen.show(made)
    transparent = np.dstack([made["photo"], np.where(np.isin(made["labels"], (5, 14, 15)), 0, 255)]).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(transparent).save(buffer, "PNG")
    person = visitor.post("/api/people", content=buffer.getvalue()).json()
    assert person["wiped"] == "top"
    assert (_labels(visitor, person) & ERASED).any()

    large = make_person(1, 1024)
    large["keypoints"] = large["keypoints"] * (0.75, 1, 1)  # as the labels below
    seen.show(large)
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((1536, 2048, 3), np.uint8)).save(buffer, "JPEG", exif=exif)
    seen.labels = np.kron(made["labels"], np.ones((4, 3), np.uint8))
    person = visitor.post("/api/people", content=buffer.getvalue()).json()
    assert (person["height"], person["width"]) == (1024, 768)


def test_a_photo_on_its_side_is_shown_upright(
    visitor: Any, seen: Any, make_person: Callable[..., dict[str, Any]]
) -> None:
    upright = seen.show(make_person(1, 256))
    (pose,) = seen.poses
    with Image.open(io.BytesIO(upright)) as image:
        photo = np.rot90(np.asarray(image))
    lying = dataclasses.replace(pose, keypoints=turned_points(pose.keypoints, (256, 256), 1))
    seen.look = lambda given: [lying if np.array_equal(given, photo) else pose]
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PNG")
    person = visitor.post("/api/people", content=buffer.getvalue()).json()
    shown = visitor.get(f"/api/people/{person['key']}/photo.png").content
    with Image.open(io.BytesIO(shown)) as image:
        np.testing.assert_array_equal(np.asarray(image), np.rot90(photo, -1))


@pytest.mark.parametrize(
    ("change", "query", "code"),
    [
        ({"people": 0}, "", "no-person"),
        ({"beyond": ("feet",)}, "", "feet-cut"),
        ({"people": 2}, "?person=3", "no-such-person"),
        ({}, "?person=x", "bad-request"),
        ({}, f"?person={'9' * 5000}", "bad-request"),
        ({}, "?start=7", "photo-gone"),
    ],
)
def test_refusals_have_codes(
    visitor: Any, seen: Any, make_person: Callable[..., dict[str, Any]], change: dict[str, Any], query: str, code: str
) -> None:
    photo = seen.show(make_person(1, 256), **change)
    answer = visitor.post(f"/api/people{query}", content=photo)
    assert (answer.status_code // 100, answer.json()["error"]["code"]) == (4, code)


def test_what_is_doubtful_is_told(visitor: Any, seen: Any, make_person: Callable[..., dict[str, Any]]) -> None:
    photo = seen.show(make_person(1, 256), people=2, beyond=("feet",))
    seen.confidences = {"top": 0.3, "bottom": 0.9}
    person = visitor.post("/api/people?cut=allow&person=2", content=photo).json()
    assert (person["people"], person["person"], person["doubts"], person["few"]) == (2, 2, ["top"], False)


@pytest.mark.parametrize("body", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(60)])
def test_bad_files_are_refused(visitor: Any, body: bytes) -> None:
    answer = visitor.post("/api/people", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unreadable")


def test_cut_off_files_are_refused(visitor: Any, photo: bytes) -> None:
    assert visitor.post("/api/people", content=photo[: len(photo) // 2]).json()["error"]["code"] == "truncated"


def test_too_many_bytes_are_not_read(make_shop: Any, visit: Any, fake_server: Any, photo: bytes) -> None:
    from tf_tryon.serving.web.shop import Settings

    with visit(make_shop(fake_server.address, settings=Settings(max_upload=100))) as visitor:
        for content in (photo, iter([photo])):  # with its length in the header, and without
            answer = visitor.post("/api/people", content=content)
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too-many-bytes")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"x", id="not gzip"),
        # The time in gzip's header is set, so that every process that collects the tests sees the same bytes.
        pytest.param(gzip.compress(bytes(10), mtime=0), id="too few labels"),
        pytest.param(gzip.compress(bytes(1 << 20), mtime=0), id="too many labels"),
    ],
)
def test_wrong_labels_are_refused_and_change_nothing(visitor: Any, body: bytes) -> None:
    person = visitor.post("/api/people?start=1").json()
    before = _labels(visitor, person)
    answer = visitor.put(f"/api/people/{person['key']}/labels", content=body)
    assert answer.status_code == 400
    wrong = gzip.compress(bytes([9]) * before.size)
    assert visitor.put(f"/api/people/{person['key']}/labels", content=wrong).status_code == 400
    np.testing.assert_array_equal(_labels(visitor, person), before)


def test_other_sites_may_not_ask(visitor: Any) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = visitor.post("/api/people?start=1", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign")
    assert visitor.post("/api/people?start=1", headers={"Origin": "http://testserver"}).status_code == 201


def test_the_cookie_and_the_headers_are_strict(visitor: Any) -> None:
    answer = visitor.post("/api/people?start=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    picture = visitor.get(f"/api/people/{answer.json()['key']}/photo.png")
    assert picture.headers["cache-control"] == "no-store"
    for path in ("/", "/page/scripts/main.js", "/api/about", "/nowhere", "/starts/1.jpg"):
        headers = visitor.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_browsers_find_the_icon_where_they_look(visitor: Any) -> None:
    answer = visitor.get("/favicon.ico")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.content == visitor.get("/page/icon.svg").content
    assert '<link rel="icon" href="page/icon.svg"' in visitor.get("/").text


def test_nobody_sees_anothers_and_forgetting_forgets(visitor: Any) -> None:
    person = visitor.post("/api/people?start=1").json()
    address = f"/api/people/{person['key']}/photo.png"
    mine = visitor.cookies["tryon"]
    visitor.cookies.clear()
    assert visitor.get(address).status_code == 404
    visitor.post("/api/people?start=2")  # another visitor
    assert visitor.get(address).status_code == 404
    visitor.cookies = {"tryon": mine}
    assert visitor.get(address).status_code == 200
    assert visitor.delete("/api/session").status_code == 204
    visitor.cookies = {"tryon": mine}
    assert visitor.get(address).json()["error"]["code"] == "photo-gone"


def _looking_at(gate: Any, seen: Any) -> None:
    poses = seen.poses

    def look(photo: np.ndarray) -> list[Any]:
        gate.wait()
        return poses

    seen.look = look


def test_a_photo_that_is_still_being_read_is_forgotten_too(
    make_shop: Any, visit: Any, fake_server: Any, photo: bytes, seen: Any, gate: Any, meanwhile: Any, tmp_path: Path
) -> None:
    from tf_tryon.serving.web.archive import Archive

    _looking_at(gate, seen)
    shop = make_shop(fake_server.address, archive=Archive(tmp_path / "kept"))
    with visit(shop) as visitor:
        visitor.post("/api/people?start=1")
        mine = {"Cookie": f"tryon={visitor.cookies['tryon']}"}
        answer = meanwhile(
            gate,
            lambda: visitor.post("/api/people", content=photo, headers=mine),
            lambda: visitor.delete("/api/session", headers=mine),
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "photo-gone")
        assert len(shop.sessions) == 0
        assert not list((tmp_path / "kept").iterdir())
        visitor.cookies.clear()
        assert visitor.post("/api/people", content=photo, headers=mine).status_code == 201, "a new visit, an old cookie"


def test_a_photo_whose_visitor_has_left_is_not_kept(
    shop: Any, visitor: Any, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left(request: Request) -> bool:
        return True

    monkeypatch.setattr(Request, "is_disconnected", left)
    assert visitor.post("/api/people", content=photo).json()["error"]["code"] == "gone"
    assert len(shop.sessions) == 0


def test_nothing_is_written_to_disk_unless_the_operator_says_so(
    make_shop: Any,
    visit: Any,
    fake_server: Any,
    photo: bytes,
    writes: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tf_tryon.serving.web.archive import Archive

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def visited(archive: Any) -> list[str]:
        with visit(make_shop(fake_server.address, archive=archive)) as visitor, writes() as written:
            person = visitor.post("/api/people", content=photo).json()
            body = {"garment": "top", "samples": 1}
            lines = visitor.post(f"/api/people/{person['key']}/results", json=body).text.splitlines()
            assert len(lines) == 2
        return written

    assert visited(None) == []
    assert list(tmp_path.iterdir()) == []
    kept = visited(Archive(tmp_path / "kept"))
    assert kept, "the check itself sees files that are written"
    (folder,) = (tmp_path / "kept").iterdir()
    assert (folder / "photo.png").read_bytes() == photo
    assert len(list(folder.iterdir())) == 3
