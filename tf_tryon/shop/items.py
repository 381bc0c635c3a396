"""What a catalogue is built of: photos of products, and the shop's table of them."""

from __future__ import annotations

import csv
import dataclasses
import io
import pathlib
from collections.abc import Iterator
from typing import Final

from tf_tryon.data.photo import photos_of
from tf_tryon.files.regular import read_bytes
from tf_tryon.products.kinds import GARMENTS, LABELS

COLUMNS: Final = ("id", "label", "title", "price", "link")
_LONGEST: Final = {"id": 200, "label": 80, "title": 300, "price": 40, "link": 2000}
_SAME: Final = {"trousers": "pants"}
_SEPARATORS: Final = (
    ",;\t"  # the first that a table's first line has: Excel writes ; where the comma is the decimal mark
)
_REMEDY: Final = "give a table in UTF-8 with the columns id, label, title, price and link"


@dataclasses.dataclass(frozen=True)
class Item:
    """A product of the shop.

    Attributes:
      id: the photo's name without its ending.
      photo: its path.
      label, title, price, link: as the shop wrote them; "" where it did not.
    """

    id: str
    photo: str
    label: str = ""
    title: str = ""
    price: str = ""
    link: str = ""


def read_items(folder: pathlib.Path, table: pathlib.Path | None) -> tuple[list[Item], dict[str, str]]:
    """The products of a folder of photos, and what is wrong by photo or line of the table.

    Args:
      folder: photos, each called ID.jpg (.png...).
      table: CSV with a column id and any of label, title, price and link; others are not read. Separated by commas, or
        by semicolons or tabs if its first line has no comma. None: every photo is a product called like its file.

    Raises:
      FileNotFoundError: no folder, no picture in it, or no table.
      ValueError: the table has no column id, or isn't in UTF-8.
    """
    photos: dict[str, pathlib.Path] = {}
    wrong: dict[str, str] = {}
    for path in photos_of([folder]):
        if path.stem in photos:
            wrong[str(path)] = f"{photos[path.stem].name} has the same id: rename one of them"
        else:
            photos[path.stem] = path
    if table is None:
        return [Item(name, str(path)) for name, path in photos.items()], wrong
    items: dict[str, Item] = {}
    for number, row in _rows(table):
        place = f"{table}: line {number}"
        name = row["id"]
        reason = _problem(row, name in items, name in photos)
        if reason:
            wrong[place] = reason
        else:
            items[name] = Item(photo=str(photos[name]), **row)
    for name, path in photos.items():
        if name not in items:
            wrong.setdefault(str(path), f"{table} has no usable line with its id")
    return list(items.values()), wrong


def garment_of_label(label: str) -> str | None:
    """What a shop's label means: one of the garments, or that of a label of `kinds`; None: it isn't known here."""
    garment = next((form for form in _forms(label) if form in GARMENTS), None)
    kind = kind_of_label(label)
    return garment or (LABELS[kind].garment if kind else None)


def kind_of_label(label: str) -> str | None:
    """The label of `kinds` that a shop's label is; None: none."""
    names = {name.casefold(): name for name in LABELS}
    return next((names[form] for form in _forms(label) if form in names), None)


def _forms(label: str) -> tuple[str, ...]:
    """As it is, or as it is called here, and without the endings of a plural."""
    word = label.strip().casefold()
    word = _SAME.get(word, word)
    return word, word.removesuffix("s"), word.removesuffix("es")


def _rows(table: pathlib.Path) -> list[tuple[int, dict[str, str]]]:
    """Lines' numbers and the columns that are read, all of them texts."""
    text = _text(table)
    first = next(_lines(text), "")
    separator = next((mark for mark in _SEPARATORS if mark in first), ",")
    reader = csv.DictReader(_lines(text), delimiter=separator, strict=True)
    try:
        names = [(name or "").strip().casefold() for name in reader.fieldnames or []]
        if "id" not in names:
            raise ValueError(f"{table} has no column id ({', '.join(names[:8]) or 'it is empty'}): {_REMEDY}")
        reader.fieldnames = names
        return [(reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{table}: line {reader.line_num} is no CSV ({error}): {_REMEDY}") from error


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, as CSV has them: other characters that Unicode breaks lines at belong to a value."""
    return io.StringIO(text, newline="")


def _text(table: pathlib.Path) -> str:
    """What a table says; spreadsheets save it in the encoding of their system, unless they are told."""
    try:
        return read_bytes(table, _REMEDY).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = sum(1 for _ in _lines(error.object[: error.start].decode() + "?"))
        raise ValueError(
            f"{table}: line {number} isn't in UTF-8 (the byte 0x{error.object[error.start]:02x}): "
            'open the table in the spreadsheet and save it as "CSV UTF-8"'
        ) from error


def _problem(row: dict[str, str], twice: bool, there: bool) -> str:
    """Why a line can't be taken; "" if it can."""
    if not row["id"]:
        return "no id"
    if twice:
        return f"the id {row['id']} stands in an earlier line"
    if not there:
        return f"the folder has no photo called {row['id']}"
    for name, most in _LONGEST.items():
        if len(row[name]) > most:
            return f"{name} has more than {most} characters"
    if row["link"] and not row["link"].lower().startswith(("https://", "http://")):
        return f"the link {row['link'][:80]} is no web address: it begins with https:// or http://"
    return ""
