from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

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
    actual = network(pictures)
    assert actual.shape == (3, network.size)
    assert (actual >= 0).all()
    np.testing.assert_allclose(network(pictures[1:2]), actual[1:2], rtol=1e-3, atol=1e-4)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TryOnError, match="no such file"):
        features.VggFeatures(tmp_path / "vgg.h5")


def test_the_2015_graph_is_fed_bytes_and_read_at_pool_3(tmp_path: Path) -> None:
    def network(given: tf.Tensor) -> tf.Tensor:
        pictures = tf.identity(given, name="ExpandDims")
        pooled = tf.reduce_mean(pictures, axis=(1, 2), keepdims=True)
        return tf.tile(pooled[..., :1], [1, 1, 1, 2048], name="pool_3")

    with tf.Graph().as_default() as graph:
        network(tf.compat.v1.placeholder(tf.float32, (None, None, None, 3)))
        (tmp_path / "graph.pb").write_bytes(graph.as_graph_def().SerializeToString())
    inception = features.Inception2015(tmp_path / "graph.pb")
    actual = inception(np.full((2, 8, 9, 3), 0.5, np.float32))
    assert actual.shape == (2, inception.size)
    np.testing.assert_allclose(actual, 127.5)


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "other.pb").write_bytes(b"no graph")
    with pytest.raises(TryOnError, match=r"other\.pb is not the 2015"):
        features.Inception2015(tmp_path / "other.pb")
    with pytest.raises(TryOnError, match="classify_image_graph_def"):
        features.Inception2015(tmp_path / "missing.pb")
    with pytest.raises(TryOnError, match=r"other\.h5"):
        features.KerasInception(tmp_path / "other.h5")
