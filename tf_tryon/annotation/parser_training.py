"""Training the built-in parsing network: one compiled step, checkpoints, resuming, and its weights as one file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from ml_collections import ConfigDict

from tf_tryon.annotation import imagenet, parser_config
from tf_tryon.annotation.parser_examples import training_examples
from tf_tryon.annotation.parser_held_out import held_out
from tf_tryon.annotation.parser_network import ParserNetwork, build_parser
from tf_tryon.annotation.parser_people import check_people
from tf_tryon.config import to_json
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.reading import read_through
from tf_tryon.data.records import RecordSet
from tf_tryon.errors import BadFileError
from tf_tryon.files.array_file import read_arrays
from tf_tryon.training import loop, metric_names, run_inputs
from tf_tryon.training.checkpoints import STEP, Checkpoints, assign, write_arrays
from tf_tryon.training.ema import Ema
from tf_tryon.training.optimizer import Adam, clip_by_global_norm, learning_rate
from tf_tryon.training.precision import settled
from tf_tryon.training.run_folder import PLACES, held, refuse_strangers
from tf_tryon.training.run_log import RunLog
from tf_tryon.training.variables import named_variables
from tf_tryon.training.weights import is_of_step, take_step
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.whole import write_text

CONFIG = "config.json"
WEIGHTS_FILE = "parser.npz"
CALIBRATION = "calibration"
_FINAL = 0.01  # of the learning rate
# Weight of each CIHP-20 label in the cross entropy: small things count more, the background less.
WEIGHTS = (0.5, 1.5, 1.5, 2, 1.5, 1, 1, 1, 1, 1, 2, 1, 1, 1.5, 2, 2, 1.5, 1.5, 2, 2)
_GLOVE = vocabulary_lib.CIHP20.labels.index("glove")
# What the soft IoU is of, by label: the eight classes, and gloves, which bags are, too. Among the eight they are
# background, but a network that takes them for clothes spoils both, and what is carried stays before new garments.
_MEASURED = tuple(
    len(vocabulary_lib.CLASSES) if label == _GLOVE else number
    for label, number in enumerate(vocabulary_lib.CIHP20.classes)
)


def train(config: ConfigDict, sets: list[RecordSet], workdir: Path) -> int:
    """Train, or go on with a run in `workdir`; the weights are in `workdir/parser.npz`.

    Returns:
      The exit code: 0, or 143 (SIGTERM) or 130 (SIGINT) where it was stopped after saving.

    Raises:
      FileNotFoundError, ValueError: the folder holds a run of another configuration; `train.init_from` doesn't fit;
        a data set lacks people to train on or to hold out, or has labels of another vocabulary (`check_people`).
      TryOnError: a loss or gradient became NaN or infinite (names the step), another process trains there, the folder
        lies within the data set's, it holds files in a run's places that are none's, or its steps were made of other
        data.
    """
    parser_config.validate(config)
    if len(sets) != len(config.train.batch):
        raise ValueError(
            f"config.train.batch = {tuple(config.train.batch)}: a number of people for each of {len(sets)} data sets"
        )
    refuse_overlap(workdir, [records.directory for records in sets], "--workdir")
    refuse_strangers(workdir, CONFIG, (*PLACES, WEIGHTS_FILE))
    check_people(sets, config)
    workdir.mkdir(parents=True, exist_ok=True)
    path, begun = workdir / CONFIG, bool(_checkpoints(workdir).steps())
    # A start that came to nothing, by a wrong `init_from` for one, may be made anew with other values.
    saved = parser_config.from_json(path.read_bytes(), str(path)) if begun and path.exists() else None
    config = settled(config, saved)
    text = to_json(config)
    if saved is not None and to_json(saved) != text:
        raise ValueError(f"{path} is of another configuration: choose another --workdir, or give the same one")
    inputs = run_inputs.inputs_of_sets(sets)
    run_inputs.check(workdir, inputs, begun)
    with loop.stoppable() as stop, held(workdir):
        write_text(path, text)
        run_inputs.save(workdir, inputs)
        return _train(config, sets, workdir, stop)


def _train(config: ConfigDict, sets: list[RecordSet], workdir: Path, stop: loop.Stop) -> int:
    learner, options = _Learner(config, sets, workdir), config.train
    schedule = loop.Schedule(
        options.steps, options.log_every, options.checkpoint_every, evaluate_every=options.evaluate_every,
        remedy="Start again with --set train.learning_rate=... lower, or --set train.precision=float32",
    )  # fmt: skip
    learner.complete_file()
    with RunLog(workdir, options.steps, sum(options.batch), learner.done) as log:
        return loop.run(learner, schedule, learner.done, log, stop, str(workdir))


class _Learner(loop.Alone):
    """The network and all that a step changes, as the folder's newest checkpoint has it, or fresh.

    Attributes:
      done: steps that were made.
    """

    def __init__(self, config: ConfigDict, sets: list[RecordSet], workdir: Path) -> None:
        self._config, self._sets, self._weights = config, sets, workdir / WEIGHTS_FILE
        network = build_parser(config, config.train.precision)
        variables = named_variables(network, "parser")
        adam = Adam(variables, 0.9, 0.999)
        self._ema = Ema(variables, config.train.ema)
        self._state = {
            **{f"model/{name}": v for name, v in variables.items()},
            **{f"ema/{name}": v for name, v in self._ema.averages.items()},
            **{f"adam/{name}": v for name, v in adam.state().items()},
        }
        self._checkpoints = _checkpoints(workdir)
        self.done = max(self._checkpoints.steps(), default=0)
        if self.done:
            self._checkpoints.restore(self.done, self._state)
        else:
            if config.train.init_from:
                _start_from(Path(config.train.init_from), variables)
            elif config.train.imagenet:
                _start_encoder_from(Path(config.train.imagenet), variables)
            self._ema.restart()
        self._step = _step(network, adam, self._ema, config)
        self._losses = tf.function(
            lambda inputs, labels, number: _losses(network(inputs), _halved(labels, number), config.train.overlap),
            autograph=False,
            reduce_retracing=True,
        )
        self._examples = read_through(training_examples(sets, config, self.done))

    def step(self, number: int, wishes: loop.Wishes) -> dict[str, tf.Tensor]:
        """One step."""
        del wishes
        return self._step(*next(self._examples), tf.constant(number, tf.int64))

    def evaluate(self, done: int) -> dict[str, float]:
        """The loss of the people of the splits "test"."""
        number = tf.constant(done, tf.int64)
        return held_out(self._sets, self._config, lambda inputs, labels: self._losses(inputs, labels, number))

    def complete_file(self) -> None:
        """Writes the weights' file if the run ended between its last checkpoint and that."""
        if self.done and not is_of_step(self._weights, self.done):
            write_parser(self._weights, self._ema.averages, self._config, self.done)

    def save(self, done: int) -> Path:
        """A checkpoint, and the averaged weights for `tf-tryon annotate`."""
        self._checkpoints.save(done, self._state)
        write_parser(self._weights, self._ema.averages, self._config, done)
        return self._weights


