"""Training the detail network on the texture of cloth in photos: windows first, then steps.

    L = texture(I', photo) + lambda * mean |mean of M * Detail(I) over squares of 24 pixels|
        + mu * mean M * (fine(I') - fine(photo))^2                           I' = enlarged(I) + M * Detail(I)

The first term (`losses/texture_statistics.py`) asks for cloth as finely structured as the photo's, wherever its
threads lie. The second one keeps light and colour the texture stage's: what is added has no mean. The third one draws
what can be told of the photo, and takes away the grid that the texture stage draws: fine(x) is x less its mean over
squares of 5 pixels, since folds, which are wider, can't be told either, and would go, too.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any, Final, NamedTuple

import tensorflow as tf

from tf_tryon.data.records import RecordSet
from tf_tryon.detail import patches, windows
from tf_tryon.errors import InTheWayError, TryOnError
from tf_tryon.files import json_file
from tf_tryon.inference.detail_file import write_detail
from tf_tryon.inference.stage import Stage
from tf_tryon.inference.stage_files import DETAIL
from tf_tryon.layers.convolution import double
from tf_tryon.losses import texture_statistics
from tf_tryon.models.detail import NAME, Detail, build_detail, enlarged, inside
from tf_tryon.progress import Progress
from tf_tryon.training import loop, metric_names, run_folder, run_inputs
from tf_tryon.training.checkpoints import Checkpoints
from tf_tryon.training.ema import Ema
from tf_tryon.training.optimizer import Adam, learning_rate
from tf_tryon.training.run_folder import PLACES, held, refuse_strangers
from tf_tryon.training.run_log import RunLog
from tf_tryon.training.variables import named_variables, trainable
from tf_tryon.training.weights import is_of_step
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.whole import write_text

OPTIONS: Final = "detail.json"  # tells that a folder is such a run's
_FORMAT: Final = "format"  # its key that tells how windows and checkpoints are written, and by which loss
_VERSION: Final = 3  # 1 had a discriminator, 2 another loss
_PLACES: Final = (windows.FOLDER, *PLACES, run_folder.CONFIG, DETAIL)
_RATE: Final = 1e-3  # falls
_MOMENTS: Final = (0.5, 0.999)  # Adam's beta_1 and beta_2
_FLAT: Final = 10.0  # lambda
_TOLD: Final = 100.0  # mu
_COARSE: Final = 5  # pixels: what is wider isn't fine
_EMA: Final = 0.995
_OF_STEPS: Final = ("seed", "garments", "people", "side", "least")  # options that steps follow from
_FINAL: Final = 0.01  # of the learning rate, along a cosine


class Options(NamedTuple):
    """What a run is of, beside the model and the data set.

    Attributes:
      garments: whose cloth is looked at.
      people: of the split "train", the first so many.
      steps: of training; may grow when the run goes on, whose learning rates then rise to what they are of more steps.
      seed: of patches and first weights.
      side: of a patch, in pixels of the texture stage's pictures; a multiple of 4, at least 16.
      least: share of a patch that is the garment.
      log_every: steps between lines of the log.
      checkpoint_every: steps between checkpoints.
    """

    garments: tuple[str, ...] = ("top", "bottom")
    people: int = 200
    steps: int = 700
    seed: int = 0
    side: int = 64
    least: float = 0.7
    log_every: int = 50
    checkpoint_every: int = 250


def train(stage: Stage, digest: str, records: RecordSet, workdir: pathlib.Path, options: Options) -> int:
    """Train, or go on with a run in `workdir`; the weights are in `workdir/detail.npz`.

    Args:
      stage: the texture stage whose pictures are to be finished.
      digest: of its weights and configuration, which a run that goes on has to find again.
      records: photos with labels.
      workdir: the run's folder.
      options: of the run.

    Returns:
      The exit code: 0, or 143 (SIGTERM) or 130 (SIGINT) where it was stopped after saving.

    Raises:
      TryOnError: the folder holds a run of other options, data or model, files that are none's, or lies within the data
        set's; another process trains there; a loss became NaN or infinite; too few garments are large enough.
    """
    refuse_overlap(workdir, [records.directory], "--workdir")
    refuse_strangers(workdir, OPTIONS, _PLACES)
    if min(stage.size) < options.side:
        raise TryOnError(
            f"the model's pictures of {stage.size} pixels hold no patch of {options.side}: take a larger model"
        )
    inputs = {
        "data set": run_inputs.data_source(records),
        "texture stage": run_inputs.Source("the model", str(stage.config.stage), digest),
    }
    with loop.stoppable() as stop, held(workdir):
        steps = bool(_checkpoints(workdir).steps())
        begun = steps or any((workdir / windows.FOLDER).glob("*.npz"))
        run_inputs.check(workdir, inputs, begun)
        if begun:
            _check_options(workdir / OPTIONS, options, _OF_STEPS if steps else ())
        written = {_FORMAT: _VERSION, **options._asdict()}
        write_text(workdir / OPTIONS, json.dumps(written, indent=1) + "\n")
        run_inputs.save(workdir, inputs)
        source = _source(stage, records, workdir, options, stop)
        if source is None:
            return 128 + stop.number
        learner = _Learner(source, workdir, options)
        learner.complete_file()
        schedule = loop.Schedule(
            options.steps, options.log_every, options.checkpoint_every, remedy="Start again with another --seed"
        )
        with RunLog(workdir, options.steps, patches.COUNT, learner.done) as log:
            log.say(f"{source.windows} garments are large enough to learn from")
            return loop.run(learner, schedule, learner.done, log, stop, str(workdir))


def _check_options(path: pathlib.Path, options: Options, names: tuple[str, ...]) -> None:
    """Raise InTheWayError where what is there was made otherwise, or with other options of these names."""
    there = json_file.read(path, "choose another --workdir")
    if not isinstance(there.raw, dict) or there.raw.get(_FORMAT) != _VERSION:
        raise InTheWayError(f"{path}: of a run by another version of tf-tryon: choose another --workdir")
    for name in names:
        value = there[name].raw
        if value != json.loads(json.dumps(getattr(options, name))):
            raise InTheWayError(f"{path}: {name} is {value} there: choose another --workdir, or give the same")


def _source(
    stage: Stage, records: RecordSet, workdir: pathlib.Path, options: Options, stop: loop.Stop
) -> patches.Source | None:
    """The patches of all windows, which are made first; None where a signal came meanwhile."""
    pairs = windows.wanted(records, options.garments, options.people)
    steps = windows.make(stage, records, pairs, workdir)
    bar = Progress("garments pictured", len(pairs), done=next(steps))
    for done in steps:
        bar.update(done)
        if stop.number:
            return None
    made = [windows.read(windows.path_of(workdir, *pair), stage.size) for pair in pairs]
    return patches.Source(made, options.seed, options.side, options.least)


class _Learner(loop.Alone):
    """The network and all that a step changes, as the folder's newest checkpoint has it, or fresh.

    Attributes:
      done: steps that were made.
    """

    def __init__(self, source: patches.Source, workdir: pathlib.Path, options: Options) -> None:
        self._source, self._file = source, workdir / DETAIL
        network = build_detail(options.seed)
        self._own = named_variables(network, NAME)
        weights = trainable(self._own)
        adam, self._ema = Adam(weights, *_MOMENTS), Ema(weights, _EMA)
        self._state = {
            **self._own,
            **{f"ema/{name}": variable for name, variable in self._ema.averages.items()},
            **{f"adam/{name}": variable for name, variable in adam.state().items()},
        }
        self._checkpoints = _checkpoints(workdir)
        self.done = max(self._checkpoints.steps(), default=0)
        if self.done:
            self._checkpoints.restore(self.done, self._state)
        self._step = _step(network, adam, self._ema, options.steps)

    def step(self, number: int, wishes: loop.Wishes) -> dict[str, tf.Tensor]:
        """One step."""
        del wishes
        batch = patches.Patches(*(tf.constant(array) for array in self._source.batch(number)))
        return self._step(batch, tf.constant(number, tf.int64))

    def complete_file(self) -> None:
        """Writes the weights' file if the run ended between its last checkpoint and that."""
        if self.done and not is_of_step(self._file, self.done):
            self._write(self.done)

    def save(self, done: int) -> pathlib.Path:
        """A checkpoint, and the averaged weights."""
        self._checkpoints.save(done, self._state)
        self._write(done)
        return self._file

    def _write(self, done: int) -> None:
        write_detail(self._file, {**self._own, **self._ema.averages}, done)


