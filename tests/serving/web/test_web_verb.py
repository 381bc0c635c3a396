"""`tf-tryon web` as it is typed, over models that are hardly any: its embedded server, its cache, its catalogue."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tf_tryon.cli import main as cli
from tf_tryon.serving.web import embedded


def test_the_page_opens_and_ends_with_a_signal(stub_models: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tf_tryon.cli.main", "web", f"--models={stub_models}", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=60) as page:
            assert b"<!doctype html>" in page.read()
        with urllib.request.urlopen(address + "health", timeout=60) as health:
            assert json.load(health) == {"server": True}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--server=a:1", "--models=b"], "give one of them"),
        (["--garments=top,gloves"], "gloves"),
        (["--models=missing"], "missing"),
        (["--server=a:1", "--catalogue=missing"], "missing"),
    ],
)
def test_wrong_flags_are_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["web", *arguments]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_taken_port_is_told_before_anything_expensive(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert cli.main(["web", f"--port={taken.getsockname()[1]}"]) == 1
    assert "choose another with --port" in capsys.readouterr().err


def test_an_export_is_made_once_for_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tf_tryon.export import saved_model
    from tf_tryon.inference.tryon import TryOn

    exports: list[Path] = []

    def export(model: Any, folder: Path) -> Path:
        exports.append(folder)
        version = folder / "tryon/1"
        version.mkdir(parents=True)
        (version / "saved_model.pb").touch()
        return version

    monkeypatch.setenv("TF_TRYON_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(saved_model, "export", export)
    monkeypatch.setattr(TryOn, "load", lambda *_: None)
    bundle = tmp_path / "bundle"
    caplog.set_level("INFO", "tf_tryon")
    (bundle / "shape").mkdir(parents=True)
    (bundle / "shape/weights.npz").write_bytes(b"1")
    first = embedded.exported(str(bundle))
    assert (first / "tryon/1/saved_model.pb").is_file()
    assert embedded.exported(str(bundle)) == first
    assert len(exports) == len(caplog.records) == 1
    (first / "models.config").unlink()  # stopped half way
    assert embedded.exported(str(bundle)) == first
    assert len(exports) == 2
    (bundle / "shape/weights.npz").write_bytes(b"2")
    assert embedded.exported(str(bundle)) != first


def test_the_catalogue_is_ranked_and_tried_on(
    fake_server: Any, make_shop: Any, visit: Any, data_set: Path, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.serving.web.catalogue import Catalogue

    monkeypatch.setattr(TryOn, "load", lambda *_: model)
    with visit(make_shop(fake_server.address, catalogue=Catalogue(data_set, count=4))) as visitor:
        assert visitor.get("/api/about").json()["catalogue"]
        person = visitor.post("/api/people?start=1").json()["key"]
        actual = visitor.get(f"/api/people/{person}/matches?garment=top").json()["matches"]
        scores = [match["score"] for match in actual]
        assert len(scores) == 4
        assert scores == sorted(scores, reverse=True)
        assert visitor.get(f"/api/catalogue/{actual[0]['key']}.png").headers["content-type"] == "image/png"
        assert visitor.get("/api/catalogue/99.png").status_code == 404
        fields = {"garment": "top", "samples": 1, "source": "match", "key": actual[0]["key"]}
        result, end = visitor.post(f"/api/people/{person}/results", json=fields).text.splitlines()
        assert json.loads(end) == {"done": True}
        assert visitor.get(f"/api/results/{json.loads(result)['key']}/photo.png").status_code == 200
