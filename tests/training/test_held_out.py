import pytest
import tensorflow as tf

from tf_tryon.training import held_out
from tf_tryon.training.held_out import HeldOut
from tf_tryon.training.objectives import build_objective
from tf_tryon.training.step import State


@pytest.fixture
def counted(fake_networks, small_config, random_batch, monkeypatch):
    """HeldOut of three batches a garment, and a list with an entry for each time that its objective is traced."""

    def people(records, split, garment, config, batch):
        first = 200 if garment == "dress" else 100
        batches = [random_batch(batch, seed) for seed in (first, first + 1, first + 2)]
        return tf.data.Dataset.from_tensor_slices({key: tf.stack([one[key] for one in batches]) for key in batches[0]})

    def objective(*args):
        traces.append(len(traces))
        return actual(*args)

    traces: list[int] = []
    config = small_config("shape", data__height=32, data__width=32, train__evaluate_people=5)
    actual = build_objective(config)
    monkeypatch.setattr(held_out, "evaluation_dataset", people)
    return HeldOut(None, State.create(fake_networks(config)), objective), traces


def test_later_looks_trace_nothing_and_see_the_weights_of_then(counted):
    people, traces = counted
    first = people.measure(3)
    made = len(traces)
    assert made > 0
    assert people.measure(6) == first
    kernel = people._state.nets.generator.kernel
    kernel.assign(kernel + tf.cast(tf.reshape(tf.range(tf.size(kernel)), kernel.shape), tf.float32))
    assert people.measure(9)["loss"] != first["loss"]
    assert len(traces) == made


def test_dresses_are_measured_by_themselves(counted, monkeypatch):
    people, _ = counted
    without = people.measure(3)
    config = people._state.nets.config
    config.data.dresses = True
    monkeypatch.setattr(held_out, "usable_if_any", lambda *args: [])
    assert people.measure(3) == without
    monkeypatch.setattr(held_out, "usable_if_any", lambda records, split, config, garment: [garment == "dress"])
    actual = people.measure(3)
    assert {name: actual[name] for name in without} == without
    of_dresses = actual.keys() - without.keys()
    assert {"loss_dress", "kl_dress", "cross_entropy_dress"} <= of_dresses
    assert "kl_top_dress" not in of_dresses
    assert actual["loss_dress"] != actual["loss"]
