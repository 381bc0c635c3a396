"""Picture grids of a run: a row for each person; columns: photo, erased photo, truth (parsing, for the shape stage),
reconstruction from the posterior, samples from the prior.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import tensorflow as tf
from PIL import Image

from tf_tryon import keys
from tf_tryon.data.vocabulary import PALETTE
from tf_tryon.models.contract import Batch, Networks

SAMPLES = 4


def grid_function(nets: Networks) -> Callable[[Batch], np.ndarray]:
    """A function from a batch to a grid (rows * H, columns * W, 3) uint8. Visible pixels are copied from the photo."""
    truth = nets.completed_key
    draw = _DRAWN[truth]

    @tf.function(autograph=False)
    def codes(batch: Batch) -> list[tf.Tensor]:
        noise = batch[keys.NOISE]
        drawn = [nets.posterior(batch).sample(noise[:, 0])]
        for index in range(SAMPLES):  # other noise for each sample: other people's, and both of each
            drawn.append(nets.sample_prior(batch, tf.roll(noise[:, index % 2], index // 2, axis=0)))
        return drawn

    @tf.function(autograph=False)
    def completed(batch: Batch, code: tf.Tensor) -> tf.Tensor:
        return nets.completed(batch, nets.generate(batch, code)[-1])

    def grid(batch: Batch) -> np.ndarray:
        photo, visible = batch[keys.PHOTO].numpy(), batch[keys.VISIBLE].numpy()
        pictures = [_rgb(photo), _rgb(photo * visible)]
        if truth != keys.PHOTO:
            pictures.append(draw(batch[truth].numpy()))
        pictures += [draw(completed(batch, code).numpy()) for code in codes(batch)]
        return np.concatenate([np.concatenate(list(column), axis=0) for column in pictures], axis=1)

    return grid


def save(picture: np.ndarray, path: str) -> None:
    """Write a (H, W, 3) uint8 picture as PNG."""
    Image.fromarray(picture).save(path)


def _rgb(pictures: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(pictures * 127.5 + 127.5), 0, 255).astype(np.uint8)


def _colours(parsing: np.ndarray) -> np.ndarray:
    return PALETTE[np.argmax(parsing, axis=-1)]


_DRAWN: Final[Mapping[str, Callable[[np.ndarray], np.ndarray]]] = {keys.PHOTO: _rgb, keys.PARSING: _colours}
