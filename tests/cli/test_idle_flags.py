"""A flag that would do nothing is refused: who gives it expects something of it."""

import json
from pathlib import Path

import pytest

from tf_tryon import quiet
from tf_tryon.cli import main

SERVER = "is for calls of --server, and none is named"
REFUSED = [
    ("complete-all --photos {photo} --split test --out o", "--split is of --data"),
    ("complete-all --photos {photo} --beam-option=--a=b --out o", "--beam_option is of --runner, which is not given"),
    ("data ccp --root catalogue --beam-option=--a=b --out o", "--beam_option is of --runner, which is not given"),
    ("data photos --root catalogue --noannotate --parser-weights p.npz --out o", "--parser-weights is of the annot"),
    ("data studio --fabric-share 0.4 --out o", "--fabric_share is of --fabrics, which is not given"),
    ("annotate {photo} --vocabulary atr18 --out o", "--vocabulary is of the label pictures of --parser=files"),
    ("annotate {photo} --parser fashn --vocabulary atr18 --out o", "and --parser is fashn"),
    ("complete {photo} --index 3 --out o", "--index is of people of a folder of records"),
    ("recommend {photo} --garment top --catalogue catalogue --split test --out o.png", "--split is of a folder of"),
    ("recommend {photo} --garment top --catalogue catalogue --count 500 --out o.png", "--count is of a folder of"),
    ("complete {photo} --like_what texture --out o", "--like_what is of --like, which is not given"),
    ("complete {photo} --walk_stage texture --out o", "--walk_stage is of --walk, which is not given"),
    ("complete {photo} --large_mask --out o", "--large_mask is of --mask, which is not given"),
    ("complete {photo} --mask photo.jpg --erase silhouette --out o", "--mask draws it"),
    ("request {photo} --spread 0.5 --out o", "--spread is of --like, which is not given"),
    ("request {photo} --like_what shape --out o", "--like_what is of --like, which is not given"),
    ("request {photo} --pose_model a.task --out o", "--pose_model is of --wear, which is not given"),
    ("request {photo} --like photo.jpg --keep_shape --out o", "--like says what is kept"),
    *((f"web --{flag}", f"--{flag.split('=')[0]} {SERVER}") for flag in ("tls", "ca=a", "key=k", "label=canary")),
    ("web --certificate c.pem --key k.pem", f"--certificate {SERVER}"),
    ("web --runtime lite --tls", f"--tls {SERVER}"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_it_is_refused_before_tensorflow_loads(line, words, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(quiet, "import_tensorflow", lambda: pytest.fail("TensorFlow was loaded"))
    monkeypatch.chdir(tmp_path)
    Path("photo.jpg").write_bytes(b"not looked at")
    Path("catalogue").mkdir()
    Path("catalogue", "catalogue.json").write_text(json.dumps({"model": "of nobody"}))
    assert main.main(line.format(photo="photo.jpg").split()) == 1
    assert words in capsys.readouterr().err
    assert not Path("o").exists()
