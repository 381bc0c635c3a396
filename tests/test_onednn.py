"""oneDNN's kernels are chosen on x86 processors, by processes that are ours, unless the environment says otherwise."""

import os

import pytest

from tf_tryon import onednn, quiet


@pytest.mark.parametrize(
    ("machine", "before", "after"),
    [("x86_64", None, "1"), ("AMD64", None, "1"), ("x86_64", "0", "0"), ("aarch64", None, None), ("arm64", "1", "1")],
)
def test_chosen_on_x86_unless_told_otherwise(monkeypatch, machine, before, after):
    monkeypatch.setenv(onednn.SWITCH, "set, so that it is put back")
    monkeypatch.delenv(onednn.SWITCH)
    if before is not None:
        monkeypatch.setenv(onednn.SWITCH, before)
    monkeypatch.setattr("platform.machine", lambda: machine)
    quiet.import_tensorflow()
    assert os.environ.get(onednn.SWITCH) == after
