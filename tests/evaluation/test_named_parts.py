from collections import Counter

import numpy as np
import pytest

from tf_tryon.evaluation.named_parts import named_parts

EVEN, ODD = ([f"p{i:02d}" for i in range(start, 46, 2)] for start in (0, 1))
ALL = sorted(EVEN + ODD)


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize(
    ("first", "second"),
    [(ALL, ALL), (ALL, ALL[1:]), (ALL[::-1], EVEN), (EVEN, ODD), (ALL[:30], ALL[17:]), (ALL, ODD[:4])],
)
def test_one_name_has_one_part_and_parts_are_equally_big(first: list[str], second: list[str], mixed: bool) -> None:
    one, other = named_parts(first, second, 4, mixed)
    parts, others = dict(zip(first, one, strict=True)), dict(zip(second, other, strict=True))
    assert all(parts[name] == others[name] for name in {*first} & {*second})
    for own in (parts, others):
        sizes = [Counter(own.values())[part] for part in range(4)]
        assert sum(sizes) == len(own)
        assert max(sizes) - min(sizes) <= 1


def test_names_are_dealt_out_in_turn_or_in_an_order_of_chance() -> None:
    np.testing.assert_array_equal(named_parts(ALL, EVEN, 4)[1], np.arange(23) % 4)
    np.testing.assert_array_equal(named_parts(EVEN, ODD, 4), [np.arange(23) % 4] * 2)
    mixed = named_parts(ALL, ALL, 2, mixed=True)[0]
    assert 5 < mixed[:23].sum() < 18
    np.testing.assert_array_equal(mixed, named_parts(ALL, ALL, 2, mixed=True)[1])
