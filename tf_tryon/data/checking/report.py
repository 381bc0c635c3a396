"""Counts and problems of a data set, as text and JSON, and pictures of its people."""

from __future__ import annotations

import collections
import dataclasses
import os
from typing import Any, Final

import numpy as np
from PIL import Image

from tf_tryon.data import contact_sheet, keypoints, records
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.checking.examine import Examined
from tf_tryon.writing import results
from tf_tryon.writing.results import new_files

TEXT, JSON, SHEET, PROBLEMS = "check.txt", "check.json", "contact_sheet.png", "problems.png"
_BY: Final = "tf-tryon data check"
NO_SPLIT: Final = "(no split)"  # whom the manifest divides into none
_LISTED: Final = 10  # problems of a kind in the text; the JSON has all
_PEOPLE: Final = 12  # on a contact sheet


@dataclasses.dataclass
class Problem:
    """Something wrong: its kind, the record's number (None: not one record's) and what was found."""

    kind: str
    record: int | None
    detail: str


class Report:
    """Grows record by record.

    Args:
      data: the data set.
    """

    def __init__(self, data: records.RecordSet) -> None:
        self.data = data
        self.problems: list[Problem] = []
        self._drawable: list[int] = []
        self._people: dict[str, list[Examined]] = {split: [] for split in data.manifest["splits"]}
        self._bytes: list[int] = []

    def add(self, examined: Examined) -> None:
        """Count one record."""
        for kind, detail in examined.problems:
            self.problem(kind, examined.number, detail)
        if examined.drawable:
            self._drawable.append(examined.number)
        if examined.size:
            self._bytes.append(examined.size)
        self._people.setdefault(self.split_of(examined.number), []).append(examined)

    def problem(self, kind: str, record: int | None, detail: str) -> None:
        """Note something wrong."""
        self.problems.append(Problem(kind, record, detail))

    def split_of(self, number: int) -> str:
        """The split that a record belongs to."""
        splits = self.data.manifest["splits"].items()
        return next((name for name, (first, last) in splits if first <= number < last), NO_SPLIT)

    @property
    def kinds(self) -> dict[str, int]:
        """Kind of problem -> how many."""
        return dict(collections.Counter(problem.kind for problem in self.problems).most_common())

    def summary(self) -> dict[str, Any]:
        """All counts, for JSON."""
        everybody = [one for people in self._people.values() for one in people]
        areas = np.array([one.areas for one in everybody if one.areas is not None]).reshape(-1, 8)
        points = np.array([one.missing for one in everybody if one.missing is not None]).reshape(-1, 18)
        spread = np.percentile(areas, (5, 50, 95), axis=0) if len(areas) else np.zeros((3, 8))
        means = areas.mean(axis=0) if len(areas) else np.zeros(8)
        return {
            "records": len(self.data),
            "generator": self.data.manifest.get("generator", ""),
            "sizes": _counted(f"{one.picture[1]}x{one.picture[0]}" for one in everybody if one.picture[0]),
            "vocabularies": _counted(one.vocabulary for one in everybody if one.vocabulary),
            "bytes": {"mean": round(float(np.mean(self._bytes or [0]))), "most": max(self._bytes, default=0)},
            "splits": {name: _garments(people) for name, people in self._people.items()},
            "class_area": {
                name: {"shown": int((areas[:, i] > 0).sum()), "mean": float(means[i]),
                       "5%": float(spread[0, i]), "median": float(spread[1, i]), "95%": float(spread[2, i])}
                for i, name in enumerate(vocabulary_lib.CLASSES)
            },
            "missing_keypoints": dict(zip(keypoints.NAMES, points.sum(axis=0).tolist(), strict=True)),
            "missing_per_person": _counted(points.sum(axis=1).tolist()),
            "problems": self.kinds,
        }  # fmt: skip

    def text(self) -> str:
        """For people to read."""
        summary = self.summary()
        sizes = ", ".join(f"{size} ({count})" for size, count in summary["sizes"].items())
        named = ", ".join(f"{name} ({count})" for name, count in summary["vocabularies"].items())
        lines = [
            f"{self.data.directory}: {summary['records']} records of {sizes} pixels, "
            f"{summary['bytes']['mean']} bytes each",
            f"labels {named}; {summary['generator']}", "",
            f"{'split':12}{'records':>9}" + "".join(f"{name:>9}" for name in vocabulary_lib.GARMENTS)
            + f"{'dress':>9}{'3 or more':>11}",
        ]  # fmt: skip
        for name, row in summary["splits"].items():
            counts = [row["records"], *(row[garment] for garment in vocabulary_lib.GARMENTS), row["dress"]]
            lines.append(f"{name:12}" + "".join(f"{count:9d}" for count in counts) + f"{row['three_or_more']:11d}")
        lines += ["", f"{'class':18}{'shown':>9}{'mean area':>11}{'5 %':>9}{'median':>9}{'95 %':>9}"]
        for name, row in summary["class_area"].items():
            shares = [f"{100 * row[key]:.1f} %" for key in ("mean", "5%", "median", "95%")]
            lines.append(f"{name:18}{row['shown']:9d}{shares[0]:>11}" + "".join(f"{s:>9}" for s in shares[1:]))
        missing = [f"{name} {count}" for name, count in summary["missing_keypoints"].items() if count]
        lines += ["", "missing keypoints: " + (", ".join(missing) or "none"), ""]
        for kind, count in summary["problems"].items():
            lines.append(f"{count} x {kind}")
            few = [problem for problem in self.problems if problem.kind == kind][:_LISTED]
            lines += [f"    {_where(problem)}{problem.detail}" for problem in few]
            lines += [f"    and {count - len(few)} more"] if count > len(few) else []
        return "\n".join([*lines, "" if self.problems else "no problems"]).rstrip()

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write text, JSON, a contact sheet of everybody, and one of those with problems.

        Raises:
          TryOnError: files are in the way that no earlier check wrote.
        """
        wrong = [problem.record for problem in self.problems if problem.record is not None]
        drawn = set(self._drawable)
        with new_files(folder, JSON, by=_BY) as new:
            (new.path / TEXT).write_text(self.text() + "\n", "utf-8", "surrogateescape")
            for name, numbers in ((SHEET, self._drawable), (PROBLEMS, [n for n in dict.fromkeys(wrong) if n in drawn])):
                if numbers:
                    sheet = contact_sheet.contact_sheet(self.data, _PEOPLE, only=numbers)
                    Image.fromarray(sheet).save(new.path / name, "PNG", optimize=True)
            new.content = {**self.summary(), "found": [dataclasses.asdict(problem) for problem in self.problems]}


def check_place(folder: str | os.PathLike[str]) -> None:
    """Raise TryOnError if a report in the folder could not be replaced."""
    results.check(folder, JSON, by=_BY, names=(TEXT, SHEET, PROBLEMS))


def _garments(people: list[Examined]) -> dict[str, int]:
    shown = np.array([one.shown for one in people]).reshape(-1, len(vocabulary_lib.GARMENTS))
    counts = dict(zip(vocabulary_lib.GARMENTS, shown.sum(axis=0).tolist(), strict=True))
    dresses, whole = sum(one.dress for one in people), int((shown.sum(axis=1) >= 3).sum())
    return {"records": len(people), **counts, "dress": dresses, "three_or_more": whole}


def _counted(values: Any) -> dict[str, int]:
    return {str(value): count for value, count in sorted(collections.Counter(values).items())}


def _where(problem: Problem) -> str:
    return "" if problem.record is None else f"record {problem.record}: "
