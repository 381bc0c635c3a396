import json

import pytest

from tf_tryon.cli import main as cli
from tf_tryon.doctor import examination
from tf_tryon.doctor.finding import Finding

GOOD = Finding("machine", "disk", "ok", "5 GiB free")
NOTE = Finding("extras", "web", "note", "lacks uvicorn", "no page", "pip install 'tf-tryon[web]'")
BAD = Finding("versions", "numpy", "problem", "not installed", "nothing works", "pip install numpy")


def test_the_text_says_what_to_do_about_what_is_not_well():
    text = examination.as_text([NOTE, GOOD])
    assert "\nmachine: well\n  disk  5 GiB free\n" in text
    assert "\n  web   lacks uvicorn\n        no page\n        -> pip install 'tf-tryon[web]'" in text
    assert text.index("notes: ") < text.index("lacks uvicorn") < text.index("machine: well")
    assert text.endswith("no problem; 1 note at the top")
    assert examination.as_text([GOOD]).endswith("no problem")
    text = examination.as_text([BAD, NOTE, GOOD])
    assert text.index("problems: ") < text.index("pip install numpy") < text.index("notes: ")
    assert text.endswith("1 problem: at the top, with what to do")


def test_what_needs_doing_comes_first(monkeypatch):
    monkeypatch.setattr(examination.versions, "packages", lambda: [BAD, GOOD])
    monkeypatch.setattr(examination.versions, "extras", lambda: [NOTE, BAD])
    statuses = [finding.status for finding in examination.examine()]
    assert statuses == sorted(statuses, key=["problem", "note", "ok"].index)
    assert statuses[:2] == ["problem", "problem"]


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
    for group in ("versions", "machine", "models", "extras"):
        assert f"\n{group}: well\n" in text


def test_a_finding_costs_something_unless_all_is_well():
    with pytest.raises(ValueError, match="costs something"):
        Finding("machine", "disk", "note", "little")
    with pytest.raises(ValueError, match="choose one of"):
        Finding("machine", "disk", "bad", "little", "much")
