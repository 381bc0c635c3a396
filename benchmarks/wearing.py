"""Products worn: whether their colours and their patterns arrive, and a sheet to look at.

    python benchmarks/wearing.py --data ccp --products clothing-dataset --count 100 --sheet pairs.png

People are those of the data set's split "test", products those of clothing-dataset (CC0), tops, bottoms and dresses in
an order drawn by --seed; each is worn by the next person who wears such a garment. Printed are

- the CIEDE2000 between the dominant colours (the largest of three clusters) of product and completed garment,
- how often the garment's pattern is the product's own among four (three of other products): by the energies of
  gradients in eight directions, twice, in fine and coarse pixels; chance is .25,
- of striped products (one wave has a quarter of the spectrum's energy between 4 and 32 pixels of a garment 96 high),
  how often the completed garment's strongest wave runs the same way and is as long; and, for comparison, how often it
  would be so of the next product's garment.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tf_tryon.evaluation.stripes import Stripes

STRIPED = 0.25


def main() -> None:
    """Completes, measures, prints, draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--products", type=pathlib.Path, required=True)
    parser.add_argument("--model", default="street")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=pathlib.Path, required=True, help="picture of the first 24 pairs")
    options = parser.parse_args()

    from tf_tryon import quiet

    quiet.import_tensorflow()
    from tf_tryon.data.person import Person
    from tf_tryon.data.photo import read_photo
    from tf_tryon.data.records import open_records
    from tf_tryon.data.vocabulary import GARMENT_CLASSES, slot_of, worn_targets
    from tf_tryon.errors import TryOnError
    from tf_tryon.evaluation.colour_difference import ciede2000
    from tf_tryon.evaluation.stripes import strongest
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.products import kinds
    from tf_tryon.products.product import of_photo

    records, model = open_records(options.data), TryOn.load(options.model)
    people = [Person.of(records, number) for number in records.split("test")]
    worn = {target for person in people for target in worn_targets(person.labels, person.dress)}
    with (options.products / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in kinds.LABELS]
    random.Random(options.seed).shuffle(rows)
    colours, given, made, pairs, waves, turn = [], [], [], [], [], 0
    for row in rows:
        garment = kinds.LABELS[row["label"]].garment
        if len(colours) == options.count:
            break
        if garment in ("hat", "shoes") or garment not in worn:
            continue
        try:
            photo = read_photo(options.products / "images" / f"{row['image']}.jpg")
            product = of_photo(photo, row["image"], garment)
        except TryOnError:
            continue
        while garment not in worn_targets(people[turn % len(people)].labels, people[turn % len(people)].dress):
            turn += 1
        person = people[turn % len(people)]
        turn += 1
        result = model.complete(person, garment, samples=1, seed=options.seed, wear=product)
        mask = (result.parsings[0] == GARMENT_CLASSES[slot_of(garment)]) & result.erased
        if mask.sum() < 400:
            print(f"{row['image']}: the completion shows too little of a {garment}", flush=True)
            continue
        first, second = dominant(product.photo[product.mask]), dominant(result.photos[0][mask])
        colours.append(float(ciede2000(first, second)))
        flat, worn = middle(product.photo, product.mask), middle(result.photos[0], mask)
        given.append(directions(*flat))
        made.append(directions(*worn))
        waves.append((strongest(*flat), strongest(*worn)))
        pairs.append((product.on_white(), person.photo, result.photos[0]))
        line = f"CIEDE2000 {colours[-1]:.1f}, strongest wave {waves[-1][0].strength:.2f}"
        print(f"{len(colours)} {row['label']} {row['image']}: {line}", flush=True)
    if not colours:
        raise SystemExit(f'{options.data}: nobody of the split "test" wears what {options.products} has')
    report(np.array(colours), np.array(given), np.array(made))
    report_stripes(waves)
    sheet(pairs[:24]).save(options.sheet)


