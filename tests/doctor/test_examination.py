import json

import pytest

from tf_tryon.cli import main as cli
from tf_tryon.doctor import examination
from tf_tryon.doctor.finding import Finding

GOOD = Finding("machine", "disk", "ok", "5 GiB free")
NOTE = Finding("extras", "web", "note", "lacks uvicorn", "no page", "pip install 'tf-tryon[web]'")
BAD = Finding("versions", "numpy", "problem", "not installed", "nothing works", "pip install numpy")


def test_the_text_says_what_to_do_about_what_is_not_well():
    text = examination.as_text([GOOD, NOTE])
    assert "  disk  5 GiB free\n" in text
    assert "note: lacks uvicorn\n        no page\n        -> pip install 'tf-tryon[web]'" in text
    assert text.endswith("no problem")
    assert examination.as_text([BAD, GOOD]).endswith("1 problem: see above")


def test_the_json_holds_every_field():
    report = json.loads(examination.as_json([BAD, GOOD]))
    assert report["works"] is False
    assert report["findings"][0] == {
        "group": "versions", "name": "numpy", "status": "problem", "found": "not installed",
        "cost": "nothing works", "remedy": "pip install numpy",
    }  # fmt: skip


@pytest.mark.parametrize(("findings", "status"), [([GOOD, NOTE], 0), ([BAD], 1)])
def test_only_a_problem_is_a_failure(monkeypatch, capsys, findings, status):
    monkeypatch.setattr(examination, "examine", lambda model, folder: findings)
    assert cli.main(["doctor", "--json"]) == status
    assert json.loads(capsys.readouterr().out)["works"] is (status == 0)


def test_this_machine_runs_its_own_tests(capsys):
    assert cli.main(["doctor"]) == 0, capsys.readouterr().out
    text = capsys.readouterr().out
    for group in ("versions", "machine", "accelerators", "models", "extras"):
        assert f"\n{group}\n" in text


def test_a_finding_costs_something_unless_all_is_well():
    with pytest.raises(ValueError, match="costs something"):
        Finding("machine", "disk", "note", "little")
    with pytest.raises(ValueError, match="choose one of"):
        Finding("machine", "disk", "bad", "little", "much")
