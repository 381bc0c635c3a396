"""Routes of results: a stream of them, their pictures, all in one archive, and matches of the catalogue."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from tf_tryon.products.product import Product
from tf_tryon.serving.encoded_person import to_png
from tf_tryon.serving.web import bodies, shop
from tf_tryon.serving.web.addresses import whole
from tf_tryon.serving.web.page_request import Codes, PageRequest
from tf_tryon.serving.web.products import Products
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Sample, Session, Subject
from tf_tryon.serving.web.shop import Shop
from tf_tryon.serving.web.streaming import Lines

if TYPE_CHECKING:
    from tf_tryon.shop.catalogue import Listed


async def results(request: Request) -> ASGIApp:
    """POST a request: lines of results as they come, `{"done": true}` last."""
    here, session = shop.shop_of(request), shop.session_of(request)
    key = request.path_params["key"]
    subject = session.person(key)
    page_request = PageRequest.of(await bodies.read_json(request), here.settings.garments, here.settings.background)
    return Lines(_results(here, session, key, subject, page_request))


async def _results(
    here: Shop, session: Session, key: str, subject: Subject, page_request: PageRequest
) -> AsyncGenerator[dict[str, Any]]:
    async def codes(page_request: PageRequest) -> Codes:
        return await _codes(here, session, page_request)

    def kept(sample: Sample) -> str:
        shop.still_wanted(session)
        name = session.add_sample(sample)
        if here.archive:
            here.archive.sample(key, name, sample)
        return name

    if here.products is not None and page_request.source in _sources(here.products):
        product = await _product(here, here.products, session, page_request)
        person = subject.encoded(page_request.completion.garment)
        answers = here.client.stream_wear(person, product, page_request.completion)
    else:
        answers = page_request.answers(here.client, subject, codes)
    async for answer in answers:
        sample = Sample(page_request.completion.garment, answer.code(0), answer.photos[0], answer.parsings[0])
        yield {"key": kept(sample), "number": answer.first, "score": float(answer.score[0]), "version": answer.version}
    yield {"done": True}


def _sources(products: Products) -> tuple[str, ...]:
    """Where a product comes from; without a catalogue of products a match is somebody's of the catalogue of people."""
    return ("product",) if products.catalogue is None else ("match", "product")


async def _product(here: Shop, products: Products, session: Session, page_request: PageRequest) -> Product:
    if page_request.source == "product":
        product = session.product(page_request.key)
    else:
        product = await products.product(_catalogue_number(page_request.key))
    garment = page_request.completion.garment
    if product.garment != garment:
        raise RefusedError(400, "bad-request", f"that product is a {product.garment}, not a {garment}")
    return product


async def _codes(here: Shop, session: Session, page_request: PageRequest) -> Codes:
    garment = page_request.completion.garment
    if page_request.source == "sample":
        sample = session.sample(page_request.key)
        if sample.garment != garment:
            raise RefusedError(400, "bad-request", f"that result is a {sample.garment}, not a {garment}")
        return sample.codes
    if page_request.source == "person":
        return await here.client.encode(session.person(page_request.key).encoded(garment), garment)
    if here.catalogue is None or page_request.source != "match":
        raise RefusedError(404, "result-gone")
    return await here.catalogue.codes(here.client, _catalogue_number(page_request.key), garment)


async def photo(request: Request) -> Response:
    """GET: a result; with `?save`, to be saved."""
    return shop.picture(_sample(request).photo, "save" in request.query_params)


async def parsing(request: Request) -> Response:
    """GET: a result's parsing, grey values are classes."""
    return shop.picture(_sample(request).parsing)


def _sample(request: Request) -> Sample:
    return shop.session_of(request).sample(request.path_params["key"])


async def archive(request: Request) -> Response:
    """GET `?key=K&key=...`: of these results those that are still kept, in one archive; PNG is packed already.

    Each is called by its place among the keys, as the page numbers it, though one before it may be gone. A result is
    packed once however often it is named, so that an archive holds no more than a session does.
    """
    session = shop.session_of(request)
    keys = list(dict.fromkeys(request.query_params.getlist("key")))
    if not keys:
        raise RefusedError(400, "bad-request", "key: the results to be packed")
    samples = session.samples(keys)
    if not samples:
        raise RefusedError(404, "result-gone")
    digits = max(2, len(str(len(keys))))  # so that names sort as the results do
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        for number, key in enumerate(keys, 1):
            if key in samples:
                packed.writestr(f"try-on-{number:0{digits}d}.png", samples[key].photo)
    headers = {"Content-Disposition": 'attachment; filename="try-on.zip"'}
    return Response(buffer.getvalue(), media_type="application/zip", headers=headers)


async def matches(request: Request) -> Response:
    """GET `?garment=top`: the catalogue's best matches, best first."""
    here = shop.shop_of(request)
    subject = shop.session_of(request).person(request.path_params["key"])
    garment = request.query_params.get("garment", "")
    if garment not in here.settings.garments:
        raise RefusedError(404, "result-gone")
    if here.products is not None and here.products.catalogue is not None:
        listed = await here.products.best(subject, garment, here.settings.matches)
        return JSONResponse({"matches": [_listed(match.item, match.score) for match in listed]})
    if here.catalogue is None:
        raise RefusedError(404, "result-gone")
    best = await here.catalogue.best(subject, garment, here.settings.matches)
    return JSONResponse({"matches": [{"key": str(match.number), "score": match.score} for match in best]})


def _listed(item: Listed, score: float) -> dict[str, Any]:
    """What the page shows of a product; only a link that leads to a page of the web."""
    link = item.link if item.link.startswith(("https://", "http://")) else ""
    return {
        "key": str(item.number), "score": score, "title": item.title or item.id, "price": item.price, "link": link,
    }  # fmt: skip


async def catalogue_photo(request: Request) -> Response:
    """GET: the photo of somebody of the catalogue, or of a product, cut out, on white."""
    here, number = shop.shop_of(request), request.path_params["number"]
    if here.products is not None and here.products.catalogue is not None:
        product = await here.products.product(_catalogue_number(number))
        return shop.picture(to_png(product.on_white()))
    catalogue = here.catalogue
    if catalogue is None:
        raise RefusedError(404, "result-gone")
    return shop.picture(catalogue.picture(_catalogue_number(number)))


def _catalogue_number(text: str) -> int:
    number = whole(text)
    if number is None:
        raise RefusedError(404, "result-gone")
    return number


ROUTES: Final = [
    Route("/api/people/{key}/results", results, methods=["POST"]),
    Route("/api/people/{key}/matches", matches),
    Route("/api/results.zip", archive),
    Route("/api/results/{key}/photo.png", photo),
    Route("/api/results/{key}/parsing.png", parsing),
    Route("/api/catalogue/{number}.png", catalogue_photo),
]
