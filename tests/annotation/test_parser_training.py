"""Training a tiny parsing network: it learns, resumes exactly, and its file rebuilds it."""

import json
import os
import re
import signal
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation import parser_config, parser_training
from tf_tryon.annotation.parser_encoder import BLOCKS
from tf_tryon.annotation.parser_inputs import POSE_CHANNELS
from tf_tryon.annotation.parser_network import build_parser
from tf_tryon.annotation.parser_training import WEIGHTS_FILE, calibrate_file, load_parser, train, write_parser
from tf_tryon.cli import main as cli
from tf_tryon.config import thesis
from tf_tryon.data.mapping import mapped
from tf_tryon.data.records import open_records
from tf_tryon.errors import TryOnError
from tf_tryon.files.array_file import read_arrays
from tf_tryon.training import precision
from tf_tryon.training.run_log import RunLog
from tf_tryon.training.variables import named_variables


def tiny(steps: int):
    config = parser_config.default_config()
    config.model.update(height=64, width=32, widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1, 1, 1))
    config.train.update(
        steps=steps, batch=(1, 1), kept_back=2, warmup_steps=0, log_every=1, checkpoint_every=1, precision="float32"
    )
    return config


@pytest.fixture
def quick_examples(monkeypatch):
    """Noise, by the step: to trace what makes real ones, as test_parser_examples does, takes longer than the run."""

    def made(sets, config, first_step=0):
        height, width, batch = config.model.height, config.model.width, sum(config.train.batch)

        def noise(step):
            picture = tf.random.stateless_uniform((batch, height, width, 3), tf.stack([0, step]), -1.0, 1.0)
            pose = tf.zeros((batch, height // 4, width // 4, POSE_CHANNELS))
            return (picture, pose), tf.cast(picture[..., 0] > 0, tf.int32)

        return mapped(tf.data.Dataset.counter(first_step), noise)

    monkeypatch.setattr(parser_training, "training_examples", made)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_examples")
def test_a_stopped_run_goes_on_as_if_it_had_not_been(data_set, photos_of_own_sizes, tmp_path, monkeypatch):
    sets = [open_records(data_set), open_records(photos_of_own_sizes)]
    straight, resumed = (tmp_path / name / WEIGHTS_FILE for name in ("straight", "stopped"))
    assert train(tiny(3), sets, straight.parent) == 0

    log = RunLog.log

    def stop(self, done, metrics):
        log(self, done, metrics)
        if done == 1:  # the second step is being made when it is noticed
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(RunLog, "log", stop)
    before = signal.getsignal(signal.SIGTERM)
    assert train(tiny(3), sets, resumed.parent) == 143
    assert signal.getsignal(signal.SIGTERM) is before
    monkeypatch.setattr(RunLog, "log", log)
    assert train(tiny(3), sets, resumed.parent) == 0
    first, second = read_arrays(straight, ""), read_arrays(resumed, "")
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)
    # The file is written after the checkpoint: a run that ended in between is made good.
    resumed.unlink()
    assert train(tiny(3), sets, resumed.parent) == 0
    assert resumed.read_bytes() == straight.read_bytes()
    with pytest.raises(ValueError, match="another configuration"):
        train(tiny(4), sets, tmp_path / "stopped")
    with pytest.raises(
        TryOnError, match=r"stopped holds a run that was made of other things: data set 1 was .*own_sizes"
    ):
        train(tiny(3), sets[::-1], tmp_path / "stopped")
    network, config, calibration = load_parser(resumed)
    assert (config.model.height, config.model.width, calibration) == (64, 32, None)
    logits = network((tf.zeros((1, 64, 96, 3)), tf.zeros((1, 16, 24, POSE_CHANNELS))))
    assert logits.shape == (1, 32, 48, 20)
    assert logits.dtype == tf.float32


def test_soft_overlap_is_of_the_classes_and_of_what_is_carried():
    """Certain of six pixels: 1/3 of background, 1/3 of bags, all of tops (a shirt taken for a coat), none of shoes;
    trousers, which the truth doesn't show, don't count.
    """
    background, bag, shirt, coat, trousers, shoe = 0, 3, 5, 7, 9, 18
    truth, seen = [background, bag, bag, shirt, shoe, background], [background, bag, background, coat, trousers, bag]
    logits = tf.one_hot([[seen]], 20, 50.0, -50.0)
    overlap = parser_training._overlap(logits, tf.constant([[truth]]))
    assert float(overlap) == pytest.approx((1 / 3 + 1 / 3 + 1 + 0) / 4)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_examples")
def test_held_out_people_are_measured(data_set, photos_of_own_sizes, tmp_path):
    sets, config = [open_records(data_set), open_records(photos_of_own_sizes)], tiny(2)
    config.train.update(evaluate_every=1, evaluate_people=3)
    assert train(config, sets, tmp_path) == 0
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    for line in lines:
        for place in (0, 1):
            assert np.isfinite(line[f"held_out/loss_{place}"])
            assert 0 <= line[f"held_out/people_right_{place}"] <= 1
    assert lines[0]["held_out/loss_0"] != lines[1]["held_out/loss_0"]


def test_people_to_hold_out_are_looked_for_before_the_first_step(data_set, make_data_set, tmp_path, monkeypatch):
    monkeypatch.setattr(parser_training, "_train", lambda *_: pytest.fail("the training has begun"))
    without, config = make_data_set(tmp_path / "without", train=3, test=0), tiny(2)
    config.train.evaluate_every = 1
    with pytest.raises(ValueError, match=r"without has nobody in a split 'test' .*evaluate_every"):
        train(config, [open_records(data_set), open_records(without)], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_file_gives_the_configuration(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from tf_tryon.annotation.parser_config import default_config\n"
        "def get_config():\n    config = default_config()\n    config.train.steps = 7\n    return config\n"
    )
    line = f"parser train --config={file} --config.train.rare=2 --set=train.clip_norm=2.0 --data=d --workdir=w"
    _, values, _ = cli.parse(line.split())
    config = parser_config.with_changes(values["set"].value, values.config)
    assert (config.train.steps, config.train.rare, config.train.clip_norm) == (7, 2, 2.0)
    with pytest.raises(ValueError, match=r"--config has the field data\.augment, which the parser's"):
        parser_config.with_changes([], thesis("shape"))
    for value in ("many", None, True, 2.5, (1,)):
        with pytest.raises(ValueError, match=r"--config: train\.steps is 3000 and can't become"):
            parser_config.with_changes([], ConfigDict({"train": {"steps": value}}))


@pytest.mark.slow
@pytest.mark.usefixtures("quick_examples")
def test_a_run_can_start_from_a_file_which_keeps_no_path(data_set, tmp_path):
    sets, config = [open_records(data_set)], tiny(1)
    config.train.batch = (2,)
    first = tmp_path / "first.npz"
    write_parser(first, named_variables(build_parser(config), "parser"), config, 1)
    config.train.update(init_from=str(first), learning_rate=0.0)
    second = tmp_path / "second" / WEIGHTS_FILE
    assert train(config, sets, second.parent) == 0
    own, new = read_arrays(first, ""), read_arrays(second, "")
    for name in own.keys() - {"config.json"}:
        np.testing.assert_array_equal(own[name], new[name], err_msg=name)
    assert load_parser(second).config.train.init_from == ""
    config.model.widths = (8, 8, 8, 4)
    with pytest.raises(ValueError, match=r"first.*does not fit"):
        train(config, sets, tmp_path / "third")


def test_auto_becomes_the_run_s_own_precision(data_set, tmp_path, monkeypatch):
    config, trained = tiny(1), []
    config.train.update(batch=(2,), precision="auto")

    def make_a_step(config, sets, workdir, stop):
        trained.append(config.train.precision)
        (workdir / "checkpoints").mkdir(exist_ok=True)
        (workdir / "checkpoints/step-00000001.npz").touch()

    monkeypatch.setattr(parser_training, "_train", make_a_step)
    for fast in (False, True):  # the second time it is resumed, on a machine that has bfloat16
        monkeypatch.setattr(precision, "support", lambda fast=fast: precision.Support(fast, "the test says so"))
        train(config, [open_records(data_set)], tmp_path / "run")
        path = tmp_path / "run" / "config.json"
        saved = parser_config.from_json(path.read_bytes(), str(path)).train
        assert (saved.precision, saved.precision_auto) == ("float32", True)
    assert trained == ["float32", "float32"]


def test_fields_are_changed_and_unknown_ones_refused(capsys):
    config = parser_config.with_changes(["train.steps=7", "randomise.scale=(0.5, 1.5)", "train.precision=float32"])
    assert (config.train.steps, config.train.precision) == (7, "float32")
    assert config.randomise.scale == (0.5, 1.5)
    wrong_values = ("train.steps=many", "train.steps=None", "train.steps=True", "train.batch=('a',)", "train.batch=3")
    for wrong in ("train.stepps=7", "train.steps", "steps=7", *wrong_values):
        with pytest.raises(ValueError, match=re.escape(f"--set {wrong}")):
            parser_config.with_changes([wrong])
    assert cli.main(["parser", "train", "--data=d", "--workdir=w", "--set=train.stepps=7"]) == 1
    assert "stepps" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model.height", 100),
        ("train.batch", ()),
        ("model.widths", (1, 2)),
        ("train.steps", 0),
        ("train.precision", "mixed_float16"),
        ("randomise.crowd", 2.0),
        ("randomise.scale", (2.0, 1.0)),
        ("randomise.jpeg", (35,)),
    ],
)
def test_values_that_cannot_work_are_named(field, value):
    config = parser_config.default_config()
    part, name = field.split(".")
    config[part][name] = value
    with pytest.raises(ValueError, match=rf"config\.{field}"):
        parser_config.validate(config)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_examples")