def _checkpoints(workdir: Path) -> Checkpoints:
    return Checkpoints(workdir / "checkpoints")


def _start_from(path: Path, variables: dict[str, tf.Variable]) -> None:
    """Take the weights of a file that `write_parser` wrote; the network must be the same."""
    arrays, _ = _read_parser(path)
    arrays.pop(CALIBRATION, None)
    assign(arrays, variables, str(path))


def _start_encoder_from(path: Path, variables: dict[str, tf.Variable]) -> None:
    """Take the encoder's weights of ImageNet; the file has a stage more than the encoder."""
    arrays = {f"parser/{name}": array for name, array in imagenet.read_encoder(path).items()}
    encoder = {name: variable for name, variable in variables.items() if name.startswith("parser/encoder/")}
    assign({name: array for name, array in arrays.items() if name in encoder}, encoder, str(path))


def _step(network: ParserNetwork, adam: Adam, ema: Ema, config: ConfigDict):
    """The compiled training step: (inputs, labels, step) -> loss, its parts, and accuracy on people's pixels."""
    options = config.train

    @tf.function(autograph=False)
    def step(inputs: tuple[tf.Tensor, tf.Tensor], labels: tf.Tensor, number: tf.Tensor) -> dict[str, tf.Tensor]:
        labels = _halved(labels, number)
        with tf.GradientTape() as tape:
            losses = _losses(network(inputs, training=True), labels, options.overlap)
            loss = losses[metric_names.LOSS]
        variables = list(adam.variables.values())
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
        norm = tf.linalg.global_norm(gradients)
        gradients = clip_by_global_norm(gradients, norm, options.clip_norm)
        rate = learning_rate(options.learning_rate, number, options.steps, options.warmup_steps, _FINAL)
        valid = tf.math.is_finite(norm) & tf.math.is_finite(loss)
        adam.apply(gradients, rate, valid)
        ema.update(number, valid)
        return {**losses, metric_names.GRADIENT_NORM: norm}

    return step


