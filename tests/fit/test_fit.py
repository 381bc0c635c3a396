"""The whole verb with tiny networks: stopped, resumed, done again, and refused."""

import json
import os
import shutil
import signal

import numpy as np
import pytest
from PIL import Image

from tf_tryon.cli import main as cli
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.label_picture import save_labels
from tf_tryon.data.records import open_records
from tf_tryon.fit import people, pictures, training
from tf_tryon.fit.folder import Work
from tf_tryon.inference.tryon import TryOn
from tf_tryon.stages import TEXTURE
from tf_tryon.training import run_folder
from tf_tryon.training.trainer import Trainer
from tf_tryon.training.weights import read_run

pytestmark = [
    pytest.mark.usefixtures("eager"),  # to compile the networks would take a minute
    pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly"),
]


@pytest.fixture
def line(base, tmp_path):
    return ["fit", f"--out={tmp_path / 'mine'}", f"--base={base}", "--vgg=none", "--workers=1"]


@pytest.mark.slow
def test_a_model_and_its_page_after_a_stop(line, many, tmp_path, monkeypatch, capsys):
    whole, out = [*line, f"--data={many}"], tmp_path / "mine"
    draw = Trainer.draw
    monkeypatch.setattr(pictures, "_PEOPLE", 2)

    def stopping(self, done, log):
        os.kill(os.getpid(), signal.SIGTERM)
        draw(self, done, log)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "draw", stopping)
        assert cli.main([*whole, "--minutes=60"]) == 143
    assert not (out / "fit.html").exists()
    shape = out / "work" / "shape"
    checkpoints = sorted(path.name for path in (shape / "checkpoints").glob("*.npz"))

    whole.append("--minutes=0.01")  # which the first stage's first steps have used up
    assert cli.main(whole) == 0
    assert sorted(path.name for path in (shape / "checkpoints").glob("*.npz")) == checkpoints
    report = json.loads((out / "fit.json").read_text())
    assert report["people"] == {"train": 50, "test": 6}  # a tenth of sixty
    measures = {entry["measure"].partition(",")[0] for entry in report["compared"]}
    assert measures == {"outline", "picture"}
    page = (out / "fit.html").read_text()
    assert page.count("data:image/png") == 1
    assert "Nothing." in page
    model = TryOn.load(out)
    assert model.garments == ("top", "bottom")
    assert not (out / "texture" / "config.json").read_text().count(str(tmp_path))
    _, _, steps = read_run(out / "shape" / "weights.npz")
    assert steps == report["steps"]["shape"] == int(checkpoints[-1][5:13])

    capsys.readouterr()
    assert cli.main([*whole, "--seed=1"]) == 1
    assert "other values of seed" in capsys.readouterr().err


def test_each_stage_gets_its_share_of_the_time_and_what_was_spent_counts(base, tmp_path, monkeypatch):
    granted, codes = [], [0, 143, 0, 0]

    class FakeTrainer:
        def __init__(self, config, people, run):
            self.config, self.run_folder = config, run

        def run(self, seconds):
            granted.append((self.config.stage, round(seconds, 3)))
            self.run_folder.mkdir(exist_ok=True)
            run_folder.save(self.run_folder, self.config)
            line = {"step": 10, "images_per_second": self.config.train.batch_size}  # ten seconds
            (self.run_folder / "log.jsonl").write_text(json.dumps(line) + "\n")
            (self.run_folder / "checkpoints").mkdir(exist_ok=True)
            (self.run_folder / "checkpoints" / "step-00000010.npz").touch()
            return codes.pop(0)

    monkeypatch.setattr(training, "Trainer", FakeTrainer)

    def call(seconds):
        configs = training.configurations(base, "none", 0)
        return training.train(Work(tmp_path, {"base": "it"}), base, configs, 50, seconds)

    assert [call(60), call(60), call(60)] == [143, 0, 0]
    assert granted == [("shape", 20), ("texture", 40), ("texture", 30)]  # the third call has nothing left to do
    codes.append(0)
    assert call(90) == 0
    assert granted[3:] == [("shape", 20), ("texture", 50)]


def test_the_discriminator_goes_on_with_what_it_knows(base, tmp_path):
    configs = training.configurations(base, "none", 0)
    assert configs[TEXTURE].loss.adversarial_start == 0
    work = type("Work", (), {"folder": tmp_path})()
    arrays, _, step = read_run(training._start(work, base, TEXTURE))
    assert step == 7
    assert any(name.startswith("discriminator/") for name in arrays)
    assert training._start(work, base, "shape") == base / "shape" / "weights.npz"


def write_photos(folder, make_person, count):
    folder.mkdir()
    for index in range(count):
        made = make_person(index, 192)
        Image.fromarray(made["photo"]).save(folder / f"{index}.png")
        save_labels(made["labels"], "cihp20", folder / f"{index}_parsing.png")
        (folder / f"{index}_keypoints.json").write_text(json.dumps(to_openpose(made["keypoints"])))


def test_too_few_photos_are_refused_before_training_and_more_may_follow(line, make_person, tmp_path, capsys):
    write_photos(tmp_path / "photos", make_person, 4)
    for end in ("_parsing.png", "_keypoints.json"):  # nothing is left to annotate
        shutil.copy(tmp_path / "photos" / f"0{end}", tmp_path / "photos" / f"torn{end}")
    (tmp_path / "photos" / "torn.png").write_bytes(b"no picture")
    assert cli.main([*line, str(tmp_path / "photos")]) == 1
    error = capsys.readouterr().err
    assert "4 usable people, and 50 are needed" in error
    assert "1 photo unreadable" in error
    work = tmp_path / "mine" / "work"
    assert not (work / "shape").exists()
    assert [one.photo for one in people.rejected(work / "people")] == ["torn"]

    write_photos(tmp_path / "more", make_person, 3)
    assert cli.main([*line, str(tmp_path / "photos"), str(tmp_path / "more")]) == 1
    assert "7 usable people" in capsys.readouterr().err
    assert len(open_records(work / "people").split("test")) >= 1


def test_people_of_a_data_set_are_held_out_from_its_own_test(many, tmp_path):
    source = open_records(many)
    people.from_records(source, tmp_path / "people", 20, seed=3)
    copied = open_records(tmp_path / "people")
    assert [len(copied.split(name)) for name in ("train", "test")] == [18, 2]
    theirs = {source.read(number) for number in source.split("test")}
    assert all(copied.read(number) in theirs for number in copied.split("test"))
    assert not any(copied.read(number) in theirs for number in copied.split("train"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name photos, or a data set by --data"),
        (["nobody.jpg"], "nobody.jpg: there is no such photo"),
        (["--data=nowhere"], "nowhere is no data set"),
        (["--count=3", "photo.jpg"], "--count is for --data"),
    ],
)
def test_what_is_not_there_is_refused(line, words, message, capsys):
    assert cli.main([*line, *words]) == 1
    assert message in capsys.readouterr().err


def test_a_kernel_distance_is_told_with_the_change(base):
    from tf_tryon.fit.measures import differences

    rng = np.random.default_rng(0)
    truth = rng.normal(size=(12, 8))

    def kept(shift):
        samples = {f"top/features/{k}": truth[::-1] + shift + 0.1 * rng.normal(size=(12, 8)) for k in range(4)}
        return {"top/features/truth": truth, **samples}

    (actual,) = differences(kept(2.0), kept(0.1), ["top"])
    assert actual.verdict == "better"
    assert actual.change.value == pytest.approx(actual.after.value - actual.before.value)
    assert actual.change.high < 0
