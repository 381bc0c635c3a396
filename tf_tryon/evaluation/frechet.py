"""Fréchet distance between Gaussians fitted to the features of two sets of pictures.

    d^2 = |mu_1 - mu_2|^2 + tr(S_1 + S_2 - 2 (S_1 S_2)^(1/2))

1. Dowson and Landau, The Fréchet Distance between Multivariate Normal Distributions, J. Multivariate Analysis 1982.
2. Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium, NeurIPS 2017.

The value is comparable only between sets of the same size, features of the same network and pictures of the same size:
say all three with it. It is called FID only for the network of [2].
"""

from __future__ import annotations

import numpy as np


class Moments:
    """Mean and covariance of a stream of feature vectors, in float64 and constant memory.

    Batches are merged as by Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample
    Variances, 1979, so nothing cancels when the mean is far from 0.
    """

    def __init__(self, features: int) -> None:
        self.count = 0
        self.mean = np.zeros(features)
        self._scatter = np.zeros((features, features))

    def update(self, batch: np.ndarray) -> None:
        """Take in (n, features)."""
        if not len(batch):
            return
        batch = np.asarray(batch, np.float64)
        mean = batch.mean(axis=0)
        centred = batch - mean
        total = self.count + len(batch)
        step = mean - self.mean
        self._scatter += centred.T @ centred + np.outer(step, step) * (self.count * len(batch) / total)
        self.mean = self.mean + step * (len(batch) / total)
        self.count = total

    @property
    def covariance(self) -> np.ndarray:
        """Unbiased, (features, features)."""
        if self.count < 2:
            raise ValueError(f"a covariance of {self.count} feature vectors: two or more are needed")
        return self._scatter / (self.count - 1)


def frechet_distance(first: Moments, second: Moments) -> float:
    """Squared Fréchet distance d^2 of two streams' Gaussians, as FID is quoted."""
    return gaussian_distance(first.mean, first.covariance, second.mean, second.covariance)


def features_distance(first: np.ndarray, second: np.ndarray) -> float:
    """d^2 between the Gaussians of (n, d) and (m, d) features, n and m at least 2.

    Of fewer pictures than features: with the centred A of n and B of m rows, S_1 S_2 has the non-zero eigenvalues of
    A B^T B A^T / ((n - 1) (m - 1)), so the roots' sum is that of A B^T's singular values: an n x m matrix in place of
    d x d ones.
    """
    sides = [np.asarray(side, np.float64) for side in (first, second)]
    if max(map(len, sides)) >= sides[0].shape[1]:
        moments = [Moments(sides[0].shape[1]) for _ in sides]
        for own, side in zip(moments, sides, strict=True):
            own.update(side)
        return frechet_distance(*moments)
    if min(map(len, sides)) < 2:
        raise ValueError(f"sets of {len(first)} and {len(second)} pictures: a covariance needs two or more")
    means = [side.mean(axis=0) for side in sides]
    a, b = ((side - mean) / np.sqrt(len(side) - 1) for side, mean in zip(sides, means, strict=True))
    cross = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    difference = means[0] - means[1]
    return float(max(difference @ difference + np.square(a).sum() + np.square(b).sum() - 2 * cross, 0.0))


def gaussian_distance(mean_1: np.ndarray, cov_1: np.ndarray, mean_2: np.ndarray, cov_2: np.ndarray) -> float:
    """d^2 between N(mean_1, cov_1) and N(mean_2, cov_2).

    tr (S_1 S_2)^(1/2) is the sum of the roots of the eigenvalues of the symmetric S_1^(1/2) S_2 S_1^(1/2), which are
    not negative: no complex roots, and singular covariances (fewer pictures than features) need no offset.
    """
    root = _root(cov_1)
    product = root @ cov_2 @ root
    values = np.linalg.eigvalsh((product + product.T) / 2)
    cross = np.sqrt(np.maximum(values, 0)).sum()
    difference = np.asarray(mean_1) - np.asarray(mean_2)
    return float(max(difference @ difference + np.trace(cov_1) + np.trace(cov_2) - 2 * cross, 0.0))


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric root of a positive semi-definite matrix."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
