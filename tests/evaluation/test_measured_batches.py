"""What was measured is kept, by what it follows from."""

from pathlib import Path

import numpy as np
import pytest

from tf_tryon.errors import BadFileError
from tf_tryon.evaluation.measured_batches import MeasuredBatches, measured_now

VALUES = {"value/l1": np.array([0.1, 0.2]), "features/truth": np.eye(2, 3, dtype=np.float32)}


def kept(folder: Path, seed: int = 0) -> MeasuredBatches:
    return MeasuredBatches(folder / "report.json", {"seed": seed}, ("shape-top", "texture-top"), most=5)


def never() -> dict[str, np.ndarray]:
    pytest.fail("it was measured again")


def test_what_was_measured_is_not_measured_again(tmp_path):
    kept(tmp_path)("texture-top", 3, lambda: VALUES)
    again = kept(tmp_path)("texture-top", 3, never)
    assert again.keys() == VALUES.keys()
    for name, values in VALUES.items():
        np.testing.assert_array_equal(again[name], values)
        assert again[name].dtype == values.dtype
    assert measured_now("texture-top", 3, lambda: VALUES) is VALUES


def test_what_follows_from_something_else_is_refused(tmp_path):
    kept(tmp_path)("texture-top", 0, lambda: VALUES)
    with pytest.raises(ValueError, match=r"unfinished run of \{'seed': 0\}, not of \{'seed': 1\}: delete it"):
        kept(tmp_path, seed=1)


def test_a_damaged_file_is_named(tmp_path):
    kept(tmp_path)("shape-top", 0, lambda: VALUES)
    (path,) = tmp_path.rglob("*.records")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BadFileError, match=path.name):
        kept(tmp_path)("shape-top", 0, never)


def test_its_own_files_go_and_others_stay(tmp_path):
    batches = kept(tmp_path)
    batches("shape-top", 0, lambda: VALUES)
    batches.remove()
    assert list(tmp_path.iterdir()) == []
    batches = kept(tmp_path)
    own = tmp_path / "report.json.parts" / "mine.txt"
    own.write_text("mine")
    batches.remove()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [own]
