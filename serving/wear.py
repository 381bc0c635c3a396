"""Calls that put a product on somebody: its cloth and its reach are made ready here, all else is the served graph's."""

from __future__ import annotations

import numpy as np

from tf_tryon.products.cloth import cloth_of
from tf_tryon.products.product import Product
from tf_tryon.serving.calls import Call, CompletionRequest, request_inputs, strings
from tf_tryon.serving.encoded_person import EncodedPerson, to_png


def wear_calls(person: EncodedPerson, product: Product, request: CompletionRequest, step: int) -> list[Call]:
    """Calls of `wear`: a product that was cut out (`products.product.read_product`).

    Raises:
      ValueError: it is another garment than the one asked for, or one shape or texture is to be kept.
    """
    if product.garment != request.garment:
        raise ValueError(f"{product.name} is a {product.garment}, and a {request.garment} is to be completed")
    if kept := request.kept:
        raise ValueError(f"wear and keep_{kept[0]} exclude each other: shapes alone tell a product's samples apart")
    reach = product.reach()
    given = {"reach": np.array([-1.0 if reach is None else reach], np.float32)}
    given["cloth_bytes"] = strings(to_png(cloth_of(product)))
    return [Call("wear", {**request_inputs(person, part), **given}, part) for part in request.parts(step)]
