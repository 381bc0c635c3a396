"""Folds: smooth displacements of cloth along its normal, from a seed.

A fold is a long soft ridge; a set of them is drawn round the places where cloth buckles: under the arms and at the
waist of a top, at elbows, knees, crotch and hems. All functions return metres, positive outwards.
"""

import numpy as np

from tf_tryon.data.studio.compiled import compiled


@compiled
def _sum_of_ridges(
    along: np.ndarray,
    around: np.ndarray,
    middle: np.ndarray,
    place: np.ndarray,
    half: np.ndarray,
    cosine: np.ndarray,
    sine: np.ndarray,
    height: np.ndarray,
    width: float,
) -> np.ndarray:
    total = np.zeros(len(along))
    for k in range(len(middle)):
        for i in range(len(along)):
            da, dr = along[i] - middle[k], around[i] - place[k]
            across = (cosine[k] * da - sine[k] * dr) / width
            if abs(across) < 2.5:
                length = (cosine[k] * dr + sine[k] * da) / half[k]
                if abs(length) < 2.5:
                    total[i] += height[k] * np.exp(-length * length - across * across)
    return total


def ridges(
    along: np.ndarray,
    around: np.ndarray,
    rng: np.random.Generator,
    count: int,
    span: tuple[float, float],
    length: tuple[float, float],
    width: float,
    tilt: float,
) -> np.ndarray:
    """(n,) sum of `count` soft ridges of height about 1 over a surface with coordinates (along, around), metres.

    Args:
        along, around: (n,) coordinates; the surface is closed in `around` only if the ridges stay away from its ends.
        span: range of the ridges' middles in `along`.
        length: range of half lengths, metres.
        width: half width, metres.
        tilt: greatest angle between a ridge and `around`, radians.
    """
    middle = rng.uniform(*span, count)
    place = rng.uniform(float(around.min()), float(around.max()), count)
    half = rng.uniform(*length, count)
    angle = rng.uniform(-tilt, tilt, count)
    height = rng.uniform(0.5, 1.0, count) * rng.choice([-1.0, 1.0], count)
    return _sum_of_ridges(along, around, middle, place, half, np.cos(angle), np.sin(angle), height, width)


def rings(along: np.ndarray, angle: np.ndarray, rng: np.random.Generator, at: float, spread: float) -> np.ndarray:
    """(n,) folds across a sleeve or leg that crowd round `at`, deeper on one side, of height about 1."""
    phase, lean, side = rng.uniform(0, 2 * np.pi, 3)
    lean = 0.6 + 0.1 * lean
    wave = np.sin(2 * np.pi * along / 0.042 + phase + lean * np.sin(angle + side))
    return np.exp(-(((along - at) / spread) ** 2)) * wave * (0.6 + 0.4 * np.cos(angle + side))


def waves(angle: np.ndarray, fall: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """(n,) vertical folds of hanging cloth, of height `fall` (n,), `count` of them round the body, none equal.

    Symmetric noise would look woven: each wave has its own width.
    """
    shift = rng.uniform(0, 2 * np.pi, 3)
    bent = angle + 0.35 * np.sin(2 * angle + shift[0]) + 0.15 * np.sin(3 * angle + shift[1])
    wave = np.cos(count * bent + shift[2])
    return fall * (0.75 * wave + 0.25 * wave * wave)


def pleats(angle: np.ndarray, fall: np.ndarray, count: int) -> np.ndarray:
    """(n,) sharp knife pleats of height `fall` (n,): each rises slowly and drops at once."""
    phase = (angle / (2 * np.pi) * count) % 1.0
    return fall * (np.minimum(phase / 0.75, (1.0 - phase) / 0.25) - 0.5)
