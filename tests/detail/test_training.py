"""Windows and steps: made once, gone on with, refused where something else is there."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.person import Person
from tf_tryon.data.records import open_records
from tf_tryon.data.vocabulary import TOP
from tf_tryon.detail import training, windows
from tf_tryon.detail.patches import Patches
from tf_tryon.detail.training import Options, train
from tf_tryon.errors import TryOnError
from tf_tryon.files.array_file import read_arrays
from tf_tryon.inference.detail_file import read_detail
from tf_tryon.models.detail import enlarged
from tf_tryon.training.checkpoints import Checkpoints

_OPTIONS = Options(people=4, steps=2, side=16, least=0.05, checkpoint_every=1, log_every=1)


@pytest.fixture(scope="module")
def trained(model: Any, data_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "detail"
    assert train(model.texture, "digest", open_records(data_set), folder, _OPTIONS) == 0
    return folder


def test_a_window_is_the_photo_at_twice_the_size_of_the_pictures(model: Any, data_set: Path) -> None:
    person = Person.of(open_records(data_set), 0)
    window = windows.window_of(model.texture, person, "top")
    assert window.picture.shape == (64, 64, 3)
    assert window.photo.shape == (128, 128, 3)
    # The data set's people are as large as the networks' input, and the crop is the whole photo.
    np.testing.assert_array_equal(window.mask, person.labels == TOP)
    middle = window.photo[1::2, 1::2][8:-8, 8:-8].astype(int) - person.photo[8:-8, 8:-8]
    assert np.median(np.abs(middle)) <= 2


@pytest.mark.slow
def test_a_run_goes_on_as_if_it_had_not_been_stopped(trained: Path, model: Any, data_set: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(trained, tmp_path / "detail")
    Checkpoints(folder / "checkpoints").drop_after(1)  # as a run that was killed then has it
    assert train(model.texture, "digest", open_records(data_set), folder, _OPTIONS) == 0
    one, other = (read_arrays(each / "detail.npz", "") for each in (trained, folder))
    assert one.keys() == other.keys()
    assert one["step"] == 2
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)
    assert read_detail(folder / "detail.npz").count_params() > 0


def test_windows_that_are_there_are_not_made_again(
    trained: Path, model: Any, data_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained, tmp_path / "detail")
    monkeypatch.setattr(windows, "window_of", lambda *_: pytest.fail("a window is made again"))
    assert train(model.texture, "digest", open_records(data_set), tmp_path / "detail", _OPTIONS) == 0


def test_the_network_learns_and_its_noise_stays(trained: Path) -> None:
    first, second = (read_arrays(trained / "checkpoints" / f"step-0000000{k}.npz", "") for k in (1, 2))
    moved = {name.partition("/")[0] for name in first if (first[name] != second[name]).any()}
    assert moved >= {"detail", "ema", "adam"}
    np.testing.assert_array_equal(first["detail/noise"], second["detail/noise"])


def test_the_losses_terms() -> None:
    """Of networks that add nothing, the same everywhere, and threads; the photo is the picture itself."""
    pictures = tf.random.stateless_uniform((2, 48, 48, 3), (0, 1), -1, 1)
    batch = Patches(pictures, tf.ones((2, 48, 48, 1)), enlarged(pictures))
    nothing = training.losses(lambda x: tf.zeros((2, 96, 96, 1)), batch)
    assert {name: float(value) for name, value in nothing.items()} == pytest.approx(
        {"loss": 0, "texture": 0, "flat": 0, "told": 0}, abs=1e-5
    )
    even = training.losses(lambda x: tf.fill((2, 96, 96, 1), 0.1), batch)
    assert float(even["flat"]) == pytest.approx(0.1, abs=1e-6)
    # What is even is no texture, and isn't fine.
    assert float(even["texture"]) == pytest.approx(0, abs=1e-3)
    assert float(even["told"]) == pytest.approx(0, abs=1e-5)
    threads = 0.1 * (-1.0) ** tf.range(96, dtype=tf.float32)[tf.newaxis, :, tf.newaxis, tf.newaxis]
    woven = training.losses(lambda x: threads * tf.ones((2, 96, 96, 1)), batch)
    assert float(woven["flat"]) == pytest.approx(0, abs=1e-6)
    # Of 5 pixels 3 are like the one in the middle, 2 the opposite.
    assert float(woven["told"]) == pytest.approx((0.1 * 4 / 5) ** 2, rel=0.02)
    assert float(woven["texture"]) > 0.01
    for parts in (even, woven):
        assert float(parts["loss"]) == pytest.approx(parts["texture"] + 10 * parts["flat"] + 100 * parts["told"])


@pytest.mark.parametrize("change", [{"seed": 1}, {"garments": ("top",)}, {"people": 3}])
def test_a_run_of_other_options_is_left_alone(
    trained: Path, model: Any, data_set: Path, untouched: Any, change: dict[str, Any]
) -> None:
    with untouched(trained), pytest.raises(TryOnError, match=f"{next(iter(change))} is .* there: choose another"):
        train(model.texture, "digest", open_records(data_set), trained, _OPTIONS._replace(**change))


def test_an_earlier_versions_run_is_left_alone(
    trained: Path, model: Any, data_set: Path, tmp_path: Path, untouched: Any
) -> None:
    folder = shutil.copytree(trained, tmp_path / "detail")
    mark = folder / training.OPTIONS
    mark.write_text(json.dumps({name: v for name, v in json.loads(mark.read_text()).items() if name != "format"}))
    with untouched(folder), pytest.raises(TryOnError, match="by another version of tf-tryon: choose another"):
        train(model.texture, "digest", open_records(data_set), folder, _OPTIONS)


def test_another_models_run_is_left_alone(trained: Path, model: Any, data_set: Path) -> None:
    with pytest.raises(TryOnError, match="texture stage"):
        train(model.texture, "another", open_records(data_set), trained, _OPTIONS)


def test_somebody_elses_files_are_left_alone(model: Any, data_set: Path, tmp_path: Path, untouched: Any) -> None:
    (tmp_path / "windows").mkdir()
    with untouched(tmp_path), pytest.raises(TryOnError, match=r"windows but no detail\.json"):
        train(model.texture, "digest", open_records(data_set), tmp_path, _OPTIONS)


def test_another_verbs_run_is_left_alone(model: Any, data_set: Path, tmp_path: Path, untouched: Any) -> None:
    (tmp_path / "config.json").write_text("{}")
    with untouched(tmp_path), pytest.raises(TryOnError, match=r"config\.json but no detail\.json"):
        train(model.texture, "digest", open_records(data_set), tmp_path, _OPTIONS)


def test_steps_without_their_windows_are_still_a_run(trained: Path, model: Any, data_set: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "detail", ignore=shutil.ignore_patterns("windows"))
    with pytest.raises(TryOnError, match="seed is 0 there: choose another"):
        train(model.texture, "digest", open_records(data_set), tmp_path / "detail", _OPTIONS._replace(seed=1))


def test_pictures_smaller_than_a_patch_are_refused_before_any_is_made(
    model: Any, data_set: Path, tmp_path: Path
) -> None:
    with pytest.raises(TryOnError, match=r"\(64, 64\) pixels hold no patch of 65"):
        train(model.texture, "digest", open_records(data_set), tmp_path / "detail", _OPTIONS._replace(side=65))
    assert not (tmp_path / "detail").exists()


def test_a_signal_while_windows_are_made_ends_there(
    model: Any, data_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = windows.window_of

    def interrupted(*given: Any) -> windows.Window:
        signal.raise_signal(signal.SIGTERM)
        return real(*given)

    monkeypatch.setattr(windows, "window_of", interrupted)
    assert train(model.texture, "digest", open_records(data_set), tmp_path / "detail", _OPTIONS) == 143
    assert len(list((tmp_path / "detail" / "windows").glob("*.npz"))) == 1
    assert training.DETAIL not in {path.name for path in (tmp_path / "detail").iterdir()}
