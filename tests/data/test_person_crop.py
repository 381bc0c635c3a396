import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import config as config_lib
from tf_tryon.data import examples, view
from tf_tryon.data.person_crop import PersonCrop
from tf_tryon.data.vocabulary import CIHP20


def test_labels_and_their_classes_are_cropped_alike(make_person):
    """A record keeps fine labels, a photo of one's own only classes: both must give the nets the same picture."""
    labels = np.pad(make_person(0, 128)["labels"], ((9, 3), (40, 5)))
    seen = PersonCrop.around(labels, 64, 64)
    table = CIHP20.table()
    fine = seen.label_pixels(labels, table)
    assert set(np.unique(fine)) <= set(np.unique(labels))
    assert (table[fine] == seen.label_pixels(table[labels])).mean() > 0.999


def test_numpy_sees_what_the_graph_sees(large_person):
    config = config_lib.thesis("shape")
    config.data.height = config.data.width = 64
    theirs = view.of_person(examples.tensors(large_person), tf.constant(1), config)
    ours = PersonCrop.around(large_person.labels, 64, 64).person(large_person)
    assert np.abs(ours.photo.astype(int) - theirs["photo"].numpy()).max() <= 1
    assert (ours.labels == theirs["labels"].numpy()).mean() > 0.999
    np.testing.assert_allclose(ours.keypoints, theirs["keypoints"], atol=1e-3)


def test_what_is_carried_is_cropped_too(large_person):
    seen = PersonCrop.around(large_person.labels, 64, 64)
    assert seen.person(large_person).carried is None
    large_person.carried = large_person.labels == 5
    cropped = seen.person(large_person)
    assert (cropped.carried == (cropped.labels == 5)).mean() > 0.99


def test_only_what_is_erased_is_pasted(large_person):
    seen = PersonCrop.around(large_person.labels, 64, 64)
    erased = np.zeros((64, 64), bool)
    erased[20:40, 25:45] = True
    mask = seen.photo_mask(erased)
    made = seen.paste_labels(large_person.labels, np.full((64, 64), 3, np.uint8), mask)
    assert (made[mask] == 3).all()
    np.testing.assert_array_equal(made[~mask], large_person.labels[~mask])
    assert mask.sum() == pytest.approx(400 * seen.scale**2, rel=0.15)


def test_nobody_is_refused():
    with pytest.raises(ValueError, match=r"a\.png: the parsing shows no person"):
        PersonCrop.around(np.zeros((9, 9), np.uint8), 64, 64, "a.png")
