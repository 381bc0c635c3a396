"""From a photo to eight downloaded results, and all that can be done with a result."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data.vocabulary import TARGETS
from tf_tryon.serving.web.shop import Settings


@pytest.fixture
def shop(fake_server: Any, make_shop: Callable[..., Any]) -> Any:
    return make_shop(fake_server.address, settings=Settings(garments=TARGETS))  # as many as a model may complete


@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 360])
def test_from_upload_to_eight_downloads(shopper: Any, photo: bytes, width: int) -> None:
    visitor = shopper(width)
    visitor.check_access()
    visitor.shot(f"start-{width}")
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    visitor.check_access()
    visitor.shot(f"room-{width}")
    visitor.page.click("#show")
    tiles = visitor.results(8)
    visitor.check_access()
    visitor.shot(f"results-{width}")
    pictures, names = set(), []
    for link in visitor.page.locator(".download").all():
        with visitor.page.expect_download() as loading:
            link.click()
        names.append(loading.value.suggested_filename)
        picture = loading.value.path().read_bytes()
        assert Image.open(io.BytesIO(picture)).size == (256, 256)
        pictures.add(picture)
    assert len(pictures) == 8
    assert names == [f"try-on-{k}.png" for k in range(1, 9)]
    with visitor.page.expect_download() as loading:
        visitor.page.click("#all")
    assert len(zipfile.ZipFile(loading.value.path()).namelist()) == 8
    tiles.first.click()
    visitor.page.locator("#viewer[open]").wait_for()
    for view in ("beside", "slide", "shape"):
        visitor.page.locator(f"#viewer input[value={view}]").check()
        visitor.check_access()
        visitor.shot(f"large-{view}-{width}")
    visitor.page.keyboard.press("Escape")
    visitor.page.click("#more")
    visitor.results(16)


def test_the_page_below_a_prefix(shopper: Any, shop: Any, open_shop: Any, photo: bytes) -> None:
    at = open_shop(shop, "/tryon")
    assert at.endswith("/tryon/")
    visitor = shopper(at=at)
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    visitor.page.click("#show")
    visitor.results(8)
    with visitor.page.expect_download() as loading:
        visitor.page.click("#all")
    assert len(zipfile.ZipFile(loading.value.path()).namelist()) == 8
    visitor.page.locator(".brand").click()
    visitor.page.locator("#starts img").first.wait_for()
    assert visitor.page.url == at


def _colours(visitor: Any) -> list[tuple[int, ...]]:
    """The garment's colour in each tile's picture: that of its middle."""
    script = """async () => Promise.all([...document.querySelectorAll('.tile-open img')].map(async (image) => {
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return [...context.getImageData(canvas.width / 2, canvas.height * 0.4, 1, 1).data].slice(0, 3);
    }))"""
    return [tuple(colour) for colour in visitor.page.evaluate(script)]


def test_best_come_first_and_the_focus_stays(shopper: Any, photo: bytes, fake_server: Any) -> None:
    visitor = shopper()
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    visitor.ask_in_vain(fake_server)
    visitor.page.locator(".tile.pending").nth(7).wait_for()
    visitor.shot("waiting")
    fake_server.gate.set()
    visitor.page.locator(".tile-open").first.focus()
    focused = "document.activeElement.querySelector('img').src"
    before = visitor.page.evaluate(focused)
    visitor.results(8)
    assert visitor.page.evaluate(focused) == before
    made = []
    for _, inputs in fake_server.calls:  # what that server makes of a seed
        rng = np.random.default_rng((int(inputs["seed"][0]), int(inputs["first"][0])))
        colour, _ = tuple(rng.integers(30, 226, 3).tolist()), rng.integers(-8, 9)
        made.append((-rng.normal(), colour))
    assert _colours(visitor) == [colour for _, colour in sorted(made)]


@pytest.mark.slow
def test_a_result_lends_its_shape_and_its_texture(shopper: Any, photo: bytes, fake_server: Any) -> None:
    visitor = shopper()
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    visitor.page.click("#show")
    tiles = visitor.results(8)
    first = _colours(visitor)[0]
    tiles.first.click()
    visitor.page.click("#keep-texture")
    visitor.say("The colours and pattern of result 1 in other shapes")
    visitor.results(8)
    assert set(_colours(visitor)) == {first}
    visitor.check_access()
    visitor.shot("kept-texture")
    visitor.page.click("#back")
    tiles = visitor.results(8)
    assert _colours(visitor)[0] == first
    tiles.first.click()
    visitor.page.locator("#spread").fill("80")
    visitor.page.click("#alike")
    visitor.results(8)
    assert fake_server.calls[-1][1]["spread"] == pytest.approx(0.8)
    visitor.page.locator("#temperature").fill("50")
    visitor.page.click("#show")
    visitor.results(8)
    assert fake_server.calls[-1][1]["temperature"] == pytest.approx(0.5)


def test_a_dress_is_replaced(
    shopper: Any, seen: Any, make_person: Callable[..., dict[str, Any]], fake_server: Any
) -> None:
    made = make_person(1, 256)
    labels = np.where(np.isin(made["labels"], (5, 9)), np.uint8(6), made["labels"])  # top and trousers are a dress
    visitor = shopper()
    visitor.upload(seen.show({**made, "labels": labels}))
    visitor.page.locator("#room").wait_for()
    visitor.page.check("#garments input[value=dress]")
    assert visitor.page.locator("#show").inner_text() == "Show me dresses"
    visitor.page.click("#show")
    visitor.results(8)
    visitor.say("Dresses that go with it")
    assert {inputs["garment"][0] for _, inputs in fake_server.calls} == {b"dress"}


def test_somebody_elses_garment(shopper: Any, fake_server: Any) -> None:
    visitor = shopper()
    visitor.start()
    visitor.page.click("#borrow summary")
    visitor.page.locator("#other-starts button").nth(3).click()
    visitor.page.locator("#other").wait_for()
    visitor.check_access()
    visitor.shot("borrow")
    visitor.page.click("#wear")
    visitor.results(1)
    visitor.page.uncheck("#take-shape")
    visitor.page.click("#wear")
    visitor.results(8)
    signature, inputs = fake_server.calls[-1]
    assert (signature, bool(inputs["use_shape"][0]), bool(inputs["use_texture"][0])) == ("transfer", False, True)


def test_a_new_ask_ends_the_old_one(shopper: Any, fake_server: Any) -> None:
    visitor = shopper()
    visitor.start()
    visitor.ask_in_vain(fake_server)
    while not fake_server.calls:
        visitor.page.wait_for_timeout(20)
    visitor.page.check("#garments input[value=bottom]")
    visitor.page.click("#show")
    while not fake_server.cancelled:
        visitor.page.wait_for_timeout(20)
    fake_server.gate.set()
    visitor.results(8)
    assert [inputs["garment"][0] for _, inputs in fake_server.calls] == [b"top"] + 8 * [b"bottom"]


def test_a_photo_from_the_camera(shopper: Any, photo: bytes) -> None:
    visitor = shopper()
    visitor.page.click("#camera")
    visitor.page.locator("#photographer[open]").wait_for()
    visitor.page.wait_for_timeout(300)
    visitor.check_access()
    visitor.shot("camera")
    visitor.page.click("#snap")
    # The fake camera's picture is of another size than what the test's annotator sees: any answer will do.
    visitor.page.locator(".notice, #room:not([hidden])").first.wait_for()
