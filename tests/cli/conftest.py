"""Every verb that writes, run for real but for the networks: what counts here is what happens to files."""

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

PNG = b"\x89PNG picture"


@dataclasses.dataclass
class VerbRun:
    """One verb's command line, and the folder that it writes to.

    `places`: what the table's placeholders stand for, as paths from `folder`'s parent.
    """

    words: list[str]
    folder: Path
    places: dict[str, str]


def photo_files(person: Any, path: Path) -> Path:
    """The three files of a person."""
    from tf_tryon.data.keypoints import to_openpose

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(person.photo).save(path)
    labels = Image.fromarray(person.labels)
    labels.putpalette(bytes(range(24)))
    labels.save(path.with_name(f"{path.stem}_parsing.png"))
    path.with_name(f"{path.stem}_keypoints.json").write_text(json.dumps(to_openpose(person.keypoints)))
    return path


class FakeTryOn:
    """In place of trained networks."""

    size, garments, model = (64, 64), ("top", "bottom"), "none"
    shape = texture = SimpleNamespace(size=(64, 64), digest="", judges=False)

    def answer(self, person: Any, request: Any) -> Any:
        from tf_tryon.inference.tryon import Completion

        many = np.repeat(person.photo[None], request.samples, 0), np.repeat(person.labels[None], request.samples, 0)
        codes = {"texture": np.zeros((request.samples, 1, 1, 1))}
        scores = {"texture": np.zeros(request.samples)}
        return Completion(person, person.labels == 5, *many, codes, scores, request, self.model)

    def complete(self, person: Any, garment: str, **options: Any) -> Any:
        from tf_tryon.inference.request import Request

        return self.answer(person, Request(garment, **options))


class FakeClient:
    """In place of a server."""

    def __init__(self, target: Any) -> None:
        del target

    def __enter__(self) -> "FakeClient":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def complete(self, person: Any, request: Any) -> Any:
        from tf_tryon.serving.calls import Answer

        many, zeros = [PNG] * request.samples, np.zeros((request.samples, 1))
        return Answer(0, many, many, {"shape": zeros}, {"shape": zeros[:, 0]}, zeros[:, 0], PNG, 1)


class FakePhoneStage:
    """In place of an exported file."""

    sidecar = {"sha256": ""}  # noqa: RUF012
    contract = SimpleNamespace(height=64, width=64, code_scale=1.0)

    def __init__(self, *_: Any) -> None:
        pass

    def inputs(self, person: Any, garment: str) -> Any:
        return SimpleNamespace(visible=(person.labels != 5).astype(np.float32), labels=person.labels)

    def encode(self, inputs: Any) -> Any:
        return inputs

    def noise(self, seed: int, k: int) -> np.ndarray:
        return np.zeros((1, 1), np.float32)

    def sample(self, encoded: Any, noise: np.ndarray, temperature: float) -> np.ndarray:
        return noise

    def labels(self, inputs: Any, codes: np.ndarray) -> np.ndarray:
        return inputs.labels


@pytest.fixture
def verb_runs(someone: Any, make_person: Any, data_set: Path, monkeypatch: Any) -> dict[str, Callable[[Path], VerbRun]]:
    """By verb: a function of an empty folder that prepares inputs there, and fakes, and tells what to run."""
    return {name: _bound(run, someone, make_person, data_set, monkeypatch) for name, run in RUNS.items()}


def _bound(run: Any, someone: Any, make_person: Any, data_set: Path, patch: Any) -> Callable[[Path], VerbRun]:
    given = SimpleNamespace(person=someone, make=make_person, data=data_set, patch=patch)
    return lambda root: run(root, given)


def _to(root: Path, *words: Any, flag: str = "--out", file: str = "", **places: str) -> VerbRun:
    folder = root / "out"
    place = {"--out": "OUT", "--workdir": "WORKDIR"}[flag]
    stands = {place: f"out/{file}" if file else "out", **places}
    return VerbRun([*map(str, words), f"{flag}={folder / file if file else folder}"], folder, stands)


def _no_networks(given: Any) -> None:
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.lite.tryon import TryOn as Lite

    given.patch.setattr(TryOn, "load", lambda *_, **__: FakeTryOn())
    given.patch.setattr(Lite, "load", lambda *_, **__: FakeTryOn())


