"""`tf-tryon models`: counts beside the thesis's, and a status that tells whether they agree."""

import dataclasses

import pytest

from tf_tryon.cli.main import main
from tf_tryon.models import accounting


@pytest.fixture
def shape_row(monkeypatch):
    """The table cut down to its quickest row, which the test may change."""
    (row,) = [row for row in accounting.table_4_1() if row.config.stage == "shape"]
    table = [row]
    monkeypatch.setattr(accounting, "table_4_1", lambda: table)
    return table


def test_counts_stand_beside_the_printed_ones(shape_row, capsys):
    assert main(["models"]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    numbers = line.removeprefix(shape_row[0].name).split()
    assert numbers == ["3,032,560"] * 2 + ["959,466"] * 2 + ["963,096"] * 2 + ["-", "-"]


def test_a_difference_is_told_and_the_status_is_1(shape_row, capsys):
    row = shape_row[0]
    shape_row[0] = dataclasses.replace(row, printed=dataclasses.replace(row.printed, encoder=959_467))
    assert main(["models"]) == 1
    assert "1 counts differ" in capsys.readouterr().out
