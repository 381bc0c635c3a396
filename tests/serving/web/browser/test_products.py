"""A shop's own garments on the page: the best are worn, a tile opens the product, a photo of one is worn."""

from collections.abc import Callable
from typing import Any

import pytest

from tf_tryon.products import kinds


@pytest.fixture
def shop(fake_server: Any, make_shop: Callable[..., Any], products: Any) -> Any:
    return make_shop(fake_server.address, products=products)


@pytest.fixture
def green(product_photo: Any) -> dict[str, Any]:
    return {"name": "shirt.png", "mimeType": "image/png", "buffer": product_photo((20, 160, 60))}


@pytest.mark.parametrize(("width", "locale"), [(1280, "en-GB"), (360, "en-GB"), (360, "zh-CN")])
def test_the_best_products_are_worn_and_opened(shopper: Any, width: int, locale: str) -> None:
    visitor = shopper(width, locale=locale)
    visitor.start()
    visitor.page.click("#show")
    visitor.results(4)
    items = visitor.page.locator("#matches-list .item")
    visitor.page.locator("#matches-list .item.worn").nth(1).wait_for()
    assert items.count() == 2
    assert items.first.locator(".item-name").inner_text() == "Red shirt"
    items.first.scroll_into_view_if_needed()
    visitor.check_access()
    visitor.shot(f"products-{locale}-{width}")

    items.first.focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#item[open]").wait_for()
    link = visitor.page.locator("#item-link")
    assert link.get_attribute("href") == "https://shop.example/r1"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert visitor.page.locator("#item-title").inner_text() == "Red shirt"
    assert visitor.page.locator("#item-price").inner_text() == "19.00"
    assert "/api/results/" in visitor.page.locator("#item-worn").evaluate("(picture) => picture.src")
    visitor.check_access()
    visitor.shot(f"product-open-{locale}-{width}")
    visitor.page.keyboard.press("Escape")
    assert items.first.evaluate("(tile) => tile === document.activeElement")

    items.nth(1).click()  # which has neither price nor a link of the web
    assert not visitor.page.locator("#item-link").is_visible()
    assert not visitor.page.locator("#item-price").is_visible()
    visitor.page.click("#item-more")
    visitor.results(4)
    assert visitor.page.locator("#origin-photo").evaluate("(picture) => picture.src").endswith("api/catalogue/1.png")
    assert visitor.page.evaluate("document.activeElement.id") == "finds-title"


def test_a_product_photo_is_worn(shopper: Any, green: dict[str, Any]) -> None:
    visitor = shopper(360)
    visitor.start()
    visitor.page.click("#product summary")
    visitor.check_access()
    visitor.page.set_input_files("#product-file", green)
    visitor.results(4)
    assert "/api/products/" in visitor.page.locator("#origin-photo").evaluate("(picture) => picture.src")
    assert visitor.page.locator("input[name=garment]:checked").input_value() == "top"
    visitor.check_access()
    visitor.shot("product-photo-360")


def test_the_latest_product_counts(shopper: Any, green: dict[str, Any], product_photo: Any) -> None:
    visitor = shopper()
    visitor.start()
    held: list[Any] = []
    visitor.page.route("**/api/products?*", lambda route: route.continue_() if held else held.append(route))
    visitor.page.click("#product summary")
    visitor.page.set_input_files("#product-file", green)
    while not held:
        visitor.page.wait_for_timeout(20)
    visitor.page.set_input_files("#product-file", {**green, "buffer": product_photo((160, 20, 60))})
    visitor.results(4)
    latest = visitor.page.locator("#origin-photo").get_attribute("src")
    with visitor.page.expect_response(held[0].request.url):
        held[0].continue_()
    visitor.page.wait_for_timeout(300)
    visitor.results(4)
    assert visitor.page.locator("#origin-photo").get_attribute("src") == latest


def test_what_cannot_be_told_is_asked(shopper: Any, green: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    even = dict.fromkeys(kinds.NAMES, 1 / len(kinds.NAMES))
    monkeypatch.setattr(kinds, "probabilities", lambda photo, mask: even)
    visitor = shopper()
    visitor.start()
    visitor.page.click("#product summary")
    visitor.page.set_input_files("#product-file", green)
    bottom = visitor.page.get_by_role("button", name="It is: Bottom")
    bottom.wait_for()
    visitor.check_access()
    visitor.shot("product-asked")
    bottom.click()
    visitor.results(4)
    assert visitor.page.locator("input[name=garment]:checked").input_value() == "bottom"


def test_a_page_without_products_offers_none(
    shopper: Any, fake_server: Any, make_shop: Callable[..., Any], open_shop: Any
) -> None:
    visitor = shopper(at=open_shop(make_shop(fake_server.address)))
    visitor.start()
    assert not visitor.page.locator("#product").is_visible()
