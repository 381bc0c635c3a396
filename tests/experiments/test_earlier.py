"""Results from elsewhere: taken where they are of the same work, else refused, and compared as independent rows."""

import json
import math
from pathlib import Path

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.experiments.comparisons import compare
from tf_tryon.experiments.earlier import Earlier, apart, read
from tf_tryon.experiments.plan import Row
from tf_tryon.experiments.report_curves import differences
from tf_tryon.experiments.tasks import Task

FRECHET = "texture_end_to_end_frechet_net_n50"
COMPARED = {
    "first": "full model", "second": "w/o GAN", "garment": "top", "measure": "Fréchet distance", "verdict": "better",
    "thesis": "reproduced", "seeds": [1, 1], "difference": {"value": -3.0, "low": -4.0, "high": -2.0, "people": 50},
    "same_people": True,
}  # fmt: skip


def _result(value: float, low: float | None, high: float | None, digest: str = "d") -> dict:
    estimate = {"value": value, "low": low, "high": high, "people": 50}
    return {"kind": "end_to_end", "digest": digest, "parameters": {}, "measures": {"top": {FRECHET: estimate}}}


@pytest.fixture
def to_do(tmp_path: Path) -> dict[str, Task]:
    """Of two rows that share a first stage, each with a curve."""
    needs = {
        "full-shape": (), "full-texture": (), "measure-full": ("full-shape", "full-texture"),
        "curve-full": ("full-shape", "full-texture"), "no_gan-texture": (),
        "measure-no_gan": ("full-shape", "no_gan-texture"),
    }  # fmt: skip
    kinds = {"measure": "row", "curve": "curve"}
    return {
        name: Task(name, tmp_path / name, own, "d", {"kind": kinds.get(name.partition("-")[0], "train")})
        for name, own in needs.items()
    }


def _report(folder: Path, **changes) -> str:
    run = {"steps": 5, "batch": 8, "minutes": 1.5, "seconds_per_step": 2.0, "peak_gigabytes": 1.0}
    report = {
        "measured": {"full": _result(5.0, 4.0, 6.0)}, "curves": {"full": {"digest": "d", "points": []}},
        "runs": {"full-texture": run}, "comparisons": [COMPARED], "curve_differences": [],
        "pictures": {"figure.png": "words"},
    }  # fmt: skip
    (folder / "figure.png").touch()
    path = folder / "report.json"
    path.write_text(json.dumps({**report, **changes}))
    return str(path)


def test_what_a_report_has_is_left_out_with_all_that_only_it_needed(to_do, tmp_path) -> None:
    before = read(_report(tmp_path), to_do)
    assert set(before.results) == {"measure-full", "curve-full"}
    assert set(before.left(to_do)) == {"full-shape", "no_gan-texture", "measure-no_gan"}
    assert before.without(["curve-full"]).results.keys() == {"measure-full"}
    assert Earlier().left(to_do) == to_do
    assert read("", to_do) == Earlier()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measured": {"full": _result(5.0, 4.0, 6.0, "other")}}, "measured.full was made of other data or with other"),
        ({"pictures": {"gone.png": ""}}, "pictures.gone.png is no file beside the report"),
        ({"pictures": {"../figure.png": ""}}, "is no file beside the report"),
        ({"runs": {"full-texture": {"steps": "5"}}}, r"steps is '5', not a whole number"),
        ({"comparisons": [{**COMPARED, "difference": 3}]}, r"comparisons\[0\].difference is 3"),
        ({"curve_differences": [{"row": "x", "measure": "y"}]}, "estimates is missing"),
    ],
)
def test_a_report_of_other_work_or_none_is_refused(to_do, tmp_path, changes, words) -> None:
    with pytest.raises(TryOnError, match=words) as error:
        read(_report(tmp_path, **changes), to_do)
    assert "give the report.json of this experiment" in str(error.value)


def test_independent_rows_have_the_roots_of_their_squared_halves() -> None:
    first, second = ({"value": v, "low": v - h, "high": v + h, "people": n} for v, h, n in ((5.0, 3, 60), (1.0, 4, 50)))
    assert apart(first, second) == (4.0, -1.0, 9.0, 50)
    unknown = {**first, "low": None, "high": None}
    assert math.isnan(apart(unknown, second).low)
    assert apart(unknown, second).value == 4.0


def test_comparisons_are_taken_over_or_made_of_two_intervals(tmp_path) -> None:
    rows = [Row("full", "full model", ("a",), "s", "", 23.0), Row("no_gan", "w/o GAN", ("b",), "s", "", 35.0)]
    copies = {row.name: [row.name] for row in rows}
    measured = {"full": _result(5.0, 4.0, 6.0), "no_gan": _result(9.0, 8.0, 10.0)}
    tasks = {f"measure-{name}": result for name, result in measured.items()}
    assert compare(rows, copies, tmp_path, ["top"], measured, Earlier(tasks, comparisons=(COMPARED,))) == [COMPARED]
    # The row w/o GAN is measured here: the report's comparison was with another one.
    here = Earlier({"measure-full": measured["full"]}, comparisons=(COMPARED,))
    (line,) = compare(rows, copies, tmp_path, ["top"], measured, here)
    assert line["difference"]["value"] == -4.0
    assert line["difference"]["high"] == pytest.approx(-4 + math.sqrt(2))
    assert (line["verdict"], line["thesis"], line["same_people"]) == ("better", "reproduced", False)


def test_curves_of_elsewhere_and_of_here_differ_by_their_intervals(tmp_path) -> None:
    rows = [Row("full", "full model", ("a",), "s", "", 23.0), Row("no_gan", "w/o GAN", ("b",), "s", "", 35.0)]

    def curve(value: float) -> dict:
        measures = {
            name: {"value": value, "low": value - 1, "high": value + 1, "people": 50}
            for name in ("made_frechet_net_n50", "made_paired_kid_net_n50")
        }
        return {"points": [{"share": 1.0, "measures": measures}]}

    curves = {"full": [(curve(1.0), None)], "no_gan": [(curve(3.0), tmp_path)]}
    frechet, _ = differences(rows, curves, Earlier())
    assert (frechet["row"], frechet["measure"]) == ("w/o GAN", "Fréchet distance")
    assert frechet["estimates"][0]["value"] == -2.0
    assert frechet["estimates"][0]["low"] == pytest.approx(-2 - math.sqrt(2))
    known = {"row": "w/o GAN", "measure": "Fréchet distance", "estimates": [{"value": 7.0}]}
    elsewhere = {"full": curves["full"], "no_gan": [(curve(3.0), None)]}
    taken, computed = differences(rows, elsewhere, Earlier(curve_differences=(known,)))
    assert taken == known
    assert computed["estimates"][0]["value"] == -2.0
