import json
import os
import shutil
import signal
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.errors import TryOnError
from tf_tryon.training import held_out, precision, run_folder
from tf_tryon.training import trainer as trainer_module
from tf_tryon.training.trainer import Trainer


@pytest.fixture(autouse=True)
def fakes(monkeypatch, fake_networks, random_batch):
    """The loop around tiny networks and random batches, which are functions of the step as the real ones are."""

    def dataset(records, config, start_step=0, global_batch=None, input_context=None):
        count = global_batch or config.train.batch_size
        batches = [random_batch(count, seed) for seed in range(start_step, 12)]
        stacked = {key: tf.stack([batch[key] for batch in batches]) for key in batches[0]}
        return tf.data.Dataset.from_tensor_slices(stacked)

    monkeypatch.setattr(trainer_module, "build_networks", fake_networks)
    monkeypatch.setattr(trainer_module, "training_dataset", dataset)
    return dataset


@pytest.fixture
def make(tmp_path, people, small_config):
    def make(stage="shape", data=people, **changes):
        if stage == "texture":
            changes["model__discriminator"] = False  # needs 64 px
        size = {"data__height": 32, "data__width": 32}
        changes = {"train__ema": 0.9, "loss__kl_schedule": "target", **size, **changes}
        config = small_config(stage, **changes)
        return Trainer(config, data, tmp_path / "run")

    return make


def _arrays(folder, step):
    with np.load(folder / "run" / "checkpoints" / f"step-{step:08d}.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_leaves_the_folder_that_the_documentation_tells(tmp_path, make, stage):
    assert make(stage, train__steps=6, train__log_every=2, train__picture_every=4).run() == 0
    run = tmp_path / "run"
    assert sorted(path.name for path in run.iterdir()) == sorted(
        ["config.json", "inputs.json", "checkpoints", "log.jsonl", "tensorboard", "pictures"]
    )
    assert sorted(path.name for path in (run / "pictures").iterdir()) == ["step-00000004.png", "step-00000006.png"]
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4, 6]
    assert {"loss", "kl", "kl_top", "beta", "gradient_norm", "learning_rate"} <= set(lines[0])
    assert set(_arrays(tmp_path, 6)) >= {"step", "model/generator/kernel", "ema/encoder/kernel", "kl_weight/beta"}


def test_weights_alone_are_written_along_the_way_and_after_the_last_step(tmp_path, make):
    assert make(train__steps=5, train__weights_every=2).run() == 0
    weights = tmp_path / "run" / "weights"
    assert sorted(path.name for path in weights.iterdir()) == [f"step-{step:08d}.npz" for step in (2, 4, 5)]
    last = _arrays(tmp_path, 5)
    with np.load(weights / "step-00000005.npz") as file:
        assert int(file["step"]) == 5
        averaged = {name.removeprefix("ema/") for name in last if name.startswith("ema/")}
        assert "generator/kernel" in averaged & set(file.files)
        for name in averaged:
            np.testing.assert_allclose(file[name], last[f"ema/{name}"], atol=1e-3, err_msg=name)


@pytest.mark.slow
def test_held_out_people_are_measured_and_change_nothing(tmp_path, make, monkeypatch, random_batch):
    def held_out_people(records, split, garment, config, batch):
        calls.append((split, garment))
        people = [random_batch(batch, seed) for seed in (100, 101, 102)]
        return tf.data.Dataset.from_tensor_slices({key: tf.stack([one[key] for one in people]) for key in people[0]})

    def one(*args):
        made.append(held_out.HeldOut(*args))
        return made[-1]

    calls, made = [], []
    make(train__steps=4).run()
    alone = _arrays(tmp_path, 4)
    (tmp_path / "run").rename(tmp_path / "alone")
    monkeypatch.setattr(held_out, "evaluation_dataset", held_out_people)
    monkeypatch.setattr(trainer_module, "HeldOut", one)
    make(train__steps=4, train__evaluate_every=3, train__evaluate_people=5, train__log_every=50).run()
    for name, value in alone.items():
        np.testing.assert_array_equal(_arrays(tmp_path, 4)[name], value, err_msg=name)
    assert calls == [("test", "top"), ("test", "bottom")] * 2
    assert len(made) == 1  # each would trace the objective again
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines][-2:] == [3, 4]
    assert all(np.isfinite(line["held_out/loss"]) and line["held_out/kl"] > 0 for line in lines[-2:])