def _losses(logits: tf.Tensor, labels: tf.Tensor, weight_of_overlap: float) -> dict[str, tf.Tensor]:
    """The loss, its parts, and accuracy on people's pixels, of logits (B, h, w, 20) and labels (B, h, w)."""
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    weight = tf.gather(tf.constant(WEIGHTS, tf.float32), labels)
    entropy = tf.reduce_sum(entropy * weight) / tf.reduce_sum(weight)
    overlap = _overlap(logits, labels)
    person = tf.cast(labels > 0, tf.float32)
    right = tf.cast(tf.argmax(logits, -1, tf.int32) == labels, tf.float32)
    return {
        metric_names.LOSS: entropy + weight_of_overlap * (1 - overlap),
        metric_names.CROSS_ENTROPY: entropy,
        "overlap": overlap,
        "people_right": tf.reduce_sum(right * person) / tf.maximum(tf.reduce_sum(person), 1.0),
    }


def _halved(labels: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """(B, H, W) -> (B, H / 2, W / 2): one pixel of each square of four, another one in each step, so that none of them
    moves the outlines.
    """
    height, width = labels.shape[1:]
    squares = tf.reshape(labels, (-1, height // 2, 2, width // 2, 2))
    return squares[:, :, number % 2, :, number // 2 % 2]


def _overlap(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Soft IoU of the batch, the mean over those of the eight classes, and of gloves and bags, that it shows:

        sum p t / (sum p + sum t - sum p t)

    Rahman and Wang, Optimizing Intersection-Over-Union in Deep Neural Networks, ISVC 2016.
    """
    classes = tf.one_hot(tf.constant(_MEASURED), len(vocabulary_lib.CLASSES) + 1)  # (20, 9)
    p = tf.reshape(tf.nn.softmax(logits), (-1, len(_MEASURED))) @ classes
    truth = tf.gather(classes, tf.reshape(labels, (-1,)))
    both, p, truth = (tf.reduce_sum(x, axis=0) for x in (p * truth, p, truth))
    shown = tf.cast(truth > 0, tf.float32)
    return tf.reduce_sum(shown * both / tf.maximum(p + truth - both, 1.0)) / tf.reduce_sum(shown)


def write_parser(path: Path, averages: dict[str, tf.Variable], config: ConfigDict, step: int) -> None:
    """Weights as float16 by name, with the configuration, but for paths: all that `load_parser` needs."""
    config = config.copy_and_resolve_references()
    config.train.init_from = config.train.imagenet = ""
    arrays = {name: np.asarray(variable).astype(np.float16) for name, variable in averages.items()}
    arrays[CONFIG] = np.frombuffer(to_json(config).encode(), np.uint8)
    arrays[STEP] = np.int64(step)
    write_arrays(path, arrays)


def calibrate_file(path: Path, calibration: np.ndarray) -> None:
    """Put the confidences' lines (4, 2), see `confidence.py`, into a weights file."""
    _read_parser(path)
    write_arrays(
        path, {**read_arrays(path, "make it with `tf-tryon parser train`"), CALIBRATION: calibration.astype(np.float32)}
    )


class LoadedParser(NamedTuple):
    """What a weights file holds: the network, float32; its configuration; its confidences' lines (4, 2), if any."""

    network: ParserNetwork
    config: ConfigDict
    calibration: np.ndarray | None


def load_parser(path: Path) -> LoadedParser:
    """A weights file.

    Raises:
      FileNotFoundError, BadFileError: no such file, or no weights of a parsing network.
    """
    arrays, config = _read_parser(path)
    calibration = arrays.pop(CALIBRATION, None)
    network = build_parser(config)
    assign(arrays, named_variables(network, "parser"), str(path))
    return LoadedParser(network, config, calibration)


def _read_parser(path: Path) -> tuple[dict[str, np.ndarray], ConfigDict]:
    if not path.is_file():
        raise FileNotFoundError(f"there is no weights file {path}")
    arrays = read_arrays(path, "make it with `tf-tryon parser train`")
    if CONFIG not in arrays or arrays[CONFIG].dtype != np.uint8:
        raise BadFileError(f"{path} holds no weights of a parsing network: make them with `tf-tryon parser train`")
    config = parser_config.from_json(arrays.pop(CONFIG).tobytes(), str(path))
    take_step(arrays, path)
    lines = arrays.get(CALIBRATION)
    if lines is not None and (lines.shape != (len(vocabulary_lib.GARMENTS), 2) or not np.isfinite(lines).all()):
        raise BadFileError(f"{path}: its calibration is no offset and slope for each garment")
    return arrays, config
