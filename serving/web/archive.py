"""Photos and results as files, where the operator asks for it (`--keep`). Nothing else of the page writes any."""

from __future__ import annotations

import pathlib

from tf_tryon.serving.web.sessions import Sample, Subject
from tf_tryon.writing.disk import naming
from tf_tryon.writing.whole import whole_file


class Archive:
    """Writes into a folder for each person: photo.png, and every result with its parsing."""

    def __init__(self, folder: pathlib.Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def person(self, key: str, subject: Subject) -> None:
        """A person's photo."""
        self._write(key, "photo.png", subject.photo)

    def sample(self, key: str, name: str, sample: Sample) -> None:
        """A result of theirs."""
        self._write(key, f"{name}.png", sample.photo)
        self._write(key, f"{name}_parsing.png", sample.parsing)

    def _write(self, key: str, name: str, data: bytes) -> None:
        folder = self._folder / key
        with naming(folder / name):
            folder.mkdir(exist_ok=True)
        with whole_file(folder / name) as temporary:
            temporary.write_bytes(data)
