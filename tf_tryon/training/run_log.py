"""What a run tells: a bar or log lines, log.jsonl, and TensorBoard's event files."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from tf_tryon import logs
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.files.regular import read_bytes
from tf_tryon.training import metric_names
from tf_tryon.writing.disk import naming
from tf_tryon.writing.whole import write_text

LOG = "log.jsonl"
_log = logging.getLogger(__name__)


class RunLog:
    """Logs metrics of a run; a context manager.

    `tf.summary.scalar` and `image` live in the tensorboard package; the summaries are written here through
    `tf.summary.write`, so that training needs no such package, and TensorBoard reads them all the same.

    Args:
      folder: of the run.
      steps: of the whole run.
      batch: global batch size.
      start: the first step of this process.
    """

    def __init__(self, folder: Path, steps: int, batch: int, start: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / LOG
        _drop_after(self._path, start)
        self._log = self._path.open("a", encoding="utf-8")
        self._writer = tf.summary.create_file_writer(str(folder / "tensorboard"))
        self._steps, self._batch = steps, batch
        self._since, self._last = time.perf_counter(), start
        self._bar = logs.terminal()

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def log(self, done: int, metrics: dict[str, float]) -> None:
        """Metrics, means since the last call, after `done` steps."""
        now = time.perf_counter()
        speed = (done - self._last) / max(now - self._since, 1e-9)
        self._since, self._last = now, done
        line = {"step": done, "images_per_second": round(speed * self._batch, 3), "time": round(time.time(), 1)}
        with naming(self._path):
            self._log.write(json.dumps(line | {name: float(f"{value:.6g}") for name, value in metrics.items()}) + "\n")
            self._log.flush()
        with self._writer.as_default(step=done):
            for name, value in metrics.items():
                _scalar(name, value)
            _scalar("images_per_second", speed * self._batch)
        self._writer.flush()
        left = (self._steps - done) / speed if speed else 0.0
        shown = "  ".join(f"{n} {metrics[n]:.4g}" for n in metric_names.SHOWN if n in metrics)
        text = f"{_bar(done, self._steps)} {done}/{self._steps}  {speed * self._batch:.2f} images/s  "
        text += f"{_duration(left)} left  {shown}"
        if self._bar is None:
            _log.info(text)
        else:
            self._bar.write(f"\r\x1b[K{text}")
            self._bar.flush()

    def paused(self, seconds: float) -> None:
        """Time that is no training (checkpoints, pictures) and doesn't count for the speed."""
        self._since += seconds

    def picture(self, done: int, name: str, picture: np.ndarray) -> None:
        """A (H, W, 3) uint8 picture for TensorBoard."""
        png = tf.io.encode_png(picture).numpy()
        height, width = picture.shape[:2]
        metadata = _metadata("images")
        with self._writer.as_default(step=done):
            tf.summary.write(name, tf.constant([str(width).encode(), str(height).encode(), png]), metadata=metadata)
        self._writer.flush()

    def say(self, text: str) -> None:
        """A line of the log."""
        _log.info(text)

    def close(self) -> None:
        """End the line and close the files."""
        if self._bar is not None:
            self._bar.write("\n")
        self._log.close()
        self._writer.close()


def read_log(folder: Path, remedy: str) -> list[dict[str, float]]:
    """The lines of a run's log.jsonl; of a step that was made twice the later one.

    Raises:
      MissingFileError, BadFileError: there is none, or it is damaged; ends with the remedy.
    """
    entries = {}
    for line in json_file.read_lines(folder / LOG, remedy):
        values = line.members()
        for value in values.values():
            if not isinstance(value.raw, (int, float)):  # NaN may be: of a step that a loss scale left out
                raise value.wrong("is no number")
        values["images_per_second"].number(1e-9)
        entries[line["step"].whole(0)] = {name: value.raw for name, value in values.items()}
    return [entries[step] for step in sorted(entries)]


def seconds_a_step(log: list[dict[str, float]], batch: int) -> list[tuple[int, float]]:
    """Of each line of a log, how many steps it tells of, and how long each took, without pauses."""
    steps = [0, *(int(line["step"]) for line in log)]
    return [
        (step - before, batch / line["images_per_second"])
        for line, before, step in zip(log, steps, steps[1:], strict=False)
    ]


def _drop_after(path: Path, step: int) -> None:
    """Lines of steps that a killed run made after its last checkpoint will be made again."""
    if not path.exists():
        return
    kept = []
    for line in read_bytes(path, "move it away").splitlines():
        try:
            if json_file.parse(line, str(path), "")["step"].number() <= step:
                kept.append(line.decode() + "\n")
        except BadFileError:
            continue  # the line that a kill cut in two
    write_text(path, "".join(kept))


def _scalar(name: str, value: float) -> None:
    tf.summary.write(name, tf.constant(value, tf.float32), metadata=_metadata("scalars"))


def _metadata(plugin: str) -> tf.compat.v1.SummaryMetadata:
    return tf.compat.v1.SummaryMetadata(plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name=plugin))


def _bar(done: int, steps: int, width: int = 20) -> str:
    filled = min(width, width * done // max(steps, 1))
    return "[" + "=" * filled + " " * (width - filled) + "]"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
