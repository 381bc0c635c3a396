"""The page in states that visitors come into by chance: nothing to replace, an impatient click, a shop's own keys."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from tf_tryon.serving.web.shop import Settings


@pytest.fixture
def shop(fake_server: Any, make_shop: Callable[..., Any]) -> Any:
    return make_shop(fake_server.address, settings=Settings(samples=4))


def test_with_nothing_to_replace_a_borrowed_garment_is_refused_and_the_page_goes_on(shopper: Any) -> None:
    def bare(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "worn": []})

    visitor = shopper()
    visitor.page.route("**/api/people?*", bare)
    visitor.start()
    visitor.say("Nothing to replace")
    visitor.page.unroute("**/api/people?*")
    visitor.page.click("#borrow summary")
    visitor.page.locator("#other-starts button").first.click()
    visitor.page.locator("#other").wait_for()
    visitor.page.click("#wear")
    visitor.page.locator(".notice.error", has_text="Nothing to replace").wait_for()
    visitor.page.click("#change")
    visitor.start()
    visitor.page.click("#show")
    visitor.results(4)


def test_a_shops_own_choices_in_the_browser_are_neither_taken_nor_changed(shopper: Any) -> None:
    visitor = shopper()
    page = visitor.page
    page.evaluate("localStorage.setItem('language', 'de'), localStorage.setItem('theme', '\"sepia\"')")
    page.reload()
    page.locator("#starts img").first.wait_for()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == ["en", "light"]
    page.click("#language")
    page.click("#theme")
    page.locator("html[lang=zh-Hans]").wait_for()
    assert page.evaluate("[localStorage.language, localStorage.theme]") == ["de", '"sepia"']


def test_a_shops_words_are_shown_as_they_are(shopper: Any) -> None:
    title = shopper().page.evaluate("""async () => {
      const { text } = await import("./page/scripts/language.js");
      return text("openItem", { number: 1, title: "@home hoodie" });
    }""")
    assert "@home hoodie" in title


def test_an_impatient_click_leaves_no_camera_on(shopper: Any) -> None:
    page = shopper().page
    page.evaluate("""() => {
      window.tracks = [];
      const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
      media.getUserMedia = async (wanted) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const stream = await ask(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
      };
    }""")
    page.evaluate("document.getElementById('camera').click(), document.getElementById('camera').click()")
    page.locator("#snap:enabled").wait_for()
    page.wait_for_timeout(400)
    states = page.evaluate("""async () => {
      const closed = new Promise((resolve) => photographer.addEventListener("close", resolve));
      document.getElementById("camera-close").click();
      await closed;
      return window.tracks.map((track) => track.readyState);
    }""")
    assert states == ["ended"]


def test_the_camera_may_be_closed_before_its_first_picture(shopper: Any) -> None:
    page = shopper().page
    page.evaluate("""() => {
      HTMLMediaElement.prototype.play = function () {
        return new Promise((_, reject) => { window.interrupt = () => reject(new DOMException("gone", "AbortError")); });
      };
    }""")
    page.click("#camera")
    page.locator("#camera-close").click()
    page.evaluate("window.interrupt()")
    page.wait_for_timeout(100)
    assert page.locator("#snap").is_disabled()


def test_what_failed_is_over_when_the_visitor_goes_on(shopper: Any, fake_server: Any) -> None:
    visitor = shopper()
    visitor.start()
    fake_server.fails = grpc.StatusCode.RESOURCE_EXHAUSTED
    visitor.page.click("#show")
    visitor.say("Too many people")
    fake_server.fails = None
    visitor.page.click("#show")
    visitor.results(4)
    assert visitor.page.locator(".notice.error").count() == 0


def test_a_photo_that_cannot_be_loaded_back_is_sent_again(shopper: Any, photo: bytes) -> None:
    visitor = shopper()
    lost: list[Any] = []
    visitor.page.route("**/photo.png", lambda route: route.continue_() if lost else (lost.append(route), route.abort()))
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    assert len(lost) == 1


def test_two_photos_after_an_idle_time_have_one_session(shopper: Any, shop: Any, photo: bytes) -> None:
    visitor = shopper()
    visitor.start()
    shop.sessions._kept.clear()
    visitor.page.evaluate("{ const now = Date.now; Date.now = () => now() + 3600e3; }")
    held: list[Any] = []
    visitor.page.route("**/api/people?*", lambda route: route.continue_() if held else held.append(route))
    visitor.upload(photo)
    while not held:
        visitor.page.wait_for_timeout(20)
    visitor.upload(photo)
    visitor.page.wait_for_timeout(300)
    with visitor.page.expect_response("**/photo.png"):
        held[0].continue_()
    visitor.page.click("#show")
    visitor.results(4)
    assert len(shop.sessions) == 1
