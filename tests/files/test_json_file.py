import json
import math

import pytest

from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file

REMEDY = "make it again"
GOOD = {"name": "a", "sizes": [3, 4], "share": 0.5, "on": True, "inner": {"deep": [{"x": 1}]}}


def refused(pattern):
    return pytest.raises(BadFileError, match=rf"^a\.json: .*{pattern}.*; make it again$")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_fields_are_read_by_type_whatever_the_encoding(tmp_path, encoding):
    (tmp_path / "a.json").write_bytes(json.dumps(GOOD).encode(encoding))
    value = json_file.read(tmp_path / "a.json", REMEDY)
    assert value["name"].text() == value["name"].choice(("a", "b")) == "a"
    assert [size.whole(1, 5) for size in value["sizes"].entries(2)] == [3, 4]
    assert value["share"].number(0, 1) == 0.5
    assert value["on"].flag() is True
    assert value.get("more") is None
    assert list(value.members()) == list(GOOD)
    assert value["inner"]["deep"].entries()[0]["x"].place == "inner.deep[0].x"


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda v: v["nothing"], "nothing is missing"),
        (lambda v: v["inner"]["deep"].entries()[0]["y"], r"inner\.deep\[0\]\.y is missing"),
        (lambda v: v["sizes"]["x"], "sizes is a list, not an object"),
        (lambda v: v["name"].entries(), "name is 'a', not a list"),
        (lambda v: v["sizes"].entries(3), "sizes has 2 entries, not 3"),
        (lambda v: v["sizes"].entries()[1].whole(5, 9), r"sizes\[1\] is 4, not a whole number from 5 to 9"),
        (lambda v: v["sizes"].entries()[1].whole(5), "a whole number from 5 on"),
        (lambda v: v["share"].whole(), "share is 0.5, not a whole number"),
        (lambda v: v["on"].whole(), "on is true, not a whole number"),
        (lambda v: v["on"].number(), "on is true, not a finite number"),
        (lambda v: v["share"].number(1, 2), "a finite number from 1 to 2"),
        (lambda v: v["name"].flag(), "name is 'a', neither true nor false"),
        (lambda v: v["inner"].text(), "inner is an object, not a text"),
        (lambda v: v["name"].choice(("b", "c")), "not one of b, c"),
        (lambda v: v["inner"].numbers(), "inner is an object, not a list of numbers"),
        (lambda v: v["inner"]["deep"].numbers(), r"inner\.deep\[0\] is an object, no number"),
    ],
)
def test_a_wrong_field_is_named_by_its_place(read, message):
    with refused(message):
        read(json_file.parse(json.dumps(GOOD), "a.json", REMEDY))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' * 50_000, "nested too deeply"),
        ("9" * 5000, "not JSON"),
    ],
)
def test_what_is_no_json(text, message):
    with refused(message):
        json_file.parse(text, "a.json", REMEDY)


def test_numbers_without_end_are_no_numbers():
    value = json_file.parse(f'{{"a": NaN, "b": 1e999, "c": {"9" * 400}, "d": [1, 2.5, NaN], "e": [1{"0" * 400}]}}',
                            "a.json", REMEDY)  # fmt: skip
    for name in "ab":
        with refused("not a finite number"):
            value[name].number()
    for read in (value["c"].whole, value["c"].number):
        with refused("a number of many digits"):
            read()
    assert value["d"].numbers()[:2] == [1, 2.5]
    assert math.isnan(value["d"].numbers()[2])
    with refused(r"e\[0\] is a number of many digits"):
        value["e"].numbers()


def test_half_characters_can_not_be_printed_and_are_refused():
    value = json_file.parse(r'{"a": "\ud800", "b": {"\udc00": 1}}', "a.json", REMEDY)
    with refused("half of a character"):
        value["a"].text()
    with refused("half of a character"):
        value["b"].members()
