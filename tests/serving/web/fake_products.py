"""A shop's products without a catalogue on the disk."""

from typing import Any

import numpy as np


def cut_out(colour: tuple[int, int, int]) -> np.ndarray:
    """(60, 50, 4) uint8: a garment of one colour, its outline as alpha."""
    picture = np.zeros((60, 50, 4), np.uint8)
    picture[5:55, 8:42] = (*colour, 255)
    return picture


class FakeCatalogue:
    """Two tops: a red one with a price and a link, and a blue one with a link that is none."""

    model, folder, garments = "fake", "catalogue", {"top": 2}

    def __init__(self) -> None:
        from tf_tryon.shop.catalogue import Listed

        self.items = [
            Listed(0, "r1", "top", title="Red shirt", price="19.00", link="https://shop.example/r1"),
            Listed(1, "b1", "top", link="javascript:alert(1)"),
        ]

    def best(self, samples: Any, garment: str, top: int) -> list[Any]:
        from tf_tryon.shop.catalogue import Match

        return [Match(item, 1.0 - item.number) for item in self.items][:top]

    def product(self, item: Any) -> Any:
        from tf_tryon.products.product import Product

        cut = cut_out(((200, 20, 20), (20, 20, 200))[item.number])
        return Product(cut[..., :3], cut[..., 3] > 0, "top", item.id)
