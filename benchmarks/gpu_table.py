"""Markdown of what benchmarks/gpu.sh measured: steps by size and batch, memory, and each stage's whole schedule.

python -m benchmarks.gpu_table LINES      JSON lines of benchmarks.training_step
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def table(results: list[dict[str, Any]]) -> str:
    """A table under the device's name.

    Args:
      results: of `benchmarks.training_step`, or with `failed` instead of figures where a step did not fit.
    """
    devices = sorted({result["device"] for result in results if "device" in result})
    lines = [
        f"{', '.join(devices) or 'No step worked'}:",
        "",
        "| configuration | px | batch | precision | ms a step | pictures/s | memory GB | whole schedule, hours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        cells = [result["config"], result["size"], result["batch"]]
        if "failed" in result:
            cells += ["", "failed", "", "", ""]
        else:
            rate = result["images_per_second"]
            memory = result.get("device_gigabytes", result["peak_gigabytes"])
            train = importlib.import_module(f"tf_tryon.configs.{result['config']}").get_config().train
            hours = train.steps * train.batch_size / rate / 3600
            cells += [result["precision"], f"{1000 * result['batch'] / rate:.0f}", rate, memory, f"{hours:.1f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", "Whole schedule: the configuration's steps times its own batch, at this row's pictures a second."]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table([json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]))
