"""Whatever is not there is refused before TensorFlow is loaded, by every verb."""

import json
import pathlib
import subprocess
import sys

import pytest

from tf_tryon.cli import main as cli

ROOT = pathlib.Path(__file__).parents[2]
# A command line for each verb that names what is not there, and what it says of it.
WRONG = {
    "demo": [("demo --model nowhere --out o", "nowhere holds no model")],
    "complete": [
        ("complete nobody.jpg --out o", "nobody.jpg"),
        ("complete {photo} --model nowhere --out o", "nowhere holds no model"),
    ],
    "complete-all": [
        ("complete-all --data nowhere --out o", "nowhere is no data set"),
        ("complete-all --photos 'n*.jpg' --out o", "there are no such photos"),
        ("complete-all --out o", "--data, or by --photos"),
        ("complete-all --photos photo.jpg --model nowhere --out o", "nowhere holds no model"),
    ],
    "annotate": [("annotate nobody.jpg --out o", "nobody.jpg")],
    "recommend": [
        ("recommend {photo} --garment top --catalogue nowhere --out o.png", "nowhere is no data set"),
        ("recommend {photo} --garment top --catalogue catalogue --out o.png", "another model, not with street: give"),
        ("recommend nobody.jpg --garment top --catalogue nowhere --out o.png", "nobody.jpg"),
    ],
    "catalogue build": [("catalogue build nowhere --out o", "nowhere: there is no such folder")],
    "data show": [("data show nowhere", "nowhere is no data set")],
    "data check": [("data check nowhere", "nowhere is no data set")],
    **{
        f"data {name}": [(f"data {name} --root nowhere --out o", "nowhere is no folder")]
        for name in ("deepfashion", "multimodal", "viton", "viton-hd", "dresscode", "finet", "lip", "ccp", "photos")
    },
    "train": [
        ("train --config {config} --data nowhere --workdir w", "nowhere is no data set"),
        ("train --config {config} --config.train.batch_size=0 --data nowhere --workdir w", "batch_size"),
    ],
    "fit": [
        ("fit --out o", "name photos, or a data set by --data"),
        ("fit nobody.jpg --out o", "nobody.jpg: there is no such photo"),
        ("fit --data nowhere --out o", "nowhere is no data set"),
        ("fit {photo} --base nowhere --out o", "nowhere holds no model"),
        ("fit {photo} --vgg nowhere.h5 --out o", "nowhere.h5"),
    ],
    "bundle": [
        ("bundle --shape a --texture b --data nowhere --out o", "nowhere is no data set"),
        ("bundle --shape a --texture b --detail d.npz --data nowhere --out o", "d.npz"),
    ],
    "evaluate": [("evaluate --model m --data nowhere --out o", "nowhere is no data set")],
    "metrics": [("metrics a b --out o", "a: there is no such folder")],
    "experiment": [("experiment --config {experiment} --data nowhere --workdir w", "nowhere is no data set")],
    "detail train": [
        ("detail train --data nowhere --workdir w", "nowhere is no data set"),
        ("detail train --data nowhere --workdir w --model nowhere", "nowhere holds no model"),
        ("detail train --data nowhere --workdir w --garments=", "--garments is empty"),
        ("detail train --data nowhere --workdir w --garments=scarf", "scarf: choose of"),
    ],
    "parser train": [
        ("parser train --data nowhere --workdir w", "nowhere is no data set"),
        ("parser train --data nowhere --workdir w --set train.stepz=3", "train.stepz"),
    ],
    "parser calibrate": [("parser calibrate --data nowhere --parser_weights p.npz", "nowhere is no data set")],
    "parser evaluate": [("parser evaluate --data nowhere", "nowhere is no data set")],
    "export saved-model": [("export saved-model --model nowhere --out o", "nowhere holds no model")],
    "export parser": [("export parser --parser_weights nowhere.npz --out o", "nowhere.npz")],
    "export tflite": [
        ("export tflite --model nowhere --out o", "nowhere holds no model"),
        ("export tflite --data nowhere --out o", "nowhere is no data set"),
    ],
    "request": [
        ("request {photo} --wear nowhere.jpg --out o", "--wear nowhere.jpg: there is no such photo of a product"),
        ("request {photo} --wear {photo} --like {photo} --out o", "wear and like exclude each other"),
        ("request {photo} --wear {photo} --keep_shape --out o", "wear and keep_shape exclude each other"),
        ("request {photo} --wear-mask {photo} --out o", "and there is none"),
        ("request {photo} --wear {photo} --wear-mask nowhere.png --out o", "--wear-mask nowhere.png: there is no such"),
    ],
    "serve": [("serve --models nowhere", "nowhere is no folder")],
    "web": [
        ("web --model nowhere", "nowhere holds no model"),
        ("web --models nowhere", "nowhere is no folder"),
        ("web --catalogue catalogue --model studio", "catalogue was built with another model, not with studio: give"),
        ("web --catalogue nowhere", "nowhere is no data set"),
    ],
}
# These have no input of their own but configurations, which are read as flags are.
WITHOUT = {"models", "data studio"}


_REQUEST = """
import contextlib, io, json, shlex, sys
from tf_tryon.cli import main as cli
for line in json.load(sys.stdin):
    with contextlib.redirect_stderr(io.StringIO()) as error:
        status = cli.main(shlex.split(line))
    print(json.dumps([status, error.getvalue(), "tensorflow" in sys.modules]))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """By command line: exit status, what was printed, and whether TensorFlow was loaded; from one process."""
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "photo.jpg").write_bytes(b"not looked at")
    (folder / "catalogue").mkdir()
    (folder / "catalogue" / "catalogue.json").write_text(json.dumps({"model": "of nobody"}))
    places = {"config": ROOT / "configs/shape.py", "experiment": ROOT / "configs/experiments/table_4_1_64.py"}
    lines = [line for cases in WRONG.values() for line, _ in cases]
    given = json.dumps([line.format(photo="photo.jpg", **places) for line in lines])
    ran = subprocess.run(
        [sys.executable, "-c", _REQUEST], input=given, cwd=folder, capture_output=True, text=True, check=True
    )
    return dict(zip(lines, map(json.loads, ran.stdout.splitlines()), strict=True))


@pytest.mark.parametrize(("line", "message"), [case for cases in WRONG.values() for case in cases])
def test_refused_before_tensorflow_is_loaded(line, message, answers):
    status, error, loaded = answers[line]
    assert (status, error.count("\n"), loaded) == (1, 1, False), error
    assert message in error


def test_every_verb_is_tried():
    assert {name for name, verb in cli.VERBS.items() if verb.tensorflow} <= WRONG.keys() | WITHOUT
    assert cli.VERBS.keys() >= WRONG.keys() | WITHOUT
