"""The training loop: composes data, networks, step, checkpoints and log, and survives being stopped at any moment.

The same command starts a run and resumes it. Data order, noise and learning rate are functions of the step, so a
resumed run makes the steps that an uninterrupted one would have made.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.reading import failure
from tf_tryon.data.records import open_records
from tf_tryon.errors import TryOnError
from tf_tryon.models.build import build_networks
from tf_tryon.training import metric_names, pictures, precision, run_folder, strategy, weights
from tf_tryon.training.checkpoints import Checkpoints
from tf_tryon.training.objectives import build_objective
from tf_tryon.training.progress import Progress
from tf_tryon.training.step import State, TrainingStep
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.whole import whole_file

_log = logging.getLogger(__name__)

_PICTURE_PEOPLE = 6
_CALIBRATION_PEOPLE = 16


class Trainer:
    """One run.

    Args:
      config: validated here.
      data: the data set's folder.
      workdir: the run's folder; made, or resumed.
    """

    def __init__(self, config: ConfigDict, data: str | Path, workdir: str | Path) -> None:
        configuration.validate(config)
        if config.train.networks == "prior" and not config.train.init_from:  # a bundle's configuration names no run
            raise ValueError(
                "config.train.networks = 'prior' fits the prior of a trained run: name it in config.train.init_from"
            )
        self._workdir = Path(workdir)
        self._records = open_records(data)
        self._index, self._workers = strategy.worker()
        self._strategy = strategy.choose_strategy()
        refuse_overlap(self._workdir, [data], "--workdir")
        self._folder = run_folder.own_folder(self._workdir, self._index)
        config = precision.settled(config, run_folder.saved(self._folder), self._everywhere)
        self._config = config
        run_folder.check(self._folder, config)
        with self._strategy.scope():
            nets = build_networks(config, config.train.precision)
            self._objective = build_objective(config)
            self._state = State.create(nets, self._objective.constants())
        self._step = TrainingStep(self._state, self._objective, self._strategy)
        self._checkpoints = Checkpoints(self._folder / "checkpoints", config.train.keep_every)
        self._signal = 0

    def run(self) -> int:
        """Train to the last step, or until a signal. Returns the exit code: 0, 143 (SIGTERM) or 130 (SIGINT).

        Raises:
          TryOnError: a loss or gradient became NaN or infinite (names step and term; no checkpoint holds it), the data
            can't be read, or another process trains in the folder.
        """
        old = {number: signal.signal(number, self._notice) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            with run_folder.held(self._folder):
                run_folder.save(self._folder, self._config)
                return self._run()
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def _run(self) -> int:
        done = self._start()
        train = self._config.train
        with Progress(self._folder, train.steps, train.batch_size, done) as progress:
            return self._loop(done, progress)

    def _loop(self, done: int, progress: Progress) -> int:
        train = self._config.train
        replicas = self._strategy.num_replicas_in_sync
        progress.say(f"{self._workdir}: step {done} of {train.steps}, {replicas} replica(s)")
        draw = self._drawing()
        pending: list[tuple[int, tf.Tensor]] = []
        batches = self._batches(done)
        saved_at = time.monotonic()
        code = 0
        while done < train.steps and not code:
            wants = (float(time.monotonic() - saved_at > train.checkpoint_minutes * 60), float(self._signal))
            metrics = self._step(self._next(batches), done, wants)
            pending.append((done, metrics))
            done += 1
            save_now, code = self._agreed(wants, metrics)
            last = bool(code) or done == train.steps
            before = time.perf_counter()
            if save_now or last or (train.keep_every and done % train.keep_every == 0):
                self._check(pending)  # nothing that is not finite is ever saved
                path = self._checkpoints.save(done, self._state.variables())
                saved_at = time.monotonic()
                if last:
                    progress.say(f"{self._workdir}: step {done}, {path}")
            if done % train.picture_every == 0 or done == train.steps:
                draw(done, progress)
            progress.paused(time.perf_counter() - before)
            if done % train.log_every == 0 or last:
                progress.log(done, self._means(pending))
                pending = []
        return code

    def _start(self) -> int:
        """Restore the newest checkpoint, or start afresh; returns the number of steps made."""
        steps = self._checkpoints.steps()
        newest = self._common_step(steps[-1] if steps else 0)
        if newest:
            self._checkpoints.restore(newest, self._state.variables())
            return newest
        if self._config.train.init_from:
            _log.info(weights.init_from(self._state.nets, self._config.train.init_from))
            if self._state.ema is not None:
                self._state.ema.restart()
        self._objective.calibrate(lambda: self._first_people(_CALIBRATION_PEOPLE))
        return 0

    def _common_step(self, newest: int) -> int:
        """The newest step that every worker has a checkpoint of."""
        if self._workers == 1:
            return newest
        lowest, highest = -int(self._largest(-newest)), int(self._largest(newest))
        missing = lowest != newest and lowest not in self._checkpoints.steps()
        if self._largest(float(missing or (highest and not lowest))):
            raise TryOnError(
                f"{self._folder} has checkpoints up to step {newest}, other workers from {lowest} to {highest}: "
                "they have none in common; copy a worker's checkpoints/ to the others"
            )
        self._checkpoints.drop_after(lowest)
        return lowest

    def _everywhere(self, fast: bool) -> bool:
        """Whether all workers say so."""
        return fast if self._workers == 1 else not self._largest(float(not fast))

    def _largest(self, value: float) -> float:
        """The largest of all workers' values."""
        worker_values = np.zeros(self._workers, np.float32)
        worker_values[self._index] = value

        def replica(values: tf.Tensor) -> tf.Tensor:
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(values))

        local = len(self._strategy.extended.worker_devices)
        total = tf.function(lambda v: self._strategy.run(replica, args=(v,)))(tf.constant(worker_values / local))
        return float(np.max(self._strategy.experimental_local_results(total)[0].numpy()))

    def _batches(self, done: int) -> Iterator[dict]:
        if self._strategy.num_replicas_in_sync == 1:
            return iter(training_dataset(self._records, self._config, done))

        def part(context: tf.distribute.InputContext) -> tf.data.Dataset:
            return training_dataset(self._records, self._config, done, input_context=context)

        return iter(self._strategy.distribute_datasets_from_function(part))

    def _first_people(self, count: int) -> dict:
        return self._next(iter(training_dataset(self._records, self._config, 0, count)))

    def _next(self, batches: Iterator[dict]) -> dict:
        """The next batch; what went wrong in reading it is told in its own words, without the graph's."""
        try:
            return next(batches)
        except tf.errors.OpError as error:
            raise failure(error) from error

    def _agreed(self, wants: tuple[float, float], metrics: tf.Tensor) -> tuple[bool, int]:
        """(save now?, exit code): this process's own wishes, or what all workers wished together."""
        if self._workers > 1:
            wants = tuple(metrics[-2:].numpy())
        number = int(self._signal) if self._workers == 1 else (signal.SIGTERM if wants[1] else 0)
        return bool(wants[0]), 128 + number if number else 0

    def _check(self, pending: list[tuple[int, tf.Tensor]]) -> None:
        """Raise for the first step whose terms or gradients were not finite."""
        tolerant = self._state.loss_scale is not None
        for number, metrics in pending:
            values = {name: value for name, (value, _) in self._step.read(number, metrics.numpy()).items()}
            bad = [name for name, value in values.items() if not np.isfinite(value)]
            if tolerant and values[metric_names.LOSS_SCALE] > 1:  # an overflow in float16, which the loss scale answers
                bad = [name for name in bad if name not in metric_names.NORMS]
            if bad:
                # A term of its own says more than the totals it spoilt.
                named = [name for name in bad if name not in metric_names.TOTALS] or bad
                raise TryOnError(
                    f"step {number + 1}: not finite: {', '.join(f'{name} ({values[name]})' for name in named)}. "
                    f"Weights are still those before that step, and the last checkpoint in "
                    f"{self._checkpoints.directory} is good. Try a lower config.train.learning_rate, "
                    "config.train.clip_norm = 5, or config.train.precision = 'float32'"
                )

    def _means(self, pending: list[tuple[int, tf.Tensor]]) -> dict[str, float]:
        """Means over examples and steps, of what is finite (a gradient's norm may not be, in float16)."""
        self._check(pending)
        sums: dict[str, np.ndarray] = {}
        for number, metrics in pending:
            for name, entry in self._step.read(number, metrics.numpy()).items():
                if np.isfinite(entry[0]):
                    sums[name] = sums.get(name, np.zeros(2)) + entry
        return {name: float(total / count) for name, (total, count) in sums.items() if count}

    def _drawing(self) -> Callable[[int, Progress], None]:
        if self._index:
            return lambda done, progress: None
        batch = self._first_people(_PICTURE_PEOPLE)
        grid = pictures.grid_function(self._state.nets)
        folder = self._folder / "pictures"
        folder.mkdir(exist_ok=True)

        def draw(done: int, progress: Progress) -> None:
            picture = grid(batch)
            with whole_file(folder / f"step-{done:08d}.png") as temporary:
                pictures.save(picture, str(temporary))
            progress.picture(done, "samples", picture)

        return draw

    def _notice(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._signal = number
