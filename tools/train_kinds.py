"""Trains the network that tells a product's kind from its photo: tf_tryon/weights/kinds/kinds.npz.

    python tools/train_kinds.py --root clothing-dataset --out kinds.npz

The data are alexeygrigorev/clothing-dataset's (CC0 1.0): images/*.jpg and images.csv with image, sender_id and label.
A fifth of the senders is held out; what is printed of them is what the card states.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import zlib

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from tf_tryon.errors import TryOnError
from tf_tryon.products import cutout, kinds


def main() -> None:
    """Cuts out, trains, writes, prints what is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the unpacked data set")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the .npz to write")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    keras.utils.set_random_seed(args.seed)
    pictures, labels, held_out = read(args.root)
    network = fit(pictures[~held_out], labels[~held_out], args.epochs, args.seed)
    arrays = {name: w.astype(np.float16) for name, w in kinds.arrays_of(network).items()}
    np.savez_compressed(args.out, **arrays)
    report(network, pictures[held_out], labels[held_out])


def read(root: pathlib.Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, 64, 64, 4) uint8 pictures, (n,) numbers of labels, (n,) bool held out, of photos that can be cut out."""
    pictures, labels, held_out = [], [], []
    with (root / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in kinds.LABELS]
    for row in rows:
        photo = np.asarray(Image.open(root / "images" / f"{row['image']}.jpg").convert("RGB"))
        try:
            mask = cutout.main_parts(cutout.cut(photo, 128), kinds.LABELS[row["label"]].garment == "shoes")
        except TryOnError:
            continue
        pictures.append(kinds.picture(photo, mask))
        labels.append(kinds.NAMES.index(row["label"]))
        held_out.append(zlib.crc32(row["sender_id"].encode()) % 5 == 0)
    print(f"{len(pictures)} of {len(rows)} photos could be cut out")
    return np.stack(pictures), np.array(labels), np.array(held_out)


def fit(pictures: np.ndarray, labels: np.ndarray, epochs: int, seed: int) -> keras.Model:
    """The trained network; pictures are mirrored, turned, moved and recoloured at random."""
    network = kinds.build_network(seed)
    batch = 64
    steps = epochs * -(-len(pictures) // batch)
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.02, clipnorm=1.0)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    network.compile(optimizer, loss)
    order = np.random.default_rng(seed)
    for epoch in range(epochs):
        index = order.permutation(len(pictures))
        given = np.stack([varied(pictures[i], order) for i in index])
        wanted = np.eye(len(kinds.NAMES), dtype=np.float32)[labels[index]]
        history = network.fit(given, wanted, batch_size=batch, epochs=1, verbose=0, shuffle=False)
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: loss {history.history['loss'][-1]:.3f}", flush=True)
    return network


def varied(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(64, 64, 4) float32 in [0, 1]."""
    image = picture[:, ::-1] if rng.random() < 0.5 else picture
    angle, zoom = rng.normal(0, 0.12), np.exp(rng.normal(0, 0.1))
    if rng.random() < 0.05:
        angle += np.pi / 2 * rng.integers(1, 4)
    centre, (dy, dx) = (kinds.SIDE - 1) / 2, rng.normal(0, 2, 2)
    cos, sin = np.cos(angle) / zoom, np.sin(angle) / zoom
    line = (cos, sin, centre - cos * (centre + dx) - sin * (centre + dy))
    line += (-sin, cos, centre + sin * (centre + dx) - cos * (centre + dy))
    turn = (Image.Transform.AFFINE, line, Image.Resampling.BILINEAR)
    size, fill = (kinds.SIDE, kinds.SIDE), (255, 255, 255, 0)
    planes = [Image.fromarray(image[..., c]).transform(size, *turn, fillcolor=fill[c]) for c in range(4)]
    photo = np.dstack([np.asarray(plane) for plane in planes]).astype(np.float32) / 255
    mask = photo[..., 3:]
    rgb = photo[..., :3][..., rng.permutation(3)] if rng.random() < 0.5 else photo[..., :3]
    rgb = np.clip((rgb - 0.5) * np.exp(rng.normal(0, 0.25)) + 0.5 + rng.normal(0, 0.1, 3), 0, 1)
    return np.dstack([rgb * mask + 1 - mask, mask]).astype(np.float32)


def report(network: keras.Model, pictures: np.ndarray, labels: np.ndarray) -> None:
    """Prints how often label and garment are right."""
    given = pictures.astype(np.float32) / 255
    logits = network.predict(given, verbose=0) + network.predict(given[:, :, ::-1], verbose=0)
    chances = tf.nn.softmax(logits / 2).numpy()
    print(f"{len(labels)} photos of held-out senders: label right {np.mean(chances.argmax(1) == labels):.3f}")
    named = [dict(zip(kinds.NAMES, row.tolist(), strict=True)) for row in chances]
    garments, sure = zip(*map(kinds.garment_of, named), strict=True)
    of = np.array([kinds.GARMENTS.index(kinds.LABELS[name].garment) for name in kinds.NAMES])
    right = np.array([kinds.GARMENTS.index(name) for name in garments]) == of[labels]
    answered = np.array(sure) >= 0.5
    print(
        f"garment right {right.mean():.3f}; of the {answered.mean():.3f} that are answered {right[answered].mean():.3f}"
    )
    for g, name in enumerate(kinds.GARMENTS):
        print(f"  {name}: {right[of[labels] == g].mean():.3f} of {np.sum(of[labels] == g)}")


if __name__ == "__main__":
    main()