def _demo(root: Path, given: Any) -> VerbRun:
    from tf_tryon.cli import demo

    _no_networks(given)
    given.patch.setattr(demo, "unseen_person", lambda number, size: given.person)
    return _to(root, "demo")


def _complete(root: Path, given: Any) -> VerbRun:
    _no_networks(given)
    return _to(root, "complete", photo_files(given.person, root / "photos" / "anna.png"), "--samples=2", NAME="anna")


def _complete_all(root: Path, given: Any) -> VerbRun:
    from tf_tryon.inference import bulk

    _no_networks(given)
    bulk._model.cache_clear()  # of a test before
    photo = photo_files(given.person, root / "photos" / "anna.png")
    return _to(root, "complete-all", f"--photos={photo}", "--samples=2", "--workers=1", NAME="anna")


def _annotate(root: Path, given: Any) -> VerbRun:
    from tf_tryon.annotation.annotation import Annotation
    from tf_tryon.annotation.annotator import Annotator

    made = given.make(1, 128)
    annotation = Annotation(made["labels"], "cihp20", made["keypoints"], np.zeros((128, 128), np.float32), {})

    def load(*_: Any, **__: Any) -> Any:
        return contextlib.nullcontext(SimpleNamespace(annotate=lambda *_: annotation))

    given.patch.setattr(Annotator, "load", load)
    (root / "photos").mkdir(parents=True)
    Image.fromarray(made["photo"]).save(root / "photos" / "anna.png")
    return _to(root, "annotate", root / "photos", NAME="anna")


def _recommend(root: Path, given: Any) -> VerbRun:
    from tf_tryon.inference import recommend

    _no_networks(given)

    def ranked(model: Any, person: Any, garment: str, people: list[Any]) -> list[Any]:
        return [recommend.Ranked(one, 0.0, {}) for one in people]

    given.patch.setattr(recommend, "recommend", ranked)
    photo = photo_files(given.person, root / "photos" / "anna.png")
    words = ["recommend", photo, f"--catalogue={given.data}", "--top=1", "--count=2"]
    return _to(root, *words, file="best.png")


def _catalogue(root: Path, given: Any) -> VerbRun:
    from tf_tryon.shop import build

    _no_networks(given)
    given.patch.setattr(build, "cloth_codes", lambda model, products: np.ones((len(products), 4), np.float32))
    (root / "products").mkdir(parents=True)
    for number in range(2):
        cut = np.full((40, 30, 4), 60 * number + 40, np.uint8)
        cut[:, :, 3] = 255
        cut[:, :8, 3] = 0
        Image.fromarray(cut).save(root / "products" / f"shirt-{number}.png")
    (root / "items.csv").write_text("id,label\nshirt-0,T-Shirt\nshirt-1,T-Shirt\n")
    words = ["catalogue", "build", root / "products", f"--csv={root / 'items.csv'}", "--nocheck-worn"]
    return _to(root, *words)


def _studio(root: Path, given: Any) -> VerbRun:
    from tf_tryon.data.studio import render

    def fake(seed: int, index: int, size: int) -> Any:
        made = given.make(index, 64)
        return render.Picture(made["photo"], made["labels"], made["keypoints"], {})

    given.patch.setattr(render, "render_person", fake)
    return _to(root, "data", "studio", "--count=4", "--size=64", "--workers=1", "--per_shard=2", "--overwrite")


def _viton(root: Path, given: Any) -> VerbRun:
    from tf_tryon.data.keypoints import to_openpose

    tree = root / "viton"
    for i, split in enumerate(("train", "train", "test")):
        made = given.make(i, 128)
        for folder in ("image", "image-parse", "pose"):
            (tree / split / folder).mkdir(parents=True, exist_ok=True)
        Image.fromarray(made["photo"]).save(tree / split / "image" / f"{i}_0.jpg")
        Image.fromarray(made["labels"]).save(tree / split / "image-parse" / f"{i}_0.png")
        points = json.dumps(to_openpose(made["keypoints"]))
        (tree / split / "pose" / f"{i}_0_keypoints.json").write_text(points)
    for split in ("train", "test"):
        names = sorted(path.name for path in (tree / split / "image").iterdir())
        (tree / f"{split}_pairs.txt").write_text("".join(f"{name} {name}\n" for name in names))
    flags = ["--size=64", "--workers=1", "--noannotate", "--vocabulary=cihp20", "--min_garments=2", "--overwrite"]
    return _to(root, "data", "viton", f"--root={tree}", *flags)