def _checkpoints(workdir: pathlib.Path) -> Checkpoints:
    return Checkpoints(workdir / "checkpoints")


def _step(network: Detail, adam: Adam, ema: Ema, steps: int) -> Any:
    """The compiled training step: (patches, step) -> the loss and its parts."""

    @tf.function(autograph=False)
    def step(batch: patches.Patches, number: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            parts = losses(network, batch)
            loss = parts[metric_names.LOSS]
        valid = tf.math.is_finite(loss)
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, list(adam.variables.values()))]
        adam.apply(gradients, learning_rate(_RATE, number, steps, 0, _FINAL), valid)
        ema.update(number, valid)
        return parts

    return step


def losses(network: Detail, batch: patches.Patches) -> dict[str, tf.Tensor]:
    """The loss of a batch, and its three terms without their weights, each () float32."""
    within = inside(batch.masks)
    added = network(batch.pictures) * within
    made, photo = _grey(enlarged(batch.pictures)) + added, _grey(batch.photos)
    squares = tf.nn.avg_pool2d(added, texture_statistics.SQUARE, texture_statistics.SQUARE // 3, "VALID")
    texture = texture_statistics.distance(made, photo, double(batch.masks))
    flat = tf.reduce_mean(tf.abs(squares))
    told = tf.reduce_mean(within * tf.math.squared_difference(_fine(made), _fine(photo)))
    loss = texture + _FLAT * flat + _TOLD * told
    return {metric_names.LOSS: loss, "texture": texture, "flat": flat, "told": told}


def _grey(pictures: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(pictures, axis=-1, keepdims=True)


def _fine(pictures: tf.Tensor) -> tf.Tensor:
    return pictures - tf.nn.avg_pool2d(pictures, _COARSE, 1, "SAME")
