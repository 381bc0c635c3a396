"""JSON that somebody else wrote: each field is asked for with its type and range, and refused by its place.

    manifest = json_file.read(path, "make or copy the data set again")
    height = manifest["size"].entries(2)[0].whole(1, 4096)

A wrong field ends in a sentence such as "people/manifest.json: size[0] is 'a', not a whole number from 1 to 4096; make
or copy the data set again".
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Collection
from typing import Any, Final, cast

from tf_tryon.errors import BadFileError
from tf_tryon.files.regular import read_bytes

_SHOWN: Final = 40  # characters of a value in a message
_LARGEST: Final = 2**63 - 1


def read(path: str | os.PathLike[str], remedy: str) -> Value:
    """A file's content, in UTF-8, -16 or -32, with or without a byte order mark.

    Args:
      path: of the file.
      remedy: what to do about a wrong one, the end of each message's sentence.

    Raises:
      MissingFileError: there is nothing.
      BadFileError: no regular file, too large, or no JSON.
    """
    return parse(read_bytes(path, remedy), str(path), remedy)


def parse(text: str | bytes, source: str, remedy: str) -> Value:
    """JSON from elsewhere; `source` is what messages call it.

    Raises:
      BadFileError: it is no JSON, or nested too deeply.
    """
    try:
        return Value(json.loads(text), source, "", remedy)
    except RecursionError as error:
        raise BadFileError(f"{source}: not JSON that is read here (nested too deeply); {remedy}") from error
    except ValueError as error:  # also bytes in no Unicode encoding, and numbers of thousands of digits
        raise BadFileError(f"{source}: not JSON ({' '.join(str(error).split())}); {remedy}") from error


def read_lines(path: str | os.PathLike[str], remedy: str) -> list[Value]:
    """A file with a JSON object in each line; raises as `read`, with the line's number."""
    lines = read_bytes(path, remedy).splitlines()
    return [parse(line, f"{path}: line {number}", remedy) for number, line in enumerate(lines, 1) if line.strip()]


class Value:
    """A value of a JSON file, which knows its place.

    Attributes:
      raw: as Python's json read it.
      source: the file.
      place: from the top, such as "shards[3].name"; "" for the whole.
      remedy: what to do if it is wrong.
    """

    __slots__ = ("place", "raw", "remedy", "source")

    def __init__(self, raw: Any, source: str, place: str, remedy: str) -> None:
        self.raw, self.source, self.place, self.remedy = raw, source, place, remedy

    def wrong(self, problem: str) -> BadFileError:
        """The error to raise for this value; `problem` is the sentence's verb and object."""
        return BadFileError(f"{self.source}: {self.place or 'the content'} {problem}; {self.remedy}")

    def __getitem__(self, name: str) -> Value:
        """A member of an object, which must be there."""
        value = self.get(name)
        if value is None:
            raise BadFileError(f"{self.source}: {self._place_of(name)} is missing; {self.remedy}")
        return value

    def get(self, name: str) -> Value | None:
        """A member of an object, or None."""
        members = self._object()
        return Value(members[name], self.source, self._place_of(name), self.remedy) if name in members else None

    def members(self) -> dict[str, Value]:
        """An object's members."""
        for name in self._object():
            Value(name, self.source, f"a name in {self.place or 'the content'}", self.remedy).text()
        return {name: self[name] for name in self._object()}

    def entries(self, count: int | None = None) -> list[Value]:
        """A list's entries, `count` of them if that is given."""
        raws = self._list("a list")
        if count is not None and len(raws) != count:
            raise self.wrong(f"has {len(raws)} entries, not {count}")
        return [Value(raw, self.source, f"{self.place}[{i}]", self.remedy) for i, raw in enumerate(raws)]

    def text(self) -> str:
        """A text."""
        if not isinstance(self.raw, str):
            raise self.wrong(f"is {_shown(self.raw)}, not a text")
        if any("\ud800" <= letter <= "\udfff" for letter in self.raw):
            raise self.wrong("holds half of a character")
        return self.raw

    def choice(self, names: Collection[str]) -> str:
        """One of some texts."""
        if not isinstance(self.raw, str) or self.raw not in names:
            raise self.wrong(f"is {_shown(self.raw)}, not one of {', '.join(names)}")
        return self.raw

    def whole(self, low: int = -_LARGEST, high: int = _LARGEST) -> int:
        """A whole number in a range; 3.0 is none, nor is true."""
        if not isinstance(self.raw, int) or isinstance(self.raw, bool) or not low <= self.raw <= high:
            if high == _LARGEST:
                wanted = "a whole number" if low == -_LARGEST else f"a whole number from {low} on"
            else:
                wanted = f"a whole number from {low} to {high}"
            raise self.wrong(f"is {_shown(self.raw)}, not {wanted}")
        return self.raw

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number in a range."""
        if not _is_finite(self.raw) or not low <= self.raw <= high:
            wanted = "a finite number" + ("" if math.isinf(low) and math.isinf(high) else f" from {low:g} to {high:g}")
            raise self.wrong(f"is {_shown(self.raw)}, not {wanted}")
        return float(self.raw)

    def numbers(self) -> list[float]:
        """A list of numbers; NaN and infinite ones stay, for whom they mean something."""
        raws = self._list("a list of numbers")
        for i, raw in enumerate(raws):
            if not (isinstance(raw, float) or _is_finite(raw)):
                raise Value(raw, self.source, f"{self.place}[{i}]", self.remedy).wrong(f"is {_shown(raw)}, no number")
        return [float(raw) for raw in raws]

    def flag(self) -> bool:
        """true or false."""
        if not isinstance(self.raw, bool):
            raise self.wrong(f"is {_shown(self.raw)}, neither true nor false")
        return self.raw

    def _object(self) -> dict[str, Any]:
        raw: object = self.raw
        if not isinstance(raw, dict):
            raise self.wrong(f"is {_shown(raw)}, not an object")
        return cast("dict[str, Any]", raw)

    def _list(self, wanted: str) -> list[Any]:
        raw: object = self.raw
        if not isinstance(raw, list):
            raise self.wrong(f"is {_shown(raw)}, not {wanted}")
        return cast("list[Any]", raw)

    def _place_of(self, name: str) -> str:
        name = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}..."
        return f"{self.place}.{name}" if self.place else name


def _is_finite(raw: Any) -> bool:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return False
    return abs(raw) <= _LARGEST if isinstance(raw, int) else math.isfinite(raw)


def _shown(raw: Any) -> str:
    """A value as messages show it: short, and on one line."""
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "a list"
    if raw is None or isinstance(raw, bool):
        return str(raw).lower().replace("none", "null")
    if isinstance(raw, int) and abs(raw) > 10**_SHOWN:
        return "a number of many digits"
    text = repr(raw)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
