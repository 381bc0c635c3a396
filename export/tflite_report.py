"""What an exported shape stage is worth: size, latency, and how far its pictures are from the float networks'.

Both see the same unseen people (of a data set's split "test"), the garments in turn, with the same noise; the float
networks get the inputs that training made, the file those that the runner made.

- **pixel agreement**: share of pixels with the float networks' class, over the whole picture (visible ones are copied,
  so they agree) and inside the erased box; for the whole stage, and for the generator alone on the float codes.
- **mIoU**: mean over the classes of intersection over union with the true parsing, counted over all people.
- **diversity**: mean 1 - IoU over the pairs of one person's samples (`evaluation.shape_metrics`).
"""

from __future__ import annotations

import pathlib
import platform
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_tryon.data import examples
from tf_tryon.data.records import open_records
from tf_tryon.data.vocabulary import CLASSES, GARMENTS
from tf_tryon.evaluation.shape_metrics import box_accuracy, diversity, garment_masks
from tf_tryon.export.phone_runner import PhoneStage
from tf_tryon.export.tflite_calibration import people
from tf_tryon.inference.stage import Stage, repeat
from tf_tryon.models.compositing import complete_labels

_ROUNDS = 12  # of the latency's interleaved measurements
THREADS = (1, 2)


def measure(
    path: pathlib.Path,
    float32: pathlib.Path,
    stage: Stage,
    data: str,
    count: int = 200,
    samples: int = 4,
    seed: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """The report, ready for JSON.

    Args:
      path: the file.
      float32: the same stage exported as float32, for the latency's ratio; may be `path` itself.
      stage: the float networks that it came from.
      data: folder of records with a split "test".
      count: people.
      samples: for each; at least 2.
      seed: of people and noise.
      progress: called with the number of people done.
    """
    phone = PhoneStage(path, threads=2)
    chosen = people(open_records(data), "test", phone.contract, count, seed)
    tables = {name: np.zeros((len(CLASSES), len(CLASSES))) for name in ("float", "file", "float box", "file box")}
    columns: dict[str, list[float]] = defaultdict(list)
    scale = np.array(phone.contract.code_scale, np.float32)
    for done, (person, garment) in enumerate(chosen, start=1):
        batch = examples.from_people([person], garment, stage.means, stage.config)
        noise = np.stack([phone.noise(seed * 1_000_003 + done, k) for k in range(samples)])
        codes, _ = stage.draw(repeat(batch, samples), noise.reshape(samples, *phone.contract.grid), 1.0)
        logits = stage.generate(repeat(batch, samples), codes)
        inputs = phone.inputs(person, garment)
        truth, erased = inputs.labels, inputs.visible == 0
        exact = complete_labels(repeat(batch, samples), tf.constant(logits), stage.config.model.replaces).numpy()
        encoded = phone.encode(inputs)
        drawn = [phone.sample(encoded, one) for one in noise]
        file_labels = np.stack([phone.labels(inputs, one) for one in drawn])
        same_codes = phone.labels(inputs, codes[0].reshape(phone.contract.cells, -1) / scale)
        columns["agreement"].append(float(np.mean(file_labels == exact)))
        columns["agreement_box"].append(float(np.mean((file_labels == exact)[:, erased])))
        columns["generator"].append(float(np.mean(same_codes == exact[0])))
        columns["generator_box"].append(float(np.mean((same_codes == exact[0])[erased])))
        slot = GARMENTS.index(garment)
        for name, labels in (("float", exact), ("file", file_labels)):
            columns[f"accuracy {name}"].append(float(np.mean(box_accuracy(labels, truth, erased))))
            columns[f"diversity {name}"].append(diversity(garment_masks(labels, slot)))
            for one in labels:
                np.add.at(tables[name], (truth, one), 1)
                np.add.at(tables[f"{name} box"], (truth[erased], one[erased]), 1)
        progress(done)
    means = {name: round(float(np.mean(values)), 5) for name, values in columns.items()}
    ious = {name: round(_mean_iou(table), 5) for name, table in tables.items()}
    return {
        "file": path.name,
        "quantize": phone.sidecar["quantize"],
        "people": len(chosen),
        "samples": samples,
        "bytes": {
            "file": phone.sidecar["bytes"],
            "generator": phone.sidecar["signatures"]["generate"]["bytes"],
            "encoder": sum(spec["bytes"] for name, spec in phone.sidecar["signatures"].items() if name != "generate"),
        },
        "latency_ms": latency(path, float32),
        "pixel_agreement": {
            "picture": means["agreement"],
            "box": means["agreement_box"],
            "generator_alone_picture": means["generator"],
            "generator_alone_box": means["generator_box"],
        },
        "mean_iou": {"picture": {k: ious[k] for k in ("float", "file")},
                     "box": {k: ious[f"{k} box"] for k in ("float", "file")}},
        "box_accuracy": {name: means[f"accuracy {name}"] for name in ("float", "file")},
        "diversity": {name: means[f"diversity {name}"] for name in ("float", "file")},
    }  # fmt: skip


def latency(path: pathlib.Path, float32: pathlib.Path) -> dict[str, Any]:
    """Milliseconds of each signature and of a whole sample, file and float32 in turn; the least of several rounds.

    A first sample of a person takes `encode`, `prior` for each cell, and `generate`.
    """
    report: dict[str, Any] = {"processor": platform.processor() or platform.machine()}
    for threads in THREADS:
        stages = {"file": PhoneStage(path, threads), "float32": PhoneStage(float32, threads)}
        cells = stages["file"].contract.cells
        times: dict[str, dict[str, float]] = {name: {} for name in stages}
        for _ in range(_ROUNDS):
            for name, stage in stages.items():
                for signature, described in stage.sidecar["signatures"].items():
                    inputs = {key: np.zeros(spec["shape"][1:]) for key, spec in described["inputs"].items()}
                    start = time.perf_counter()
                    stage.run(signature, **inputs)
                    spent = (time.perf_counter() - start) * 1000
                    times[name][signature] = min(spent, times[name].get(signature, np.inf))
        for measured in times.values():
            measured["sample"] = measured["encode"] + cells * measured.get("prior", 0.0) + measured["generate"]
        ratio = {key: round(times["file"][key] / times["float32"][key], 3) for key in times["file"]}
        rounded = {name: {key: round(ms, 2) for key, ms in measured.items()} for name, measured in times.items()}
        report[f"{threads}_threads"] = {**rounded, "ratio": ratio}
    return report


def _mean_iou(table: np.ndarray) -> float:
    """Mean over the classes that occur of a confusion table (true, found)."""
    both = np.diag(table)
    either = table.sum(0) + table.sum(1) - both
    return float(np.mean(both[either > 0] / either[either > 0]))
