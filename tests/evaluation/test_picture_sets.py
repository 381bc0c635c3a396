"""Two folders of pictures: known distances, bad files passed over, records like pictures, the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tf_tryon.cli import main as cli
from tf_tryon.evaluation.picture_sets import PictureSets, pictures_of

SIDE = 24


class Corner:
    name, size = "corner", 3

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        return pictures[:, 0, 0]


class Uncalled(Corner):
    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        raise AssertionError("the network was called")


def of_colour(colour: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: np.broadcast_to(colour.astype(np.uint8), (16, 16, 3))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """30 pictures, and the same 10 levels lighter, the last 6 of other names; a broken file and one of another size."""
    rng = np.random.default_rng(0)
    real, made = tmp_path / "real", tmp_path / "made"
    real.mkdir()
    made.mkdir()
    for i in range(30):
        picture = rng.integers(0, 200, (SIDE, SIDE, 3)).astype(np.uint8)
        Image.fromarray(picture).save(real / f"p{i:02d}.png")
        Image.fromarray(picture + np.uint8(10)).save(made / f"{'p' if i < 24 else 'q'}{i:02d}.bmp")
    (made / "broken.png").write_text("no picture")
    Image.new("RGB", (SIDE, 2 * SIDE)).save(real / "tall.png")
    return real, made


def test_known_distances_and_what_is_passed_over(folders: tuple[Path, Path]) -> None:
    printed: list[int] = []
    report = PictureSets(Corner(), None, batch=7).measure(*map(pictures_of, folders), printed.append)
    assert report["pictures"] == {"real": 30, "made": 30, "pairs": 24}
    assert printed == list(range(1, 39))
    measures = report["measures"]
    assert measures["frechet_corner_n30"]["value"] == pytest.approx(3 * (10 / 255) ** 2, abs=1e-6)
    assert measures["l1"]["value"] == pytest.approx(10 / 255, rel=1e-4)
    assert measures["psnr"]["value"] == pytest.approx(20 * np.log10(25.5), rel=1e-4)
    assert measures["ssim"]["pictures"] == 24
    assert measures.pop("kid_corner_n30")["low"] is None  # one block
    widths = {name: measure["high"] - measure["low"] for name, measure in measures.items()}
    assert widths.pop("ssim") > 1e-5
    assert widths == pytest.approx(dict.fromkeys(widths, 0), abs=1e-6)  # all are as much lighter
    reasons = {bad["name"]: bad["reason"] for bad in report["passed_over"]}
    assert reasons.keys() == {"broken", "tall"}
    assert "24 x 48 pixels, the first picture 24 x 24" in reasons["tall"]


def test_sets_of_different_numbers_scaled_and_of_records(folders: tuple[Path, Path], data_set: Path) -> None:
    real = pictures_of(data_set, "train")
    report = PictureSets(Corner(), None, size=32).measure(real, pictures_of(folders[0]))
    assert report["size"] == [32, 32]
    assert set(report["measures"]) == {"frechet_corner_n14_31", "kid_corner_n14_31"}
    assert report["passed_over"] == []


def test_as_few_as_are_enough_have_distances_without_interval(folders: tuple[Path, Path]) -> None:
    real, made = (
        {name: own[name] for name in sorted(own)[:5] if name != "broken"} for own in map(pictures_of, folders)
    )
    measures = PictureSets(Corner(), None).measure(real, dict(list(made.items())[:4]))["measures"]
    assert measures["frechet_corner_n5_4"]["value"] >= 0
    assert all(measures[name]["low"] is None for name in measures if name.startswith(("frechet", "kid")))


def test_equal_sets_are_no_distance_apart(tmp_path: Path) -> None:
    """Whatever the order of names says of the content: here the later ones are lighter."""
    for i in range(80):
        Image.fromarray(np.full((SIDE, SIDE, 3), 3 * i, np.uint8)).save(tmp_path / f"p{i:02d}.png")
    measured = PictureSets(Corner(), None).measure(*[pictures_of(tmp_path)] * 2)["measures"]["kid_corner_n80"]
    assert measured["value"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("missing", ["p000", "p149"])
def test_a_picture_that_one_set_lacks_leaves_the_intervals_as_they_are(missing: str) -> None:
    """Distances of a person's two pictures vary much less than those of people, while both leave and stay together."""
    rng = np.random.default_rng(0)
    colours = {f"p{i:03d}": rng.integers(0, 200, 3) for i in range(150)}
    real = {name: of_colour(colour) for name, colour in colours.items()}
    made = {name: of_colour(colour + rng.integers(20, 40, 3)) for name, colour in colours.items()}
    names = "frechet_corner_n150", "kid_corner_n150"
    widths = []
    for own, end in ((made, ""), ({name: read for name, read in made.items() if name != missing}, "_149")):
        measures = PictureSets(Corner(), None).measure(real, own)["measures"]
        widths.append([measures[name + end]["high"] - measures[name + end]["low"] for name in names])
    ratios = np.divide(*widths)
    assert ratios.max() < 1.5
    assert ratios.min() > 1 / 1.5


def test_too_few_pictures_have_no_distance(folders: tuple[Path, Path]) -> None:
    real = pictures_of(folders[0])
    few = {**dict(list(real.items())[:3]), "broken": pictures_of(folders[1])["broken"]}
    with pytest.raises(ValueError, match=r"made set has 3 pictures that count: 4 are needed; broken: .+"):
        PictureSets(Corner(), None).measure(real, few)


@pytest.mark.parametrize("kind", ["real", "made"])
def test_too_few_files_are_refused_before_the_other_set_is_gone_through(kind: str) -> None:
    many = {f"p{i}": of_colour(np.full(3, i)) for i in range(9)}
    sets = {"real": many, "made": many, kind: dict(list(many.items())[:3])}
    with pytest.raises(ValueError, match=f"the {kind} set has 3 pictures that count: 4 are needed$"):
        PictureSets(Uncalled(), None, batch=1).measure(sets["real"], sets["made"])
    assert PictureSets(None, None).measure(sets["real"], sets["made"])["pictures"]["pairs"] == 3


def test_the_command_reports_pairs_and_passes_over(folders: tuple[Path, Path], tmp_path: Path, capsys) -> None:
    out = tmp_path / "report.json"
    line = ["metrics", *map(str, folders), "--features=none", f"--out={out}"]
    assert cli.main(line) == 1
    printed = capsys.readouterr()
    assert "passed over, made broken: " in printed.err
    assert "psnr: 28.131 (28.131 to 28.131), 24 pictures" in printed.out
    assert json.loads(out.read_text())["measures"].keys() == {"l1", "psnr", "ssim"}


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--features=vgg16"], "needs --weights"),
        (["--features=none", "--weights=imagenet"], "takes no --weights"),
        (["--weights=nowhere.h5"], "nowhere.h5: there is no such file"),
        (["--features=none", "--split=test"], "no folder of records"),
    ],
)
def test_what_cannot_be_measured_is_refused(folders: tuple[Path, Path], capsys, flags: list[str], words: str) -> None:
    assert cli.main(["metrics", *map(str, folders), "--out=never.json", *flags]) == 1
    assert words in capsys.readouterr().err
    assert cli.main(["metrics", str(folders[0]), "nowhere", "--out=never.json", *flags]) == 1
    assert "no such folder" in capsys.readouterr().err
