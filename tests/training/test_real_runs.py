"""Whole runs of real, tiny networks in processes of their own: killed, with two replicas, with two workers."""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from tf_tryon.config import to_json

pytestmark = pytest.mark.slow

CONFIG = """
from tf_tryon.config import from_json


def get_config():
    return from_json({text!r}, "test").lock()
"""
SPLIT_CPU = """
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * {replicas})
"""
NO_PICTURES = """
from tf_tryon.training.trainer import Trainer

Trainer.draw = lambda *_: None
"""
MAIN = """
import sys

from tf_tryon.cli.main import main

sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def tiny(small_config):
    """`small_config` with encoders of two blocks: what takes time here is tracing."""
    return functools.partial(small_config, model__latent_stride=4)


@pytest.fixture
def start(tmp_path, people):
    """start(config, name, replicas, pictures, environment) -> a training process.

    To trace the grid of pictures takes a quarter of so short a run: one with replicas and one of several workers draw.
    """
    started = []

    def start(config, name, replicas=1, pictures=False, **environment):
        (tmp_path / f"{name}.py").write_text(CONFIG.format(text=to_json(config)))
        code = (SPLIT_CPU.format(replicas=replicas) if replicas > 1 else "") + ("" if pictures else NO_PICTURES) + MAIN
        arguments = ["train", f"--config={tmp_path / name}.py", f"--data={people}", f"--workdir={tmp_path / name}"]
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _finish(process, code=0):
    output, _ = process.communicate(timeout=900)
    assert process.returncode == code, output


def _arrays(folder, step):
    with np.load(folder / "checkpoints" / f"step-{step:08d}.npz") as file:
        return {name: file[name] for name in file.files}


def _assert_equal(actual, expected):
    assert list(actual) == list(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(actual[name], value, err_msg=name)


def _wait_for_checkpoint(process, folder, step):
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        names = [p.name for p in folder.glob("checkpoints/step-*.npz")]
        if any(int(name[5:13]) >= step for name in names):
            return
        if process.poll() is not None:
            pytest.fail(process.communicate()[0])
        time.sleep(0.01)
    pytest.fail("no checkpoint")


def test_killed_and_stopped_runs_end_like_an_uninterrupted_one(tmp_path, start, tiny):
    steps = 40
    config = tiny(
        "shape", train__steps=steps, train__checkpoint_minutes=0.0, train__ema=0.99, loss__kl_schedule="target",
        model__attention=False, model__spectral_norm="none",
    )  # fmt: skip
    _finish(start(config, "whole"))
    folder = tmp_path / "killed"
    for number, from_step in ((signal.SIGKILL, 2), (signal.SIGTERM, 12)):
        process = start(config, "killed")
        _wait_for_checkpoint(process, folder, from_step)
        process.send_signal(number)
        process.communicate(timeout=900)
        assert process.returncode == (-9 if number == signal.SIGKILL else 143)
        newest = max(int(path.name[5:13]) for path in folder.glob("checkpoints/step-*.npz"))
        assert from_step <= newest < steps
        assert _arrays(folder, newest)["step"] == newest  # whole, whenever the kill came
    _finish(start(config, "killed"))
    _assert_equal(_arrays(folder, steps), _arrays(tmp_path / "whole", steps))


def _assert_same_training(actual, expected):
    """Equal up to the order of sums: gradients, by their moments, to 2 %; weights hardly move at this rate."""
    assert list(actual) == list(expected)
    for name, value in expected.items():
        scale = np.abs(value).max() if "/m/" in name or "/v/" in name else 1e-2
        np.testing.assert_allclose(actual[name], value, rtol=1e-4, atol=2e-2 * scale, err_msg=name)


def test_two_replicas_make_the_update_of_one(tmp_path, start, tiny):
    config = tiny(
        "texture", train__steps=3, train__ema=0.9, train__learning_rate=1e-6, loss__kl_schedule="target", loss__beta=1.0
    )
    one = start(config, "one")
    two = start(config, "two", replicas=2, pictures=True)
    _finish(one)
    _finish(two)
    _assert_same_training(_arrays(tmp_path / "two", 3), _arrays(tmp_path / "one", 3))


def _ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for item in sockets:
        item.bind(("localhost", 0))
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def _cluster():
    """cluster(index) -> TF_CONFIG of a worker on loopback."""
    workers = [f"localhost:{port}" for port in _ports(2)]
    return lambda index: json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}})


def test_two_workers_make_the_update_of_one_and_resume(tmp_path, start, tiny):
    cluster = _cluster()

    def config(steps):
        return tiny("shape", train__steps=steps, train__learning_rate=1e-6, loss__beta=1.0)

    def both(steps, pictures=False):
        processes = [start(config(steps), "both", pictures=pictures, TF_CONFIG=cluster(index)) for index in (0, 1)]
        for process in processes:
            _finish(process)

    both(2, pictures=True)
    both(4)
    _finish(start(config(4), "alone"))
    chief, other = _arrays(tmp_path / "both", 4), _arrays(tmp_path / "both" / "workers" / "1", 4)
    _assert_equal(other, chief)
    _assert_same_training(chief, _arrays(tmp_path / "alone", 4))


def test_a_killed_worker_that_comes_again_changes_nothing(tmp_path, start, tiny):
    """Its scheduler starts it again; the other notices, and does so by itself."""
    steps = 8
    config = tiny(
        "shape", train__steps=steps, train__checkpoint_minutes=0.0, loss__beta=1.0, model__attention=False,
        model__spectral_norm="none",
    )  # fmt: skip
    cluster, undisturbed = _cluster(), _cluster()
    survivor, victim = [start(config, "disturbed", TF_CONFIG=cluster(index)) for index in (0, 1)]
    whole = [start(config, "whole", TF_CONFIG=undisturbed(index)) for index in (0, 1)]
    _wait_for_checkpoint(victim, tmp_path / "disturbed", 2)
    victim.kill()
    victim.wait()
    assert not (tmp_path / "disturbed" / "checkpoints" / f"step-{steps:08d}.npz").exists()
    again = start(config, "disturbed", TF_CONFIG=cluster(1))
    output, _ = survivor.communicate(timeout=900)
    assert survivor.returncode == 0, output
    assert output.count("worker 1 (localhost") + output.count("training together failed") == 1, output
    assert output.count(": starting again (") == 1, output
    for process in (again, *whole):
        _finish(process)
    for folder in (".", "workers/1"):
        _assert_equal(_arrays(tmp_path / "disturbed" / folder, steps), _arrays(tmp_path / "whole" / folder, steps))
