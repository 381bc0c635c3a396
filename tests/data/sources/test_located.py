"""Lists in every encoding, and files whose names are not quite what a list says."""

import os
import pathlib

import pytest

from tf_tryon.data.sources.located import companion, first_names, photo_named, photos
from tf_tryon.data.sources.names import readable

NAMES = [f"{i:05d}_00.jpg" for i in range(3)]
PAIRS = "\r\n".join(f"{name} {name}" for name in NAMES) + "\r\n"


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_lists_are_read_by_their_byte_order_marks(coding, tmp_path):
    path = tmp_path / "train_pairs.txt"
    mark = "\ufeff" if coding.endswith("-bom") else ""
    path.write_bytes((mark + PAIRS).encode(coding.removesuffix("-bom")))
    assert first_names([path]) == NAMES


@pytest.mark.parametrize("content", [PAIRS.encode("utf-16-le"), b"\xff\xfe0\x000\x000\x000"])
def test_what_is_no_text_is_refused_by_name(content, tmp_path):
    path = tmp_path / "train_pairs.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"train_pairs\.txt: .*save it as UTF-8"):
        first_names([path])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("a b.jpg c d.jpg", "a b.jpg"),
        ("anna.2.JPG anna.jpg", "anna.2.JPG"),
        ("two words.png\tother.png", "two words.png"),
        ("0001 0002", "0001"),
        ("  x.webp  ", "x.webp"),
        ("a.jpg.png", "a.jpg.png"),
    ],
)
def test_names_may_hold_spaces(line, name, tmp_path):
    (tmp_path / "pairs.txt").write_text(line)
    assert first_names([tmp_path / "pairs.txt"]) == [name]


def test_names_that_are_no_utf_8(tmp_path):
    name = b"caf\xe9.jpg"
    (tmp_path / "train.txt").write_bytes(name + b"\n")
    (actual,) = first_names([tmp_path / "train.txt"])
    assert os.fsencode(actual) == name
    path = pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.touch()
    assert photo_named(tmp_path, actual) == path
    assert readable(actual) == "caf\xe9.jpg"
    assert readable("caf\u00e9 \u4e2d") == "caf\u00e9 \u4e2d"


def test_capitals_and_other_kinds_of_pictures_are_found(tmp_path):
    for name in ("one.JPG", "two.webp", "three.png", "FOUR.Jpeg", "five.txt", "six_Parsing.PNG", "._one.JPG"):
        (tmp_path / name).touch()
    assert [path.name for path in photos(tmp_path)] == [
        "FOUR.Jpeg", "one.JPG", "six_Parsing.PNG", "three.png", "two.webp"
    ]  # fmt: skip
    actual = [photo_named(tmp_path, name).name for name in ("one.jpg", "two.jpg", "three.jpg", "four.jpg", "seven.jpg")]
    assert actual == ["one.JPG", "two.webp", "three.png", "FOUR.Jpeg", "seven.jpg"]
    assert companion(tmp_path, "six_parsing.png") == tmp_path / "six_Parsing.PNG"
    assert companion(tmp_path, "seven_parsing.png") is None
    assert companion(tmp_path / "gone", "one.jpg") is companion(None, "one.jpg") is None
