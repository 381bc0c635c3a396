"""What `python -m benchmarks.peer_speed` starts in the peer's environment."""

# pyright: reportMissingImports=false
# Torch is in an environment of its own.

from __future__ import annotations

import argparse
import os

import torch

from benchmarks.peer.step import Step
from benchmarks.peer.turns import take


def main() -> None:
    """Takes turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--vgg", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    step = Step(options.size, options.batch, options.bfloat16, options.vgg)
    begun = {"framework": f"PyTorch {torch.__version__}", "threads": torch.get_num_threads()}
    take({**begun, "parameters": step.parameters()}, step.step)


if __name__ == "__main__":
    main()
