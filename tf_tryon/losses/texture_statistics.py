"""How much fine structure of each kind and scale cloth has, and how far two pictures are apart in that.

Local energies of band-pass filters say what a texture looks like, and next to nothing of where its threads lie
(Portilla and Simoncelli, IJCV 2000). So a network can be given a photo as the goal for cloth whose threads it can't
know.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import tensorflow as tf

LEVELS: Final = (1, 2, 4)  # pixels of the picture that are one of the level's
SQUARE: Final = 24  # pixels of the picture over which an energy is a mean
_LEAST: Final = 0.4  # share of a square that must be cloth
_EPSILON: Final = 2e-6  # fainter cloth can't be seen: rounding to bytes leaves 5e-6 in each filter, of grey pictures
_MARGIN: Final = 2  # pixels of a level that cloth is looked at from its outline on
_QUANTILE: Final = 0.6


def _filters() -> np.ndarray:
    """(3, 3, 1, 6): the discrete cosine basis of 3 x 3 pixels, without those that see a plain surface or a slope."""
    rows = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
    chosen = [(y, x) for y in range(3) for x in range(3) if y + x >= 2]
    return np.stack([np.outer(rows[y], rows[x]) for y, x in chosen], axis=-1)[:, :, None].astype(np.float32)


FILTERS: Final = _filters()


def energies(grey: tf.Tensor, mask: tf.Tensor, level: int) -> tuple[tf.Tensor, tf.Tensor]:
    """``e_k = sum M (F_k * x)^2 / sum M`` and ``(sum M |F_k * x| / sum M)^2`` over squares of 24 pixels.

    Their ratio tells whether structure is even or a few strong specks. Squares overlap by two thirds.

    Args:
      grey: (B, h, w, 1) in [-1, 1].
      mask: (B, h, w, 1), 1 for cloth.
      level: of LEVELS; pixels of so many are averaged first.

    Returns:
      (B, y, x, 12) float32, first the six of the first kind, and (B, y, x, 1) of 1 where a square holds cloth enough.
    """
    small = tf.nn.avg_pool2d(grey, level, level, "VALID")
    lacking = tf.nn.max_pool2d(1.0 - mask, level, level, "VALID")
    # Nothing is known of what lies beyond the picture's edge.
    cloth = 1.0 - tf.nn.max_pool2d(lacking, 2 * _MARGIN + 1, 1, "SAME")[:, 1:-1, 1:-1]
    seen = tf.nn.conv2d(small, FILTERS, 1, "VALID")
    seen = cloth * tf.concat([tf.square(seen), tf.abs(seen)], axis=-1)
    size, step = SQUARE // level, SQUARE // (3 * level)
    share = tf.nn.avg_pool2d(cloth, size, step, "VALID")
    mean = tf.nn.avg_pool2d(seen, size, step, "VALID") / tf.maximum(share, 1e-3)
    energy, magnitude = tf.split(mean, 2, axis=-1)
    return tf.concat([energy, tf.square(magnitude)], axis=-1), tf.cast(share > _LEAST, tf.float32)


def distance(made: tf.Tensor, goal: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """``sum over levels of mean rho(log(e(goal) + eps) - log(e(made) + eps))``, ``rho(d) = 2 max(q d, (q - 1) d)``.

    Of what can't be foretold the quantile q = .6 of the logarithm is best (Koenker and Bassett, Econometrica 1978):
    energies of a photo's squares are a few strong ones and many faint ones, and their median is faint cloth.

    Args:
      made: (B, h, w, 1) in [-1, 1].
      goal: the same, of a photo.
      mask: (B, h, w, 1), 1 for cloth.

    Returns:
      () float32.
    """
    return tf.add_n([_apart(energies(made, mask, level), energies(goal, mask, level)) for level in LEVELS])


def _apart(made: tuple[tf.Tensor, tf.Tensor], goal: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    (one, counted), (other, _) = made, goal
    lacking = tf.math.log(tf.stop_gradient(other) + _EPSILON) - tf.math.log(one + _EPSILON)
    away = 2.0 * tf.maximum(_QUANTILE * lacking, (_QUANTILE - 1.0) * lacking)
    return tf.reduce_sum(away * counted) / tf.maximum(one.shape[-1] * tf.reduce_sum(counted), 1.0)
