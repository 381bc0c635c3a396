import errno
import os

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.errors import TryOnError
from tf_tryon.training.checkpoints import Checkpoints


def _variables(value=1.0):
    return {"model/a": tf.Variable([[value, 2.0]]), "optimizer/iterations": tf.Variable(3, dtype=tf.int64)}


def test_restores_what_was_saved(tmp_path):
    checkpoints = Checkpoints(tmp_path / "checkpoints")
    assert checkpoints.steps() == []
    checkpoints.save(7, _variables(5.0))
    fresh = _variables(0.0)
    checkpoints.restore(7, fresh)
    np.testing.assert_array_equal(fresh["model/a"], [[5.0, 2.0]])
    assert int(fresh["optimizer/iterations"]) == 3


def test_keeps_the_newest_two_and_every_nth(tmp_path):
    checkpoints = Checkpoints(tmp_path, keep_every=4)
    for step in range(1, 10):
        checkpoints.save(step, _variables())
    assert checkpoints.steps() == [4, 8, 9]
    (tmp_path / ".step-00000003.npz.tmp").write_bytes(b"half")  # as a kill leaves it
    checkpoints.save(10, _variables())
    assert checkpoints.steps() == [4, 8, 9, 10]
    expected = [*(f"step-{s:08d}.npz" for s in (4, 8, 9, 10)), "written.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == expected


def test_what_was_kept_for_good_stays_when_a_run_goes_on_with_another_number(tmp_path):
    (tmp_path / "written.json").write_text('{"steps": []}')  # as earlier versions wrote it
    for keep_every, steps in ((2, (1, 2, 3)), (5, (4, 5, 6)), (0, (7, 8, 9))):
        for step in steps:
            Checkpoints(tmp_path, keep_every).save(step, _variables())
    assert Checkpoints(tmp_path).steps() == [2, 5, 8, 9]
    Checkpoints(tmp_path).drop_after(3)  # the run wrote them itself
    assert Checkpoints(tmp_path).steps() == [2]


def test_only_what_the_run_wrote_is_removed(tmp_path, untouched):
    checkpoints = Checkpoints(tmp_path)
    (tmp_path / "step-00000001.npz").write_bytes(b"kept by hand")
    (tmp_path / ".step-mine.tmp").write_bytes(b"mine")
    with untouched(tmp_path, lambda name: name in ("written.json", *(f"step-{s:08d}.npz" for s in range(2, 9)))):
        for step in range(2, 7):
            checkpoints.save(step, _variables())
    assert Checkpoints(tmp_path).steps() == [1, 5, 6]
    (tmp_path / "step-00000009.npz").write_bytes(b"kept by hand")
    with untouched(tmp_path), pytest.raises(TryOnError, match=r"step-00000009\.npz is of a later step.*move it away"):
        checkpoints.drop_after(5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model/b": tf.Variable(0.0)}, "no model/b"),
        ({"model/a": tf.Variable([0.0])}, r"model/a is \(1, 2\), not \(1,\)"),
        (None, "unknown optimizer/iterations"),
    ],
)
def test_every_difference_is_an_error_and_nothing_is_loaded(tmp_path, change, message):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, _variables(5.0))
    variables = _variables(0.0)
    if change is None:
        del variables["optimizer/iterations"]
    else:
        variables.update(change)
    before = {name: variable.numpy() for name, variable in variables.items()}
    with pytest.raises(ValueError, match=message):
        checkpoints.restore(1, variables)
    for name, variable in variables.items():
        np.testing.assert_array_equal(variable, before[name])


def test_nothing_that_is_not_finite_is_saved(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    with pytest.raises(ValueError, match=r"step 3.*model/a"):
        checkpoints.save(3, _variables(np.nan))
    assert checkpoints.steps() == []


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, _variables(5.0))

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"step-00000002\.npz: the disk is full"):
        checkpoints.save(2, _variables())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000001.npz", "written.json"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_really_full_device(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, _variables())
    (tmp_path / ".step-00000002.npz.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="the disk is full"):
        checkpoints.save(2, {"model/a": tf.Variable(tf.ones([1000, 1000]))})
    assert checkpoints.steps() == [1]


def test_a_damaged_file_says_which(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    path = checkpoints.save(1, _variables())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"step-00000001\.npz: the arrays can't be read"):
        checkpoints.restore(1, _variables())


def test_drops_later_steps(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    for step in (3, 5):
        checkpoints.save(step, _variables())
    checkpoints.drop_after(3)
    assert checkpoints.steps() == [3]
