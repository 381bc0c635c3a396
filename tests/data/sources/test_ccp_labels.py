"""Every name has its label; what several things are called is recognised by its place on the body."""

import numpy as np
import pytest

from tf_tryon.data.sources import ccp_labels
from tf_tryon.data.sources.ccp_labels import NAMES, to_cihp20
from tf_tryon.data.vocabulary import CIHP20


@pytest.fixture
def points(make_person):
    return make_person(0)["keypoints"]


def painted(name, rows, points, columns=slice(20, 44)):
    """CIHP-20 labels of a rectangle with that name."""
    labels = np.zeros((64, 64), np.uint8)
    labels[rows, columns] = NAMES.index(name)
    return set(np.unique(to_cihp20(labels, points)[rows, columns]))


def test_each_name_stands_once():
    given = " ".join(ccp_labels._TO_CIHP20.values()).split()
    assert sorted(given) == sorted(NAMES)
    assert len(NAMES) == 59


@pytest.mark.parametrize(
    ("name", "label"),
    [("cape", "coat"), ("suit", "coat"), ("belt", "pants"), ("jumper", "upper-clothes"), ("romper", "dress"),
     ("dress", "dress"), ("necklace", "torso-skin"), ("earrings", "hair"), ("purse", "glove"),
     ("accessories", "background"), ("gloves", "glove"), ("sunglasses", "sunglasses"), ("scarf", "scarf")],
)  # fmt: skip
def test_names_become_labels(name, label, points):
    assert painted(name, slice(20, 36), points) == {CIHP20.labels.index(label)}


def test_place_tells_what_one_name_stands_for(points):
    # The hips are at row 36, the knees at 46.
    assert painted("bodysuit", slice(16, 38), points) == {5}
    assert painted("bodysuit", slice(16, 44), points) == {6}
    assert painted("tights", slice(20, 34), points) == {5}
    assert painted("tights", slice(38, 55), points) == {16, 17}
    assert painted("wedges", slice(55, 60), points) == {18, 19}
    assert painted("bracelet", slice(31, 33), points, slice(40, 46)) == {14}
    # Without hips and knees the names alone decide.
    points = points.copy()
    points[8:14] = 0
    assert painted("bodysuit", slice(16, 44), points) == {5}


def test_other_labels_are_refused(points):
    with pytest.raises(ValueError, match=r"anna: .*labels 0 to 58"):
        to_cihp20(np.full((64, 64), 59, np.uint8), points, "anna")
