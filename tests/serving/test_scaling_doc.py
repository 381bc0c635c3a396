"""The table of docs/scaling.md follows from its formula and its measured figure."""

import math
import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()


def _constant(pattern: str) -> float:
    return float(re.search(pattern, TEXT).group(1))


def test_the_table_follows_from_the_formula() -> None:
    peak, seconds, busy = (_constant(rf"{name} = ([\d.]+\d|\d)") for name in ("`peak`", r"\bs", r"\bu"))
    rows = re.findall(r"^\| ([\d,]+) \| ([\d.]+) \| ([\d.]+) \| (\d+) \| (\d+) \| (\d+) GB \|$", TEXT, re.MULTILINE)
    assert [row[0] for row in rows] == ["1,000", "100,000", "10,000,000"]
    for number, *shown in rows:
        rate = int(number.replace(",", "")) / 86_400 * peak
        cores = rate * seconds / busy
        replicas = max(2, math.ceil(cores / 2))
        assert shown == [f"{rate:.2f}", f"{cores:.2f}", str(replicas), str(2 * replicas), str(2 * replicas)]
