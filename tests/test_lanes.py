"""Both lanes: weights of either complete the same people to the same pictures in the other, and counts are equal.

TF_TRYON_OTHER_LANE names the other lane's Python; `make test-addons` sets it, elsewhere these tests are skipped.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
OTHER = os.environ.get("TF_TRYON_OTHER_LANE", "")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not OTHER, reason="needs both lanes: make test-addons")]


def _run(python: str, *arguments: object) -> None:
    command = [python, str(ROOT / "tools" / "lane_answers.py"), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def answers(data_set, tmp_path_factory):
    """What this lane and the other find, for the bundled weights and for those that each has trained."""
    folder, lanes = tmp_path_factory.mktemp("lanes"), {"here": sys.executable, "there": OTHER}
    for name, python in lanes.items():
        _run(python, "train", data_set, folder / name)
    collected = []
    for name, python in lanes.items():
        _run(python, "answer", folder / f"{name}.npz", *(folder / trained / "model" for trained in lanes))
        with np.load(folder / f"{name}.npz") as arrays:
            collected.append(dict(arrays))
    return collected


def test_parameter_counts_are_equal(answers):
    here, there = answers
    assert here["counts"].min() >= 0
    assert here["counts"].max() > 3_000_000
    np.testing.assert_array_equal(here["counts"], there["counts"])


@pytest.mark.parametrize("garment", ["top", "bottom"])
@pytest.mark.parametrize("trained", ["bundled", "here", "there"])
def test_weights_of_either_lane_complete_alike_in_both(answers, trained, garment):
    """The tolerance that the README states."""
    here, there = (
        {k.rpartition("/")[2]: v for k, v in a.items() if k.startswith(f"{trained}/{garment}/")} for a in answers
    )
    assert set(here) == set(there) >= {"photos", "parsings", "shape_codes", "texture_codes"}
    different = here["parsings"] != there["parsings"]
    assert different.mean() <= (0 if trained == "bundled" else 1e-3)
    distance = np.abs(here["photos"].astype(int) - there["photos"].astype(int)).max(axis=-1)
    assert (distance > 1).mean() <= 1e-3
    for stage in ("shape", "texture"):
        np.testing.assert_allclose(here[f"{stage}_codes"], there[f"{stage}_codes"], atol=1e-3)
