"""Looking for hidden folders: others remove them at any moment, and other users have theirs."""

import os
from pathlib import Path

from tf_tryon.writing import hidden

MARK = "result.json"


def test_a_hidden_folder_may_go_while_it_is_looked_for(tmp_path, monkeypatch):
    """Another process tidies up between any two looks at the disk."""
    (tmp_path / hidden.NAME).mkdir()
    looks = {"listdir": os.listdir, "scandir": os.scandir}

    def gone(look):
        def going(place):
            if Path(place).name == hidden.NAME and Path(place).is_dir():
                Path(place).rmdir()
            return look(place)

        return going

    for name, look in looks.items():
        monkeypatch.setattr(os, name, gone(look))
    assert hidden.leftovers(tmp_path / "anna", MARK) == []


def test_what_may_not_be_looked_into_holds_nothing_of_ours(tmp_path, monkeypatch):
    (tmp_path / hidden.NAME).mkdir()

    def refused(place):
        raise PermissionError(place)

    monkeypatch.setattr(os, "listdir", refused)
    assert hidden.leftovers(tmp_path / "anna", MARK) == []