def _show(root: Path, given: Any) -> VerbRun:
    return _to(root, "data", "show", given.data, "--count=1", "--cell=32", file="sheet.png")


def _check(root: Path, given: Any) -> VerbRun:
    return _to(root, "data", "check", given.data, "--workers=1")


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
    return _to(root, "train", "--config=shape_debug", f"--data={given.data}", flag="--workdir")


def _bundle(root: Path, given: Any) -> VerbRun:
    from tf_tryon.inference import bundle

    def write(stage: str, path: str, two_stages: bool, records: Any, target: Path) -> int:
        target.mkdir()
        for name in ("weights.npz", "config.json"):
            (target / name).write_text(stage)
        return 3

    given.patch.setattr(bundle, "_write_stage", write)
    runs = [f"--{stage}={root / 'runs' / stage}" for stage in ("shape", "texture")]
    return _to(root, "bundle", *runs, f"--data={given.data}")


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
        return 0

    _no_networks(given)
    given.patch.setattr(bundle, "_write_stage", write)
    given.patch.setattr(training, "train", train)
    given.patch.setattr(training, "spent", lambda run: 60.0)
    given.patch.setattr(people, "LEAST", 2)
    given.patch.setattr(measures, "garments_of", lambda *_: ("top",))
    given.patch.setattr(run.measures, "measured", lambda *_: {"top/shape/posterior_garment_iou": np.ones(3)})
    given.patch.setattr(pictures, "_PEOPLE", 1)
    return _to(root, "fit", f"--data={given.data}", "--vgg=none", "--base=street")


def _evaluate(root: Path, given: Any) -> VerbRun:
    from tf_tryon.config import thesis
    from tf_tryon.evaluation import shape_report, subject
    from tf_tryon.models.tasks import ShapeTask

    run = SimpleNamespace(config=thesis("shape"), nets=ShapeTask(), step=3)
    actual = SimpleNamespace(runs={"shape": run}, shape=run)
    given.patch.setattr(subject, "load", lambda *_: actual)
    given.patch.setattr(shape_report, "evaluate_shape", lambda *_, **__: {})
    return _to(root, "evaluate", "--model=runs/shape", f"--data={given.data}", file="report.json")


def _metrics(root: Path, given: Any) -> VerbRun:
    for name in ("real", "made"):
        (root / name).mkdir(parents=True)
        for i in range(3):
            pixels = np.random.default_rng(i).integers(0, 256, (32, 32, 3), np.uint8)
            Image.fromarray(pixels).save(root / name / f"{i}.png")
    return _to(root, "metrics", root / "real", root / "made", "--features=none", file="report.json")


def _experiment(root: Path, given: Any) -> VerbRun:
    from tf_tryon.experiments import run

    given.patch.setattr(run, "_check", lambda *_: None)
    given.patch.setattr(run, "tasks", lambda *_: {})
    given.patch.setattr(run, "_estimate", lambda *_: 0)
    words = ["experiment", "--config=table_4_1_tiny", f"--data={given.data}"]
    return _to(root, *words, flag="--workdir")


def _parser_train(root: Path, given: Any) -> VerbRun:
    from tf_tryon.annotation import parser_training

    def train(config: Any, records: Any, workdir: Path, stop: Any) -> int:
        (workdir / "parser.npz").write_text("weights")
        return 0

    given.patch.setattr(parser_training, "_train", train)
    return _to(root, "parser", "train", f"--data={given.data}", flag="--workdir")


def _parser_evaluate(root: Path, given: Any) -> VerbRun:
    from tf_tryon.annotation import parser_evaluation
    from tf_tryon.annotation.parsing import ParsingAnnotator

    given.patch.setattr(ParsingAnnotator, "load", lambda *_, **__: SimpleNamespace(annotate=None))
    given.patch.setattr(parser_evaluation, "evaluate_parser", lambda *_: {"right": 1.0})
    return _to(root, "parser", "evaluate", f"--data={given.data}", "--count=1", file="report.json")


