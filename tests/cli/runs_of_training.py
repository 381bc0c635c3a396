"""Runs of the verbs that train, bundle and measure."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image
from verb_fakes import no_networks
from verb_run import VerbRun, run_to


def _configured(folder: Path, stage: str) -> None:
    """A run's configuration, as its folder has it."""
    from tf_tryon.config import thesis, to_json

    (folder / "config.json").write_text(to_json(thesis(stage)))


def _train(root: Path, given: Any) -> VerbRun:
    import tensorflow as tf

    from tf_tryon.training import trainer

    state = SimpleNamespace(nets=None, ema=None, loss_scale=None, variables=lambda: {"model/a": tf.Variable(1.0)})

    def loop(self: Any, done: int, progress: Any) -> int:
        for step in range(done + 1, done + 4):
            progress.log(step, {"loss": 1.0})
            self._checkpoints.save(step, state.variables())
        return 0

    for name, fake in {
        "build_networks": lambda *_: None,
        "State": SimpleNamespace(create=lambda *_: state),
        "TrainingStep": lambda *_: None,
    }.items():
        given.patch.setattr(trainer, name, fake)
    given.patch.setattr(trainer.Trainer, "_loop", loop)
    return run_to(root, "train", "--config=shape_debug", f"--data={given.data}", flag="--workdir")


def _bundle(root: Path, given: Any) -> VerbRun:
    from tf_tryon.inference import bundle

    def write(stage: str, path: str, two_stages: bool, records: Any, target: Path) -> int:
        target.mkdir()
        for name in ("weights.npz", "config.json"):
            (target / name).write_text(stage)
        return 3

    given.patch.setattr(bundle, "_write_stage", write)
    for stage in ("shape", "texture"):
        (root / "runs" / stage).mkdir(parents=True)
        _configured(root / "runs" / stage, stage)
    runs = [f"--{stage}={root / 'runs' / stage}" for stage in ("shape", "texture")]
    return run_to(root, "bundle", *runs, f"--data={given.data}")


def _fit(root: Path, given: Any) -> VerbRun:
    """The steps' own writers at work, without networks."""
    from tf_tryon.fit import measures, people, pictures, run, training
    from tf_tryon.inference import bundle

    def write(stage: str, path: str, two_stages: bool, records: Any, target: Path) -> int:
        target.mkdir()
        (target / "weights.npz").write_text(stage)
        return 3

    def train(work: Any, *_: Any) -> int:
        for stage in ("shape", "texture"):
            (work.run(stage) / "checkpoints").mkdir(parents=True, exist_ok=True)
            (work.run(stage) / "checkpoints" / "step-00000003.npz").write_text(stage)
            _configured(work.run(stage), stage)
        return 0

    no_networks(given)
    given.patch.setattr(bundle, "_write_stage", write)
    given.patch.setattr(training, "train", train)
    given.patch.setattr(training, "spent", lambda run: 60.0)
    given.patch.setattr(people, "LEAST", 2)
    given.patch.setattr(measures, "garments_of", lambda *_: ("top",))
    given.patch.setattr(run.measures, "measured", lambda *_: {"top/shape/posterior_garment_iou": np.ones(3)})
    given.patch.setattr(pictures, "_PEOPLE", 1)
    return run_to(root, "fit", f"--data={given.data}", "--vgg=none", "--base=street")


def _evaluate(root: Path, given: Any) -> VerbRun:
    from tf_tryon.config import thesis
    from tf_tryon.evaluation import shape_report, subject
    from tf_tryon.models.tasks import ShapeTask

    run = SimpleNamespace(config=thesis("shape"), nets=ShapeTask(), step=3)
    actual = subject.Evaluated({"shape": run}, run)

    def evaluate(*_: Any, keep: Any, **__: Any) -> dict[str, Any]:
        keep("shape-top", 0, lambda: {"kl_nats": np.ones(2)})
        return {}

    given.patch.setattr(subject, "load", lambda *_: actual)
    given.patch.setattr(subject, "network_variables", lambda *_, **__: {})
    given.patch.setattr(shape_report, "evaluate_shape", evaluate)
    (root / "run").mkdir(parents=True)
    _configured(root / "run", "shape")
    return run_to(root, "evaluate", f"--model={root / 'run'}", f"--data={given.data}", file="report.json")


def _metrics(root: Path, given: Any) -> VerbRun:
    for name in ("real", "made"):
        (root / name).mkdir(parents=True)
        for i in range(3):
            pixels = np.random.default_rng(i).integers(0, 256, (32, 32, 3), np.uint8)
            Image.fromarray(pixels).save(root / name / f"{i}.png")
    return run_to(root, "metrics", root / "real", root / "made", "--features=none", file="report.json")


def _experiment(root: Path, given: Any) -> VerbRun:
    from tf_tryon.experiments import run

    given.patch.setattr(run, "check", lambda *_: None)
    given.patch.setattr(run, "tasks", lambda *_: {})
    given.patch.setattr(run, "_estimate", lambda *_: 0)
    words = ["experiment", "--config=table_4_1_tiny", f"--data={given.data}"]
    return run_to(root, *words, flag="--workdir")


def _parser_train(root: Path, given: Any) -> VerbRun:
    from tf_tryon.annotation import parser_training

    def train(config: Any, records: Any, workdir: Path, stop: Any) -> int:
        (workdir / "parser.npz").write_text("weights")
        return 0

    given.patch.setattr(parser_training, "_train", train)
    return run_to(root, "parser", "train", f"--data={given.data}", "--set=train.kept_back=1", flag="--workdir")


def _detail_train(root: Path, given: Any) -> VerbRun:
    from tf_tryon.config import thesis
    from tf_tryon.detail import training
    from tf_tryon.inference.stage import Stage

    class Learner:
        """Writes what the real one does, of no networks."""

        done = 0

        def __init__(self, source: Any, workdir: Path, options: Any) -> None:
            self._file = workdir / "detail.npz"

        def complete_file(self) -> None:
            self._file.write_text("weights")

    def made(stage: Any, records: Any, workdir: Path, *_: Any) -> Any:
        (workdir / "windows").mkdir(exist_ok=True)
        (workdir / "windows" / "000000-top.npz").write_text("window")
        return SimpleNamespace(windows=2)

    given.patch.setattr(Stage, "load", lambda *_: SimpleNamespace(config=thesis("texture"), size=(256, 256)))
    given.patch.setattr(training, "_source", made)
    given.patch.setattr(training, "_Learner", Learner)
    given.patch.setattr(training.loop, "run", lambda *_: 0)
    return run_to(root, "detail", "train", f"--data={given.data}", flag="--workdir")


def _parser_evaluate(root: Path, given: Any) -> VerbRun:
    from tf_tryon.annotation import parser_evaluation
    from tf_tryon.annotation.parsing import ParsingAnnotator

    given.patch.setattr(ParsingAnnotator, "load", lambda *_, **__: SimpleNamespace(annotate=None))
    given.patch.setattr(parser_evaluation, "evaluate_parser", lambda *_: {"right": 1.0})
    return run_to(root, "parser", "evaluate", f"--data={given.data}", "--count=1", file="report.json")


RUNS: dict[str, Callable[[Path, Any], VerbRun]] = {
    "train": _train,
    "fit": _fit,
    "bundle": _bundle,
    "evaluate": _evaluate,
    "metrics": _metrics,
    "experiment": _experiment,
    "detail train": _detail_train,
    "parser train": _parser_train,
    "parser evaluate": _parser_evaluate,
}
