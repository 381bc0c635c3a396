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


def test_networks_of_a_configuration(capsys):
    assert main(["models", "--config=texture_debug", "--config.model.discriminator=False"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.rsplit(maxsplit=2)[0] for line in lines] == [
        "network",
        "generator",
        "encoder",
        "context encoder",
        "all",
    ]
    numbers = [int(line.split()[-2].replace(",", "")) for line in lines[1:]]
    assert numbers[-1] == sum(numbers[:-1])
    assert float(lines[-1].split()[-1]) == pytest.approx(4e-6 * numbers[-1], abs=0.05)


def test_a_configuration_that_cannot_work_is_one_line(capsys):
    assert main(["models", "--config=shape_debug", "--config.model.output_scales=6"]) == 1
    assert "output_scales" in capsys.readouterr().err
