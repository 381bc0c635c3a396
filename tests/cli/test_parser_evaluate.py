"""`tf-tryon parser evaluate` reads people when it is their turn."""

import json

from tf_tryon.annotation import parser_evaluation
from tf_tryon.cli.main import main
from tf_tryon.data.person import Person


def test_nobody_is_read_before_the_measuring(verb_runs, tmp_path, monkeypatch):
    run = verb_runs["parser evaluate"](tmp_path)
    read, of = [], Person.of
    monkeypatch.setattr(Person, "of", lambda records, number: (read.append(number), of(records, number))[1])

    def measured(parse, people, pose_of):
        assert not read
        return {"people": len([pose_of(person) for person in people])}

    monkeypatch.setattr(parser_evaluation, "evaluate_parser", measured)
    assert main(run.words) == 0
    assert json.loads((run.folder / "report.json").read_text())["people"] == len(read) == 1
