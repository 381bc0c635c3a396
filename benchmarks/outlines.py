"""Products worn: whether drawing several shapes and keeping the one that fits gives sleeves and hems of their length.

    python benchmarks/outlines.py --data ccp --products clothing-dataset

People are those of the data set's split "test", products those of clothing-dataset (CC0): as many T-shirts and polos as
garments with long sleeves, as many shorts and skirts as trousers, in an order drawn by --seed. Each is worn by the next
person who wears such a garment and whose arms or legs are seen. Printed is, by how many shapes are drawn for a sample,

- for how many products the completed garment is short or long as the product's label says (it is long if it covers more
  than two thirds of the arms or legs),
- the mean distance between the part of arms or legs that it covers and the part that its label's garments do.

What is chosen by is the reach that the network of kinds tells of the cut-out, not the label.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import random
import time

import numpy as np

KINDS = {"top": (("T-Shirt", "Polo"), ("Longsleeve", "Hoodie")), "bottom": (("Shorts", "Skirt"), ("Pants",))}
DRAWN = (1, 2, 4, 8, 16)
LONG = 2 / 3


def main() -> None:
    """Draws, chooses, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--products", type=pathlib.Path, required=True)
    parser.add_argument("--model", default="street")
    parser.add_argument("--count", type=int, default=24, help="of products, a multiple of four")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    from tf_tryon import quiet

    quiet.import_tensorflow()
    import tensorflow as tf

    from tf_tryon import keys
    from tf_tryon.data.person import Person
    from tf_tryon.data.photo import read_photo
    from tf_tryon.data.records import open_records
    from tf_tryon.data.vocabulary import GARMENT_CLASSES, slot_of, worn_targets
    from tf_tryon.errors import TryOnError
    from tf_tryon.inference import wearing
    from tf_tryon.inference.stage import repeat
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.models.compositing import complete_labels
    from tf_tryon.products import kinds
    from tf_tryon.products.product import of_photo

    records, model = open_records(options.data), TryOn.load(options.model)
    stage = model.shape
    assert stage is not None
    people = [Person.of(records, number) for number in records.split("test")]
    with (options.products / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    random.Random(options.seed).shuffle(rows)
    left = {group: options.count // 4 for groups in KINDS.values() for group in groups}
    coverages, turn, seconds = [], 0, 0.0
    for row in rows:
        group = next((group for group, count in left.items() if count and row["label"] in group), None)
        if group is None:
            continue
        garment = kinds.LABELS[row["label"]].garment
        limb = "arms" if garment == "top" else "legs"
        wanted = getattr(kinds.LABELS[row["label"]], limb)
        try:
            photo = read_photo(options.products / "images" / f"{row['image']}.jpg")
            reach = of_photo(photo, row["image"], garment).reach()
        except TryOnError:
            continue
        if reach is None:
            continue
        for _ in people:
            person = people[turn % len(people)]
            turn += 1
            if garment not in worn_targets(person.labels, person.dress):
                continue
            batch = stage.batch(person, garment)
            if wearing.coverage(tf.ones((1, *model.size), tf.bool), batch)[0] > 0:
                break
        else:  # nobody wears such a garment with arms or legs that are seen
            continue
        started, masks = time.perf_counter(), []
        for attempt in range(max(DRAWN)):
            codes, _ = stage.draw(batch, stage.noise(options.seed, 1, attempt), 1.0)
            labels = complete_labels(batch, stage.generate(batch, codes), stage.config.model.replaces)
            masks.append(labels == GARMENT_CLASSES[slot_of(garment)])
        seconds += time.perf_counter() - started
        covered = wearing.coverage(tf.concat(masks, axis=0), repeat(batch, len(masks))).numpy()
        own = wearing.coverage(batch[keys.PARSING][..., GARMENT_CLASSES[slot_of(garment)]] > 0, batch).numpy()[0]
        best = [covered[np.argmin(np.abs(covered[:drawn] - reach))] for drawn in DRAWN]
        coverages.append((wanted, *best))
        left[group] -= 1
        shown = ", ".join(f"{value:.2f}" for value in best)
        print(f"{len(coverages)} {row['label']} (product {reach:.2f}) for {own:.2f}: {shown}", flush=True)
    if not coverages:
        raise SystemExit(f'{options.data}: nobody of the split "test" wears what {options.products} has')
    report(np.array(coverages))
    print(f"{seconds / len(coverages) / max(DRAWN):.3f} s a shape, one at a time")


def report(found: np.ndarray) -> None:
    """Prints the figures of (n, 1 + len(DRAWN)) parts of limbs: the label's, and those covered."""
    wanted, covered = found[:, :1], found[:, 1:]
    right = (covered > LONG) == (wanted > LONG)
    for drawn, alike, gap in zip(DRAWN, right.sum(0), np.abs(covered - wanted).mean(0), strict=True):
        print(f"{drawn} drawn: short or long as labelled {alike} of {len(found)}, mean distance {gap:.3f}")


if __name__ == "__main__":
    main()
