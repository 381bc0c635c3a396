"""The parser's file of weights of one's own, and the verb that makes it."""

from pathlib import Path

import numpy as np
import pytest

from tf_tryon.annotation import parser_config
from tf_tryon.annotation.builtin_parser import BuiltinParser
from tf_tryon.annotation.parser_file import ParserFile
from tf_tryon.annotation.parser_network import build_parser
from tf_tryon.annotation.parser_training import calibrate_file, load_parser, write_parser
from tf_tryon.export import lite_parser
from tf_tryon.training.variables import named_variables


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network of 64 x 32 px."""
    config = parser_config.with_changes(
        ["model.height=64", "model.width=32", "model.widths=(16,8,8,8)", "model.blocks=(1,1,1,1,1,1)"]
    )
    path = tmp_path_factory.mktemp("parser") / "parser.npz"
    write_parser(path, named_variables(build_parser(config), "parser"), config, 1)
    return path


@pytest.mark.parametrize("lines", [None, np.arange(8, dtype=np.float32).reshape(4, 2) / 8])
def test_it_answers_as_the_network(
    weights: Path, lines: np.ndarray | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The converter leaks, but not enough for a process of its own, which has TensorFlow to load.
    monkeypatch.setattr(lite_parser, "apart", lambda function, *given, log: function(log, *given))
    if lines is not None:
        calibrate_file(weights, lines)
    lite_parser.export(weights, tmp_path)
    ours, theirs = ParserFile(tmp_path), BuiltinParser.of(load_parser(weights))
    assert ours.size == theirs.size == (64, 32)
    assert (ours.calibration is None) == (lines is None)
    if lines is not None:
        np.testing.assert_array_equal(ours.calibration, lines)
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (64, 32, 3), np.uint8)
    points = np.concatenate([random.uniform(0, 32, (18, 2)), random.integers(0, 2, (18, 1))], 1).astype(np.float32)
    for mask in (None, random.uniform(0, 1, (64, 32)).astype(np.float32)):
        actual, expected = (one.probabilities(picture, mask, points) for one in (ours, theirs._network))
        assert actual.shape == (32, 16, 20)
        np.testing.assert_allclose(actual, expected, atol=0.01)
        assert np.abs(actual - expected).mean() < 1e-3
