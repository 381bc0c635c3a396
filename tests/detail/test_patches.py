"""Batches follow from seed and step, and are cloth."""

import numpy as np
import pytest

from tf_tryon.detail import patches
from tf_tryon.detail.windows import Window
from tf_tryon.errors import TryOnError


def _window(number: int, share: float = 1.0) -> Window:
    """A garment that fills a share of the rows; its pixels tell the window's number."""
    mask = np.zeros((32, 32), bool)
    mask[: int(32 * share)] = True
    photo = np.full((64, 64, 3), number, np.uint8)
    return Window(np.full((32, 32, 3), number, np.uint8), mask, photo)


def test_a_batch_follows_from_seed_and_step() -> None:
    windows = [_window(number) for number in range(6)]
    one, other = patches.Source(windows, 3, side=16, least=0.7), patches.Source(windows, 3, side=16, least=0.7)
    other.batch(0)
    for first, second in zip(one.batch(5), other.batch(5), strict=True):
        np.testing.assert_array_equal(first, second)
    assert any((a != b).any() for a, b in zip(one.batch(5), one.batch(6), strict=True))


def test_photos_show_the_same_place_twice_as_large() -> None:
    windows = [_window(number) for number in range(4)]
    rows, columns = np.indices((32, 32))
    for number, window in enumerate(windows):
        window.picture[..., 0], window.picture[..., 1], window.picture[..., 2] = number, rows, columns
        window.photo[:] = window.picture.repeat(2, 0).repeat(2, 1)
    batch = patches.Source(windows, 0, side=16, least=0.7).batch(1)
    assert batch.pictures.shape == (patches.COUNT, 16, 16, 3)
    assert batch.masks.shape == (patches.COUNT, 16, 16, 1)
    np.testing.assert_array_equal(batch.photos, batch.pictures.repeat(2, 1).repeat(2, 2))
    assert len(np.unique(batch.pictures[:, 0, 0, 0])) > 1
    turned = np.sign(np.diff(batch.pictures[..., 2], axis=2))  # columns fall where a patch is mirrored
    assert {-1.0, 1.0} == set(turned.ravel())


def test_patches_are_mostly_garment() -> None:
    source = patches.Source([_window(0, 0.6), _window(1)], 0, side=16, least=0.7)
    assert min(source.batch(step).masks.mean(axis=(1, 2, 3)).min() for step in range(8)) > 0.7


def test_small_garments_are_left_out_and_none_refused() -> None:
    assert patches.Source([_window(0, 0.2), _window(1), _window(2)], 0, side=16, least=0.7).windows == 2
    with pytest.raises(TryOnError, match=r"none of 2 garments is large enough to fill a patch of 16 pixels"):
        patches.Source([_window(0, 0.2), _window(1, 0.3)], 0, side=16, least=0.7)
