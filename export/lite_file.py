"""A TFLite file and the JSON beside it that says what it is; `files.described_tflite` reads both."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from tf_tryon.writing.results import NewFiles

LICENCE: Final = "Apache-2.0"


def write(new: NewFiles, name: str, content: bytes, form: str, version: int, fields: dict[str, Any]) -> None:
    """Puts a flatbuffer among new files, and what is known of it into their mark.

    Args:
      new: whose mark is `name`.json.
      name: of both files, without their endings.
      content: the flatbuffer.
      form: what kind of sidecar it is, with the number `version`.
      fields: what readers have to know besides.
    """
    (new.path / f"{name}.tflite").write_bytes(content)
    new.content = {
        "format": form,
        "version": version,
        "file": f"{name}.tflite",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": LICENCE,
        **fields,
    }
