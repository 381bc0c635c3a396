"""A report's text, tables and pictures, written as Markdown and as one HTML page that needs no other file."""

from __future__ import annotations

import base64
import dataclasses
import html
import pathlib
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclasses.dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclasses.dataclass(frozen=True)
class Points:
    """A list."""

    items: Sequence[str]


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells in rows; the first column names the row."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Figure:
    """A picture's file name in the report's folder, and what it shows."""

    file: str
    caption: str


Block = Heading | Text | Points | Table | Figure

_STYLE = """
:root { color-scheme: light dark; --line: #d9d9d4; --soft: #f4f4f1; }
@media (prefers-color-scheme: dark) { :root { --line: #45454a; --soft: #26262a; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1240px; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.4rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { background: var(--soft); vertical-align: bottom; }
figure { margin: 1.4rem 0; } img { max-width: 100%; height: auto; background: #fff; } figcaption { font-size: 13.5px; }
"""


def markdown(blocks: Sequence[Block]) -> str:
    """The report as Markdown; pictures are linked."""
    parts = []
    for block in blocks:
        match block:
            case Heading(text, level):
                parts.append(f"{'#' * level} {text}")
            case Text(text):
                parts.append(text)
            case Points(items):
                parts.append("\n".join(f"- {item}" for item in items))
            case Table(head, rows):
                lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
                parts.append("\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]))
            case Figure(file, caption):
                parts.append(f"![{caption}]({file})\n\n*{caption}*")
    return "\n\n".join(parts) + "\n"


def page(blocks: Sequence[Block], folder: pathlib.Path) -> str:
    """The report as one HTML page; pictures of the folder are inside it."""
    title = next(block.text for block in blocks if isinstance(block, Heading))
    body = "\n".join(_element(block, folder) for block in blocks)
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n'
    )


def _element(block: Block, folder: pathlib.Path) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{html.escape(text)}</h{level}>"
        case Text(text):
            return f"<p>{html.escape(text)}</p>"
        case Points(items):
            return "<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>"
        case Table(head, rows):
            top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
            lines = [
                f'<th scope="row">{html.escape(row[0])}</th>' + "".join(f"<td>{html.escape(c)}</td>" for c in row[1:])
                for row in rows
            ]
            inner = "".join(f"<tr>{line}</tr>" for line in lines)
            return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{inner}</tbody></table></div>'
        case Figure(file, caption):
            data = base64.b64encode((folder / file).read_bytes()).decode()
            text = html.escape(caption)
            return (
                f'<figure><img alt="{text}" src="data:image/png;base64,{data}"><figcaption>{text}</figcaption></figure>'
            )