def _saved_model(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import saved_model

    _no_networks(given)

    def graph(model: Any, folder: Path, **_: int) -> dict[str, Any]:
        (folder / "variables").mkdir()
        (folder / "variables" / "variables.index").write_text("weights")
        return {}

    given.patch.setattr(saved_model, "write_graph", graph)
    given.patch.setattr(saved_model, "example_person", lambda *_: given.person)
    for module, name in (("parity", "expected"), ("parity", "check"), ("warmup", "requests"), ("warmup", "write")):
        given.patch.setattr(getattr(saved_model, module), name, lambda *_: {})
    given.patch.setattr(saved_model.manifest, "content", lambda *_: {})
    return _to(root, "export", "saved-model")


def _tflite(root: Path, given: Any) -> VerbRun:
    from tf_tryon.config import thesis, to_json
    from tf_tryon.export import tflite
    from tf_tryon.export.phone_inputs import Contract

    grid = (1, 1, 1)
    contract = Contract(64, 64, ("top",), 1.0, 1, 0.0, False, 1, False, grid, 0, False, False, 0.0, (1.0,))
    (root / "model" / "shape").mkdir(parents=True)
    (root / "model" / "shape" / "weights.npz").write_text("weights")
    (root / "model" / "shape" / "config.json").write_text(to_json(thesis("shape")))
    for name, fake in {
        "read_stage": lambda folder: (None, np.zeros((4, 8, 8, 3), np.uint8)),
        "contract_of": lambda config: contract,
        "convert": lambda *_: ({}, [1.0]),
        "merge": lambda *_: b"model",
        "check": lambda *_: None,
        "_sidecar": lambda *_: {"format": "phone"},
    }.items():
        given.patch.setattr(tflite, name, fake)
    return _to(root, "export", "tflite", "--quantize=float32", f"--model={root / 'model'}")


def _lite(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import lite

    given.patch.setattr(lite, "apart", lambda *_, log: ("digest", {}))
    given.patch.setattr(lite, "merge", lambda *_: b"model")
    return _to(root, "export", "lite", "--model=studio")


def _lite_parser(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import lite_parser

    given.patch.setattr(lite_parser, "apart", lambda *_, log: ({}, None))
    given.patch.setattr(lite_parser, "merge", lambda *_: b"model")
    return _to(root, "export", "parser")


def _request(root: Path, given: Any) -> VerbRun:
    from tf_tryon.serving import client

    given.patch.setattr(client, "Client", FakeClient)
    return _to(root, "request", photo_files(given.person, root / "photos" / "anna.png"), "--samples=2", NAME="anna")


def _tflite_run(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import phone_runner

    given.patch.setattr(phone_runner, "PhoneStage", FakePhoneStage)
    photo = photo_files(given.person, root / "photos" / "anna.png")
    return _to(root, "tflite", "run", root / "shape.tflite", photo, "--samples=2", NAME="anna")


RUNS: dict[str, Callable[[Path, Any], VerbRun]] = {
    "demo": _demo,
    "complete": _complete,
    "complete-all": _complete_all,
    "annotate": _annotate,
    "recommend": _recommend,
    "catalogue build": _catalogue,
    "data studio": _studio,
    "data viton": _viton,
    "data show": _show,
    "data check": _check,
    "train": _train,
    "fit": _fit,
    "bundle": _bundle,
    "evaluate": _evaluate,
    "metrics": _metrics,
    "experiment": _experiment,
    "parser train": _parser_train,
    "parser evaluate": _parser_evaluate,
    "export saved-model": _saved_model,
    "export lite": _lite,
    "export parser": _lite_parser,
    "export tflite": _tflite,
    "request": _request,
    "tflite run": _tflite_run,
}


@pytest.fixture(autouse=True)
def _kept_policy() -> Iterator[None]:
    """`evaluate` sets Keras's policy for its process."""
    import keras

    before = keras.mixed_precision.global_policy() if hasattr(keras.mixed_precision, "global_policy") else None
    yield
    if before is not None:
        keras.mixed_precision.set_global_policy(before)
