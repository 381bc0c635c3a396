"""How fast a full texture step is, bfloat16 against float32, and how much memory it takes, alone on the machine.

    python -m benchmarks.training_step --config texture_thesis --size 256 --batch 2 --steps 5

A full step makes both samples, trains the discriminator and has L1 as its only appearance loss (no VGG), whatever the
configuration says. Each precision runs in a process of its own, one after the other, on one random batch. Prints a JSON
line for each: the device, images/s of wall clock, images per second that the used processor time would give with all
cores, and peak resident memory, on a GPU its own too.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

PRECISIONS = ("mixed_bfloat16", "float32")


def configuration(name: str, size: int, batch: int, precision: str) -> ConfigDict:
    """An installed configuration, changed to what is measured."""
    config = importlib.import_module(f"tf_tryon.configs.{name}").get_config()
    config.data.height = config.data.width = size
    config.train.batch_size, config.train.accumulate, config.train.precision = batch, 1, precision
    config.loss.perceptual = "none"
    config.loss.adversarial_start = 0
    config.train.shape_fraction = 0.0
    return config


def random_batch(config: ConfigDict) -> dict[str, tf.Tensor]:
    """A batch of the right shapes: noise, with the middle erased."""
    from tf_tryon import keys
    from tf_tryon.data.examples import noise_shape

    count, size = config.train.batch_size, config.data.height
    rng = np.random.default_rng(0)
    visible = np.ones((count, size, size, 1), np.float32)
    visible[:, size // 4 : size // 2, size // 4 : -size // 4] = 0.0
    box = np.tile([size / 4, size / 4, size / 2, size * 3 / 4], (count, 1))
    channels = {
        keys.PHOTO: 3, keys.POSE: 19, keys.APPEARANCE: 11, keys.GARMENT_MASK: 1, keys.GARMENT_RGB: 3, keys.CONTEXT: 12
    }  # fmt: skip
    arrays = {key: rng.uniform(-1, 1, (count, size, size, c)) for key, c in channels.items()}
    arrays |= {
        keys.PARSING: np.eye(8)[rng.integers(0, 8, (count, size, size))],
        keys.VISIBLE: visible,
        keys.BOX: box,
        keys.GARMENT_BOX: box,
        keys.KEYPOINTS: rng.uniform(0, size, (count, 18, 3)),
        keys.NOISE: rng.normal(size=(count, *noise_shape(config))),
    }
    batch = {key: tf.constant(value, tf.float32) for key, value in arrays.items()}
    return batch | {keys.TARGET: tf.ones([count], tf.int32), keys.ID: tf.constant([""] * count)}


def measure(config: ConfigDict, steps: int) -> dict[str, float]:
    """Speed and memory of `steps` steps after two that don't count."""
    from tf_tryon.models.build import build_networks
    from tf_tryon.training.objectives import build_objective
    from tf_tryon.training.step import State, TrainingStep

    state = State.create(build_networks(config, config.train.precision))
    objective = build_objective(config)
    step = TrainingStep(state, objective, tf.distribute.get_strategy())
    batch = random_batch(config)
    for number in range(2):
        step(batch, number).numpy()
    start, start_cpu = time.perf_counter(), time.process_time()
    for number in range(steps):
        step(batch, 2 + number).numpy()
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    images = steps * config.train.batch_size
    gpus = tf.config.list_physical_devices("GPU")
    on_device = {}
    if gpus:
        on_device["device_gigabytes"] = round(tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**30, 2)
    return {
        "images_per_second": round(images / wall, 3),
        "images_per_second_of_all_cores": round(images / cpu * (os.cpu_count() or 1), 3),
        "peak_gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        **on_device,
    }


def device() -> str:
    """The first GPU's name, or the processor's."""
    for gpu in tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else "processor"


def main() -> None:
    """Measure both precisions, or, in a process that this one started, one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="texture_thesis", help="an installed configuration")
    parser.add_argument("--size", type=int, default=256, help="height and width in pixels")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--precision", choices=("auto", *PRECISIONS), help="only this one")
    arguments = parser.parse_args()
    if not arguments.precision:
        for precision in PRECISIONS:
            command = [sys.executable, "-m", "benchmarks.training_step", *sys.argv[1:], f"--precision={precision}"]
            subprocess.run(command, check=True)
        return
    from tf_tryon.training.precision import resolved

    precision = resolved(arguments.precision)
    config = configuration(arguments.config, arguments.size, arguments.batch, precision)
    result = {"config": arguments.config, "size": arguments.size, "batch": arguments.batch}
    result |= {"precision": precision, "device": device(), "cores": os.cpu_count(), **measure(config, arguments.steps)}
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
