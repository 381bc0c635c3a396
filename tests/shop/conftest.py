"""A shop: photos of made-up products in plain colours with their outline as alpha, and a table."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

COLOURS = {"red": (190, 40, 50), "blue": (40, 60, 190), "green": (40, 150, 60), "grey": (120, 120, 125)}


def product_file(path: Path, colour: tuple[int, int, int], seed: int = 0) -> None:
    """A shirt, cut out."""
    y, x = np.mgrid[:80, :60]
    mask = (abs(x - 30) < 12) & (y > 15) & (y < 70) | (abs(x - 30) < 24) & (y > 15) & (y < 32)
    cloth = np.clip(np.random.default_rng(seed).normal(colour, 6, (80, 60, 3)), 0, 255)
    Image.fromarray(np.dstack([cloth, mask * 255]).astype(np.uint8)).save(path)


@pytest.fixture
def shop(tmp_path: Path) -> Callable[[], tuple[Path, Path]]:
    """Makes the folder of photos and the table."""

    def make() -> tuple[Path, Path]:
        folder = tmp_path / "products"
        folder.mkdir()
        lines = ["id,label,title,price,link,colour"]
        for number, (name, colour) in enumerate(COLOURS.items()):
            product_file(folder / f"{name}.png", colour, number)
            lines.append(f'{name},T-Shirt,"Shirt, {name}",{number}9.00,https://shop.example/{name},x')
        table = tmp_path / "items.csv"
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder, table

    return make
