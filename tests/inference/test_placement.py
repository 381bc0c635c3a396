"""The way into the frame and back."""

from typing import Any

import numpy as np
import pytest

from tf_tryon.data.window import FILLED
from tf_tryon.inference.placement import place


def test_a_person_of_the_frames_size_is_left_alone(someone: Any) -> None:
    placement = place(someone, 64, 64)
    assert placement.identity
    assert placement.to_frame(someone) is someone


def test_a_photo_is_cropped_to_the_person(large_person: Any) -> None:
    framed = place(large_person, 64, 64).to_frame(large_person)
    rows, columns = np.nonzero(framed.labels)
    assert framed.photo.shape == (64, 64, 3)
    assert rows.max() + 1 - rows.min() == pytest.approx(FILLED * 64, abs=1.5)
    assert (columns.min() + columns.max() + 1) / 2 == pytest.approx(32, abs=1.5)
    # Keypoints move with the pixels: each lies on the same class as before.
    for before, after in zip(large_person.keypoints, framed.keypoints, strict=True):
        old = large_person.labels[int(before[1]), int(before[0])]
        near = framed.labels[int(after[1]) - 1 : int(after[1]) + 2, int(after[0]) - 1 : int(after[0]) + 2]
        assert old in near


def test_pasting_changes_erased_pixels_only(large_person: Any) -> None:
    placement = place(large_person, 64, 64)
    erased = np.zeros((64, 64), bool)
    erased[20:40, 25:45] = True
    new = np.full((64, 64, 3), 7, np.uint8)
    mask = placement.paste(np.zeros(large_person.size, np.uint8), np.ones((64, 64), np.uint8), erased) > 0
    pasted = placement.paste(large_person.photo, new, erased)
    assert 0 < mask.mean() < 0.5
    assert (pasted[mask] == 7).all()
    np.testing.assert_array_equal(pasted[~mask], large_person.photo[~mask])


def test_nobody_is_an_error(someone: Any) -> None:
    someone.labels[:] = 0
    with pytest.raises(ValueError, match="shows no person"):
        place(someone, 64, 64)
