"""The training loop: composes data, networks, step, checkpoints and log, and survives being stopped at any moment.

The same command starts a run and resumes it. Data order, noise and learning rate are functions of the step, and data of
other contents are refused, so a resumed run makes the steps that an uninterrupted one would have made.
"""

from __future__ import annotations

import logging
import math
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.reading import failure
from tf_tryon.data.records import open_records
from tf_tryon.errors import TryOnError
from tf_tryon.models.build import build_networks
from tf_tryon.training import cluster, loop, metric_names, pictures, precision, run_folder, start, strategy, weights
from tf_tryon.training.checkpoints import Checkpoints
from tf_tryon.training.held_out import HeldOut
from tf_tryon.training.objectives import build_objective
from tf_tryon.training.peers import Peers
from tf_tryon.training.run_inputs import inputs_of
from tf_tryon.training.run_log import RunLog
from tf_tryon.training.step import State, TrainingStep
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.whole import whole_file

_log = logging.getLogger(__name__)

_PICTURE_PEOPLE = 6
_CALIBRATION_PEOPLE = 16
_REMEDY = "Try a lower config.train.learning_rate, config.train.clip_norm = 5, or config.train.precision = 'float32'"


class Trainer:
    """One run.

    Args:
      config: validated here.
      data: the data set's folder.
      workdir: the run's folder; made, or resumed.
      peers: the other workers, where TF_CONFIG names some and they are to be waited for again.
    """

    def __init__(self, config: ConfigDict, data: str | Path, workdir: str | Path, peers: Peers | None = None) -> None:
        configuration.validate(config)
        networks = config.train.networks
        if networks != "all" and not config.train.init_from:  # a bundle's configuration names no run
            raise ValueError(
                f"config.train.networks = {networks!r} trains a part of a trained run: name it in"
                " config.train.init_from"
            )
        self._workdir, self._peers = Path(workdir), peers
        self._records = open_records(data)
        self._index, self._workers = cluster.worker()
        self._strategy = strategy.choose_strategy()
        refuse_overlap(self._workdir, [data], "--workdir")
        self._folder = run_folder.own_folder(self._workdir, self._index)
        config = precision.settled(config, run_folder.saved(self._folder), self._everywhere)
        self._config = config
        self._inputs = inputs_of(self._records, config)
        run_folder.check(self._folder, config, self._inputs)
        with self._strategy.scope():
            nets = build_networks(config, config.train.precision)
            self._objective = build_objective(config)
            self._state = State.create(nets, self._objective.constants())
        self._step = TrainingStep(self._state, self._objective, self._strategy)
        self._checkpoints = Checkpoints(self._folder / "checkpoints", config.train.keep_every)

    def run(self, seconds: float = math.inf) -> int:
        """Train to the last step, or until a signal or so many seconds are over.

        Returns:
          The exit code: 0, 143 (SIGTERM) or 130 (SIGINT).

        Raises:
          TryOnError: a loss or gradient became NaN or infinite (names step and term; no checkpoint holds it), the data
            can't be read, or another process trains in the folder.
        """
        with loop.stoppable() as stop, run_folder.held(self._folder):
            self._stop, self._seconds = stop, seconds
            if self._peers is not None:
                self._peers.stopped = lambda: stop.number
            run_folder.save(self._folder, self._config, self._inputs)
            return self._run()

    def _run(self) -> int:
        done = self._start()
        train = self._config.train
        with RunLog(self._folder, train.steps, train.batch_size, done) as log:
            return self._loop(done, log)

    def _loop(self, done: int, log: RunLog) -> int:
        train = self._config.train
        replicas = self._strategy.num_replicas_in_sync
        log.say(f"{self._workdir}: step {done} of {train.steps}, {replicas} replica(s)")
        self._draw = self._drawing()
        self._held_out = HeldOut(self._records, self._state, self._objective)
        self._people = self._batches(done)
        schedule = loop.Schedule(
            train.steps, train.log_every, train.keep_every, train.checkpoint_minutes, self._seconds,
            train.evaluate_every, f"Any checkpoint in {self._checkpoints.directory} is of an earlier step. {_REMEDY}",
            train.weights_every,
        )  # fmt: skip
        return loop.run(self, schedule, done, log, self._stop, str(self._workdir))

    def step(self, number: int, wishes: loop.Wishes) -> tf.Tensor:
        """One step of all replicas."""
        self._made = number + 1
        return self._step(self._next(self._people), number, wishes)

    def read(self, number: int, metrics: tf.Tensor) -> dict[str, tuple[float, float]]:
        """A step's metrics by name: sum and number of examples."""
        return self._step.read(number, metrics.numpy())

    def agreed(self, wishes: loop.Wishes, metrics: tf.Tensor) -> loop.Wishes:
        """This process's own wishes, or what all workers wished together: a stop is SIGTERM's then."""
        if self._workers == 1:
            return wishes
        save, stop, over = metrics[-len(loop.Wishes._fields) :].numpy()
        if self._peers is not None and (stop or over or self._made == self._config.train.steps):
            self._peers.end()  # the last step: who has saved first goes first
        return loop.Wishes(float(save), float(signal.SIGTERM if stop else 0), float(over))

    def tolerated(self, values: dict[str, float]) -> tuple[str, ...]:
        """Gradients' norms, where they overflow in float16 and the loss scale answers."""
        overflown = self._state.loss_scale is not None and values[metric_names.LOSS_SCALE] > 1
        return metric_names.NORMS if overflown else ()

    def save(self, done: int) -> Path:
        """A checkpoint of all that a step changes."""
        return self._checkpoints.save(done, self._state.variables())

    def draw(self, done: int, log: RunLog) -> None:
        """A grid of pictures, now and then and at the end."""
        every = self._config.train.picture_every
        if every and (done % every == 0 or done == self._config.train.steps):
            self._draw(done, log)

    def keep(self, done: int) -> None:
        """The weights alone, for curves of what the networks make as they learn; the first worker's are enough."""
        if not self._index:
            state = self._state
            averages = state.ema.averages if state.ema is not None else None
            weights.save_weights(
                state.nets, run_folder.weights_file(self._folder, done), done, float16=True, averages=averages,
                beta=state.kl_weight.steered,
            )  # fmt: skip

    def evaluate(self, done: int) -> dict[str, float]:
        """The loss of held-out people."""
        return self._held_out.measure(done)

    def _start(self) -> int:
        """Restore the newest checkpoint, or start afresh; returns the number of steps made."""
        steps = self._checkpoints.steps()
        newest = self._common_step(steps[-1] if steps else 0)
        if newest:
            self._checkpoints.restore(newest, self._state.variables())
            return newest
        if self._config.train.init_from:
            _log.info(start.init_from(self._state, self._config.train.init_from))
        self._objective.calibrate(lambda: self._first_people(_CALIBRATION_PEOPLE))
        return 0

    def _common_step(self, newest: int) -> int:
        """The newest step that every worker has a checkpoint of."""
        if self._workers == 1:
            return newest
        lowest, highest = -round(self._largest(-newest)), round(self._largest(newest))
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
        """The largest of all workers' values, as exactly as a sum of float32 over a worker's devices gives it."""
        worker_values = np.zeros(self._workers, np.float32)
        worker_values[self._index] = value

        def replica(values: tf.Tensor) -> tf.Tensor:
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(values))

        local = len(self._strategy.extended.worker_devices)
        summed = tf.function(lambda v: self._strategy.run(replica, args=(v,)), autograph=False)
        total = summed(tf.constant(worker_values / local))
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
        """The next batch; what went wrong in reading it is raised in its own words, without the graph's."""
        try:
            return next(batches)
        except tf.errors.OpError as error:
            if self._workers > 1 and isinstance(error, strategy.WORKER_LOST):
                raise
            raise failure(error) from error

    def _drawing(self) -> Callable[[int, RunLog], None]:
        if self._index:
            return lambda done, log: None
        batch = self._first_people(_PICTURE_PEOPLE)
        grid = pictures.grid_function(self._state.nets)
        folder = self._folder / "pictures"
        folder.mkdir(exist_ok=True)

        def draw(done: int, log: RunLog) -> None:
            picture = grid(batch)
            with whole_file(folder / f"step-{done:08d}.png") as temporary:
                pictures.save(picture, str(temporary))
            log.picture(done, "samples", picture)

        return draw