def test_a_resumed_run_ends_like_an_uninterrupted_one(tmp_path, make):
    make(train__steps=8).run()
    whole = _arrays(tmp_path, 8)
    for path in (tmp_path / "run" / "checkpoints").iterdir():
        path.unlink()
    make(train__steps=3).run()
    make(train__steps=8).run()
    resumed = _arrays(tmp_path, 8)
    assert list(resumed) == list(whole)
    for name, value in whole.items():
        np.testing.assert_array_equal(resumed[name], value, err_msg=name)


def test_a_run_goes_on_with_the_data_of_its_steps_alone(tmp_path, make, people, make_data_set):
    other = make_data_set(tmp_path / "other", train=11)
    make(train__steps=2).run()
    with pytest.raises(TryOnError, match=r"the data set was .* and is .*other .* now\. Choose another --workdir"):
        make(train__steps=4, data=other)
    shutil.copytree(people, tmp_path / "moved")
    assert make(train__steps=4, data=tmp_path / "moved").run() == 0
    assert _arrays(tmp_path, 4)["step"] == 4


def test_a_run_of_before_inputs_were_kept_goes_on_and_keeps_them(tmp_path, make, make_data_set):
    make(train__steps=2).run()
    (tmp_path / "run" / "inputs.json").unlink()
    assert make(train__steps=3).run() == 0
    with pytest.raises(TryOnError, match="the data set was"):
        make(train__steps=4, data=make_data_set(tmp_path / "other", train=11))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_saves_and_stops(tmp_path, make, number, code):
    trainer = make(train__steps=10)
    step = trainer._step.__call__

    def and_signal(batch, done, wants):
        if done == 3:
            os.kill(os.getpid(), number)
        return step(batch, done, wants)

    read = trainer._step.read
    trainer._step = type("Step", (), {"__call__": staticmethod(and_signal), "read": staticmethod(read)})()
    before = signal.getsignal(number)
    assert trainer.run() == code
    assert signal.getsignal(number) is before
    assert _arrays(tmp_path, 4)["step"] == 4


@pytest.fixture
def poisoned(monkeypatch, fakes):
    """The fifth step's batch holds a NaN."""

    def dataset(*args, **kwargs):
        def poison(index, batch):
            bad = tf.where(index == 4, np.nan, 0.0)
            return {**batch, keys.CONTEXT: batch[keys.CONTEXT] + tf.cast(bad, tf.float32)}

        return fakes(*args, **kwargs).enumerate().map(poison)

    monkeypatch.setattr(trainer_module, "training_dataset", dataset)


@pytest.mark.parametrize(
    ("log_every", "noticed"),
    [(1, "It changed no weights. Any"), (50, "It changed no weights; steps up to 6 were made before it was noticed")],
)
def test_a_nan_stops_the_run_and_names_term_and_step(tmp_path, make, poisoned, log_every, noticed):
    trainer = make(train__steps=10, train__log_every=log_every, train__keep_every=2)
    with pytest.raises(TryOnError, match=rf"step 5: not finite: kl_cost \(nan\), kl \(nan\).*\. {noticed}"):
        trainer.run()
    assert trainer._checkpoints.steps() == [2, 4]
    for step in (2, 4):
        assert all(np.isfinite(array).all() for array in _arrays(tmp_path, step).values())


@pytest.mark.parametrize(("weights_every", "kept"), [(1, [1, 2, 3, 4]), (3, [3])])
def test_no_weights_are_written_of_a_nan_or_after_it(tmp_path, make, poisoned, weights_every, kept):
    with pytest.raises(TryOnError, match="step 5: not finite"):
        make(train__steps=10, train__log_every=50, train__weights_every=weights_every).run()
    weights = tmp_path / "run" / "weights"
    assert sorted(path.name for path in weights.iterdir()) == [f"step-{step:08d}.npz" for step in kept]


def test_a_full_disk_stops_the_run_and_leaves_the_last_checkpoint(tmp_path, make, monkeypatch):
    make(train__steps=3).run()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"step-00000006\.npz: the disk is full"):
        make(train__steps=6).run()
    monkeypatch.undo()
    assert _arrays(tmp_path, 3)["step"] == 3
    left = sorted(path.name for path in (tmp_path / "run" / "checkpoints").iterdir())
    assert left == ["step-00000003.npz", "written.json"]


def test_a_second_run_changes_nothing_in_the_firsts_folder(tmp_path, make, untouched):
    make(train__steps=3).run()
    second = make(train__steps=5)
    with run_folder.held(tmp_path / "run"), untouched(tmp_path):
        with pytest.raises(TryOnError, match="another process is training"):
            make(train__steps=4)
        with pytest.raises(TryOnError, match="another process is training"):
            second.run()


def test_keeps_every_nth(tmp_path, make):
    trainer = make(train__steps=7, train__keep_every=3)
    trainer.run()
    assert trainer._checkpoints.steps() == [3, 6, 7]