def test_a_start_that_came_to_nothing_may_be_made_anew(data_set, tmp_path):
    config, sets = tiny(1), [open_records(data_set)]
    config.train.update(batch=(1,), init_from=str(tmp_path / "none.npz"))
    with pytest.raises(FileNotFoundError, match="none"):
        train(config, sets, tmp_path / "run")
    config.train.init_from = ""
    assert train(config, sets, tmp_path / "run") == 0


@pytest.mark.usefixtures("quick_examples")
def test_means_after_a_resume_are_of_the_steps_that_were_made(data_set, tmp_path, monkeypatch):
    sets, config, logged = [open_records(data_set)], tiny(4), {}
    config.train.update(batch=(2,), log_every=4, checkpoint_every=2)
    steps = iter((1.0, 2.0, 3.0, 4.0))
    monkeypatch.setattr(parser_training, "_step", lambda *_: lambda *_: {"loss": next(steps)})
    monkeypatch.setattr(RunLog, "log", lambda self, done, metrics: logged.update({done: metrics["loss"]}))
    save = parser_training.write_parser

    def stop(*arguments):
        save(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(parser_training, "write_parser", stop)
    with pytest.raises(KeyboardInterrupt):
        train(config, sets, tmp_path)
    monkeypatch.setattr(parser_training, "write_parser", save)
    train(config, sets, tmp_path)
    assert logged == {4: 3.5}


@pytest.mark.usefixtures("quick_examples")
def test_what_is_not_finite_stops_the_run_and_is_never_saved(data_set, tmp_path, monkeypatch):
    sets, config = [open_records(data_set)], tiny(4)
    config.train.update(batch=(2,), log_every=4, checkpoint_every=2)
    losses = iter((1.0, 2.0, float("nan"), 4.0))
    monkeypatch.setattr(parser_training, "_step", lambda *_: lambda *_: {"loss": next(losses), "overlap": 0.5})
    with pytest.raises(TryOnError, match=r"step 3: not finite: loss \(nan\).*train\.learning_rate"):
        train(config, sets, tmp_path / "run")
    assert [path.name for path in (tmp_path / "run" / "checkpoints").glob("*.npz")] == ["step-00000002.npz"]


def test_data_sets_and_their_shares_must_agree(data_set, tmp_path):
    with pytest.raises(ValueError, match=r"train\.batch"):
        train(tiny(1), [open_records(data_set)], tmp_path)


def test_the_encoder_starts_from_weights_of_imagenet(monkeypatch):
    config = tiny(1)
    config.model.blocks = BLOCKS
    variables = named_variables(build_parser(config), "parser")
    encoder = {name: v for name, v in variables.items() if name.startswith("parser/encoder/")}
    arrays = {name.removeprefix("parser/"): np.full(v.shape, 0.5, np.float32) for name, v in encoder.items()}
    beyond = {"encoder/blocks/15/expand/kernel": np.zeros(1)}  # the stage that the encoder lacks
    monkeypatch.setattr(parser_training.imagenet, "read_encoder", lambda path: {**arrays, **beyond})
    parser_training._start_encoder_from(Path("weights.pth"), variables)
    assert all(np.all(v.numpy() == 0.5) for v in encoder.values())
    assert len(encoder) == 3 * (1 + 2 + 14 * 3)


def test_confidences_lines_are_kept_in_the_file(tmp_path):
    path, config = tmp_path / "parser.npz", tiny(1)
    write_parser(path, named_variables(build_parser(config), "parser"), config, 1)
    lines = np.arange(8.0).reshape(4, 2)
    calibrate_file(path, lines)
    np.testing.assert_array_equal(load_parser(path).calibration, lines)
    calibrate_file(path, lines[:2])
    with pytest.raises(ValueError, match="calibration"):
        load_parser(path)


def test_a_file_that_is_no_network_is_named(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(2))
    with pytest.raises(ValueError, match=r"other\.npz"):
        load_parser(tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        load_parser(tmp_path / "none.npz")
