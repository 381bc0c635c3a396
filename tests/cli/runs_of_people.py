"""Runs of the verbs that complete, annotate and recommend for people."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image
from verb_fakes import FakeClient, FakePhoneStage, no_networks
from verb_run import VerbRun, photo_files, run_to


def _demo(root: Path, given: Any) -> VerbRun:
    from tf_tryon.cli import demo

    no_networks(given)
    given.patch.setattr(demo, "unseen_person", lambda number, size: given.person)
    return run_to(root, "demo")


def _complete(root: Path, given: Any) -> VerbRun:
    no_networks(given)
    return run_to(root, "complete", photo_files(given.person, root / "photos" / "anna.png"), "--samples=2", NAME="anna")


def _complete_all(root: Path, given: Any) -> VerbRun:
    from tf_tryon.inference import bulk

    no_networks(given)
    bulk._model.cache_clear()  # of a test before, which stood in for the same files
    photo = photo_files(given.person, root / "photos" / "anna.png")
    return run_to(root, "complete-all", f"--photos={photo}", "--samples=2", "--workers=1", NAME="anna")


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
    return run_to(root, "annotate", root / "photos", NAME="anna")


def _recommend(root: Path, given: Any) -> VerbRun:
    from tf_tryon.inference import recommend

    no_networks(given)

    def ranked(model: Any, person: Any, garment: str, people: list[Any]) -> list[Any]:
        return [recommend.Ranked(one, 0.0, {}) for one in people]

    given.patch.setattr(recommend, "recommend", ranked)
    photo = photo_files(given.person, root / "photos" / "anna.png")
    words = ["recommend", photo, f"--catalogue={given.data}", "--top=1", "--count=2"]
    return run_to(root, *words, file="best.png")


def _catalogue(root: Path, given: Any) -> VerbRun:
    from tf_tryon.shop import build

    no_networks(given)
    given.patch.setattr(build, "cloth_codes", lambda model, products: np.ones((len(products), 4), np.float32))
    (root / "products").mkdir(parents=True)
    for number in range(2):
        cut = np.full((40, 30, 4), 60 * number + 40, np.uint8)
        cut[:, :, 3] = 255
        cut[:, :8, 3] = 0
        Image.fromarray(cut).save(root / "products" / f"shirt-{number}.png")
    (root / "items.csv").write_text("id,label\nshirt-0,T-Shirt\nshirt-1,T-Shirt\n")
    words = ["catalogue", "build", root / "products", f"--csv={root / 'items.csv'}", "--nocheck-worn"]
    return run_to(root, *words)


def _request(root: Path, given: Any) -> VerbRun:
    from tf_tryon.serving import client

    given.patch.setattr(client, "Client", FakeClient)
    return run_to(root, "request", photo_files(given.person, root / "photos" / "anna.png"), "--samples=2", NAME="anna")


def _tflite_run(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import phone_runner

    given.patch.setattr(phone_runner, "PhoneStage", FakePhoneStage)
    photo = photo_files(given.person, root / "photos" / "anna.png")
    return run_to(root, "tflite", "run", root / "shape.tflite", photo, "--samples=2", NAME="anna")


RUNS: dict[str, Callable[[Path, Any], VerbRun]] = {
    "demo": _demo,
    "complete": _complete,
    "complete-all": _complete_all,
    "annotate": _annotate,
    "recommend": _recommend,
    "catalogue build": _catalogue,
    "request": _request,
    "tflite run": _tflite_run,
}
