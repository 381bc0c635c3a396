import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_tryon.data import records, usable
from tf_tryon.data.reading import read_through
from tf_tryon.data.record_parts import WrongSizeError, id_and_metadata, parts_of
from tf_tryon.errors import BadFileError


def png(mode="RGB", size=(64, 64)):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()


def claiming(side):
    """A PNG whose header claims a square of that side."""
    small = png()
    return small[:16] + side.to_bytes(4, "big") * 2 + small[24:]


@pytest.fixture
def changed(make_person):
    """A person's record with other values of some features."""
    good = records.encode(**make_person(1), jpeg_quality=None)

    def make(**features):
        example = tf.train.Example.FromString(good)
        for name, value in features.items():
            if name == "keypoints":
                example.features.feature[name].float_list.value[:] = value
            else:
                example.features.feature[name].bytes_list.value[:] = [] if value is None else [value]
        return example.SerializeToString()

    return make


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"photo": claiming(50_000)}, "the photo claims 50000x50000 pixels"),
        ({"photo": claiming(0)}, "the photo claims 0x0 pixels"),
        ({"photo": b"GIF89a"}, "the photo is neither a PNG nor a JPEG file"),
        ({"photo": None}, "photo has 0 values, not one"),
        ({"photo": png(size=(32, 64))}, r"the photo has \(64, 32\), the parsing \(64, 64\) pixels"),
        ({"parsing": png()}, "the parsing is no grey PNG of 8 bits"),
        ({"vocabulary": b"coco"}, "vocabulary 'coco' is none of lip20"),
        ({"keypoints": [1.0] * 53}, "keypoints are 53 numbers"),
        ({"keypoints": [float("nan")] * 54}, "keypoints are 54 numbers, not 18 finite"),
        ({"id": b"\xff"}, "its id is no text"),
        ({"metadata": b"[]"}, "metadata: the content is a list, not an object"),
        ({"metadata": b"[" * 100_000}, "metadata: not JSON"),
        ({"photo": png()[:60]}, "the photo: the file is damaged"),
    ],
)
def test_a_wrong_part_is_named(changed, features, message):
    with pytest.raises(BadFileError, match=f"^people: record 3: .*{message}.*; make or copy the data set again"):
        records.decode(changed(**features), "people: record 3")


def test_what_is_no_record_and_the_wrong_size(changed):
    with pytest.raises(BadFileError, match=r"no tf\.train\.Example"):
        parts_of(b"\xff\xff\xff", "it")
    with pytest.raises(WrongSizeError, match=r"the manifest says \(128, 64\)"):
        parts_of(changed(), "it", (128, 64))
    assert parts_of(changed(), "it", (64, 64)).size == (64, 64)
    assert id_and_metadata(changed(photo=b""), "it") == ("0001", {"index": 1})


def test_the_graph_tells_it_in_the_same_words(tmp_path, changed):
    with records.RecordWriter(tmp_path, (64, 64)) as writer:
        writer.write(changed())
        writer.write(changed(photo=claiming(50_000)))
    opened = records.open_records(tmp_path)
    with pytest.raises(BadFileError, match=r"shard-00000-of-00001\.tfrecord: record 1: the photo claims 50000x50000"):
        usable.garment_table(opened)
    with pytest.raises(BadFileError, match=r"reading the data failed: .*`tf-tryon data check` finds the record$"):
        list(read_through(tf.data.Dataset.range(2).map(lambda i: tf.io.decode_png(tf.as_string(i)))))


def test_a_damaged_cache_is_refused_and_another_data_sets_is_made_again(tmp_path, make_data_set):
    opened = records.open_records(make_data_set(tmp_path / "people", 4, 1))
    shown, dress = usable.garment_table(opened)
    path = opened.directory / usable.FILE
    stamp = np.load(path)["fingerprint"]
    np.savez(path, shown=shown[:2], dress=dress, fingerprint=stamp)
    with pytest.raises(BadFileError, match=r"usable\.npz.*shown holds bool of shape.*delete it, it is made again"):
        usable.garment_table(opened)
    np.savez(path, shown=shown[:2], dress=dress, fingerprint=np.array("another"))
    np.testing.assert_array_equal(usable.garment_table(opened)[0], shown)
