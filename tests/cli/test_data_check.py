from tf_tryon.cli import main
from tf_tryon.data import records


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
