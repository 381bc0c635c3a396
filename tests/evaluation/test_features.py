from pathlib import Path

import numpy as np
import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.evaluation import features


def test_features_are_the_means_of_the_last_layer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    widths = {1: 4, 2: 4, 3: 4, 4: 4, 5: 512}
    weights, inputs = {}, 3
    for block, count in enumerate((2, 2, 3, 3, 3), 1):
        for i in range(1, count + 1):
            kernel = rng.normal(0, 0.1, (3, 3, inputs, widths[block])).astype(np.float32)
            weights[f"block{block}_conv{i}"] = (kernel, np.zeros(widths[block], np.float32))
            inputs = widths[block]
    monkeypatch.setattr(features.vgg_weights, "load", lambda network, path: weights)
    (tmp_path / "vgg.h5").touch()
    network = features.VggFeatures(tmp_path / "vgg.h5")
    pictures = rng.random((3, 32, 32, 3), np.float32)
    found = network(pictures)
    assert found.shape == (3, network.size)
    assert (found >= 0).all()
    np.testing.assert_allclose(network(pictures[1:2]), found[1:2], rtol=1e-3, atol=1e-4)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TryOnError, match="no such file"):
        features.VggFeatures(tmp_path / "vgg.h5")
