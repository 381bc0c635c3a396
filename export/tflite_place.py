"""The files of `tf-tryon export tflite`, and whether they may be written: no package of the export is loaded."""

from __future__ import annotations

import pathlib
from typing import Final, NamedTuple

from tf_tryon.writing import results

BY: Final = "tf-tryon export tflite"


class Names(NamedTuple):
    """What the files are called.

    Attributes:
      model: the TFLite file.
      sidecar: the mark of file and mean garments.
      means: the picture of mean garments.
      report: what was measured, a mark of its own.
    """

    model: str
    sidecar: str
    means: str
    report: str


def names_of(quantize: str) -> Names:
    """Those of a file whose numbers are "int8", "dynamic", "float16" or "float32"."""
    stem = f"shape_{quantize}"
    return Names(f"{stem}.tflite", f"{stem}.json", f"{stem}_means.png", f"{stem}_report.json")


def check_place(folder: str | pathlib.Path, quantize: str) -> None:
    """Raise InTheWayError if the folder holds files of these names that the export did not write; but for the report's.

    `quantize`: as for `names_of`.
    """
    names = names_of(quantize)
    results.check(folder, names.sidecar, by=BY, names=(names.model, names.means))


def check_report(folder: str | pathlib.Path, quantize: str) -> None:
    """Raise InTheWayError if the folder holds another's file of the report's name; `quantize` as for `names_of`."""
    results.check(folder, names_of(quantize).report, by=BY)
