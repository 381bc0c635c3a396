"""What is erased, and what of the photo must come back untouched."""

from typing import Any

import numpy as np
import pytest

from tf_tryon.data.vocabulary import GARMENT_CLASSES, gone_classes, slot_of
from tf_tryon.inference.request import NotWornError, Request


def _untouched(result: Any, photo: np.ndarray) -> None:
    for picture in result.photos:
        np.testing.assert_array_equal(picture[~result.erased], photo[~result.erased])


@pytest.mark.parametrize("options", [{}, {"erase": "silhouette"}, {"dilate": 9}, {"erase": "silhouette", "dilate": 9}])
def test_garment_and_skin_are_gone_and_the_rest_is_the_photos(model: Any, large_person: Any, options: dict) -> None:
    result = model.complete(large_person, "top", samples=2, seed=1, **options)
    _untouched(result, large_person.photo)
    assert result.erased[np.isin(large_person.labels, gone_classes("top"))].all()


def test_nothing_but_the_garment_goes_and_nothing_but_a_garment_comes(model: Any, large_person: Any) -> None:
    """Untrained networks put anything anywhere. Outlines are smooth: a pixel beside one may be of either class."""
    result = model.complete(large_person, "top", samples=2, seed=1)
    before, top = large_person.labels, GARMENT_CLASSES[slot_of("top")]
    for parsing in result.parsings:
        stays = result.erased & (before != top) & (parsing != top)
        assert (parsing[stays] != before[stays]).mean() < 0.08
        assert (parsing[before == top] != top).mean() > 0.2


def test_dilation_grows_boxes_and_silhouettes(model: Any, large_person: Any) -> None:
    def area(**options: Any) -> int:
        return model.complete(large_person, "bottom", samples=1, **options).erased.sum()

    assert area(erase="silhouette") < area(erase="silhouette", dilate=8)
    assert area() < area(dilate=8)


def test_the_users_mask_is_erased_with_the_skin_beside_it(model: Any, large_person: Any) -> None:
    """As after painting the top away: the photo shows white, the parsing nothing, the arms would tell the sleeve."""
    mask = large_person.labels == 5
    large_person.photo = np.where(mask[..., None], np.uint8(255), large_person.photo)
    large_person.labels = np.where(mask, 0, large_person.labels).astype(np.uint8)
    result = model.complete(large_person, "top", samples=2, seed=1, mask=mask)
    _untouched(result, large_person.photo)
    assert result.erased[mask | (large_person.labels == 2)].all()
    assert result.erased.mean() < 0.5
    # What lay under the mask doesn't matter.
    large_person.photo = np.where(mask[..., None], np.uint8(90), large_person.photo)
    again = model.complete(large_person, "top", samples=2, seed=1, mask=mask)
    np.testing.assert_array_equal(again.parsings, result.parsings)
    with pytest.raises(ValueError, match="the mask is"):
        model.complete(large_person, "top", mask=mask[:10])


def test_what_is_carried_stays_before_the_new_garment(model: Any, large_person: Any) -> None:
    """But for what the user erases, and on grey, which takes it along."""
    options = {"garment": "top", "samples": 1, "seed": 1}
    bag = large_person.labels == GARMENT_CLASSES[slot_of("top")]
    first, last = np.flatnonzero(bag.any(1))[[0, -1]]
    bag[: (first + last) // 2], bag[last - 3 :] = False, False
    large_person.labels = np.where(bag, np.uint8(0), large_person.labels)
    assert model.complete(large_person, **options).erased[bag].all()
    large_person.carried = bag
    result = model.complete(large_person, **options)
    assert not result.erased[bag].any()
    _untouched(result, large_person.photo)
    assert model.complete(large_person, **options, mask=bag).erased[bag].all()
    assert model.complete(large_person, **options, background="studio").erased[bag].all()


@pytest.mark.parametrize("background", ["studio", "restore"])
def test_backgrounds(model: Any, large_person: Any, background: str) -> None:
    rng = np.random.default_rng(0)
    behind = rng.integers(0, 256, large_person.photo.shape, np.uint8)
    nobody = large_person.labels == 0
    large_person.photo = np.where(nobody[..., None], behind, large_person.photo)
    result = model.complete(large_person, "top", samples=1, seed=1, background=background)
    if background == "restore":
        _untouched(result, large_person.photo)
    else:
        _untouched(result, result.person.photo)
        assert np.abs(result.photos[0][:5].astype(int) - 205).max() <= 1
    # The nets see the same grey whatever was behind.
    large_person.photo = np.where(nobody[..., None], 255 - behind, large_person.photo)
    other = model.complete(large_person, "top", samples=1, seed=1, background=background)
    np.testing.assert_allclose(other.codes["texture"], result.codes["texture"], atol=0.2)


@pytest.mark.parametrize("options", [{"erase": "all"}, {"background": "beach"}, {"dilate": -1}])
def test_wrong_options_are_refused(options: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Request(**options)


def _without_trousers(person: Any) -> int:
    """Takes the trousers off, and tells their class."""
    trousers = GARMENT_CLASSES[slot_of("bottom")]
    person.labels = np.where(person.labels == trousers, 0, person.labels).astype(np.uint8)
    return trousers


@pytest.mark.parametrize("options", [{}, {"erase": "silhouette"}, {"dilate": 9}])
def test_a_speck_is_not_worn(model: Any, large_person: Any, options: dict) -> None:
    """A pixel of trousers: little or nothing would be erased, and every sample be the photo itself."""
    large_person.labels[4, 4] = _without_trousers(large_person)
    with pytest.raises(NotWornError, match="no bottom but a speck"):
        model.complete(large_person, "bottom", samples=1, **options)


@pytest.mark.parametrize("options", [{}, {"erase": "silhouette"}, {"dilate": 9}])
def test_what_vanishes_at_the_networks_size_is_refused(model: Any, large_person: Any, options: dict) -> None:
    """Thin stripes, which are many pixels of the photo and the largest part of none of the networks'."""
    trousers = _without_trousers(large_person)
    for name in ("photo", "labels"):
        setattr(large_person, name, getattr(large_person, name).repeat(2, 0).repeat(2, 1))
    large_person.keypoints[:, :2] *= 2
    large_person.labels[200:280:8, 260:340] = trousers
    with pytest.raises(NotWornError, match="the bottom is too small"):
        model.complete(large_person, "bottom", samples=1, **options)


@pytest.mark.parametrize("options", [{}, {"dilate": 4}, {"background": "restore"}])
def test_a_thin_stroke_of_a_mask_is_erased_whole(model: Any, large_person: Any, options: dict) -> None:
    """It is the largest part of no pixel of the networks."""
    _without_trousers(large_person)
    mask = np.zeros(large_person.size, bool)
    mask[large_person.size[0] // 2, ::2] = mask[2, 2] = True
    result = model.complete(large_person, "bottom", samples=1, mask=mask, **options)
    _untouched(result, large_person.photo)
    assert result.erased[mask].all()


def test_a_mask_of_nothing_is_refused(model: Any, large_person: Any) -> None:
    _without_trousers(large_person)
    with pytest.raises(NotWornError, match="the mask marks nothing"):
        model.complete(large_person, "bottom", mask=np.zeros(large_person.size, bool))
