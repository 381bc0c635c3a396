"""Picture grids of a run: a row for each person; columns: photo, erased photo, truth (parsing, for the shape stage),
reconstruction from the posterior, samples from the prior.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from PIL import Image

from tf_tryon import keys
from tf_tryon.models.networks import Batch, Networks

SAMPLES = 4
# Colours of the 8 classes: background, face, upper skin, lower skin, hat, top, bottom, shoes.
PALETTE = np.array(
    [[236, 236, 236], [214, 157, 120], [240, 190, 150], [226, 170, 130], [120, 94, 240], [230, 97, 80],
     [60, 120, 216], [80, 80, 80]],
    np.uint8,
)  # fmt: skip


def grid_function(nets: Networks) -> Callable[[Batch], np.ndarray]:
    """A function from a batch to a grid (rows * H, columns * W, 3) uint8. Visible pixels are copied from the photo."""
    shape = nets.config.stage == "shape"

    @tf.function
    def columns(batch: Batch) -> list[tf.Tensor]:
        noise = batch[keys.NOISE]
        truth = batch[keys.PARSING if shape else keys.PHOTO]
        codes = [nets.posterior(batch).sample(noise[:, 0])]
        for index in range(SAMPLES):  # other noise for each sample: other people's, and both of each
            codes.append(nets.sample_prior(batch, tf.roll(noise[:, index % 2], index // 2, axis=0)))
        made = [nets.generate(batch, code)[-1] for code in codes]
        if shape:
            made = [tf.one_hot(tf.argmax(logits, axis=-1), truth.shape[-1]) for logits in made]
        visible = batch[keys.VISIBLE]
        return [truth, *[visible * truth + (1.0 - visible) * picture for picture in made]]

    def grid(batch: Batch) -> np.ndarray:
        photo, visible = batch[keys.PHOTO].numpy(), batch[keys.VISIBLE].numpy()
        pictures = [_rgb(photo), _rgb(photo * visible)]
        truth, *made = [column.numpy() for column in columns(batch)]
        if shape:
            pictures += [_colours(column) for column in (truth, *made)]
        else:
            pictures += [_rgb(column) for column in made]
        return np.concatenate([np.concatenate(list(column), axis=0) for column in pictures], axis=1)

    return grid


def save(picture: np.ndarray, path: str) -> None:
    """Write a (H, W, 3) uint8 picture as PNG."""
    Image.fromarray(picture).save(path)


def _rgb(pictures: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(pictures * 127.5 + 127.5), 0, 255).astype(np.uint8)


def _colours(parsing: np.ndarray) -> np.ndarray:
    return PALETTE[np.argmax(parsing, axis=-1)]
