"""fit.html, one page: before and after on the same people, the figures, what was rejected and why; fit.json beside."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
from typing import Any, Final

from PIL import Image

from tf_tryon.evaluation.bootstrap import Estimate
from tf_tryon.experiments.document import Block, Figure, Heading, Table, Text, page
from tf_tryon.fit.measures import Difference
from tf_tryon.fit.people import Rejected
from tf_tryon.writing.results import check, new_files

BY: Final = "tf-tryon fit"
MARK: Final = "fit.json"
PAGE: Final = "fit.html"
_PICTURE: Final = "before_and_after.png"
_SHOWN: Final = 300  # lines of rejected photos


@dataclasses.dataclass(frozen=True)
class Summary:
    """What the page says besides the pictures.

    Attributes:
      base: its name or folder.
      people: usable ones by split.
      steps: by stage.
      minutes: that each stage trained.
      differences: base against result.
      rejected: photos.
    """

    base: str
    people: dict[str, int]
    steps: dict[str, int]
    minutes: dict[str, float]
    differences: list[Difference]
    rejected: list[Rejected]


def check_place(out: pathlib.Path) -> None:
    """Raise InTheWayError where page, picture or figures would take the place of somebody else's files."""
    check(out, MARK, by=BY, names=(PAGE, _PICTURE))


def write(out: pathlib.Path, summary: Summary, picture: Image.Image) -> pathlib.Path:
    """Write page, picture and figures; returns the page's path."""
    with new_files(out, MARK, by=BY) as new:
        picture.save(new.path / _PICTURE, "PNG")
        (new.path / PAGE).write_text(page(_blocks(summary), new.path), encoding="utf-8")
        new.content = _content(summary)
    return out / PAGE


def _blocks(summary: Summary) -> list[Block]:
    trained = "; ".join(
        f"{stage} {summary.steps[stage]} steps in {summary.minutes[stage]:.1f} minutes" for stage in summary.steps
    )
    blocks: list[Block] = [
        Heading("A model of one's own", 1),
        Text(
            f"Trained on from {summary.base} with {summary.people['train']} people; {summary.people['test']} others "
            f"were held out, and all that follows is of them. {trained}."
        ),
        Heading("Before and after"),
        Figure(_PICTURE, "The same held-out people and the same noise: two samples of the base, two of the result."),
        Heading("Figures"),
        Text(
            "Means over held-out people with 95 % intervals. The change is taken person by person; better or worse is "
            "said where its interval excludes 0."
        ),
        Table(
            ["", "garment", "before", "after", "change", ""],
            [
                [d.title, d.garment, _cell(d.before), _cell(d.after), _cell(d.change, sign=True), d.verdict]
                for d in summary.differences
            ],
        ),
        Heading("What was rejected"),
    ]
    if not summary.rejected:
        return [*blocks, Text("Nothing.")]
    reasons = collections.Counter(one.reason for one in summary.rejected).most_common()
    shown = [[one.photo, one.reason, one.detail[:200]] for one in summary.rejected[:_SHOWN]]
    blocks += [Table(["reason", "photos"], [[reason, str(count)] for reason, count in reasons])]
    blocks += [Table(["photo", "reason", ""], shown)]
    if len(summary.rejected) > _SHOWN:
        blocks.append(Text(f"{len(summary.rejected) - _SHOWN} more are in work/people/rejections.txt."))
    return blocks


def _cell(estimate: Estimate, sign: bool = False) -> str:
    form = "+.4g" if sign else ".4g"
    if estimate.low != estimate.low:
        return format(estimate.value, form)
    return f"{estimate.value:{form}} ({estimate.low:{form}} to {estimate.high:{form}})"


def _content(summary: Summary) -> dict[str, Any]:
    compared = [
        {
            "garment": d.garment, "measure": d.title, "before": d.before.to_dict(), "after": d.after.to_dict(),
            "change": d.change.to_dict(), "verdict": d.verdict,
        }
        for d in summary.differences
    ]  # fmt: skip
    return {
        "base": summary.base,
        "people": summary.people,
        "steps": summary.steps,
        "minutes": summary.minutes,
        "compared": compared,
        "rejected": [one._asdict() for one in summary.rejected],
    }
