import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.training.checkpoints import CAME_TRAINED, Checkpoints
from tf_tryon.training.trained_state import discriminator_trained, steered_beta

UPDATES, BETA = "discriminator_optimizer/iterations", "kl_weight/beta"


@pytest.fixture
def folder(tmp_path):
    """folder(**entries) -> a run's folder whose checkpoint of step 9 has these scalars."""

    def folder(entries):
        Checkpoints(tmp_path / "checkpoints").save(9, {name: tf.Variable(value) for name, value in entries.items()})
        return tmp_path

    return folder


@pytest.mark.parametrize(
    ("entries", "trained"),
    [
        ({UPDATES: 4, CAME_TRAINED: 0}, True),
        ({UPDATES: 0, CAME_TRAINED: 1}, True),  # the GAN of this run hasn't started yet
        ({UPDATES: 0, CAME_TRAINED: 0}, False),
        ({CAME_TRAINED: 1}, True),  # of a part
        ({CAME_TRAINED: 0}, False),
        ({UPDATES: 4}, True),  # of earlier versions
        ({UPDATES: 0}, False),
        ({}, False),
    ],
)
def test_a_discriminator_learned_in_this_run_or_one_before(folder, small_config, entries, trained):
    path = folder({"model/a": 1.0, **entries})
    assert discriminator_trained(path, small_config("texture"), 9) == trained


def test_an_earlier_versions_checkpoint_is_gone_on_with(folder):
    path = folder({"model/a": 1.0})
    variables = {"model/a": tf.Variable(0.0), CAME_TRAINED: tf.Variable(0, dtype=tf.int64)}
    Checkpoints(path / "checkpoints").restore(9, variables)
    assert [float(variable) for variable in variables.values()] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("schedule", "beta", "expected"), [("target", 7.1, 7.1), ("target", 3.1, None), ("constant", 7.1, None)]
)
def test_a_beta_was_steered_if_it_moved(folder, small_config, schedule, beta, expected):
    config = small_config("shape", loss__kl_schedule=schedule, loss__beta=3.1)
    assert steered_beta(folder({BETA: beta}), config) == (expected and pytest.approx(np.float32(expected)))
