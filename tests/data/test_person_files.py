"""Files as other programs make them: read, converted where it is certain, refused by name where not."""

import json

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data import person_files
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.matching import DisagreementError
from tf_tryon.data.person import Person


@pytest.fixture
def made(make_person):
    return make_person(0, 128)


@pytest.fixture
def photo(made, tmp_path):
    """anna.png, with labels and keypoints beside it."""
    Image.fromarray(made["photo"]).save(tmp_path / "anna.png")
    Image.fromarray(made["labels"]).save(tmp_path / "anna_parsing.png")
    write(tmp_path, to_openpose(made["keypoints"]))
    return tmp_path / "anna.png"


def write(folder, content):
    (folder / "anna_keypoints.json").write_text(json.dumps(content))


def relabel(folder, labels):
    Image.fromarray(labels.astype(np.uint8)).save(folder / "anna_parsing.png")


def test_parts_of_the_photo_are_converted(photo, made):
    write(photo.parent, to_openpose(made["keypoints"] / (128, 128, 1)))
    # to_openpose rounds to thousandths
    np.testing.assert_allclose(person_files.read(photo).points, made["keypoints"], atol=0.07)


@pytest.mark.parametrize("people", [[], [{"pose_keypoints_2d": [0] * 54}]])
def test_nobody_is_refused_with_what_to_do(photo, people):
    write(photo.parent, {"people": people})
    with pytest.raises(ValueError, match=r"anna_keypoints\.json: it shows nobody.*tf-tryon annotate"):
        person_files.read(photo)


def test_people_as_lists_are_refused(photo, made):
    write(photo.parent, {"people": [made["keypoints"].ravel().tolist()]})
    with pytest.raises(ValueError, match=r"anna_keypoints\.json: people\[0\] is no object"):
        Person.from_files(photo)


def test_labels_of_nobody_are_refused(photo, made):
    relabel(photo.parent, 0 * made["labels"])
    with pytest.raises(ValueError, match=r"anna_parsing\.png: every label is background"):
        person_files.read(photo)


def test_label_20_alone_is_no_proof(photo, made):
    """CP-VTON+ writes LIP-20 with the neck as 20."""
    labels = made["labels"].copy()
    labels[32:36, 60:68][labels[32:36, 60:68] == 5] = 20
    relabel(photo.parent, labels)
    with pytest.raises(ValueError, match=r"label 20 is the neck's skin.*the keypoints agree with lip21 alone"):
        person_files.read(photo)
    actual = person_files.read(photo, "lip21")
    assert actual.vocabulary == "cihp20"
    np.testing.assert_array_equal(actual.labels == 10, labels == 20)
    with pytest.raises(DisagreementError, match=r"read as mm24.* As labels of lip21 they would agree"):
        person_files.read(photo, "mm24")


def test_labels_one_too_high_are_refused(photo, made):
    relabel(photo.parent, made["labels"] + 1)
    with pytest.raises(ValueError, match="the keypoints agree with none of them"):
        person_files.read(photo)


def test_endings_in_capitals(photo):
    for ending in ("_parsing.png", "_keypoints.json"):
        file = photo.with_name(f"anna{ending}")
        file.rename(file.with_suffix(file.suffix.upper()))
    photo = photo.rename(photo.with_suffix(".PNG"))
    assert person_files.read(photo).labels.shape == (128, 128)


def test_a_photo_on_its_side_is_turned_with_all_that_belongs_to_it(photo, made):
    upright = Person.from_files(photo)
    for file in (photo, photo.with_name("anna_parsing.png")):
        Image.fromarray(np.rot90(np.asarray(Image.open(file)))).save(file)
    x, y, confidence = made["keypoints"].T
    write(photo.parent, to_openpose(np.stack([y, 128 - x, confidence], axis=1)))
    turned = Person.from_files(photo)
    assert turned.turns == 3
    np.testing.assert_array_equal(turned.photo, upright.photo)
    np.testing.assert_array_equal(turned.labels, upright.labels)
    np.testing.assert_allclose(turned.keypoints, upright.keypoints, atol=0.01)
