"""How many training examples a second the input pipeline makes, alone on the machine.

    python -m benchmarks.input_pipeline DIR --size 128 --batch 16 --seconds 10

Training on two cores takes some 20 examples/s at 128 px and 2 to 5 at 256 px; the pipeline shares those cores, so it
should make at least five times that. Prints one JSON line per setting: the thesis's (flips only) and all augmentation.
"""

from __future__ import annotations

import argparse
import json
import os
import time

from ml_collections import ConfigDict

from tf_tryon.config import thesis
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.records import RecordSet, open_records

ALL = {
    "translate": 0.05, "scale": 0.1, "rotate": 5.0,
    "hue": 0.02, "saturation": 0.1, "brightness": 0.1, "contrast": 0.1,
}  # fmt: skip


def examples_per_second(records: RecordSet, config: ConfigDict, seconds: float) -> tuple[float, float]:
    """(examples per second of wall clock, examples per second of one core's time) after two batches of warming up."""
    batches = iter(training_dataset(records, config))
    for _ in range(4):
        next(batches)
    start, start_cpu, count = time.monotonic(), time.process_time(), 0
    while time.monotonic() < start + seconds:
        next(batches)
        count += config.train.batch_size
    return count / (time.monotonic() - start), count / (time.process_time() - start_cpu)


def main() -> None:
    """Measure both settings on one data set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="a data set, for instance of `tf-tryon data studio`")
    parser.add_argument("--size", type=int, default=128, help="height and width in pixels")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10.0)
    arguments = parser.parse_args()
    records = open_records(arguments.directory)
    for name in ("thesis", "augmented"):
        config = thesis("shape")
        config.data.height = config.data.width = arguments.size
        config.train.batch_size = arguments.batch
        if name == "augmented":
            config.data.augment.update(ALL)
        wall, cpu = examples_per_second(records, config, arguments.seconds)
        result = {"augmentation": name, "size": arguments.size, "batch": arguments.batch, "people": len(records)}
        print(
            json.dumps(
                {
                    **result,
                    "per_second": round(wall, 1),
                    "per_core_second": round(cpu, 1),
                    "cores": len(os.sched_getaffinity(0)),
                }
            )
        )


if __name__ == "__main__":
    main()
