import numpy as np
import pytest

from tf_tryon.evaluation.kid import kernel_distance, paired_mmd2, unbiased_mmd2


def test_gaussians_have_the_closed_form() -> None:
    """E (x . y / d + 1)^3 = 1 + 3 tr(S_x S_y) / d^2 for independent x, y of mean 0: MMD^2 = 3 (1 + 16 - 8) / d."""
    rng, size = np.random.default_rng(0), 6
    first, second = rng.normal(0, 1, (3000, size)), rng.normal(0, 2, (3000, size))
    assert unbiased_mmd2(first, second) == pytest.approx(27 / size, rel=0.05)


def test_it_is_unbiased_where_sets_are_small() -> None:
    rng = np.random.default_rng(1)
    alike = [unbiased_mmd2(*rng.normal(size=(2, 3, 5))) for _ in range(4000)]
    assert abs(np.mean(alike)) < 4 * np.std(alike) / np.sqrt(len(alike))
    assert min(alike) < 0


def test_it_agrees_with_the_sum_over_pairs() -> None:
    x, y = np.random.default_rng(2).normal(size=(2, 7, 4))

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / 4 + 1) ** 3)

    within = [np.mean([kernel(s[i], s[j]) for i in range(7) for j in range(7) if i != j]) for s in (x, y)]
    expected = sum(within) - 2 * np.mean([kernel(a, b) for a in x for b in y])
    assert unbiased_mmd2(x, y) == pytest.approx(expected)


def test_blocks_take_in_everybody() -> None:
    x, y = np.random.default_rng(3).normal(size=(2, 60, 4))
    blocks = kernel_distance(x, y, block=25)
    assert len(blocks) == 2
    assert blocks[1] == pytest.approx(unbiased_mmd2(x[30:], y[30:]))
    assert kernel_distance(x, y[:50], block=25)[1] == pytest.approx(unbiased_mmd2(x[30:], y[25:50]))
    assert len(kernel_distance(x[:10], y[:10], block=25)) == 1
    with pytest.raises(ValueError, match="two or more"):
        unbiased_mmd2(x[:1], y)


def test_pictures_of_one_name_are_not_compared() -> None:
    """Of equal sets the whole distance is that of different pictures: the sum over pairs i != j is 0."""
    x, names = np.random.default_rng(4).normal(size=(60, 4)), [f"p{i:02d}" for i in range(60)]
    assert kernel_distance(x, x).mean() < -0.01
    assert kernel_distance(x, x, (names, names)) == pytest.approx(np.zeros(2), abs=1e-12)
    assert kernel_distance(x, x[::-1], (names, names[::-1])) == pytest.approx(np.zeros(2), abs=1e-12)


def test_paired_sets_compare_nobody_with_himself():
    first, second = np.random.default_rng(2).normal(size=(2, 6, 5))
    value, left_out = paired_mmd2(first, second)

    def slow(people):
        def k(a, b):
            return (a @ b / 5 + 1) ** 3

        pairs = [(i, j) for i in people for j in people if i != j]
        return np.mean([
            k(first[i], first[j]) + k(second[i], second[j]) - k(first[i], second[j]) - k(second[i], first[j])
            for i, j in pairs
        ])  # fmt: skip

    assert value == pytest.approx(slow(range(6)))
    np.testing.assert_allclose(left_out, [slow([j for j in range(6) if j != i]) for i in range(6)])
    assert paired_mmd2(first, first)[0] == pytest.approx(0)
    with pytest.raises(ValueError, match="three or more"):
        paired_mmd2(first[:2], second[:2])