def test_saves_by_the_clock(make):
    trainer = make(train__steps=5, train__checkpoint_minutes=0.0)
    trainer.run()
    assert trainer._checkpoints.steps() == [4, 5]


def test_starts_from_another_run(tmp_path, make, caplog):
    caplog.set_level("INFO", "tf_tryon")
    make(train__steps=2).run()
    (tmp_path / "run").rename(tmp_path / "first")
    make(train__steps=1, train__learning_rate=0.0, train__init_from=str(tmp_path / "first")).run()
    with np.load(tmp_path / "first" / "checkpoints" / "step-00000002.npz") as first:
        np.testing.assert_array_equal(_arrays(tmp_path, 1)["model/encoder/kernel"], first["ema/encoder/kernel"])
        np.testing.assert_array_equal(_arrays(tmp_path, 1)["ema/encoder/kernel"], first["ema/encoder/kernel"])
    assert "took 5 of 5 arrays" in caplog.text


def test_a_finished_run_has_nothing_left_to_do(make, caplog):
    caplog.set_level("INFO", "tf_tryon")
    make(train__steps=2).run()
    assert make(train__steps=2).run() == 0
    assert "step 2 of 2" in caplog.text


def test_reading_errors_are_named(make, monkeypatch, fakes):
    def broken(*args, **kwargs):
        def fail(value):
            raise ValueError("people/shard-00000-of-00001.tfrecord: record 3 is corrupt (checksum)")

        def poison(batch):
            flag = tf.numpy_function(fail, [0.0], tf.float32)
            return {**batch, keys.CONTEXT: batch[keys.CONTEXT] + flag}

        return fakes(*args, **kwargs).map(poison)

    trainer = make()
    monkeypatch.setattr(trainer_module, "training_dataset", broken)
    with pytest.raises(TryOnError, match=r"shard-00000-of-00001\.tfrecord: record 3 is corrupt") as caught:
        trainer.run()
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_data_set_is_named(small_config, tmp_path):
    with pytest.raises(FileNotFoundError, match="is no data set"):
        Trainer(small_config("shape"), tmp_path / "none", tmp_path / "run")
    assert not Path(tmp_path / "run").exists()


@pytest.mark.parametrize("part", ["prior", "finer"])
def test_a_part_alone_needs_a_run_to_be_a_part_of(make, part):
    size = {"data__height": 64, "data__width": 64, "model__generator_pool": 2}
    with pytest.raises(ValueError, match=r"trains a part of a trained run: name it in config\.train\.init_from"):
        make(train__networks=part, **size)


def test_precision_is_handed_to_the_networks_and_changes_nothing_else(make):
    before = keras.mixed_precision.global_policy().name
    trainer = make(train__precision="mixed_bfloat16")
    assert trainer._state.nets.precision == "mixed_bfloat16"
    assert keras.mixed_precision.global_policy().name == before


def test_auto_is_settled_once_and_kept_by_the_run(tmp_path, make, monkeypatch):
    def machine(fast):
        monkeypatch.setattr(precision, "support", lambda: precision.Support(fast, "the test says so"))

    machine(True)
    first = make(train__precision="auto", train__steps=1)
    assert first._state.nets.precision == "mixed_bfloat16"
    assert first.run() == 0
    saved = json.loads((tmp_path / "run" / "config.json").read_text())["train"]
    assert (saved["precision"], saved["precision_auto"]) == ("mixed_bfloat16", True)
    machine(False)
    assert make(train__precision="auto", train__steps=2)._state.nets.precision == "mixed_bfloat16"
    with pytest.raises(TryOnError, match=r"config\.train\.precision is 'mixed_bfloat16' there and 'float32' now"):
        make(train__precision="float32", train__steps=2)


def test_the_end_of_its_time_saves_and_stops_a_run_that_can_go_on(tmp_path, make):
    trainer, now = make(train__steps=8), {"seconds": 0.0}

    def slow(batch, done, wants):
        now["seconds"] += 10.0
        return made(batch, done, wants)

    made, read = trainer._step.__call__, trainer._step.read
    trainer._step = type("Step", (), {"__call__": staticmethod(slow), "read": staticmethod(read)})()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer_module.loop.time, "monotonic", lambda: now["seconds"])
        assert trainer.run(seconds=25) == 0
    assert trainer._checkpoints.steps()[-1] == 3  # which ended it, at 30 seconds
    assert make(train__steps=8).run(seconds=0) == 0
    assert trainer._checkpoints.steps()[-1] == 3
    assert make(train__steps=8).run() == 0
    assert trainer._checkpoints.steps()[-1] == 8
