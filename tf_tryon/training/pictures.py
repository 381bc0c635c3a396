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
    def codes(batch: Batch) -> list[tf.Tensor]:
        noise = batch[keys.NOISE]
        found = [nets.posterior(batch).sample(noise[:, 0])]
        for index in range(SAMPLES):  # other noise for each sample: other people's, and both of each
            found.append(nets.sample_prior(batch, tf.roll(noise[:, index % 2], index // 2, axis=0)))
        return found

    @tf.function
    def completed(batch: Batch, code: tf.Tensor) -> tf.Tensor:
        made, truth = nets.generate(batch, code)[-1], batch[keys.PARSING if shape else keys.PHOTO]
        if shape:
            made = tf.one_hot(tf.argmax(made, axis=-1), truth.shape[-1])
        return batch[keys.VISIBLE] * truth + (1.0 - batch[keys.VISIBLE]) * made

    def grid(batch: Batch) -> np.ndarray:
        photo, visible = batch[keys.PHOTO].numpy(), batch[keys.VISIBLE].numpy()
        pictures = [_rgb(photo), _rgb(photo * visible)]
        made = [completed(batch, code).numpy() for code in codes(batch)]
        if shape:
            pictures += [_colours(column) for column in (batch[keys.PARSING].numpy(), *made)]
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
