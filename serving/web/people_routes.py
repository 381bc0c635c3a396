"""Routes of people: a photo comes in, its parsing goes out, corrections come back.

Labels travel as one byte for each pixel: the class in the low bits, `ERASED` added where it is to be erased.
"""

from __future__ import annotations

import gzip
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tf_tryon.data.vocabulary import BOTTOM, CLASSES, worn_targets
from tf_tryon.serving.web import bodies, shop, starts
from tf_tryon.serving.web.addresses import whole
from tf_tryon.serving.web.annotating import Annotated
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Subject

ERASED: Final = 0x80
_MOST_PEOPLE: Final = 1000  # of a photo


async def add(request: Request) -> Response:
    """POST: a photo as the body, or `?start=NAME`; `person=K` chooses of several, `cut=allow` takes a cut photo."""
    here, before = shop.shop_of(request), shop.session_before(request)
    query = request.query_params
    notes: dict[str, Any] = {}
    if "start" in query:
        subject = starts.subject(query["start"])
    else:
        number = whole(query["person"], 1, _MOST_PEOPLE) if query.get("person") else None
        if query.get("person") and number is None:
            raise RefusedError(400, "bad-request", f"person: a number from 1 to {_MOST_PEOPLE}")
        body = await bodies.read(request, here.settings.max_upload)
        annotated = await here.annotating.person(body, number, query.get("cut") == "allow")
        subject, notes = annotated.subject, _notes(annotated)
    cookie, session = await shop.opened(request, before)
    key = session.add_person(subject)
    if here.archive and "start" not in query:
        here.archive.person(key, subject)
    return shop.with_cookie(JSONResponse({**_described(key, subject), **notes}, 201), request, cookie)


async def photo(request: Request) -> Response:
    """GET: the photo as it is worked on."""
    return shop.picture(shop.session_of(request).person(request.path_params["key"]).photo)


async def labels(request: Request) -> Response:
    """GET: the labels."""
    subject = shop.session_of(request).person(request.path_params["key"])
    packed = gzip.compress((subject.labels | np.uint8(ERASED) * subject.erased).tobytes(), 3)
    return Response(packed, media_type="application/octet-stream", headers={"Content-Encoding": "gzip"})


async def correct(request: Request) -> Response:
    """PUT: labels as corrected, as gzip; `dress=0` says that the bottom is no dress."""
    subject = shop.session_of(request).person(request.path_params["key"])
    height, width = subject.size
    values = np.frombuffer(await bodies.read_deflated(request, height * width), np.uint8).reshape(height, width)
    classes = values & ~np.uint8(ERASED)
    if classes.max() >= len(CLASSES):
        raise RefusedError(400, "bad-request", f"labels: classes are 0 to {len(CLASSES) - 1}")
    subject.labels, subject.erased = classes, (values & ERASED) > 0
    if "dress" in request.query_params:
        subject.dress = request.query_params["dress"] == "1"
    return JSONResponse(_described(request.path_params["key"], subject))


def _described(key: str, subject: Subject) -> dict[str, Any]:
    height, width = subject.size
    return {
        "key": key,
        "height": height,
        "width": width,
        "worn": list(worn_targets(subject.labels, subject.dress)),
        "dress": subject.dress and bool((subject.labels == BOTTOM).any()),
    }


def _notes(annotated: Annotated) -> dict[str, Any]:
    return {
        "people": annotated.people,
        "person": annotated.person,
        "doubts": annotated.doubts,
        "few": annotated.few,
        "wiped": annotated.wiped,
    }


ROUTES: Final = [
    Route("/api/people", add, methods=["POST"]),
    Route("/api/people/{key}/photo.png", photo),
    Route("/api/people/{key}/labels", labels),
    Route("/api/people/{key}/labels", correct, methods=["PUT"]),
]
