"""Brushes, by pointer and by keyboard, change what the server is sent."""

from typing import Any

import numpy as np
import pytest

from tf_tryon.serving.web.people_routes import ERASED


@pytest.fixture
def editing(shopper: Any, shop: Any, photo: bytes) -> Any:
    """A visitor with the brushes open, and a function: the labels that the server has, all corrections sent."""
    visitor = shopper()
    visitor.upload(photo)
    visitor.page.locator("#room").wait_for()
    visitor.page.click("#adjust summary")
    visitor.page.locator("#canvas.painting").wait_for()
    ((_, session),) = shop.sessions._kept.values()
    (subject,) = session._people.values()

    def labels() -> np.ndarray:
        return subject.labels | np.uint8(ERASED) * subject.erased

    def after(action: Any) -> np.ndarray:
        with visitor.page.expect_response(lambda response: "/labels?" in response.url):
            action()
        return labels().copy()

    return visitor, after, labels().copy()


def _stroke(visitor: Any, *places: tuple[float, float]) -> None:
    visitor.page.locator("#canvas").scroll_into_view_if_needed()
    box = visitor.page.locator("#canvas").bounding_box()
    for i, (x, y) in enumerate(places):
        visitor.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3 if i else 1)
        if not i:
            visitor.page.mouse.down()
    visitor.page.mouse.up()


@pytest.mark.slow
def test_the_pointer_erases_and_corrects_and_steps_go_back(editing: Any) -> None:
    visitor, after, before = editing
    erased = after(lambda: _stroke(visitor, (0.3, 0.2), (0.6, 0.2)))
    changed = erased != before
    assert changed.any()
    np.testing.assert_array_equal(erased[changed], before[changed] | ERASED)
    rows, columns = np.nonzero(changed)
    assert abs(rows.mean() / 256 - 0.2) < 0.02
    assert columns.min() / 256 < 0.32
    assert columns.max() / 256 > 0.58
    visitor.page.get_by_text("Legs").click()
    mended = after(lambda: _stroke(visitor, (0.5, 0.9)))
    assert (mended[230] == 3).any()
    visitor.check_access()
    visitor.shot("editing")
    np.testing.assert_array_equal(after(lambda: visitor.page.click("#undo")), erased)
    np.testing.assert_array_equal(after(lambda: visitor.page.click("#undo")), before)
    np.testing.assert_array_equal(after(lambda: visitor.page.click("#redo")), erased)
    np.testing.assert_array_equal(after(lambda: visitor.page.click("#clear")), before)


def test_the_keyboard_paints(editing: Any) -> None:
    visitor, after, before = editing
    visitor.page.locator("#canvas").focus()
    keyboard = visitor.page.keyboard
    painted = after(lambda: keyboard.press("Space"))
    rows, columns = np.nonzero(painted != before)
    assert abs(rows.mean() - 128) < 2
    assert abs(columns.mean() - 128) < 2
    keyboard.press("Enter")  # the brush is down
    for _ in range(4):
        keyboard.press("Shift+ArrowRight")
    lined = after(lambda: keyboard.press("Enter"))
    assert np.nonzero(lined != before)[1].max() > 128 + 30
    keyboard.press("ArrowDown")
    undone = after(lambda: keyboard.press("z"))
    assert (undone != lined).any() or (undone != before).any()


def test_buttons_erase_wider_and_narrower(editing: Any) -> None:
    visitor, after, before = editing
    wider = after(lambda: visitor.page.click("#grow"))
    own = before == 5
    gone = (wider & ERASED) > 0
    assert gone[own].all()
    assert gone.sum() > own.sum()
    narrower = after(lambda: visitor.page.click("#shrink"))
    assert ((narrower & ERASED) > 0).sum() < gone.sum()


def test_a_garment_that_was_not_seen_can_be_painted(shopper: Any, make_person: Any, seen: Any) -> None:
    made = make_person(1, 256)
    made["labels"][made["labels"] == 9] = 0
    visitor = shopper()
    visitor.upload(seen.show(made))
    visitor.page.locator("#room").wait_for()
    visitor.say("Bottom: not seen in the photo")
    bottom = visitor.page.locator("#garments input[value=bottom]")
    assert bottom.is_disabled()
    visitor.page.click("#adjust summary")
    visitor.page.locator("#brushes").get_by_text("Bottom").click()
    _stroke(visitor, (0.5, 0.6), (0.5, 0.8))
    visitor.page.locator("#garments input[value=bottom]:enabled").wait_for()
