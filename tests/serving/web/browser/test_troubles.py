"""Whatever goes wrong is a sentence in the page, and the page goes on when it can."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import grpc
import numpy as np
import pytest
from PIL import Image

from tf_tryon.serving.web.shop import Settings


@pytest.fixture
def shop(fake_server: Any, make_shop: Callable[..., Any]) -> Any:
    return make_shop(fake_server.address, settings=Settings(samples=4, max_upload=1 << 20))


@pytest.mark.slow
def test_a_killed_server_is_waited_for(shopper: Any, fake_server: Any, restart: Any) -> None:
    visitor = shopper()
    visitor.start()
    visitor.page.click("#show")
    visitor.results(4)
    fake_server.kill()
    visitor.page.click("#more")
    visitor.page.locator("#away").wait_for()
    box = visitor.page.locator("#away").bounding_box()
    assert 0 <= box["y"] < 200, "it is in view though the visitor has scrolled down"
    visitor.check_access()
    visitor.shot("away")
    restart(fake_server.port)
    visitor.results(8)
    assert visitor.page.locator("#away").is_hidden()


def _hurry(page: Any) -> None:
    """Looks at a server that is away follow each other at once."""
    page.evaluate("""() => {
      const later = window.setTimeout;
      window.setTimeout = (act, delay) => later(act, Math.min(delay, 50));
    }""")


def test_results_that_are_cut_off_again_and_again_are_given_up(shopper: Any) -> None:
    visitor = shopper()
    visitor.start()
    _hurry(visitor.page)
    asked: list[Any] = []
    visitor.page.route("**/results", lambda route: (asked.append(route), route.fulfill(body="")))
    visitor.page.click("#show")
    visitor.say("Something went wrong")
    visitor.page.wait_for_timeout(300)
    assert len(asked) == 6
    assert visitor.page.locator("#tiles").get_attribute("aria-busy") == "false"
    assert visitor.page.locator(".tile.pending").count() == 0
    visitor.page.unroute("**/results")
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.results(4)


def test_a_photo_whose_way_is_cut_off_is_not_sent_for_ever(shopper: Any, photo: bytes) -> None:
    visitor = shopper()
    _hurry(visitor.page)
    sent: list[Any] = []
    visitor.page.route("**/api/people?*", lambda route: (sent.append(route), route.abort()))
    visitor.upload(photo)
    visitor.say("Something went wrong")
    assert len(sent) == 6
    visitor.page.unroute("**/api/people?*")
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.page.locator("#room").wait_for()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "Too many people"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "It took too long"),
    ],
)
def test_busy_and_slow_servers_can_be_asked_again(shopper: Any, fake_server: Any, status: Any, sentence: str) -> None:
    visitor = shopper()
    visitor.start()
    fake_server.fails = status
    visitor.page.click("#show")
    visitor.say(sentence)
    visitor.check_access()
    fake_server.fails = None
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.results(4)


def test_bad_files_are_refused_in_words(shopper: Any, photo: bytes, seen: Any) -> None:
    visitor = shopper(360)
    for data, sentence in (
        (b"no picture", "no picture that can be read"),
        (photo[: len(photo) // 2], "damaged or incomplete"),
        (bytes(2 << 20), "1 MB are the most"),
    ):
        visitor.upload(data)
        visitor.say(sentence)
    seen.poses = []
    visitor.upload(photo)
    visitor.say("Nobody is found")
    visitor.check_access()
    visitor.shot("nobody-360")
    assert visitor.page.locator(".notice").count() == 1, "one error at a time"


def test_a_cut_photo_can_be_used_and_one_of_several_people_chosen(
    shopper: Any, seen: Any, make_person: Callable[..., dict[str, Any]]
) -> None:
    visitor = shopper()
    visitor.upload(seen.show(make_person(1, 256), people=2, beyond=("feet",)))
    visitor.say("cuts off the feet")
    visitor.page.get_by_role("button", name="Use it all the same").click()
    visitor.say("shows 2 people")
    visitor.shot("several")
    visitor.page.get_by_role("button", name="Take person 2").click()
    visitor.say("this is person 2")


def test_a_wiped_photo_is_filled(
    shopper: Any, seen: Any, make_person: Callable[..., dict[str, Any]], fake_server: Any
) -> None:
    made = make_person(1, 256)
    photo = np.asarray(Image.open(io.BytesIO(seen.show(made)))).copy()
    photo[np.isin(made["labels"], (5, 14, 15))] = 255
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PNG")
    visitor = shopper(360)
    visitor.upload(buffer.getvalue())
    visitor.say("wiped away: Top")
    visitor.check_access()
    visitor.shot("wiped-360")
    visitor.page.get_by_role("button", name="Yes, show me").click()
    visitor.results(4)
    _, inputs = fake_server.calls[-1]
    sent = np.asarray(Image.open(io.BytesIO(inputs["parsing_bytes"][0])))
    arms = np.isin(made["labels"], (14, 15))
    assert (sent[arms] == 5).mean() > 0.7, "what is wiped counts as the top, also where arms were"


class _Held:
    """Keeps the first request for an address back until it is let go."""

    def __init__(self, page: Any, address: str) -> None:
        self.routes: list[Any] = []
        page.route(address, lambda route: route.continue_() if self.routes else self.routes.append(route))

    def let_go(self, page: Any) -> None:
        with page.expect_response(self.routes[0].request.url):
            self.routes[0].continue_()
        page.wait_for_timeout(300)  # what would be done with the answer is done


def test_the_latest_photo_counts_whichever_is_ready_first(shopper: Any, photo: bytes) -> None:
    visitor = shopper()
    visitor.start()
    shown = "document.getElementById('tiles').style.getPropertyValue('--photo')"
    first = visitor.page.evaluate(shown)
    held = _Held(visitor.page, "**/api/people?*")
    visitor.upload(photo)
    while not held.routes:
        visitor.page.wait_for_timeout(20)
    visitor.upload(photo)
    while (second := visitor.page.evaluate(shown)) == first:
        visitor.page.wait_for_timeout(20)
    held.let_go(visitor.page)
    assert visitor.page.evaluate(shown) == second
    assert visitor.page.locator("#reading").is_hidden()


def test_the_latest_other_person_counts(shopper: Any) -> None:
    visitor = shopper()
    visitor.start()
    visitor.page.click("#borrow summary")
    held = _Held(visitor.page, "**/api/people?*")
    visitor.page.locator("#other-starts button").nth(1).click()
    while not held.routes:
        visitor.page.wait_for_timeout(20)
    visitor.page.locator("#other-starts button").nth(3).click()
    visitor.page.locator("#other").wait_for()
    latest = visitor.page.locator("#other-photo").get_attribute("src")
    held.let_go(visitor.page)
    assert visitor.page.locator("#other-photo").get_attribute("src") == latest
    assert visitor.page.locator("#borrow").get_attribute("aria-busy") is None


def test_the_first_photos_of_a_visit_are_all_forgotten(
    shopper: Any, shop: Any, photo: bytes, seen: Any, gate: Any
) -> None:
    visitor = shopper()
    poses = seen.poses
    seen.look = lambda photo: (gate.wait(), poses)[1]
    visitor.upload(photo)
    while not gate.came.is_set():
        visitor.page.wait_for_timeout(20)
    visitor.upload(photo)
    visitor.page.wait_for_timeout(300)  # as long as it takes to be sent without a cookie
    gate.open.set()
    visitor.page.locator("#room").wait_for()
    visitor.page.locator("#reading").wait_for(state="hidden")
    assert len(shop.sessions) == 1
    visitor.page.click("#forget")
    visitor.page.locator("#starts").wait_for()
    assert len(shop.sessions) == 0


def test_a_refused_photo_leaves_the_results_before_it(shopper: Any, fake_server: Any) -> None:
    visitor = shopper()
    visitor.start()
    visitor.ask_in_vain(fake_server)
    visitor.upload(b"no picture")
    visitor.say("no picture that can be read")
    fake_server.gate.set()
    visitor.page.locator("#tiles[aria-busy=false]").wait_for(state="attached")
    assert visitor.page.locator(".tile.pending").count() == 0
    visitor.page.click("#show")
    visitor.results(4)


def test_a_forgotten_photo_can_be_given_again(
    shopper: Any, shop: Any, seen: Any, make_person: Callable[..., dict[str, Any]]
) -> None:
    visitor = shopper()
    visitor.upload(seen.show(make_person(1, 256), people=2))
    visitor.page.get_by_role("button", name="Take person 2").click()
    visitor.say("this is person 2")
    shop.sessions.forget(next(iter(shop.sessions._kept)))
    visitor.page.click("#show")
    visitor.say("no longer kept")
    visitor.page.get_by_role("button", name="Use the photo again").click()
    visitor.say("this is person 2")  # as it was chosen
    visitor.page.click("#show")
    visitor.results(4)


def test_two_visitors_at_once_have_each_their_own(shopper: Any, shop: Any) -> None:
    one, other = shopper(), shopper(360)
    one.start(1)
    other.start(5)
    one.page.click("#show")
    other.page.click("#show")
    one.results(4)
    other.results(4)
    assert len(shop.sessions) == 2
    source = one.page.locator(".tile-open img").first.get_attribute("src")
    address = urljoin(one.page.url, source)
    assert one.page.request.get(address).status == 200
    assert other.page.request.get(address).status == 404
    one.page.click("#forget")
    one.page.locator("#starts").wait_for()
    assert len(shop.sessions) == 1
    other.page.click("#more")
    other.results(8)
