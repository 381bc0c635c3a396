"""Products on the page: read, ranked, worn, and refused with what the page has words for."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from tf_tryon.errors import TryOnError
from tf_tryon.inference.tryon import TryOn
from tf_tryon.products import cutout, kinds
from tf_tryon.serving.web.catalogue import Catalogue
from tf_tryon.serving.web.products import Products

RED, BLUE = (200, 20, 20), (20, 20, 200)


@pytest.fixture
def shopping(fake_server: Any, make_shop: Any, visit: Any, products: Any) -> Iterator[Any]:
    with visit(make_shop(fake_server.address, products=products)) as visitor:
        yield visitor


def results(visitor: Any, person: str, **fields: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in visitor.post(f"/api/people/{person}/results", json=fields).text.splitlines()]


def colours(visitor: Any, result: dict[str, Any]) -> set[tuple[int, ...]]:
    picture = Image.open(io.BytesIO(visitor.get(f"/api/results/{result['key']}/photo.png").content))
    return set(map(tuple, np.asarray(picture).reshape(-1, 3).tolist()))


def test_products_are_ranked_and_worn(shopping: Any, fake_server: Any) -> None:
    about = shopping.get("/api/about").json()
    assert (about["products"], about["wears"], about["catalogue"]) == (True, True, False)
    person = shopping.post("/api/people?start=1").json()["key"]
    actual = shopping.get(f"/api/people/{person}/matches?garment=top").json()["matches"]
    assert [(match["title"], match["price"], match["link"]) for match in actual] == [
        ("Red shirt", "19.00", "https://shop.example/r1"),
        ("b1", "", ""),  # no title: its id; a link that is a script is none
    ]
    assert shopping.get("/api/catalogue/0.png").headers["content-type"] == "image/png"
    assert shopping.get("/api/catalogue/2.png").status_code == 404
    fields = {"garment": "top", "source": "match", "key": actual[0]["key"], "samples": 2, "first": 3, "seed": 1}
    first, second, end = results(shopping, person, **fields)
    assert end == {"done": True}
    assert (first["number"], second["number"]) == (3, 4)
    assert first["score"] != second["score"]  # of other seeds
    assert RED in colours(shopping, first)
    assert {signature for signature, _ in fake_server.calls} == {"wear"}
    assert shopping.get(f"/api/people/{person}/matches?garment=bottom").json()["matches"] == []


def test_an_uploaded_product_is_worn(shopping: Any, product_photo: Any) -> None:
    person = shopping.post("/api/people?start=1").json()["key"]
    answer = shopping.post("/api/products", content=product_photo(BLUE))
    assert answer.status_code == 201
    product = answer.json()
    assert product["garment"] == "top"
    alone = Image.open(io.BytesIO(shopping.get(f"/api/products/{product['key']}.png").content))
    assert alone.size == (34, 50)  # the box around it
    result, _ = results(shopping, person, garment="top", source="product", key=product["key"], samples=1)
    assert BLUE in colours(shopping, result)
    (wrong,) = results(shopping, person, garment="bottom", source="product", key=product["key"])
    assert wrong["error"]["code"] == "bad-request"
    assert shopping.post("/api/products?garment=bottom", content=product_photo(BLUE)).json()["garment"] == "bottom"
    assert shopping.post("/api/products?garment=hat", content=product_photo(BLUE)).status_code == 400


def test_matches_of_people_are_tried_on_where_products_are_worn_too(
    fake_server: Any, make_shop: Any, visit: Any, data_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TryOn, "load", lambda *_: None)  # nothing is ranked here
    catalogue = Catalogue(data_set, count=1)
    catalogue._loaded()
    with visit(make_shop(fake_server.address, catalogue=catalogue, products=Products(Mock()))) as visitor:
        person = visitor.post("/api/people?start=1").json()["key"]
        assert visitor.get("/api/catalogue/0.png").status_code == 200
        *_, end = results(visitor, person, garment="top", source="match", key="0", samples=1)
        assert end == {"done": True}
        assert [signature for signature, _ in fake_server.calls] == ["encode", "transfer"]


def test_a_product_is_the_visitors_own(shopping: Any, product_photo: Any) -> None:
    key = shopping.post("/api/products", content=product_photo(BLUE)).json()["key"]
    shopping.cookies.clear()
    assert shopping.get(f"/api/products/{key}.png").status_code == 404


def test_a_product_that_is_still_being_read_is_forgotten_too(
    shopping: Any, products: Any, product_photo: Any, gate: Any, meanwhile: Any
) -> None:
    shopping.post("/api/people?start=1")
    mine = {"Cookie": f"tryon={shopping.cookies['tryon']}"}
    products._worn = lambda photo: gate.wait()
    answer = meanwhile(
        gate,
        lambda: shopping.post("/api/products", content=product_photo(BLUE), headers=mine),
        lambda: shopping.delete("/api/session", headers=mine),
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "photo-gone")
    assert len(shopping.app.state.shop.sessions) == 0


def test_nobodys_photo_waits_for_a_ranking(
    shopping: Any, products: Any, product_photo: Any, gate: Any, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = shopping.post("/api/people?start=1").json()["key"]
    monkeypatch.setattr(products.catalogue, "best", lambda *_: (gate.wait(), [])[1])
    read: list[int] = []
    answer = meanwhile(
        gate,
        lambda: shopping.get(f"/api/people/{person}/matches?garment=top"),
        lambda: read.append(shopping.post("/api/products", content=product_photo(BLUE)).status_code),
    )
    assert (read, answer.json()["matches"]) == ([201], [])


def test_pictures_of_the_catalogue_wait_for_nobodys_photo(
    shopping: Any, products: Any, product_photo: Any, gate: Any, meanwhile: Any
) -> None:
    shopping.post("/api/people?start=1")
    products._worn = lambda photo: gate.wait()
    shown: list[int] = []
    meanwhile(
        gate,
        lambda: shopping.post("/api/products", content=product_photo(BLUE)),
        lambda: shown.append(shopping.get("/api/catalogue/0.png").status_code),
    )
    assert shown == [200]


def test_a_catalogue_that_was_built_again_is_the_operators_to_mend(
    shopping: Any, products: Any, caplog: pytest.LogCaptureFixture
) -> None:
    problem = "/srv/catalogue was built again"
    products.catalogue.product = Mock(side_effect=TryOnError(problem))
    answer = shopping.get("/api/catalogue/0.png")
    assert (answer.status_code, answer.json()["error"]) == (500, {"code": "failed", "text": ""})
    assert problem in caplog.text


def test_what_is_no_product_is_refused(shopping: Any) -> None:
    flat = io.BytesIO()
    Image.new("RGB", (50, 60), "grey").save(flat, "PNG")
    for body, code in ((flat.getvalue(), "no-product"), (b"text", "unreadable")):
        answer = shopping.post("/api/products", content=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


def test_a_missing_package_is_not_the_photos_fault(
    shopping: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opaque = io.BytesIO()
    Image.new("RGB", (50, 60), "grey").save(opaque, "PNG")
    monkeypatch.setattr(cutout, "open_cv", lambda: None)
    answer = shopping.post("/api/products", content=opaque.getvalue())
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "failed")
    assert "needs OpenCV" in caplog.text


def test_worn_and_unsure_are_told_apart(
    shopping: Any, products: Any, product_photo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(query: str = "") -> str:
        return shopping.post(f"/api/products{query}", content=product_photo(RED)).json().get("error", {}).get("code")

    even = dict.fromkeys(kinds.NAMES, 1 / len(kinds.NAMES))
    monkeypatch.setattr(kinds, "probabilities", lambda photo, mask: even)
    assert answer() == "product-unsure"
    assert answer("?garment=top") is None
    products._worn = lambda photo: True
    assert answer() == "product-worn"


def test_without_products_there_are_none(visitor: Any, product_photo: Any) -> None:
    assert not visitor.get("/api/about").json()["wears"]
    assert visitor.post("/api/products", content=product_photo(RED)).status_code == 404
    person = visitor.post("/api/people?start=1").json()["key"]
    assert visitor.get(f"/api/people/{person}/matches?garment=top").status_code == 404
    (line,) = results(visitor, person, garment="top", source="product", key="x", samples=1)
    assert line["error"]["code"] == "result-gone"
