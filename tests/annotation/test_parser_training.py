"""Training a tiny parsing network: it learns, resumes exactly, and its file rebuilds it."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.annotation import parser_config
from tf_tryon.annotation.parser_inputs import CHANNELS
from tf_tryon.annotation.parser_network import build_parser
from tf_tryon.annotation.parser_training import load_parser, train, write_parser
from tf_tryon.cli import main as cli
from tf_tryon.data.records import open_records
from tf_tryon.files.array_file import read_arrays
from tf_tryon.training.variables import named_variables


def tiny(steps: int):
    config = parser_config.default_config()
    config.model.update(size=32, widths=(8, 8, 8, 8), head=8)
    config.train.update(steps=steps, batch_size=2, warmup_steps=0, log_every=1, checkpoint_every=1, precision="float32")
    return config


def test_a_stopped_run_goes_on_as_if_it_had_not_been(data_set, tmp_path, monkeypatch):
    records = open_records(data_set)
    straight = train(tiny(3), records, tmp_path / "straight")

    from tf_tryon.training.progress import Progress

    log = Progress.log

    def stop(self, done, metrics):
        log(self, done, metrics)
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "log", stop)
    with pytest.raises(KeyboardInterrupt):
        train(tiny(3), records, tmp_path / "stopped")
    monkeypatch.setattr(Progress, "log", log)
    resumed = train(tiny(3), records, tmp_path / "stopped")
    first, second = read_arrays(straight, ""), read_arrays(resumed, "")
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)
    with pytest.raises(ValueError, match="another configuration"):
        train(tiny(4), records, tmp_path / "stopped")
    network, config = load_parser(resumed)
    assert config.model.size == 32
    logits = network(tf.zeros((1, 32, 48, CHANNELS)))
    assert logits.shape == (1, 32, 48, 20)
    assert logits.dtype == tf.float32


def test_a_run_can_start_from_a_file_which_keeps_no_path(data_set, tmp_path):
    records, config = open_records(data_set), tiny(1)
    first = tmp_path / "first.npz"
    write_parser(first, named_variables(build_parser(config), "parser"), config, 1)
    config.train.update(init_from=str(first), learning_rate=0.0)
    second = train(config, records, tmp_path / "second")
    own, new = read_arrays(first, ""), read_arrays(second, "")
    for name in own.keys() - {"config.json"}:
        np.testing.assert_array_equal(own[name], new[name], err_msg=name)
    assert load_parser(second)[1].train.init_from == ""
    config.model.head = 4
    with pytest.raises(ValueError, match=r"first.*does not fit"):
        train(config, records, tmp_path / "third")


def test_fields_are_changed_and_unknown_ones_refused(capsys):
    config = parser_config.with_changes(["train.steps=7", "randomise.scale=(0.5, 1.5)", "train.precision=float32"])
    assert (config.train.steps, config.train.precision) == (7, "float32")
    assert config.randomise.scale == (0.5, 1.5)
    for wrong in ("train.stepps=7", "train.steps", "train.steps=many", "steps=7"):
        with pytest.raises(ValueError, match=f"--set {wrong}"):
            parser_config.with_changes([wrong])
    assert cli.main(["parser", "train", "--data=d", "--workdir=w", "--set=train.stepps=7"]) == 1
    assert "stepps" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model.size", 100),
        ("model.widths", (1, 2)),
        ("train.steps", 0),
        ("randomise.crowd", 2.0),
        ("randomise.scale", (2.0, 1.0)),
    ],
)
def test_values_that_cannot_work_are_named(field, value):
    config = parser_config.default_config()
    part, name = field.split(".")
    config[part][name] = value
    with pytest.raises(ValueError, match=rf"config\.{field}"):
        parser_config.validate(config)


def test_a_file_that_is_no_network_is_named(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(2))
    with pytest.raises(ValueError, match=r"other\.npz"):
        load_parser(tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        load_parser(tmp_path / "none.npz")
