"""A parser's labels against tags: what is lacking, what is invented, and what doesn't matter."""

import numpy as np
import pytest

from tf_tryon.data.sources.ccp_tags import INVENTS, LACKS, disagreement

# CIHP-20: hat, upper-clothes, dress, coat, pants, skirt, shoe
HAT, UPPER, DRESS, COAT, PANTS, SKIRT, SHOE = 1, 5, 6, 7, 9, 12, 18


def of(tags, *shown, few=()):
    """What is said of labels that cover 25 pixels each, or 1, of 10,000."""
    labels = np.zeros((100, 100), np.uint8)
    for row, label in enumerate(shown):
        labels[row, :25] = label
    for row, label in enumerate(few, 50):
        labels[row, 0] = label
    return disagreement(labels, "cihp20", [*tags.split(), "skin", "hair", "null"])


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        ("blouse jeans boots", (UPPER, PANTS, SHOE)),
        ("coat t-shirt skirt tights heels hat", (COAT, SKIRT, SHOE, HAT)),
        ("dress coat sandals belt", (DRESS, COAT, SHOE, PANTS)),  # the belt
        ("shorts shirt shoes", (UPPER, SKIRT, SHOE)),  # one bottom or another
        ("bodysuit pants shoes", (UPPER, PANTS, SHOE)),
        ("bodysuit shoes", (DRESS, SHOE)),
        ("romper flats scarf bag", (DRESS, SHOE)),
    ],
)
def test_what_agrees(tags, shown):
    assert of(tags, *shown) == ("", "")


@pytest.mark.parametrize(
    ("tags", "shown", "reason", "detail"),
    [
        ("blouse jeans boots", (UPPER, PANTS), LACKS, "shoes"),
        ("blouse jeans hat", (UPPER,), LACKS, "hat, bottom"),
        ("dress shoes", (UPPER, SKIRT, SHOE), LACKS, "dress"),
        ("coat skirt shoes", (DRESS, SHOE), LACKS, "top, bottom"),
        ("blouse jeans", (UPPER, PANTS, HAT), INVENTS, "hat"),
        ("dress shoes", (DRESS, UPPER, SHOE), INVENTS, "top"),
        ("dress blouse", (DRESS, UPPER, SHOE), INVENTS, "shoes"),
        ("skirt stockings top", (UPPER, SKIRT, PANTS), INVENTS, "trousers"),
        ("dress tights", (DRESS, PANTS), INVENTS, "bottom, trousers"),
    ],
)
def test_what_disagrees(tags, shown, reason, detail):
    assert of(tags, *shown) == (reason, detail)


def test_a_speck_is_no_garment():
    assert of("blouse jeans", UPPER, PANTS, few=(HAT, SHOE)) == ("", "")
    assert of("blouse jeans boots", UPPER, PANTS, few=(SHOE,)) == (LACKS, "shoes")
