"""What was wiped away is found whatever its colour, and photos that nobody wiped are left alone."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.serving.web.wiped import find_wiped


@pytest.fixture
def cloth(make_person: Callable[..., dict[str, Any]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A photo with cloth's noise, labels, keypoints."""
    made = make_person(1, 256)
    noise = np.random.default_rng(0).normal(0, 6, made["photo"].shape)
    photo = np.clip(made["photo"] + noise, 0, 255).astype(np.uint8)
    return photo, made["labels"], made["keypoints"].astype(np.float32)


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (240, 60, 150)])
@pytest.mark.parametrize("garment", ["top", "bottom"])
@pytest.mark.parametrize("jpeg", [False, True])
def test_a_wiped_garment_is_found(cloth: Any, colour: tuple[int, ...], garment: str, jpeg: bool) -> None:
    photo, labels, keypoints = cloth
    gone = np.isin(labels, (5, 14, 15) if garment == "top" else (9, 16, 17))
    wiped = np.where(gone[..., None], np.uint8(colour), photo)
    if jpeg:
        buffer = io.BytesIO()
        Image.fromarray(wiped).save(buffer, "JPEG", quality=85)
        wiped = np.asarray(Image.open(buffer))
    wiped_region = find_wiped(wiped, keypoints)
    assert wiped_region is not None
    assert wiped_region.garment == garment
    # A JPEG blurs colours over the border of narrow legs.
    assert (wiped_region.erased & gone).sum() / (wiped_region.erased | gone).sum() > (0.6 if jpeg else 0.8)


def test_nothing_is_found_where_nothing_is_wiped(cloth: Any) -> None:
    photo, labels, keypoints = cloth
    assert find_wiped(photo, keypoints) is None
    flat_background = np.where((labels == 0)[..., None], np.uint8(255), photo)
    assert find_wiped(flat_background, keypoints) is None
    assert find_wiped(flat_background, np.zeros((18, 3), np.float32)) is None


def test_of_a_wipe_that_runs_into_the_background_only_the_body_counts(cloth: Any) -> None:
    photo, labels, keypoints = cloth
    gone = np.isin(labels, (0, 5, 14, 15))
    wiped_region = find_wiped(np.where(gone[..., None], np.uint8(255), photo), keypoints)
    assert wiped_region is not None
    top = np.isin(labels, (5, 14, 15))
    assert wiped_region.erased[top].mean() > 0.9
    assert not wiped_region.erased[:, :20].any()
    assert not wiped_region.erased[200:].any()


def test_transparency_is_a_wipe(cloth: Any) -> None:
    photo, labels, keypoints = cloth
    wiped_region = find_wiped(photo, keypoints, labels == 5)
    assert wiped_region is not None
    np.testing.assert_array_equal(wiped_region.erased, labels == 5)
