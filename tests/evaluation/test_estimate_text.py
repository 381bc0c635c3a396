import pytest

from tf_tryon.evaluation.estimate_text import parts, written


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (0.26361, 0.256, 0.27104, "0.264 (0.256 to 0.271)"),
        (0.000214, 0.000188, 0.000251, "0.00021 (0.00019 to 0.00025)"),
        (9.5812, 9.3693, 9.7751, "9.58 (9.37 to 9.78)"),
        (144_716.2, 128_199.1, 161_233.9, "144,716 (128,199 to 161,234)"),
        (5.413e7, 4.363e7, 6.463e7, "54 (44 to 65) · 10⁶"),
        (-8.1e5, -2.39e6, 7.7e5, "-0.8 (-2.4 to 0.8) · 10⁶"),
        (1.0, 1.0, 1.0, "1.000 (1.000 to 1.000)"),
        (8.7e6, 4.3e5, 1.7e7, "8.7 (0.4 to 17.0) · 10⁶"),
        (-0.00001, -0.2, 0.2, "0.00 (-0.20 to 0.20)"),
        (0.0, 0.0, 0.0, "0.000 (0.000 to 0.000)"),
        (0.4711, None, None, "0.471"),
        (2.222e6, None, None, "2.22 · 10⁶"),
        (23.07, None, None, "23.1"),
        (None, None, None, "-"),
    ],
)
def test_an_estimate_has_the_digits_that_its_interval_makes_sense_of(
    value: float | None, low: float | None, high: float | None, text: str
) -> None:
    assert written({"value": value, "low": low, "high": high}) == text


def test_the_value_can_be_marked_by_itself() -> None:
    assert parts({"value": 0.5, "low": 0.4, "high": 0.6}) == ("0.50", "(0.40 to 0.60)")
