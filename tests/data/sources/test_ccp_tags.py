"""A parser's labels against tags: what is lacking, what is invented, and what doesn't matter."""

import numpy as np
import pytest

from tf_tryon.data.sources.ccp_tags import INVENTS, LACKS, corrected, disagreement

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


@pytest.mark.parametrize(
    ("tags", "before", "after"),
    [
        ("blouse jeans", (UPPER, PANTS, DRESS, SKIRT), (UPPER, PANTS, PANTS, PANTS)),
        ("coat skirt heels", (COAT, DRESS, PANTS, SHOE), (COAT, SKIRT, SKIRT, SHOE)),
        ("dress coat", (COAT, UPPER, SKIRT, DRESS), (COAT, UPPER, DRESS, DRESS)),
        ("dress heels bag", (UPPER, COAT, PANTS, SHOE), (DRESS, DRESS, DRESS, SHOE)),
        # Tights may be among what is called trousers.
        ("dress tights", (DRESS, PANTS, SKIRT), (DRESS, PANTS, DRESS)),
        # Two bottoms, or a bodysuit, which may be either: the parser's word stands.
        ("top skirt shorts", (UPPER, PANTS, SKIRT), (UPPER, PANTS, SKIRT)),
        ("bodysuit skirt", (DRESS, SKIRT), (DRESS, SKIRT)),
        # A dress over trousers keeps them.
        ("dress jeans", (UPPER, DRESS, PANTS), (UPPER, DRESS, PANTS)),
    ],
)
def test_names_are_corrected_where_the_tags_leave_one(tags, before, after):
    labels = np.repeat(np.array(before, np.uint8)[:, None], 8, axis=1)
    given = labels.copy()
    np.testing.assert_array_equal(corrected(labels, tags.split())[:, 0], after)
    np.testing.assert_array_equal(labels, given)


def test_traces_of_an_untagged_hat_are_hair():
    labels = np.full((100, 100), UPPER, np.uint8)
    labels[0] = HAT
    assert corrected(labels, ["top"])[0, 0] == 2
    assert corrected(labels, ["top", "hat"])[0, 0] == HAT
    labels[:3] = HAT
    assert corrected(labels, ["top"])[0, 0] == HAT


def test_a_speck_is_no_garment():
    assert of("blouse jeans", UPPER, PANTS, few=(HAT, SHOE)) == ("", "")
    assert of("blouse jeans boots", UPPER, PANTS, few=(SHOE,)) == (LACKS, "shoes")