def report(colours: np.ndarray, given: np.ndarray, made: np.ndarray) -> None:
    """Prints the figures of colours and patterns."""
    quartiles = np.percentile(colours, [25, 50, 75, 90])
    print(f"CIEDE2000 of {len(colours)}: quartiles {np.round(quartiles[:3], 1)}, 90 % within {quartiles[3]:.1f}")
    near = [[np.abs(made[i] - given[(i + k) % len(given)]).sum() for k in range(4)] for i in range(len(given))]
    right = np.argmin(near, axis=1) == 0
    error = 1.96 * np.sqrt(right.mean() * (1 - right.mean()) / len(right))
    print(f"pattern distinguished from three others: {right.mean():.3f} +- {error:.3f}")


def report_stripes(waves: list[tuple[Stripes, Stripes]]) -> None:
    """Prints how many products are striped, and whose stripes are kept."""
    from tf_tryon.evaluation.stripes import alike

    striped = [i for i, (first, _) in enumerate(waves) if first.strength >= STRIPED]
    kept = sum(alike(*waves[i]) for i in striped)
    others = sum(alike(waves[i][0], waves[(i + 1) % len(waves)][1]) for i in striped)
    print(f"stripes kept: {kept} of {len(striped)} striped products; by the next product's garment: {others}")


def dominant(pixels: np.ndarray) -> np.ndarray:
    """(3,) CIELAB: the centre of the largest of three clusters of pixels (n, 3) uint8."""
    import cv2

    from tf_tryon.evaluation.colour_difference import lab

    points = lab(pixels[:: max(1, len(pixels) // 4000)]).astype(np.float32)
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, which, centres = cv2.kmeans(points, 3, None, criteria, 3, cv2.KMEANS_PP_CENTERS)
    return centres[np.bincount(which.ravel(), minlength=3).argmax()].astype(np.float64)


def middle(photo: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Photo and mask of the middle of a garment's box, the box's height being 96 pixels."""
    from PIL import Image

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = max(8, round(96 * (columns[-1] + 1 - columns[0]) / (rows[-1] + 1 - rows[0]))), 96
    small = np.asarray(Image.fromarray(photo[box]).resize(size, Image.Resampling.LANCZOS))
    inside = np.asarray(Image.fromarray(mask[box]).resize(size, Image.Resampling.NEAREST))
    y, x = slice(19, 77), slice(round(0.25 * size[0]), round(0.75 * size[0]))
    return small[y, x], inside[y, x]


def directions(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(16,) energies of gradients in eight directions, of fine and of coarse pixels."""
    from scipy import ndimage

    grey = photo.astype(np.float64).mean(axis=-1)
    inner = ndimage.binary_erosion(mask, iterations=3)
    spectra = []
    for spread in (0.8, 2.5):
        down, across = (ndimage.gaussian_filter(grey, spread, order=o) for o in ((1, 0), (0, 1)))
        angle = np.floor(np.arctan2(down, across) / np.pi * 8 + 0.5).astype(int) % 8
        energy = np.bincount(angle[inner], np.hypot(down, across)[inner], 8) / max(inner.sum(), 1)
        spectra.append(np.sqrt(energy))
    return np.concatenate(spectra)


def sheet(pairs: list[tuple[np.ndarray, ...]]):
    """Product, person and result, four to a line."""
    from PIL import Image

    height = max(round(118 * person.shape[0] / person.shape[1]) for _, person, _ in pairs)  # of the tallest photo
    canvas = Image.new("RGB", (4 * 372, -(-len(pairs) // 4) * (height + 6)), "white")
    for i, pictures in enumerate(pairs):
        for j, picture in enumerate(pictures):
            image = Image.fromarray(picture)
            image.thumbnail((118, height), Image.Resampling.LANCZOS)
            canvas.paste(image, (i % 4 * 372 + j * 122, i // 4 * (height + 6)))
    return canvas


if __name__ == "__main__":
    main()
