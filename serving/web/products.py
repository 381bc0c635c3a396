"""Products that visitors wear: photos that they upload are cut out, a catalogue is ranked; the gRPC API wears both.

Ranking needs the networks themselves (no served signature ranks), so with a catalogue they are loaded in this process.
All of it happens in the background: what visitors upload in one thread, what the networks rank in another, so that
nobody's photo waits for somebody's ranking; pictures of the catalogue, which are only read, wait for neither.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from tf_tryon.data.photo import open_upright, to_rgb
from tf_tryon.errors import TryOnError
from tf_tryon.products.cutout import NoProductError
from tf_tryon.products.product import Product, UnsureError, WornError, WornIn, of_photo
from tf_tryon.serving.web.background import Background
from tf_tryon.serving.web.refusal import RefusedError
from tf_tryon.serving.web.sessions import Subject

if TYPE_CHECKING:
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.shop.catalogue import Catalogue, Listed, Match

_SIDE: Final = 1024  # longer photos of products are shrunk to it
_CLEAR: Final = 250  # alpha below which a pixel is see-through
_log = logging.getLogger(__name__)


class Products:
    """What can be worn.

    Args:
      load: makes the model that ranks; called in a thread, once.
      catalogue: of products, built with that model; None: only what visitors upload.
      worn: makes what tells that somebody wears a product; called in the thread, once. None: nobody looks.
    """

    def __init__(
        self,
        load: Callable[[], TryOn],
        catalogue: Catalogue | None = None,
        worn: Callable[[], WornIn] | None = None,
    ) -> None:
        self.catalogue = catalogue
        self._load, self._load_worn = load, worn
        self._model: TryOn | None = None
        self._worn: WornIn | None = None
        self._reading, self._ranking = Background("products"), Background("ranking")

    def warm(self) -> None:
        """Loads the networks meanwhile, if there is a catalogue to be ranked."""
        if self.catalogue is not None:
            self._ranking.later(self._loaded, "products can't be ranked")

    def close(self) -> None:
        """Ends the threads; what they do is not waited for."""
        self._reading.close()
        self._ranking.close()

    async def read(self, body: bytes, garment: str | None) -> Product:
        """The product of an uploaded photo.

        Args:
          body: the file.
          garment: what it is, if the visitor says so.

        Raises:
          PhotoError: it is no photo.
          RefusedError: too many wait; worn by somebody, no garment alone, or of a kind that can't be recognised.
        """
        return await self._reading.run(self._read, body, garment)

    async def best(self, subject: Subject, garment: str, top: int) -> list[Match]:
        """The catalogue's products of a garment that go best with what somebody keeps on, best first."""
        return await self._ranking.run(self._rank, subject, garment, top)

    def item(self, number: int) -> Listed:
        """An item of the catalogue; RefusedError: 404."""
        if self.catalogue is None or not 0 <= number < len(self.catalogue.items):
            raise RefusedError(404, "result-gone")
        return self.catalogue.items[number]

    async def product(self, number: int) -> Product:
        """An item's cut-out; raises as `item`, and as `Catalogue.product` of the shop's."""
        item = self.item(number)
        assert self.catalogue is not None  # or there was no item
        return await asyncio.to_thread(self.catalogue.product, item)

    def _loaded(self) -> TryOn:
        if self._model is None:
            self._model = self._load()
        return self._model

    def _read(self, body: bytes, garment: str | None) -> Product:
        picture = open_upright(io.BytesIO(body), "the product's photo")
        alpha = np.asarray(picture.convert("RGBA"))[..., 3] if picture.has_transparency_data else None
        photo = Image.fromarray(to_rgb(picture))
        photo.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        known = None
        if alpha is not None and alpha.min() < _CLEAR:
            known = np.asarray(Image.fromarray(alpha).resize(photo.size, Image.Resampling.BILINEAR)) > 127
        if self._worn is None and self._load_worn is not None:
            self._worn = self._load_worn()
        try:
            return of_photo(np.asarray(photo), "product", garment, known, self._worn)
        except WornError as error:
            raise RefusedError(422, "product-worn") from error
        except UnsureError as error:
            raise RefusedError(422, "product-unsure") from error
        except (NoProductError, ValueError) as error:
            raise RefusedError(422, "no-product") from error
        except TryOnError as error:  # of the installation: another photo would not help the visitor
            _log.error("no product can be read: %s", error)
            raise RefusedError(500, "failed") from error

    def _rank(self, subject: Subject, garment: str, top: int) -> list[Match]:
        from tf_tryon.shop.codes import DRAWS, sampled_codes

        if self.catalogue is None or garment not in self.catalogue.garments:
            return []
        model = self._loaded()
        person = subject.wearing(garment, model.garments)
        return self.catalogue.best(sampled_codes(model, person, garment, DRAWS), garment, top)
