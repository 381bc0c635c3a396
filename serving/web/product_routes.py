"""Routes of products: a visitor's photo of one comes in, its cut-out goes out."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tf_tryon.serving.encoded_person import to_png
from tf_tryon.serving.web import bodies, shop
from tf_tryon.serving.web.products import Products
from tf_tryon.serving.web.refusal import RefusedError


async def add(request: Request) -> Response:
    """POST: a photo of a garment alone as the body; `garment=top` says what it is."""
    here, before = shop.shop_of(request), shop.session_before(request)
    products = products_of(request)
    garment = request.query_params.get("garment") or None
    if garment is not None and garment not in here.settings.garments:
        raise RefusedError(400, "bad-request", f"garment: one of {', '.join(here.settings.garments)}")
    product = await products.read(await bodies.read(request, here.settings.max_upload), garment)
    if product.garment not in here.settings.garments:
        raise RefusedError(422, "product-unsure")
    cookie, session = await shop.opened(request, before)
    key = session.add_product(product)
    return shop.with_cookie(JSONResponse({"key": key, "garment": product.garment}, 201), request, cookie)


async def picture(request: Request) -> Response:
    """GET: the garment on white."""
    return shop.picture(to_png(shop.session_of(request).product(request.path_params["key"]).on_white()))


def products_of(request: Request) -> Products:
    """The shop's.

    Raises:
      RefusedError: 404: there are none.
    """
    products = shop.shop_of(request).products
    if products is None:
        raise RefusedError(404, "result-gone")
    return products


ROUTES: Final = [
    Route("/api/products", add, methods=["POST"]),
    Route("/api/products/{key}.png", picture),
]
