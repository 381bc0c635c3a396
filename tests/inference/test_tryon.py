"""What a completion promises, whatever the weights."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tf_tryon.derived import centred_channels
from tf_tryon.errors import TryOnError
from tf_tryon.inference.request import Request, check_channel
from tf_tryon.inference.saving import save
from tf_tryon.inference.tryon import TryOn
from tf_tryon.losses.kl import kl


def pairwise(codes: np.ndarray) -> float:
    """Largest difference between samples."""
    return float(np.abs(codes - codes[:1]).max())


def test_visible_pixels_come_back_bit_identical(model: Any, large_person: Any) -> None:
    result = model.complete(large_person, "top", samples=3, seed=1)
    assert result.photos.shape == (3, *large_person.photo.shape)
    assert 0.02 < result.erased.mean() < 0.9
    for photo, labels in zip(result.photos, result.parsings, strict=True):
        np.testing.assert_array_equal(photo[~result.erased], large_person.photo[~result.erased])
        np.testing.assert_array_equal(labels[~result.erased], large_person.labels[~result.erased])
    # All of the garment is gone, and the skin that it may uncover.
    assert result.erased[np.isin(large_person.labels, (2, 5))].all()


def test_sample_k_depends_on_seed_and_k_only(model: Any, someone: Any) -> None:
    few, many = (model.complete(someone, "bottom", samples=n, seed=3) for n in (2, 11))
    np.testing.assert_array_equal(few.photos, many.photos[:2])
    other = model.complete(someone, "bottom", samples=2, seed=4)
    assert pairwise(np.stack([few.codes["shape"][0], other.codes["shape"][0]])) > 0.01


@pytest.mark.parametrize(
    ("options", "shape_varies", "texture_varies"),
    [({}, True, True), ({"keep_shape": True}, False, True), ({"keep_texture": True}, True, False)],
)
def test_what_is_kept(model: Any, someone: Any, options: dict, shape_varies: bool, texture_varies: bool) -> None:
    codes = model.complete(someone, "top", samples=3, seed=5, **options).codes
    assert (pairwise(codes["shape"]) > 1e-3) == shape_varies
    assert (pairwise(codes["texture"]) > 1e-3) == texture_varies


def test_temperature_zero_is_one_likeliest_picture(model: Any, someone: Any) -> None:
    codes = model.complete(someone, "top", samples=3, temperature=0.0).codes
    assert pairwise(codes["shape"]) < 1e-5


def test_like_takes_the_other_persons_codes(model: Any, someone: Any, large_person: Any) -> None:
    result = model.complete(someone, "top", samples=2, seed=5, like=large_person, like_stages=("texture",))
    plain = model.complete(someone, "top", samples=2, seed=5)
    np.testing.assert_array_equal(result.codes["shape"], plain.codes["shape"])
    assert pairwise(result.codes["texture"]) == 0
    assert np.abs(result.codes["texture"] - plain.codes["texture"]).max() > 1e-3


def test_walk_moves_one_channel(model: Any, someone: Any) -> None:
    codes = model.complete(someone, "top", samples=5, walk=2).codes["shape"]
    np.testing.assert_allclose(np.diff(codes[..., 2], axis=0), 1.5, atol=1e-5)
    assert pairwise(codes[..., :2]) < 1e-6
    with pytest.raises(ValueError, match="channels 0 to 2"):
        model.complete(someone, "top", samples=2, walk=3)
    nats = model.walkable(someone, "top", "shape")
    assert sorted(nats) == [0, 1, 2]
    assert list(nats.values()) == sorted(nats.values(), reverse=True)
    stage = model.shape
    batch = stage.batch(someone, "top")
    posterior = stage.networks.posterior(batch)
    total = kl(posterior, stage.networks.prior(batch, posterior.mean), stage.config.model.latent_shared)
    assert sum(nats.values()) == pytest.approx(float(total[0]), rel=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"garment": "scarf"}, "choose one of"),
        ({"samples": 0}, "ask for 1"),
        ({"temperature": -1.0}, "choose 0"),
        ({"seed": -1}, "whole number"),
        ({"like_stages": ()}, "shape, texture"),
        ({"seed": 7.0}, "seed = 7.0: give a whole number"),
        ({"walk": "1"}, "walk = '1': give a whole number"),
    ],
)
def test_requests_out_of_range_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Request(**options)


def test_numbers_of_numpy_are_written_like_pythons() -> None:
    request = Request(samples=np.int64(2), seed=np.uint32(7), dilate=np.int8(1), temperature=np.float32(0.5))
    numbers = (request.samples, request.seed, request.dilate, request.temperature)
    assert json.loads(json.dumps(numbers)) == [2, 7, 1, 0.5]


def test_channels_that_all_cells_lose_are_not_walked(model: Any, someone: Any) -> None:
    """A shift of all cells of a channel of mean 0 would change no picture."""
    config = model.shape.config.copy_and_resolve_references()
    config.model.latent_centred, config.model.latent_shared = True, 1
    assert centred_channels(config) == 2
    with pytest.raises(ValueError, match=r"channels 0 to 1 tell how cells differ.* choose one of 2 to 2"):
        check_channel(1, 3, 2)
    check_channel(2, 3, 2)
    shape = dataclasses.replace(model.shape, config=config, folded=False)
    assert set(TryOn(shape, model.texture).walkable(someone, "top", "shape")) == {2}


def test_a_garment_that_is_not_worn_is_refused(model: Any, someone: Any) -> None:
    with pytest.raises(TryOnError, match="not hat"):
        model.complete(someone, "hat")
    someone.labels[someone.labels == 5] = 2
    with pytest.raises(TryOnError, match="shows no top"):
        model.complete(someone, "top")
    someone.dress = True
    with pytest.raises(TryOnError, match="a dress covers top and bottom in one"):
        model.complete(someone, "bottom")


def test_saved_folder_is_complete_and_replaces_the_old_one(model: Any, someone: Any, tmp_path: Path) -> None:
    folder = tmp_path / "person"
    save(model.complete(someone, "top", samples=3, seed=8), folder)
    path = save(model.complete(someone, "top", samples=2, seed=9), folder)
    assert path == folder / "sheet.png"
    result = json.loads((folder / "result.json").read_text())
    names = {name for sample in result["samples"] for name in (sample["photo"], sample["parsing"])}
    assert {item.name for item in folder.iterdir()} == names | {"sheet.png", "result.json"}
    assert result["seed"] == 9
    assert len(result["model"]) == 64
    assert np.shape(result["samples"][0]["codes"]["shape"]) == (2, 2, 3)
    assert [item.name for item in tmp_path.iterdir()] == ["person"]
    (folder / "mine.png").touch()
    save(model.complete(someone, "top", samples=1), folder)
    assert {item.name for item in folder.iterdir()} == names - {"sample-2.png", "sample-2_parsing.png"} | {
        "sheet.png", "result.json", "mine.png",
    }  # fmt: skip
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.png").touch()
    with pytest.raises(TryOnError, match=r"did not write \(mine\.png\)"):
        save(model.complete(someone, "top", samples=1), tmp_path / "other")
