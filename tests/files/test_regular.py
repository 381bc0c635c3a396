import os

import pytest

from tf_tryon.errors import BadFileError, MissingFileError
from tf_tryon.files.regular import is_plain_name, read_bytes


def test_only_regular_files_are_read(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    assert read_bytes(tmp_path / "link", "copy it again") == b"content"
    for path, message in (
        (tmp_path, "is a folder, not a file: copy it again"),
        (tmp_path / "pipe", "is a pipe"),
        ("/dev/zero", "is a device"),
        (tmp_path / "a\0b", "can't be read"),
        (tmp_path / ("x" * 300), "File name too long"),
    ):
        with pytest.raises(BadFileError, match=message):
            read_bytes(path, "copy it again")
    with pytest.raises(MissingFileError, match=r"file/inside is missing: copy it again"):
        read_bytes(tmp_path / "file" / "inside", "copy it again")
    with pytest.raises(BadFileError, match="7 bytes, and at most 6 are read"):
        read_bytes(tmp_path / "file", "copy it again", most=6)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "/etc/passwd", "a\\b", "a\0", "x" * 256])
def test_names_that_lead_elsewhere(name):
    assert not is_plain_name(name)


def test_plain_names():
    assert all(map(is_plain_name, ("shard-00000-of-00001.tfrecord", "..a", "with space", "photo.tar.gz")))
