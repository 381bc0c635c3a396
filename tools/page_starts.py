"""Renders the six people whom the shop's page offers to begin with: python tools/page_starts.py

Writes serving/web/starts: NUMBER.jpg, NUMBER_parsing.png (grey, classes) and people.json. The seed is no data set's, so
no network has seen them.
"""

from __future__ import annotations

import io
import json
import pathlib

import numpy as np
from PIL import Image

from tf_tryon.data.studio.render import render_person
from tf_tryon.data.vocabulary import CIHP20, to_classes

FOLDER = pathlib.Path(__file__).parents[1] / "serving/web/starts"
SEED, SIZE, WIDTH = 20_261_124, 256, 192
PEOPLE = (38, 56, 10, 3, 59, 0)  # picked by eye: sex, skin, build, clothes


def main() -> None:
    """Renders, cuts to portrait around the person, writes."""
    FOLDER.mkdir(exist_ok=True)
    known = {}
    for number, index in enumerate(PEOPLE, 1):
        made = render_person(SEED, index, SIZE)
        labels = to_classes(made.parsing, "cihp20")
        columns = np.flatnonzero((labels > 0).any(0))
        left = int(np.clip((columns[0] + columns[-1] + 1 - WIDTH) // 2, 0, SIZE - WIDTH))
        if columns[0] < left or columns[-1] >= left + WIDTH:
            raise SystemExit(f"person {index} is wider than {WIDTH} pixels: pick another")
        part = np.s_[:, left : left + WIDTH]
        points = made.keypoints - np.float32((left, 0, 0)) * (made.keypoints[:, 2:] > 0)
        photo = io.BytesIO()
        Image.fromarray(made.photo[part]).save(photo, "JPEG", quality=95, subsampling=0)
        (FOLDER / f"{number}.jpg").write_bytes(photo.getvalue())
        Image.fromarray(labels[part]).save(FOLDER / f"{number}_parsing.png", optimize=True)
        dress = bool(np.isin(made.parsing, CIHP20.dress_labels).any())
        known[str(number)] = {"keypoints": np.round(points, 2).tolist(), "dress": dress}
    text = json.dumps(known, separators=(",", ":")).replace('},"', '},\n"')
    (FOLDER / "people.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
