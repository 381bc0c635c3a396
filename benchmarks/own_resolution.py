"""Completions at the photos' own size: whether new cloth is as sharp as the old, and two models side by side.

    python benchmarks/own_resolution.py --data ccp --garments top,bottom --sheet old_and_new.png --before studio

People are those of the data set's split "test" who wear the garment. Printed is, by garment, the median over people of
the high-frequency energy of new garments relative to the old ones', with its 95 % bootstrap interval: the variance of
grey values less their means over 3 x 3 and over 7 x 7 pixels, inside the garment (5 pixels from its outline) where it
is new or was erased. Of a garment the median over samples is taken.

The sheet has a row for each of the first people: the photo, two samples of --before, and two of --model.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Sequence

import numpy as np

WINDOWS = (3, 7)  # pixels
_MARGIN = 5  # pixels from the garment's outline
_LEAST = 400  # pixels: fewer have no reliable variance
_SHOWN = 6  # people on the sheet


def main() -> None:
    """Completes, measures, prints, draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="street")
    parser.add_argument("--before", default="", help="another model, for the sheet")
    parser.add_argument("--garments", default="top,bottom")
    parser.add_argument("--count", type=int, default=100, help="of people, at most")
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=pathlib.Path, help="picture to write")
    options = parser.parse_args()

    from tf_tryon import quiet

    quiet.import_tensorflow()
    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records
    from tf_tryon.data.vocabulary import GARMENT_CLASSES, slot_of, worn_targets
    from tf_tryon.inference.tryon import TryOn

    records, model = open_records(options.data), TryOn.load(options.model)
    before = TryOn.load(options.before) if options.before else None
    people = [Person.of(records, number) for number in records.split("test")[: options.count]]
    rows = []
    for garment in options.garments.split(","):
        ratios, label = [], GARMENT_CLASSES[slot_of(garment)]
        for person in people:
            if garment not in worn_targets(person.labels, person.dress):
                continue
            made = model.complete(person, garment, samples=options.samples, seed=options.seed)
            old = energies(person.photo, (person.labels == label) & made.erased)
            new = [
                energies(photo, (parsing == label) & made.erased)
                for photo, parsing in zip(made.photos, made.parsings, strict=True)
            ]
            ratios.append(np.nanmedian(np.array(new) / old, axis=0))
            if options.sheet and before is not None and len(ratios) <= _SHOWN:
                known = garment in before.garments
                earlier = before.complete(person, garment, samples=2, seed=options.seed).photos if known else []
                rows.append([person.photo, *earlier, *made.photos[:2]])
        for window, column in zip(WINDOWS, np.array(ratios).T, strict=True):
            report(f"{garment}, finer than {window} px", column)
    if options.sheet:
        sheet(rows).save(options.sheet)


def energies(photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(2,) high-frequency energy of photo (h, w, 3) uint8 inside the mask, by window; NaN where it is too small."""
    from scipy import ndimage

    inside = ndimage.binary_erosion(mask, iterations=_MARGIN)
    if inside.sum() < _LEAST:
        return np.full(len(WINDOWS), np.nan)
    grey = photo.astype(np.float64).mean(axis=2)
    return np.array([np.var((grey - ndimage.uniform_filter(grey, window))[inside]) for window in WINDOWS])


def report(name: str, ratios: np.ndarray) -> None:
    """Prints the median and its interval."""
    from tf_tryon.evaluation import bootstrap

    median = bootstrap.estimate(lambda x: float(np.median(x)), ratios)
    print(f"{name}: {median.value:.2f} ({median.low:.2f} to {median.high:.2f}) of the old's, {median.people} people")


def sheet(rows: Sequence[Sequence[np.ndarray]], height: int = 416) -> object:
    """One picture of rows of photos, each of so many pixels in height."""
    from PIL import Image

    scaled = []
    for row in rows:
        sizes = [(round(photo.shape[1] * height / photo.shape[0]), height) for photo in row]
        scaled.append([Image.fromarray(p).resize(s, Image.Resampling.LANCZOS) for p, s in zip(row, sizes, strict=True)])
    width = max(sum(picture.width for picture in row) for row in scaled)
    whole = Image.new("RGB", (width, height * len(scaled)), "white")
    for number, row in enumerate(scaled):
        left = 0
        for picture in row:
            whole.paste(picture, (left, number * height))
            left += picture.width
    return whole


if __name__ == "__main__":
    main()
