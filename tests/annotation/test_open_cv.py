"""Work of OpenCV has random numbers of its own."""

import numpy as np
import pytest

from tf_tryon.annotation.open_cv import seeded

cv2 = pytest.importorskip("cv2")


def drawn() -> list[int]:
    numbers = np.zeros((1, 8), np.uint8)
    cv2.randu(numbers, 0, 256)
    return numbers[0].tolist()


def test_they_always_are_the_same_and_the_caller_s_go_on() -> None:
    cv2.setRNGSeed(7)
    first, second = drawn(), drawn()
    cv2.setRNGSeed(7)
    assert drawn() == first
    assert seeded(drawn) == seeded(drawn)
    assert drawn() == second


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        seeded(lambda: 1 / 0)
