"""Whole runs of real, tiny networks in processes of their own: killed, with two replicas, with two workers."""

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
MAIN = """
import sys

from tf_tryon.cli.main import main

sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def start(tmp_path, people):
    """start(config, name, replicas, environment) -> a training process."""
    started = []

    def start(config, name, replicas=1, **environment):
        (tmp_path / f"{name}.py").write_text(CONFIG.format(text=to_json(config)))
        code = (SPLIT_CPU.format(replicas=replicas) if replicas > 1 else "") + MAIN
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


def _assert_close(found, expected, **tolerance):
    assert list(found) == list(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, err_msg=name, **tolerance)


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


def test_killed_and_stopped_runs_end_like_an_uninterrupted_one(tmp_path, start, small_config):
    steps = 30
    config = small_config(
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
    _assert_close(_arrays(folder, steps), _arrays(tmp_path / "whole", steps), rtol=0)


def test_two_replicas_make_the_update_of_one(tmp_path, start, small_config):
    # Adam's first step is +-rate whatever the gradient's size, so a wrong scale shows with clipping and a small epsilon
    # only; the KL controller, losses and second steps show it too.
    config = small_config(
        "texture", train__steps=3, train__batch_size=4, train__clip_norm=0.05, train__ema=0.9,
        loss__kl_schedule="target", data__height=64, data__width=64,
    )  # fmt: skip
    one = start(config, "one")
    two = start(config, "two", replicas=2)
    _finish(one)
    _finish(two)
    first, second = _arrays(tmp_path / "one", 3), _arrays(tmp_path / "two", 3)
    moments = {name for name in first if "/v/" in name or "/m/" in name}
    for name in moments:  # gradients themselves
        scale = np.abs(first[name]).max()
        np.testing.assert_allclose(second[name], first[name], atol=2e-2 * scale + 1e-12, err_msg=name)
    others = [name for name in first if name not in moments]
    _assert_close({n: second[n] for n in others}, {n: first[n] for n in others}, rtol=1e-3, atol=5e-5)


def _ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for item in sockets:
        item.bind(("localhost", 0))
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def test_two_workers_make_the_update_of_one_and_resume(tmp_path, start, small_config):
    workers = [f"localhost:{port}" for port in _ports(2)]

    def cluster(index):
        return json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}})

    def both(steps):
        config = small_config("shape", train__steps=steps, train__clip_norm=0.05)
        processes = [start(config, "both", TF_CONFIG=cluster(index)) for index in (0, 1)]
        for process in processes:
            _finish(process)

    both(2)
    both(4)
    _finish(start(small_config("shape", train__steps=4, train__clip_norm=0.05), "alone"))
    chief, other = _arrays(tmp_path / "both", 4), _arrays(tmp_path / "both" / "workers" / "1", 4)
    _assert_close(other, chief, rtol=0)
    weights = {name: value for name, value in chief.items() if name.startswith("model/")}
    alone = {name: value for name, value in _arrays(tmp_path / "alone", 4).items() if name.startswith("model/")}
    _assert_close(weights, alone, rtol=1e-3, atol=5e-5)
