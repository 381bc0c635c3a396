"""Both stages trained on from a base, each for its share of the time."""

from __future__ import annotations

import pathlib
from typing import Final

from ml_collections import ConfigDict

from tf_tryon.config import AUTO
from tf_tryon.errors import BadFileError, TryOnError
from tf_tryon.files import json_file
from tf_tryon.files.array_file import read_arrays
from tf_tryon.files.regular import read_bytes
from tf_tryon.fit.folder import BASE, Work
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.inference.stage_files import DISCRIMINATOR, REMEDY, WEIGHTS
from tf_tryon.losses import vgg_weights
from tf_tryon.stages import SHAPE, TEXTURE
from tf_tryon.training import run_folder
from tf_tryon.training.checkpoints import Checkpoints, write_arrays
from tf_tryon.training.run_log import LOG, seconds_a_step
from tf_tryon.training.strategy import choose_strategy
from tf_tryon.training.trainer import Trainer

NO_VGG: Final = "none"
IMAGENET: Final = "imagenet"
VGG16: Final = "vgg16"  # the kernel distance's, and that of which a file may be given
_SHARES: Final = {SHAPE: 1 / 3, TEXTURE: 2 / 3}  # a step of the texture stage takes twice as long
_PASSES: Final = 100  # over the people, at most: a GPU's hour would be thousands, and learn them by heart
_WARMUP: Final = 20
_RATE: Final = 3e-4  # of whole networks, as in the recommended configurations
_MIN_GARMENTS: Final = 2


def configurations(base: pathlib.Path, vgg: str, seed: int) -> dict[str, ConfigDict]:
    """The base's, changed for training on: by stage, shape first. `vgg`: a file, IMAGENET or NO_VGG."""
    configs = ModelFolder(base).configs
    for stage, config in configs.items():
        train, loss = config.train, config.loss
        config.seed = seed
        config.data.min_garments = min(config.data.min_garments, _MIN_GARMENTS)
        if train.networks != "all":  # the base's rate was a part's
            train.learning_rate = min(train.learning_rate, _RATE)
        train.networks, train.shape_run, train.shape_fraction = "all", "", 0.0
        train.precision, train.precision_auto, train.accumulate = AUTO, False, 1
        train.warmup_steps = min(train.warmup_steps, _WARMUP)
        train.log_every, train.picture_every = 5, 100
        if (base / stage / DISCRIMINATOR).exists():
            loss.adversarial_start = 0  # it knows pictures already
        if vgg == NO_VGG:
            loss.perceptual = "none"
        elif loss.perceptual == VGG16 and vgg != IMAGENET:
            loss.perceptual_weights = vgg
    return configs


def check_vgg(config: ConfigDict, vgg: str) -> None:
    """Raise if VGG's weights are not to be had, before hours of work: the loss's, and the kernel distance's at the end.

    Args:
      config: the texture stage's, of `configurations`.
      vgg: a file, IMAGENET or NO_VGG.

    Raises:
      TryOnError: names the weights, the cause and a remedy.
    """
    if vgg == NO_VGG:
        return
    wanted = [(VGG16, "" if vgg == IMAGENET else vgg), (config.loss.perceptual, config.loss.perceptual_weights)]
    for network, path in dict.fromkeys(wanted):
        if network == "none":
            continue
        try:
            vgg_weights.load(network, path)
        except (FileNotFoundError, ValueError) as error:
            # The error's own words are of fields that `fit` has not; its cause is Keras's or the file reader's.
            cause = f" ({' '.join(str(error.__cause__).split())})" if error.__cause__ else ""
            remedy = "give --vgg FILE, or --vgg none" if network == VGG16 else "give --vgg none"
            source = f"in {path}" if path else "from Keras"
            raise TryOnError(f"no ImageNet weights of {network} without top {source}{cause}: {remedy}") from error


def check_places(work: Work, configs: dict[str, ConfigDict]) -> None:
    """Raise InTheWayError if a stage's run would begin among somebody else's files."""
    for stage in configs:
        run_folder.refuse_strangers(work.run(stage), run_folder.CONFIG, run_folder.PLACES)


def train(work: Work, base: pathlib.Path, configs: dict[str, ConfigDict], people: int, seconds: float) -> int:
    """Train each stage until its share of the time is used up, that of earlier calls included.

    Args:
      work: the folder.
      base: the model to start from.
      configs: of `configurations`.
      people: to train on.
      seconds: of all stages together.

    Returns:
      0, or the exit code of a signal: what is done is kept.
    """
    whole = sum(_SHARES[stage] for stage in configs)
    for stage, config in configs.items():
        granted = seconds * _SHARES[stage] / whole
        if work.granted(stage) >= granted:
            continue
        batch = _batch(config.train.batch_size)
        config.train.batch_size = batch
        config.train.steps = max(_PASSES * people // batch, 1)
        config.train.init_from = str(_start(work, base, stage))
        left = granted - spent(work.run(stage))
        if left > 0:
            code = Trainer(config, work.people, work.run(stage)).run(left)
            if code:
                return code
        work.grant(stage, granted)
    return 0


def spent(run: pathlib.Path) -> float:
    """Seconds that a run's steps took, of all calls; what was made after the last checkpoint doesn't count."""
    config = run_folder.saved(run)
    if config is None or not (run / LOG).exists():
        return 0.0
    newest = max(Checkpoints(run / "checkpoints").steps(), default=0)
    return sum(steps * each for steps, each in seconds_a_step(_kept(run / LOG, newest), config.train.batch_size))


def _kept(path: pathlib.Path, newest: int) -> list[dict[str, float]]:
    """Step and images a second of a log's lines up to a step; the line that a kill cut in two is left out."""
    lines: dict[int, float] = {}
    for text in read_bytes(path, "delete the run's folder").splitlines():
        try:
            line = json_file.parse(text, str(path), "")
            step, speed = line["step"].whole(0), line["images_per_second"].number(1e-9)
        except BadFileError:
            continue
        if step <= newest:
            lines[step] = speed
    return [{"step": step, "images_per_second": lines[step]} for step in sorted(lines)]


def _batch(wished: int) -> int:
    """As near to it as the devices can divide, and not below."""
    replicas = choose_strategy().num_replicas_in_sync
    return -(-wished // replicas) * replicas


def _start(work: Work, base: pathlib.Path, stage: str) -> pathlib.Path:
    """The base's weights, with the discriminator where there is one."""
    weights = base / stage / WEIGHTS
    judge = base / stage / DISCRIMINATOR
    if not judge.exists():
        return weights
    both = work.folder / BASE / f"{stage}.npz"
    if not both.exists():
        both.parent.mkdir(exist_ok=True)
        write_arrays(both, read_arrays(weights, REMEDY) | read_arrays(judge, REMEDY))
    return both
