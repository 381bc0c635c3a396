"""`tf-tryon evaluate` on a tiny untrained run."""

import json
from pathlib import Path

import numpy as np
import pytest

from tf_tryon import quiet
from tf_tryon.cli import main

pytestmark = [
    pytest.mark.usefixtures("eager"),  # one batch of two people
    pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly"),
]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    from tf_tryon.config import thesis
    from tf_tryon.models.build import build_networks
    from tf_tryon.training.weights import save_weights

    config = thesis("shape")
    config.data.height = config.data.width = 64
    config.model.width = 0.125
    config.data.dresses = True
    path = tmp_path / "model" / "weights.npz"
    save_weights(build_networks(config), path, step=12)
    return path.parent


@pytest.fixture
def people(tmp_path: Path) -> Path:
    from tf_tryon.data import records

    labels = np.zeros((64, 64), np.uint8)
    for label, y0, x0, y1, x1 in ((1, 4, 28, 14, 36), (5, 16, 22, 36, 42), (6, 36, 24, 52, 40), (7, 56, 24, 60, 40)):
        labels[y0:y1, x0:x1] = label
    photo = np.repeat(labels[..., None] * 30, 3, axis=-1)
    with records.RecordWriter(tmp_path / "people", (64, 64), generator="blocks", seed=0) as writer:
        for i in range(4):
            record = records.encode(photo, labels, np.zeros((18, 3)), "tryon8", str(i), jpeg_quality=None)
            writer.write(record, "train" if i < 2 else "test")
    return tmp_path / "people"


def test_it_writes_json_and_table(model: Path, people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = f"evaluate --model {model} --data {people} --count 2 --samples 2 --garments top --batch 2"
    assert main.main(command.split()) == 0
    results = json.loads((model / "evaluation.json").read_text())
    assert results["steps"] == {"shape": 12}
    assert results["size"] == [64, 64]
    assert results["stages"]["shape"]["top"]["truth_whole"]["value"] == 1
    assert "prior_whole" in capsys.readouterr().out
    assert (model / "evaluation.md").is_file()


def test_it_goes_on_where_it_was_stopped(
    model: Path, people: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tf_tryon.evaluation import shape_report

    measure, measured = shape_report._batch, []

    def stopped_after(batches: int) -> None:
        def batch(*given: object) -> dict[str, np.ndarray]:
            if len(measured) == batches:
                raise KeyboardInterrupt
            measured.append(given)
            return measure(*given)

        monkeypatch.setattr(shape_report, "_batch", batch)

    command = f"evaluate --model {model} --data {people} --count 2 --samples 2 --garments top --batch 1".split()
    stopped_after(1)
    assert main.main(command) != 0
    assert not (model / "evaluation.json").exists()
    assert main.main([*command, "--seed=5"]) == 1
    assert "holds an unfinished run" in capsys.readouterr().err
    stopped_after(2)
    assert main.main(command) == 0
    assert len(measured) == 2
    whole = json.loads((model / "evaluation.json").read_text())["stages"]
    assert sorted(path.name for path in model.iterdir()) == ["evaluation.json", "evaluation.md", "weights.npz"]
    monkeypatch.setattr(shape_report, "_batch", measure)
    assert main.main(command) == 0
    assert json.loads((model / "evaluation.json").read_text())["stages"] == whole


def test_a_model_that_is_not_there_is_named(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["evaluate", "--model", "nowhere", "--data", str(people)]) == 1
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--garments=top,botom", "--garments: botom: choose of hat, top, bottom, shoes, dress"),
        ("--garments=top,hat", "--garments: the shape stage was never trained on hat: choose of top, bottom, dress"),
        ("--vgg=imagenet", "--vgg is for the pictures of a texture stage"),
    ],
)
def test_what_the_model_cannot_be_asked_is_told_before_tensorflow_loads(
    words: str,
    told: str,
    model: Path,
    people: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quiet, "import_tensorflow", lambda: pytest.fail("TensorFlow was loaded"))
    assert main.main(["evaluate", f"--model={model}", f"--data={people}", words]) == 1
    assert told in capsys.readouterr().err


def test_what_nobody_shows_is_left_out_unless_it_was_asked_for(
    model: Path, people: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tf_tryon.evaluation import shape_report

    def evaluate(*_: object, garments: tuple[str, ...], **__: object) -> dict[str, dict[str, object]]:
        return {garment: {} for garment in garments}

    monkeypatch.setattr(shape_report, "evaluate_shape", evaluate)
    words = ["evaluate", f"--model={model}", f"--data={people}"]
    assert main.main(words) == 0
    assert "dress is not measured of the shape stage: nobody in split 'test'" in capsys.readouterr().err
    assert json.loads((model / "evaluation.json").read_text())["stages"]["shape"].keys() == {"top", "bottom"}
    monkeypatch.setattr(shape_report, "evaluate_shape", lambda *_, **__: pytest.fail("something was measured"))
    assert main.main([*words, "--garments=top,dress"]) == 1
    assert "shows dress and at least 3 garments: name other --garments" in capsys.readouterr().err
