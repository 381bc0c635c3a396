"""The page over a model in its own process, without TensorFlow: results, going on, lending, and what it can't do."""

import io
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from tf_tryon.annotation.model_files import POSE_LANDMARKER, present
from tf_tryon.cli import main as cli
from tf_tryon.inference.request import NotWornError
from tf_tryon.lite.tryon import TryOn
from tf_tryon.serving.encoded_person import EncodedPerson
from tf_tryon.serving.web import lite_client, starts


@pytest.fixture(scope="module")
def street() -> TryOn:
    return TryOn.load("street")


@pytest.fixture
def lite_visitor(make_shop: Any, visit: Any, street: TryOn) -> Iterator[Any]:
    with visit(make_shop("nowhere:1", lite=street)) as visitor:
        yield visitor


def _results(visitor: Any, person: str, **fields: Any) -> list[dict[str, Any]]:
    answer = visitor.post(f"/api/people/{person}/results", json={"garment": "top", "samples": 2, **fields})
    return [json.loads(line) for line in answer.text.splitlines()]


def _picture(visitor: Any, result: dict[str, Any], name: str = "photo") -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(visitor.get(f"/api/results/{result['key']}/{name}.png").content)))


def test_results_are_the_models_and_go_on(lite_visitor: Any, street: TryOn) -> None:
    from tf_tryon.data.person import Person

    assert lite_visitor.get("/health").json() == {"server": True}
    person = lite_visitor.post("/api/people?start=3").json()["key"]
    first, second, end = _results(lite_visitor, person, seed=5)
    assert end == {"done": True}
    (again, _) = _results(lite_visitor, person, seed=5, first=1, samples=1)
    np.testing.assert_array_equal(_picture(lite_visitor, second), _picture(lite_visitor, again))
    assert (_picture(lite_visitor, first) != _picture(lite_visitor, second)).any()
    subject = starts.subject("3")
    photo = np.asarray(Image.open(io.BytesIO(subject.photo)).convert("RGB"))
    alone = Person(photo, subject.labels, subject.keypoints, "3", {}, subject.dress)
    expected = street.complete(alone, "top", samples=2, seed=5)
    np.testing.assert_array_equal(_picture(lite_visitor, second), expected.photos[1])
    np.testing.assert_array_equal(_picture(lite_visitor, second, "parsing"), expected.parsings[1])


def test_a_person_comes_as_they_were_sent(someone: Any) -> None:
    someone.carried = np.zeros(someone.size, bool)
    someone.carried[:4, :9] = True
    sent = EncodedPerson.from_person(someone)
    arrays = {"photo_bytes": sent.photo, "parsing_bytes": sent.parsing, "vocabulary": sent.vocabulary.encode()}
    inputs = {name: np.array([value], object) for name, value in arrays.items()}
    person = lite_client._person({**inputs, "keypoints": sent.keypoints[None]})
    for name in ("photo", "labels", "keypoints", "dress", "carried"):
        np.testing.assert_array_equal(getattr(person, name), getattr(someone, name), err_msg=name)


def test_a_result_lends_its_shape(lite_visitor: Any) -> None:
    person = lite_visitor.post("/api/people?start=3").json()["key"]
    first, *_ = _results(lite_visitor, person, seed=1)
    *kept, _ = _results(lite_visitor, person, seed=2, source="sample", key=first["key"], use=["shape"])
    shape = _picture(lite_visitor, first, "parsing")
    assert all((_picture(lite_visitor, result, "parsing") == shape).all() for result in kept)
    assert (_picture(lite_visitor, kept[0]) != _picture(lite_visitor, kept[1])).any()


def test_what_it_cannot_do_is_not_offered_and_said(lite_visitor: Any) -> None:
    assert lite_visitor.get("/api/about").json()["varies"] is False
    hidden = lite_visitor.get("/").text.count(' varies"')
    assert hidden == 3  # another person's garment; results around one, and how far
    person = lite_visitor.post("/api/people?start=3").json()["key"]
    first, *_ = _results(lite_visitor, person, samples=1)
    for fields in ({"source": "sample", "key": first["key"], "spread": 0.5}, {"source": "person", "key": person}):
        last = _results(lite_visitor, person, **fields)[-1]
        assert "run the page without --runtime=lite" in json.dumps(last)


def test_what_the_model_refuses_is_told(lite_visitor: Any, street: TryOn, monkeypatch: pytest.MonkeyPatch) -> None:
    person = lite_visitor.post("/api/people?start=3").json()["key"]
    for error in (NotWornError("no top is worn in this photo"), ValueError("seed = -1: a seed is a whole number")):
        monkeypatch.setattr(street, "answer", Mock(side_effect=error))
        (line,) = _results(lite_visitor, person)
        assert (line["error"]["code"], line["error"]["text"]) == ("refused", str(error))


def test_more_than_may_wait_are_refused(
    make_shop: Any, visit: Any, street: TryOn, gate: Any, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, answer = make_shop("nowhere:1", lite=street), street.answer
    monkeypatch.setattr(street, "answer", lambda *given: (gate.wait(), answer(*given))[1])
    with visit(here) as visitor:
        person = visitor.post("/api/people?start=3").json()["key"]
        late: list[dict[str, Any]] = []

        def act() -> None:
            here.client._worker._waiting = 0
            late.extend(_results(visitor, person))

        first, end = meanwhile(gate, lambda: _results(visitor, person, samples=1), act)
    assert [line["error"]["code"] for line in late] == ["busy"]
    assert (first["number"], end) == (0, {"done": True})


@pytest.mark.parametrize("word", ["--server=a:1", "--models=a", "--catalogue=a"])
def test_flags_of_other_runtimes_do_not_go_with_it(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["web", "--runtime=lite", word]) == 1
    assert "--runtime=lite has neither" in capsys.readouterr().err


@pytest.fixture
def alone() -> Iterator[tuple[str, int]]:
    """Address and process of the verb, where neither TensorFlow nor what comes with it can be imported."""
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'h5py', 'numba'): sys.modules[name] = None\n"
        "from tf_tryon.cli.main import main\n"
        "sys.exit(main(['web', '--runtime=lite', '--port=0']))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.pid
        process.terminate()
        assert process.wait(60) == 0


def test_it_starts_without_tensorflow(alone: tuple[str, int]) -> None:
    assert alone[0].startswith("http://127.0.0.1:")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_rests_below_400_megabytes(alone: tuple[str, int]) -> None:
    """After results of a bundled person and of a photo of 768 x 1024 pixels, whose pose and clothes it found."""
    pytest.importorskip("mediapipe")
    if present(POSE_LANDMARKER) is None:
        pytest.skip("MediaPipe's pose model isn't on this machine")
    address, process = alone
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    photo = io.BytesIO()
    Image.open(io.BytesIO(starts.picture("1"))).resize((768, 1024)).save(photo, "JPEG")
    for query, body in (("start=1", b""), ("cut=allow", photo.getvalue())):
        person = json.load(browser.open(f"{address}api/people?{query}", body))["key"]
        asked = json.dumps({"garment": "top", "samples": 4}).encode()
        lines = browser.open(f"{address}api/people/{person}/results", asked).read().splitlines()
        assert json.loads(lines[-1]) == {"done": True}

    def memory(name: str) -> int:
        status = dict(line.split(":") for line in Path(f"/proc/{process}/status").read_text().splitlines())
        return 1024 * int(status[name].split()[0])

    deadline = time.monotonic() + 60  # the networks go some seconds after the last request
    while memory("VmRSS") >= 400e6 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert memory("VmRSS") < 400e6
    assert memory("VmHWM") < 700e6
