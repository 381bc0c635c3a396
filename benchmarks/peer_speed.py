"""How fast the texture stage's full training step is beside the same networks and step plainly written in PyTorch.

    python -m venv peer && peer/bin/pip install -r benchmarks/peer/requirements.txt
    python -m benchmarks.peer_speed --peer peer/bin/python [--size 256] [--batch 2] [--steps 8] [--vgg]
    python -m benchmarks.peer_speed --peer peer/bin/python --precision mixed_bfloat16       against bfloat16 autocast

The thesis's configuration, spectral norms, masked attention, both samples, the GAN's step of both sides, L1 at four
scales, and with --vgg content and style of VGG-19 with random weights, which cost what trained ones do. Both programs
run at once and take turns step by step, on the same cores with as many threads each, so that whatever else the machine
does meets both alike. Trained parameters must be equal in number. Prints each step, then the median of the ratios of
neighbours, PyTorch's time over ours, with an interval of 95 % (bootstrap over pairs): of wall clock, and of processor
time, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.peer.turns import Player, take

_ROOT = Path(__file__).parent.parent
_BFLOAT16 = "mixed_bfloat16"


def main() -> None:
    """Measures, or in a process that this one started, makes our steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", help="Python of the environment with PyTorch")
    parser.add_argument("--size", type=int, default=256, help="height and width in pixels")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--steps", type=int, default=8, help="that count, after two that don't")
    parser.add_argument("--precision", choices=("float32", _BFLOAT16), default="float32")
    parser.add_argument("--vgg", action="store_true")
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        _ours(options)
        return
    if not options.peer:
        raise SystemExit("--peer: name the Python of an environment with benchmarks/peer/requirements.txt")
    sizes = [f"--size={options.size}", f"--batch={options.batch}", *(["--vgg"] if options.vgg else [])]
    ours = [sys.executable, "-m", "benchmarks.peer_speed", "--ours", f"--precision={options.precision}", *sizes]
    peer = [options.peer, "-m", "benchmarks.peer.program", *sizes]
    if options.precision == _BFLOAT16:
        peer.append("--bfloat16")
    players = [Player(command, cwd=_ROOT) for command in (ours, peer)]
    begun = [player.begun for player in players]
    for facts in begun:
        print(json.dumps(facts))
    if begun[0]["parameters"] != begun[1]["parameters"]:
        raise SystemExit("the two don't train as many parameters: they aren't the same networks")
    pairs = []
    for number in range(options.steps + 2):
        pair = [player.step() for player in players]
        print(f"ours {_line(pair[0])} | peer {_line(pair[1])}", flush=True)
        if number >= 2:
            pairs.append(pair)
    for player in players:
        player.end()
    for measure in ("wall", "cpu"):
        ratios = np.array([peer[measure] / ours[measure] for ours, peer in pairs])
        drawn = np.random.default_rng(0).choice(ratios, (10_000, len(ratios)))
        low, high = np.percentile(np.median(drawn, axis=1), (2.5, 97.5))
        print(f"{measure}: {np.median(ratios):.2f} times the peer's speed ({low:.2f} to {high:.2f})")


def _line(step: dict[str, float]) -> str:
    return f"{step['wall']:.2f} s, cpu {step['cpu']:.2f} s, {step['peak_gigabytes']:.2f} GB, loss {step['loss']:.3f}"


def _ours(options: argparse.Namespace) -> None:
    """Takes turns."""
    import tensorflow as tf

    from benchmarks.training_step import configuration, random_batch
    from tf_tryon.models.build import build_networks
    from tf_tryon.training.objectives import build_objective
    from tf_tryon.training.step import State, TrainingStep

    config = configuration("texture_thesis", options.size, options.batch, options.precision)
    with tempfile.TemporaryDirectory() as folder:
        if options.vgg:
            config.loss.perceptual, config.loss.perceptual_weights = "vgg19", str(_random_vgg(Path(folder)))
        objective = build_objective(config)
    state = State.create(build_networks(config, options.precision))
    training = TrainingStep(state, objective, tf.distribute.get_strategy())
    batch, number = random_batch(config), iter(range(1 << 30))

    def step() -> float:
        current = next(number)
        total, count = training.read(current, training(batch, current).numpy())["loss"]
        return total / count

    trained = {
        name: sum(int(np.prod(v.shape)) for v in model.trainable_weights) for name, model in state.nets.models.items()
    }
    threads = tf.config.threading.get_intra_op_parallelism_threads() or len(os.sched_getaffinity(0))
    take({"framework": f"TensorFlow {tf.__version__}", "threads": threads, "parameters": trained}, step)


def _random_vgg(folder: Path) -> Path:
    """A file of VGG-19's layers as `vgg_weights.load` reads it."""
    import h5py

    from tf_tryon.losses.vgg_weights import BLOCKS

    rng, channels, path = np.random.default_rng(0), 3, folder / "vgg19.h5"
    with h5py.File(path, "w") as file:
        for block, (count, filters) in enumerate(zip(BLOCKS["vgg19"], (64, 128, 256, 512, 512), strict=True), 1):
            for place in range(1, count + 1):
                name = f"block{block}_conv{place}"
                group = file.create_group(name)
                shape = (3, 3, channels, filters)
                kernel = rng.normal(0, (2 / (9 * channels)) ** 0.5, shape)
                group.create_dataset(f"{name}_W", data=kernel.astype(np.float32))
                group.create_dataset(f"{name}_b", data=np.zeros(filters, np.float32))
                channels = filters
    return path


if __name__ == "__main__":
    main()
