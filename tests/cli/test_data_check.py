import os
import shutil

import numpy as np
import pytest

from tf_tryon.cli import main
from tf_tryon.data import contact_sheet, records
from tf_tryon.data.checking import check as check_lib
from tf_tryon.data.checking.report import Report


def test_data_check_reports_and_its_status_tells(tmp_path, capsys, data_set, make_person):
    assert main.main(["data", "check", str(data_set), "--out", str(tmp_path / "report"), "--workers", "1"]) == 0
    assert "no problems" in capsys.readouterr().out
    assert (tmp_path / "report/contact_sheet.png").exists()
    assert not (tmp_path / "report/problems.png").exists()
    with records.RecordWriter(tmp_path / "twice", (64, 64)) as writer:
        for split in ("train", "test"):
            writer.write(records.encode(**make_person(0)), split)
    assert main.main(["data", "check", str(tmp_path / "twice"), "--workers", "1"]) == 1
    assert "record 1: looks like record 0, across splits train and test" in capsys.readouterr().out
    assert (tmp_path / "twice/check/problems.png").exists()


def test_data_check_tells_what_it_found_even_if_that_cannot_be_saved(tmp_path, capsys, data_set, monkeypatch):
    def full(self, folder):
        raise OSError(28, os.strerror(28), str(folder))

    monkeypatch.setattr(Report, "save", full)
    assert main.main(["data", "check", str(data_set), "--out", str(tmp_path / "report"), "--workers", "1"]) == 1
    told = capsys.readouterr()
    assert "no problems" in told.out
    assert "report: the disk is full" in told.err


def test_data_check_looks_first_whether_its_report_can_be_written(capsys, data_set, monkeypatch):
    monkeypatch.setattr(check_lib, "check", lambda *args: pytest.fail("the data set was read"))
    assert main.main(["data", "check", str(data_set), "--out", "/proc/report"]) == 1
    assert "/proc/report: " in capsys.readouterr().err


def test_data_check_of_a_folder_in_latin_1(tmp_path, data_set, monkeypatch, capfdbinary):
    monkeypatch.setattr(contact_sheet, "contact_sheet", lambda *args, **options: np.zeros((8, 8, 3), np.uint8))
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    shutil.copytree(data_set, folder)
    assert main.main(["data", "check", str(folder), "--workers", "1"]) == 0
    assert b"caf\xe9: " in (folder / "check/check.txt").read_bytes()
    assert b"caf" in capfdbinary.readouterr().out  # taken here: what is left, a process of the tests could not report
