"""Without TensorFlow the same request gives the same pictures."""

from typing import Any

import numpy as np
import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.inference.request import Request

SIZES = [(128, 128), (187, 131), (97, 203)]


@pytest.mark.parametrize("crop", ["person", "garment"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pictures_are_tensorflows(
    pairs: Any, resized: Any, alike: Any, crop: str, size: tuple[int, int], large_person: Any
) -> None:
    lite, full = pairs(crop)
    person, garment = resized(large_person, *size), "top" if size[0] < 150 else "bottom"
    alike(*(one.complete(person, garment, samples=2, seed=7) for one in (lite, full)))


@pytest.mark.parametrize(
    "options",
    [
        {"background": "restore", "erase": "silhouette", "keep_shape": True},
        {"background": "studio", "dilate": 5, "keep_texture": True, "temperature": 0.5},
        {"walk": 1, "walk_stage": "texture"},
    ],
)
def test_options_are_tensorflows(pairs: Any, alike: Any, options: dict[str, Any], large_person: Any) -> None:
    lite, full = pairs("garment")
    alike(*(one.complete(large_person, "top", samples=3, seed=1, **options) for one in (lite, full)))


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_what_is_kept_stays_the_same_in_the_next_samples(pairs: Any, large_person: Any, stage: str) -> None:
    lite, _ = pairs("garment")
    request = Request("top", samples=2, seed=1, **{f"keep_{stage}": True})
    start, later = (lite.answer(large_person, request, first).codes for first in (0, 8))
    np.testing.assert_array_equal(start[stage], later[stage])
    other = {"shape": "texture", "texture": "shape"}[stage]
    assert (start[other] != later[other]).any()
    with pytest.raises(ValueError, match="walk and first = 8 exclude each other"):
        lite.answer(large_person, Request("top", walk=0), 8)


def test_a_mask_is_tensorflows(pairs: Any, alike: Any, large_person: Any) -> None:
    lite, full = pairs("garment")
    mask = np.zeros(large_person.size, bool)
    mask[60:90, 120:170] = True
    mask[40, 90:200:3] = True  # a thin stroke
    alike(*(one.complete(large_person, "top", samples=1, mask=mask) for one in (lite, full)))


@pytest.mark.parametrize("background", ["keep", "studio"])
def test_what_is_carried_is_tensorflows(pairs: Any, alike: Any, large_person: Any, background: str) -> None:
    lite, full = pairs("garment")
    large_person.carried = np.zeros(large_person.size, bool)
    large_person.carried[50:100, 100:160] = True
    large_person.labels = np.where(large_person.carried, np.uint8(0), large_person.labels)
    made = [one.complete(large_person, "top", samples=1, background=background) for one in (lite, full)]
    alike(*made)
    assert made[0].erased[large_person.carried].any() == (background == "studio")


def test_resting_changes_nothing(pairs: Any, alike: Any, large_person: Any) -> None:
    lite, _ = pairs("garment")
    before = lite.complete(large_person, "top", samples=1)
    lite.rest()
    alike(before, lite.complete(large_person, "top", samples=1))


def test_it_tells_the_weights_that_it_was_made_of(pairs: Any) -> None:
    lite, full = pairs("person")
    assert (lite.model, lite.garments, lite.size) == (full.model, full.garments, full.size)


def test_what_it_cannot_do_is_refused(pairs: Any, someone: Any) -> None:
    lite, _ = pairs("person")
    with pytest.raises(TryOnError, match="posterior"):
        lite.complete(someone, "top", like=someone)
    with pytest.raises(TryOnError, match="not hat"):
        lite.complete(someone, "hat")
