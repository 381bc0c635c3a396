import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data import records, schema
from tf_tryon.data.person import Person
from tf_tryon.data.reading import raw_records
from tf_tryon.data.vocabulary import BOTTOM


def test_decode_and_graph_parse_give_what_was_encoded(make_person):
    person = make_person(4)
    record = schema.encode(**person, jpeg_quality=None)
    decoded = schema.decode(record)
    for key in ("photo", "labels", "keypoints"):
        np.testing.assert_array_equal(decoded[key], person[key])
    assert (decoded["id"], decoded["metadata"]) == ("0004", {"index": 4})
    parsed = {key: value.numpy() for key, value in schema.parse(tf.constant(record), 64, 64).items()}
    np.testing.assert_array_equal(parsed["photo"], person["photo"])
    np.testing.assert_array_equal(parsed["labels"] == BOTTOM, person["labels"] == 6)
    assert parsed["dress"]
    assert not schema.parse_labels(tf.constant(schema.encode(**make_person(3))), 64, 64)[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"photo": np.zeros((64, 64, 3))}, "uint8"),
        ({"labels": np.zeros((32, 64), np.uint8)}, "differ in size"),
        ({"vocabulary": "atr18"}, "label 19 is not in atr18"),
        ({"keypoints": np.full((18, 3), np.nan)}, "finite"),
    ],
)
def test_encode_refuses(make_person, change, message):
    with pytest.raises(ValueError, match=message):
        schema.encode(**{**make_person(1), **change})


def test_the_graph_reads_pictures_of_any_size(photos_of_own_sizes):
    opened = records.open_records(photos_of_own_sizes)
    numbers = tf.data.Dataset.range(len(opened))
    people = raw_records(opened, numbers).map(schema.parse)
    assert people.element_spec["photo"].shape.as_list() == [None, None, 3]
    assert people.element_spec["labels"].shape.as_list() == [None, None]
    for i, actual in enumerate(people):
        person = Person.of(opened, i)
        np.testing.assert_array_equal(actual["photo"], person.photo)
        np.testing.assert_array_equal(actual["labels"], person.labels)
