"""By keyboard alone, in Chinese, in the dark, on the narrowest phone, without motion: the page is for everybody."""

from typing import Any


def _tab_to(page: Any, wanted: str, way: str = "Tab") -> None:
    """Presses Tab until an element has the focus."""
    for _ in range(80):
        page.keyboard.press(way)
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
    raise AssertionError(f"{wanted} can't be reached by {way}")


def test_by_keyboard_alone(shopper: Any) -> None:
    visitor = shopper()
    page = visitor.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    _tab_to(page, "#file")
    _tab_to(page, "#starts button")
    page.keyboard.press("Enter")
    page.locator("#room").wait_for()
    _tab_to(page, "[name=garment]")
    page.keyboard.press("ArrowRight")
    assert page.locator("#garments input[value=bottom]").is_checked()
    _tab_to(page, "#show")
    page.keyboard.press("Enter")
    visitor.results(4)
    _tab_to(page, ".tile-open")
    page.keyboard.press("Enter")
    page.locator("#viewer[open]").wait_for()
    page.keyboard.press("ArrowRight")
    visitor.say("Result 2 of 4")
    visitor.shot("keyboard")
    page.keyboard.press("Escape")
    page.locator(".tile:nth-child(2) .tile-open:focus").wait_for()
    _tab_to(page, ".tile:nth-child(2) .download")
    with page.expect_download():
        page.keyboard.press("Enter")
    _tab_to(page, "#more")
    page.keyboard.press("Enter")
    visitor.results(8)
    assert page.evaluate("document.activeElement.id") == "more", "the focus isn't lost"


def test_in_chinese_and_in_the_dark(shopper: Any) -> None:
    visitor = shopper(360, locale="zh-CN", color_scheme="dark")
    page = visitor.page
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    visitor.check_access()
    visitor.shot("chinese-start-360")
    visitor.start(6)
    page.click("#show")
    visitor.results(4)
    visitor.say("与之相配的上衣")
    visitor.check_access()
    visitor.shot("chinese-results-360")
    page.click(".tile-open >> nth=0")
    page.locator("#viewer[open]").wait_for()
    visitor.check_access()
    visitor.shot("chinese-large-360")
    page.keyboard.press("Escape")
    page.click("#language")
    visitor.say("Tops that go with it")
    assert page.locator(".tile-open").first.get_attribute("aria-label") == "Open result 1 large"
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    page.locator("#starts img").first.wait_for()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == ["en", "light"]


def test_wide_and_dark(shopper: Any) -> None:
    visitor = shopper(1440, color_scheme="dark", reduced_motion="reduce")
    visitor.check_access()
    visitor.shot("dark-start")
    visitor.start(5)
    visitor.page.click("#adjust summary")
    visitor.check_access()
    visitor.shot("dark-adjust")
    visitor.page.click("#show")
    visitor.results(4)
    visitor.check_access()
    visitor.shot("dark-results")
