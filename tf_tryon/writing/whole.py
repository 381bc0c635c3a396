"""One file, written whole or not at all: under a temporary name first, then renamed.

For files of folders that are tf-tryon's own by a mark of their own (a run's, an experiment's, a data set's, the cache).
Whatever a user may have put there himself is written by `results.new_files` instead, which asks before it replaces.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import secrets
from collections.abc import Generator

from tf_tryon.writing.disk import naming


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Generator[pathlib.Path, None, None]:
    """A temporary path beside `path`, which it becomes when the block ends without an error.

    Raises:
      OSError: the disk refuses; it names `path`.
    """
    path = pathlib.Path(path)
    # Each writer has a name of its own, short whatever the file's is; the ending stays, as some libraries go by it.
    temporary = path.with_name(f".tf-tryon-{secrets.token_hex(8)}{path.suffix}")
    try:
        with naming(path):
            yield temporary
            os.replace(temporary, path)
    except OSError as error:
        if error.filename == os.fspath(temporary):
            raise OSError(error.errno, error.strerror, os.fspath(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write UTF-8 text as `whole_file` does."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
