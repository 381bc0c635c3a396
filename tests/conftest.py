"""Shared by all tests: quiet TensorFlow on the CPU, and people of coloured rectangles with labels and keypoints.

No pool of threads is bigger than the machine.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf_tryon import onednn

# Before TensorFlow is imported by anything. Level 3 hides the failed search for a GPU as well.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
onednn.prefer()  # what the processes that tests start compute with

# Files of tests that use `models`, whose functions take a minute to prepare in each process.
_EXPORTED = ("tests/export/test_saved_model.py", "tests/serving/test_")
# Files that use the same thing that takes half a minute to make: the second process would only wait for the first.
_TOGETHER = {
    "the exported model": _EXPORTED,
    "the phone's files": ("tests/export/test_phone_", "tests/export/test_sidecar.py", "tests/export/test_tflite"),
    "the model without TensorFlow": ("tests/lite/",),
}

# CIHP-20 labels of a person on a 64x64 grid: (label, y0, x0, y1, x1), later ones on top; colours differ by person.
PARTS = (
    (13, 6, 28, 16, 36),
    (14, 18, 18, 34, 22),
    (15, 18, 42, 34, 46),
    (16, 34, 26, 56, 31),
    (17, 34, 33, 56, 38),
    (5, 16, 22, 36, 42),
    (9, 36, 24, 50, 40),
    (18, 56, 24, 60, 31),
    (19, 56, 33, 60, 40),
)
HAT = (1, 2, 26, 7, 38)
POINTS = (
    (32, 11), (32, 16), (23, 18), (20, 26), (20, 33), (41, 18), (44, 26), (44, 33), (28, 36), (28, 46), (28, 55),
    (36, 36), (36, 46), (36, 55), (30, 9), (34, 9), (28, 10), (36, 10),
)  # fmt: skip


def person(index: int, size: int = 64) -> dict[str, Any]:
    """Arguments of `records.encode`: each third person wears a hat, each fifth a dress, each seventh is barefoot."""
    rng = np.random.default_rng(index)
    unit = size // 64
    labels = np.zeros((size, size), np.uint8)
    photo = np.full((size, size, 3), rng.integers(200, 256), np.uint8)
    shift = int(rng.integers(-3, 4))
    for label, y0, x0, y1, x1 in (*PARTS, HAT) if index % 3 == 0 else PARTS:
        if index % 7 == 6 and label in (18, 19):
            continue
        if index % 5 == 4 and label == 9:
            label = 6
        area = np.s_[y0 * unit : y1 * unit, (x0 + shift) * unit : (x1 + shift) * unit]
        labels[area] = label
        photo[area] = rng.integers(0, 256, 3)
    points = np.array([(x + shift, y, 1.0) for x, y in POINTS], np.float32) * (unit, unit, 1)
    return {
        "photo": photo,
        "labels": labels,
        "keypoints": points,
        "vocabulary": "cihp20",
        "identity": f"{index:04d}",
        "metadata": {"index": index},
    }


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Several processes: one runs all of a file, and of files that share what they set up."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            shared = (name for name, files in _TOGETHER.items() if nodeid.startswith(files))
            return next(shared, nodeid.partition("::")[0])

    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the exported model is slow. What takes longest is begun first, so that no process is left with it."""
    for item in items:
        if "models" not in getattr(item, "fixturenames", ()):
            continue
        if not item.nodeid.startswith(_EXPORTED):
            raise pytest.UsageError(
                f"{item.nodeid} uses the fixture `models`: add its file to _EXPORTED of conftest.py"
            )
        item.add_marker(pytest.mark.slow)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    together = tuple(file for files in _TOGETHER.values() for file in files)
    items.sort(key=lambda item: (not item.nodeid.startswith(together), item.path not in slow))  # stable


