import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data import tfrecord


def test_crc32c_of_the_standards_examples():
    # RFC 3720, appendix B.4, and the polynomial's usual check value.
    assert tfrecord.crc32c(b"123456789") == 0xE3069283
    assert tfrecord.crc32c(bytes(32)) == 0x8A9136AA
    assert tfrecord.crc32c(b"\xff" * 32) == 0x62A8AB43
    assert tfrecord.crc32c(bytes(range(32))) == 0x46DD794E
    assert tfrecord.crc32c(b"") == 0


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 1023, 1024, 1025, 1026, 5000])
def test_frames_are_tensorflows(tmp_path, length):
    payloads = [np.random.default_rng(i).bytes(length) for i in range(2)]
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_bytes(b"".join(map(tfrecord.frame, payloads)))
    with tf.io.TFRecordWriter(str(theirs)) as writer:
        for payload in payloads:
            writer.write(payload)
    data = np.fromfile(theirs, np.uint8)
    assert ours.read_bytes() == theirs.read_bytes()
    assert tfrecord.unframe(data, len(data) // 2, length) == payloads[1]


@pytest.mark.parametrize(
    ("place", "message"), [(3, "length is wrong"), (9, "length is wrong"), (20, "data is wrong"), (-1, "data is wrong")]
)
def test_any_flipped_bit_is_found(place, message):
    data = np.frombuffer(tfrecord.frame(b"a record's payload"), np.uint8).copy()
    data[place] ^= 1
    with pytest.raises(ValueError, match=message):
        tfrecord.unframe(data, 0, len(data) - 16)


def test_a_wrong_index_is_found():
    data = np.frombuffer(tfrecord.frame(b"payload"), np.uint8)
    with pytest.raises(ValueError, match="index says 6"):
        tfrecord.unframe(data, 0, 6)
    with pytest.raises(ValueError, match="ends at byte"):
        tfrecord.unframe(data, 0, 8)
