import pickle

import numpy as np
import pytest
from PIL import Image

from tf_tryon.cli import data_load, main
from tf_tryon.data import keypoints, records


def test_data_verbs_make_records_and_report(tmp_path, capsys, make_person):
    import json

    root = tmp_path / "root"
    for folder in ("image", "image-parse", "pose"):
        (root / "train" / folder).mkdir(parents=True)
    for i in range(3):
        person = make_person(i)
        Image.fromarray(person["photo"]).save(root / f"train/image/{i}.jpg")
        Image.fromarray(person["labels"]).save(root / f"train/image-parse/{i}.png")
        (root / f"train/pose/{i}_keypoints.json").write_text(json.dumps(keypoints.to_openpose(person["keypoints"])))
    (root / "train/image/1.jpg").write_bytes(b"")
    line = ["data", "finet", "--root", str(root), "--out", str(tmp_path / "out"), "--size", "64", "--workers", "1"]
    assert main.main([*line, "--noannotate", "--vocabulary", "lip20"]) == 0
    out = capsys.readouterr().out
    assert "finet: 3 examples, kept 2 (2 train)" in out
    assert "1 rejected: photo unreadable" in out
    record = records.decode(records.open_records(tmp_path / "out").read(1))
    assert record["vocabulary"] == "lip20"
    np.testing.assert_array_equal(record["labels"], make_person(2)["labels"])
    assert main.main(line) == 1
    assert "holds a data set already" in capsys.readouterr().err


def test_each_verb_names_its_layout():
    from tf_tryon.data.sources.layouts import LAYOUTS

    shared = {name.split()[1]: verb.first for name, verb in main.VERBS.items() if verb.module == "data_load"}
    assert shared == {name: (name,) for name in LAYOUTS}


def test_annotators_are_used_where_installed(monkeypatch, tmp_path):
    given = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(data_load.importlib.util, "find_spec", lambda name: None)
    assert data_load.annotators() is None
    monkeypatch.setattr(data_load.importlib.util, "find_spec", lambda name: object())
    assert data_load.annotators() == data_load.LoadAnnotators()
    for content in (b"one", b"other"):
        (tmp_path / "parser.npz").write_bytes(content)
        given.append(data_load.annotators("parser.npz"))
        assert given[-1].parser_weights == str(tmp_path / "parser.npz")
    # Unfinished parts follow from the parser: another one's digest makes another key.
    assert repr(given[0]) != repr(given[1])
    assert pickle.loads(pickle.dumps(given[0])) == given[0]
    with pytest.raises(FileNotFoundError, match=r"gone\.npz is missing: name a file of"):
        data_load.annotators(str(tmp_path / "gone.npz"))
