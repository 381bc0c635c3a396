"""The local page in Chromium, with its real packages and models: all is completed with the network cut."""

import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def parts() -> Any:
    from tf_tryon.annotation.model_files import POSE_LANDMARKER, present
    from tf_tryon.errors import TryOnError
    from tf_tryon.serving.web import local_app

    if present(POSE_LANDMARKER) is None:
        pytest.skip("MediaPipe's pose model isn't on this machine")
    try:
        return local_app.parts("street")
    except TryOnError as error:
        pytest.skip(f"npm's packages can't be had: {error}")


@pytest.fixture(scope="module")
def local_address(parts: Any) -> Iterator[str]:
    import uvicorn

    from tf_tryon.serving.web.local_app import make_local_app

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_local_app(parts), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def visit(browser: Any, local_address: str) -> Iterator[Any]:
    """A page that has loaded everything, and every address that it asked for."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(120_000)
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.goto(local_address)
    page.locator("#status", has_text="Ready").wait_for()
    yield context, page, asked
    context.close()


def test_eight_results_without_a_network(visit: Any, local_address: str) -> None:
    from tf_tryon.data.studio.render import render_person

    context, page, asked = visit
    loaded = len(asked)
    context.set_offline(True)
    stream = io.BytesIO()
    photo = render_person(20_261_128, 3, 512).photo
    Image.fromarray(photo).save(stream, "PNG")
    page.set_input_files("#file", {"name": "anna.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    page.locator("#status", has_text="best first").wait_for()
    tiles = page.locator("#results canvas")
    assert tiles.count() == 8
    pictures = [_pixels(tiles.nth(k)) for k in range(8)]
    erased = (_pixels(page.locator("#own canvas")) != photo).any(-1)
    assert 0.02 < erased.mean() < 0.5
    for picture in pictures:
        np.testing.assert_array_equal(picture[~erased], photo[~erased])
        assert (picture[erased] != photo[erased]).any()
    assert len({picture.tobytes() for picture in pictures}) == 8
    page.get_by_label("bottom").check()
    page.locator("#status", has_text=re.compile("best first")).wait_for()
    # What was asked for since: by MediaPipe, of its maker, and refused by the page's policy before it left.
    assert all(url.startswith((local_address, "data:", "blob:")) and method == "GET" for method, url in asked[:loaded])
    assert not [url for _, url in asked[loaded:] if url.startswith(local_address)]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_the_models_answer_as_in_python(visit: Any, large_person: Any) -> None:
    from tf_tryon.lite.tryon import TryOn

    _, page, _ = visit
    height, width = large_person.size
    large_person.carried = np.zeros((height, width), bool)
    large_person.carried[60:80, 100:150] = True
    given = {
        "carried": large_person.carried.ravel().astype(int).tolist(),
        "photo": large_person.photo.ravel().tolist(), "labels": large_person.labels.ravel().tolist(),
        "keypoints": large_person.keypoints.ravel().tolist(), "height": height, "width": width,
    }  # fmt: skip
    actual = page.evaluate(
        """async (given) => {
          const {photo, labels, keypoints, height, width, carried} = JSON.parse(given);
          const person = {
            photo: {data: photo, height, width, channels: 3}, labels: {data: labels, height, width, channels: 1},
            keypoints, dress: false, carried,
          };
          const {models} = await import('/page/page.mjs'), made = [];
          for await (const one of models.tryOn.complete(person, 'top', {samples: 2, seed: 7})) {
            if (one.photo) made.push([Array.from(one.photo.data), one.score]);
          }
          return JSON.stringify(made);
        }""",
        json.dumps(given),  # Playwright takes seconds to hand over an array of a picture's numbers
    )
    expected = TryOn.load("street").complete(large_person, "top", samples=2, seed=7)
    assert not expected.erased[large_person.carried].any()
    for k, (data, score) in enumerate(json.loads(actual)):
        gap = np.abs(np.reshape(data, expected.photos[k].shape) - expected.photos[k])
        assert (gap.max(-1) <= 2).mean() > 0.999
        assert score == pytest.approx(sum(scores[k] for scores in expected.scores.values()), abs=1)


def test_it_is_for_everybody(visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    _, page, _ = visit
    actual = Axe().run(page).response["violations"]
    assert not [(one["id"], one["help"]) for one in actual if one["impact"] in ("serious", "critical")]


def test_a_photo_of_nobody_is_told(visit: Any) -> None:
    _, page, _ = visit
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), (90, 120, 60)).save(stream, "PNG")
    page.set_input_files("#file", {"name": "grass.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    page.locator("#status", has_text="Nobody is found").wait_for()
    assert page.locator("#results canvas").count() == 0


def _pixels(canvas: Any) -> np.ndarray:
    """(h, w, 3) uint8 of a canvas."""
    address = canvas.evaluate("(one) => one.toDataURL()")
    import base64

    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"))
