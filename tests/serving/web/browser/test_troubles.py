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


def test_a_forgotten_photo_can_be_given_again(shopper: Any, shop: Any, photo: bytes) -> None:
    visitor = shopper()
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    shop.sessions.forget(next(iter(shop.sessions._kept)))
    visitor.page.click("#show")
    visitor.say("no longer kept")
    visitor.page.get_by_role("button", name="Use the photo again").click()
    visitor.page.locator("#show:enabled").wait_for()
    visitor.page.locator(".notice").wait_for(state="detached")
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
