"""Annotating many photos: bad ones are reported and the rest go on; what was done before is not done again."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from tf_tryon.annotation.annotation import OF_PIXELS, Annotation
from tf_tryon.annotation.annotator import Annotator
from tf_tryon.annotation.files import check_place, is_annotated, names_in, photo_name, save
from tf_tryon.annotation.parsing import label_picture
from tf_tryon.data.photo import read_photo
from tf_tryon.errors import TryOnError
from tf_tryon.files import json_file
from tf_tryon.files.stamp import stamp
from tf_tryon.writing import marks, results
from tf_tryon.writing.results import new_files

REPORT: Final = "report.json"
_BY: Final = "tf-tryon annotate"
_SAVE_EVERY: Final = 25  # photos
_MODELS: Final = ("parser_weights", "pose_model")  # options that name files, whose content counts as well
_PARSINGS: Final = "parsings"  # the option that names the folder of label pictures


@dataclasses.dataclass
class Report:
    """What became of each photo; `report.json`."""

    entries: list[dict[str, Any]]

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Entries of photos without an annotation."""
        return [entry for entry in self.entries if entry["reason"]]

    def write(self, path: pathlib.Path) -> None:
        """As JSON: counts by reason, and the entries."""
        reasons: dict[str, int] = {}
        for entry in self.failed:
            reasons[entry["reason"]] = reasons.get(entry["reason"], 0) + 1
        counts = {"photos": len(self.entries), "annotated": len(self.entries) - len(self.failed), "refused": reasons}
        with new_files(path.parent, path.name, by=_BY) as new:
            new.content = {**counts, "entries": self.entries}


def annotate_all(
    annotator: Annotator,
    photos: list[pathlib.Path],
    folder: pathlib.Path,
    options: dict[str, Any],
    person: int | None = None,
    tell: Callable[[int, dict[str, Any]], None] = lambda done, entry: None,
) -> Report:
    """Annotate photos into a folder, with `report.json`, which goes on listing what earlier runs put there.

    What that report says is done stays so while photo, options, models' files and label picture are the same; so does a
    refusal that follows from what the photo shows. Others may be gone: files in the way, a package that was missing.

    Args:
      annotator: loaded.
      photos: files.
      folder: to write to; a report there of the same options tells which photos are done.
      options: what the annotations depend on besides the photo, ready for JSON; `parser_weights` and `pose_model` name
        models' files, and `parsings` a folder of label pictures.
      person: which of each photo's people.
      tell: called with how many are done and the last one's entry.

    Raises:
      ValueError, InTheWayError: the folder holds a report that this function did not write.
    """
    before, report = _earlier(folder / REPORT), Report([])
    results.check(folder, REPORT, by=_BY)
    models = {name: marks.digest(pathlib.Path(options[name])) for name in _MODELS if options.get(name)}
    for photo, stem in zip(photos, names_in(folder, photos), strict=True):
        state = {"photo": str(photo), "name": stem, "options": options, **_stamp(photo)}
        if models:
            state["models"] = models
        if options.get(_PARSINGS):
            picture = label_picture(pathlib.Path(options[_PARSINGS]), photo)
            state["labels"] = None if picture is None else _stamp(picture)
        entry = before.get(str(photo))
        if entry is None or not _is_done(entry, state, folder):
            entry = {**state, **_annotated(annotator, photo, folder, stem, person)}
        report.entries.append(entry)
        tell(len(report.entries), entry)
        if len(report.entries) % _SAVE_EVERY == 0:
            _with_earlier(report, before).write(folder / REPORT)
    _with_earlier(report, before).write(folder / REPORT)
    return report


def agreement(annotation: Annotation) -> float:
    """Intersection over union of the parsing's person and the pose network's mask, in [0, 1]."""
    person, mask = annotation.labels > 0, annotation.mask > 0.5
    return float((person & mask).sum() / max((person | mask).sum(), 1))


def reason_of(error: Exception) -> str:
    """An error's reason for the report."""
    return getattr(error, "reason", "unreadable")


def _is_done(entry: dict[str, Any], state: dict[str, Any], folder: pathlib.Path) -> bool:
    """Whether to annotate the photo of an earlier report's entry again would find the same."""
    if any(entry.get(key) != value for key, value in state.items()):
        return False
    if entry["reason"]:
        return entry["reason"] in OF_PIXELS
    photo = folder / photo_name(state["name"], pathlib.Path(state["photo"]), entry.get("turned", 0))
    return photo.is_file() and is_annotated(photo)


def _annotated(
    annotator: Annotator, photo: pathlib.Path, folder: pathlib.Path, stem: str, person: int | None
) -> dict[str, Any]:
    try:
        check_place(photo, folder, stem)
        picture = read_photo(photo)
        annotation = annotator.annotate(picture, person, photo)
        save(annotation, picture, photo, folder, stem)
    except (TryOnError, ValueError, FileNotFoundError) as error:
        return {"reason": reason_of(error), "message": str(error), "warnings": []}
    joints = int(np.count_nonzero(annotation.keypoints[:, 2]))
    return {
        "reason": "",
        "message": "",
        "warnings": annotation.warnings,
        "size": list(annotation.labels.shape),
        "people": annotation.people,
        "person": annotation.person,
        "turned": annotation.turns * 90,
        "keypoints": joints,
        "vocabulary": annotation.vocabulary,
        "confidences": {name: round(value, 3) for name, value in annotation.confidences.items()},
        "mask_agreement": round(agreement(annotation), 3),
    }


def _with_earlier(report: Report, before: dict[str, dict[str, Any]]) -> Report:
    """With what earlier runs did, but for photos done again and for files written over."""
    again = {entry[key] for entry in report.entries for key in ("photo", "name")}
    others = [entry for photo, entry in before.items() if photo not in again and entry["name"] not in again]
    return Report(report.entries + others)


def _stamp(photo: pathlib.Path) -> dict[str, Any]:
    return dict(zip(("bytes", "modified"), stamp(photo), strict=True))


def _earlier(path: pathlib.Path) -> dict[str, dict[str, Any]]:
    """Entries of an earlier report by photo; BadFileError if it is no such report."""
    if not path.exists():
        return {}
    entries = json_file.read(path, "it is no report of `tf-tryon annotate`: choose another --out")["entries"].entries()
    for entry in entries:
        entry["name"].text()
        entry["reason"].text()
    return {entry["photo"].text(): entry.raw for entry in entries}
