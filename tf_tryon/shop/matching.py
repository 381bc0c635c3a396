"""How well a product's cloth goes with what a person keeps on, for a whole catalogue in milliseconds.

The model samples garments for the person; their codes q_1 .. q_K have mean m and variance s^2 in each dimension, and a
product's code is v, all in units of the catalogue's own spread (mean 0, variance 1). The score is how much likelier
the product is for this person than in the catalogue at large, each dimension alone:

    score(v) = log N(v; m, s^2) - log N(v; 0, 1)
             = sum_d  v_d^2 (1 - 1 / s_d^2) / 2  +  v_d m_d / s_d^2  -  m_d^2 / (2 s_d^2)  -  log s_d

which is an inner product of (v, v^2) with what follows from the samples: an index of inner products answers it.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

_DOUBT: Final = 0.3  # added to the samples' variance: some twenty samples tell it roughly
_LARGEST: Final = 4.0  # spreads from the mean: what lies further off is taken as that
_NARROWEST: Final = 1e-3


@dataclasses.dataclass(frozen=True)
class Units:
    """A catalogue's mean and spread, (d,) float32 each."""

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray) -> Units:
        """Of its codes (n, d)."""
        return cls(codes.mean(axis=0), np.maximum(codes.std(axis=0), _NARROWEST))

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Codes (n, d) in these units."""
        return np.clip((codes - self.mean) / self.spread, -_LARGEST, _LARGEST).astype(np.float32)


def vectors(codes: np.ndarray) -> np.ndarray:
    """What the index holds of codes (n, d) in the catalogue's units: (n, 2d) float32."""
    return np.concatenate([codes, codes**2], axis=1).astype(np.float32)


def question(samples: np.ndarray) -> tuple[np.ndarray, float]:
    """(2d,) float32 to be multiplied with `vectors`, and what is added, for samples (K, d) in the catalogue's units."""
    mean, variance = samples.mean(axis=0), samples.var(axis=0) + _DOUBT
    linear, square = mean / variance, (1 - 1 / variance) / 2
    constant = -np.sum(mean**2 / variance) / 2 - np.sum(np.log(variance)) / 2
    return np.concatenate([linear, square]).astype(np.float32), float(constant)