def state(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything below a folder, with what would change if it was replaced, written to or touched."""
    collected = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        link = os.readlink(path) if path.is_symlink() else ""
        # Of a folder the time changes with what is put beside its files.
        collected[path.relative_to(folder).as_posix()] = (
            about.st_mode, about.st_ino, about.st_mtime_ns if digest else 0, digest, link
        )  # fmt: skip
    return collected


@pytest.fixture(scope="session")
def untouched() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """(folder, *but): nothing in the folder is removed, replaced or written to in the block, and nothing is new.

    `but`: functions of a path from the folder; where one holds, files may change and appear.
    """

    @contextlib.contextmanager
    def check(folder: Path, *but: Callable[[str], bool]) -> Iterator[None]:
        before = state(folder)
        yield
        after = state(folder)
        differing = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
        wrong = sorted(name for name in differing if not any(allowed(name) for allowed in but))
        assert not wrong, f"{folder}: touched or new: {', '.join(wrong)}"

    return check


@pytest.fixture(scope="session")
def make_person() -> Callable[..., dict[str, Any]]:
    return person


@pytest.fixture(scope="session")
def make_data_set() -> Callable[..., Path]:
    """(folder, train, test) -> folder, with records of 64x64 people."""
    from tf_tryon.data import records

    def make(folder: Path, train: int = 14, test: int = 4, size: int = 64) -> Path:
        with records.RecordWriter(folder, (size, size), generator="rectangles", seed=0, records_per_shard=5) as writer:
            for i in range(train + test):
                writer.write(records.encode(**person(i, size), jpeg_quality=None), "train" if i < train else "test")
        return folder

    return make


@pytest.fixture(scope="session")
def data_set(tmp_path_factory: pytest.TempPathFactory, make_data_set: Callable[..., Path]) -> Path:
    """A shared data set: read it, don't change it."""
    return make_data_set(tmp_path_factory.mktemp("people"))


@pytest.fixture(scope="session")
def photos_of_own_sizes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of people 0 to 5 whose pictures go 2 * i pixels on at the top and i at the right: read it only."""
    from tf_tryon.data import records

    folder = tmp_path_factory.mktemp("own_sizes")
    with records.RecordWriter(folder) as writer:
        for i in range(6):
            made = person(i)
            for name in ("photo", "labels"):
                edges = [(2 * i, 0), (0, i)] + [(0, 0)] * (made[name].ndim - 2)
                made[name] = np.pad(made[name], edges, mode="edge" if name == "photo" else "constant")
            made["keypoints"] += np.array((0, 2 * i, 0), np.float32)
            writer.write(records.encode(**made, jpeg_quality=None), "train" if i < 4 else "test")
    return folder


@pytest.fixture(scope="session")
def model() -> Any:
    """Tiny, untrained networks: what completion promises holds for any weights."""
    from tf_tryon.config import thesis
    from tf_tryon.inference.stage import Stage
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.models.build import build_networks
    from tf_tryon.models.detail import build_detail

    stages = []
    for name in ("shape", "texture"):
        config = thesis(name)
        config.data.height = config.data.width = 64
        config.data.shape_frame = "box"
        config.model.update(
            width=0.25, latent_stride=32, latent_channels=3, latent_layout="aligned", prior="autoregressive",
            encoder_context=True, input_skips=True, decoder_norm="spade", latent_shared=1,
        )  # fmt: skip
        means = np.ones((4, 64, 64, 3), np.float32)
        texture = name == "texture"
        if not texture:
            config.model.replaces = "garment"
        detail = build_detail(1) if texture else None
        stages.append(Stage(config, build_networks(config), means, name, judges=texture, detail=detail))
    kernel = stages[1].detail.output_layer.kernel
    kernel.assign(50 * kernel)  # what an untrained network adds can be seen then
    return TryOn(*stages)


@pytest.fixture
def someone(make_person: Callable[..., dict[str, Any]]) -> Any:
    return as_person(make_person(1))


def as_person(made: dict[str, Any]) -> Any:
    from tf_tryon.data.person import Person
    from tf_tryon.data.vocabulary import CIHP20

    labels = CIHP20.table()[made["labels"]]
    dress = bool((made["labels"] == 6).any())
    points = made["keypoints"].astype(np.float32)
    return Person(made["photo"], labels, points, made["identity"], made["metadata"], dress)


@pytest.fixture
def large_person(make_person: Callable[..., dict[str, Any]]) -> Any:
    """A 150x230 photo with a person off its centre."""
    person = as_person(make_person(0))
    for name in ("photo", "labels"):
        picture = np.kron(getattr(person, name), np.ones((2, 2) + (1,) * (getattr(person, name).ndim - 2), np.uint8))
        width = [(15, 7), (90, 12)] + [(0, 0)] * (picture.ndim - 2)
        setattr(person, name, np.pad(picture, width, mode="edge" if name == "photo" else "constant"))
    person.keypoints[:, :2] = person.keypoints[:, :2] * 2 + (90, 15)
    return person


@pytest.fixture
def product() -> Any:
    """A striped T-shirt, seen by its photo of 90x60 pixels."""
    from tf_tryon.products.product import Product

    photo = np.full((90, 60, 3), 255, np.uint8)
    mask = np.zeros((90, 60), bool)
    mask[10:80, 15:45] = True
    photo[10:80, 15:45] = np.where(np.arange(70)[:, None, None] // 6 % 2, (200, 60, 40), (120, 30, 20))
    return Product(photo, mask, "top", "stripes", {"T-Shirt": 1.0})


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], Any]], Path]:
    """(name, make) -> the folder that make(folder) filled, one for all processes of a run: read it, don't change it."""

    def folder(name: str, make: Callable[[Path], Any]) -> Path:
        alone = "PYTEST_XDIST_WORKER" not in os.environ
        base = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
        made = base / f"once-{name}"
        with (base / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                making = base / f"once-{name}-{os.getpid()}"  # a maker that failed leaves no half of it to the next
                making.mkdir()
                make(making)
                making.rename(made)
        return made

    return folder


@pytest.fixture(scope="session")
def models(model: Any, once: Callable[[str, Callable[[Path], Any]], Path]) -> Path:
    """A folder of models with version 1 of `model` in it; read it, don't change it."""
    from tf_tryon.cli import main as cli
    from tf_tryon.inference.tryon import TryOn

    def export(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TryOn, "load", lambda *_: model)
            options = ["--max-samples=4", f"--max-pixels={1 << 20}"]
            assert cli.main(["export", "saved-model", f"--out={folder}", *options]) == 0

    return once("models", export)


@pytest.fixture(scope="session")
def loaded(models: Path) -> Iterator[Any]:
    """Version 1 of `models` in a session, whose functions take a minute to prepare: all share it, don't close it."""
    from tf_tryon.export.session_model import SessionModel

    model = SessionModel(models / "tryon" / "1")
    yield model
    model.close()


@pytest.fixture(scope="session")
def uncompiled() -> Callable[[], contextlib.AbstractContextManager[None]]:
    """`with uncompiled():` no function is compiled: that takes longer than a few small pictures."""

    @contextlib.contextmanager
    def eagerly() -> Iterator[None]:
        import tensorflow as tf

        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)

    return eagerly


@pytest.fixture(scope="module")
def eager(uncompiled: Callable[[], contextlib.AbstractContextManager[None]]) -> Iterator[None]:
    """Nothing is compiled in the whole file."""
    with uncompiled():
        yield
