import numpy as np
from PIL import Image

from tf_tryon.cli import main
from tf_tryon.data import records


def test_data_show_draws_a_sheet(tmp_path, capsys):
    labels = np.zeros((64, 64), np.uint8)
    labels[20:40, 20:40] = 5
    with records.RecordWriter(tmp_path / "people", (64, 64)) as writer:
        person = records.encode(np.full((64, 64, 3), 200, np.uint8), labels, np.zeros((18, 3)), "tryon8", "anna")
        for split in ("train", "train", "test"):
            writer.write(person, split)
    out = tmp_path / "sheet.png"
    line = ["data", "show", str(tmp_path / "people"), "--out", str(out), "--cell", "48"]
    assert main.main([*line, "--split", "test"]) == 0
    assert "1 of 1 people" in capsys.readouterr().out
    with Image.open(out) as sheet:
        assert sheet.size[1] > 48


def test_data_show_says_what_is_missing(tmp_path, capsys):
    assert main.main(["data", "show", str(tmp_path)]) == 1
    assert "is no data set" in capsys.readouterr().err
