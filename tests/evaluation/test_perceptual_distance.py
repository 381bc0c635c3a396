import itertools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.evaluation.perceptual_distance import PerceptualDistance


class TwoLayers:
    name = "two_layers"

    def features(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        return [pictures + 2.0, tf.nn.avg_pool2d(pictures, 2, 2, "VALID") ** 2]


def test_distances_are_of_unit_features_and_diversity_is_the_mean_over_pairs() -> None:
    distance = PerceptualDistance(TwoLayers())
    samples = np.random.default_rng(0).random((4, 8, 8, 3)).astype(np.float32)
    first, second = samples[:1], samples[1:2]
    layers = zip(*(TwoLayers().features(tf.constant(x * 2 - 1)) for x in (first, second)), strict=True)
    units = [[x / np.linalg.norm(x, axis=-1, keepdims=True) for x in pair] for pair in layers]
    expected = np.mean([np.mean(np.sum((a - b) ** 2, axis=-1)) for a, b in units])
    assert distance(first, second)[0] == pytest.approx(expected, rel=1e-4)
    assert distance(samples, samples).max() == pytest.approx(0, abs=1e-6)
    pairs = [distance(samples[i : i + 1], samples[j : j + 1])[0] for i, j in itertools.combinations(range(4), 2)]
    assert distance.diversity(samples) == pytest.approx(np.mean(pairs), rel=1e-4)
