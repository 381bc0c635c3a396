"""Errors of the disk in one sentence with the file's name."""

import errno
import os

import pytest

from tf_tryon.writing.disk import naming, sentence
from tf_tryon.writing.whole import whole_file, write_text


@pytest.mark.parametrize("name", ["ENOSPC", "EACCES", "EROFS", "ENAMETOOLONG", "EDQUOT", "EIO"])
def test_file_and_remedy(name):
    number = getattr(errno, name)
    message = sentence(OSError(number, os.strerror(number), "/runs/log.jsonl"))
    assert message.startswith("/runs/log.jsonl: ")
    assert "Errno" not in message
    assert "choose" in message or "check" in message or "give" in message


def test_without_a_file_only_what_needs_none_is_told():
    assert sentence(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))).startswith("the disk is full: make room")
    assert sentence(OSError(errno.EACCES, os.strerror(errno.EACCES))) is None  # a port
    assert sentence(OSError("could not write it: make room")) is None
    assert sentence(OSError(errno.ENOSPC, "could not write it: the disk is full")) is None
    assert sentence(ValueError("disk")) is None


def test_tensorflows_errors_are_told_alike():
    import tensorflow as tf

    error = tf.errors.ResourceExhaustedError(None, None, "/out/variables.data; No space left on device")
    assert sentence(error).startswith("/out/variables.data: the disk is full")
    assert sentence(tf.errors.ResourceExhaustedError(None, None, "out of memory")) is None


def test_long_names_are_shortened():
    message = sentence(OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), "/" + "x" * 5000))
    assert len(message) < 300


def test_a_full_disk_gets_the_files_name():
    with pytest.raises(OSError, match="No space") as caught, naming("/runs/log.jsonl"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.filename == "/runs/log.jsonl"


def fail_in(path):
    with whole_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("power")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    write_text(tmp_path / "a.json", "old")
    with pytest.raises(RuntimeError, match="power"):
        fail_in(tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == "old"
    assert os.listdir(tmp_path) == ["a.json"]
    with pytest.raises(FileNotFoundError) as caught:
        write_text(tmp_path / "nowhere" / "a.json", "text")
    assert caught.value.filename == str(tmp_path / "nowhere" / "a.json")


def test_a_really_full_disk(tmp_path):
    """/dev/full fails as a full disk does, without a name."""
    with open("/dev/full", "w") as file:
        with pytest.raises(OSError, match="No space") as caught, naming("/runs/log.jsonl"):
            os.write(file.fileno(), b"x")
    assert sentence(caught.value).startswith("/runs/log.jsonl: the disk is full")
