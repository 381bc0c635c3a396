"""Colours are labels again, and what has other colours is refused."""

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data import vocabulary
from tf_tryon.data.label_colours import PGN, labels_of
from tf_tryon.data.label_picture import read_label_picture, read_parsing


def test_every_colour_is_its_label():
    labels = np.arange(20, dtype=np.uint8).reshape(4, 5)
    np.testing.assert_array_equal(labels_of(PGN[labels]), labels)
    assert len(np.unique(PGN, axis=0)) == 20
    # The palette that LIP's and CIHP's own pictures carry.
    assert all(tuple(PGN[label]) == colour for label, colour in vocabulary._LIP_COLOURS.items())


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_in_colours_is_read(mode, make_person, tmp_path):
    person = make_person(0)
    Image.fromarray(PGN[person["labels"]]).convert(mode).save(tmp_path / "parsing.png")
    labels, palette, _ = read_label_picture(tmp_path / "parsing.png")
    np.testing.assert_array_equal(labels, person["labels"])
    assert palette is PGN
    actual, name = read_parsing(tmp_path / "parsing.png", (64, 64), person["keypoints"])
    assert name == "cihp20"
    np.testing.assert_array_equal(actual, person["labels"])


def test_other_colours_are_refused(make_person, tmp_path):
    person = make_person(0)
    picture = PGN[person["labels"]]
    picture[0, 0] = (1, 2, 3)
    Image.fromarray(picture).save(tmp_path / "parsing.png")
    with pytest.raises(ValueError, match=r"parsing.png: .*0.0% of the pixels have none.*\[1, 2, 3\].*indices"):
        read_label_picture(tmp_path / "parsing.png")
    Image.fromarray(PGN[person["labels"]]).save(tmp_path / "parsing.jpg", quality=50)
    with pytest.raises(ValueError, match="a picture in colours"):
        read_label_picture(tmp_path / "parsing.jpg")
