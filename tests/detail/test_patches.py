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
    pictures = np.stack([np.full((32, 32, 3), number, np.uint8)] * 2)
    return Window(pictures, mask, photo)


def test_a_batch_follows_from_seed_and_step() -> None:
    windows = [_window(number) for number in range(6)]
    one, other = patches.Source(windows, 3, side=16, least=0.7), patches.Source(windows, 3, side=16, least=0.7)
    other.batch(0)
    for first, second in zip(one.batch(5), other.batch(5), strict=True):
        np.testing.assert_array_equal(first, second)
    assert any((a != b).any() for a, b in zip(one.batch(5), one.batch(6), strict=True))


def test_photos_are_of_other_windows_and_twice_as_large() -> None:
    batch = patches.Source([_window(number) for number in range(4)], 0, side=16, least=0.7).batch(1)
    assert batch.pictures.shape == (patches.COUNT, 16, 16, 3)
    assert batch.photos.shape == (patches.COUNT, 32, 32, 3)
    assert batch.masks.shape == batch.photo_masks.shape == (patches.COUNT, 16, 16, 1)
    numbers = [np.rint((array[:, 0, 0, 0] + 1) * 127.5) for array in (batch.pictures, batch.photos)]
    assert (numbers[0] != numbers[1]).all()


def test_patches_are_mostly_garment() -> None:
    source = patches.Source([_window(0, 0.6), _window(1)], 0, side=16, least=0.7)
    assert min(source.batch(step).masks.mean(axis=(1, 2, 3)).min() for step in range(8)) > 0.7


def test_small_garments_are_left_out_and_too_few_refused() -> None:
    assert patches.Source([_window(0, 0.2), _window(1), _window(2)], 0, side=16, least=0.7).windows == 2
    with pytest.raises(TryOnError, match=r"1 of 2 garments are large enough to fill patches of 16 pixels"):
        patches.Source([_window(0, 0.2), _window(1)], 0, side=16, least=0.7)
