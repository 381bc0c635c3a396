"""Names of files as text that every encoding can hold.

A file's name is bytes; where they are no UTF-8 (Latin-1 of an old archive) Python gives half characters for them, which
neither a record nor a report can hold.
"""

from __future__ import annotations

import os


def readable(text: str) -> str:
    """The text, its undecodable bytes read as Latin-1."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text).decode("latin-1")
    return text
