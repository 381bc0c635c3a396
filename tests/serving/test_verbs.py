"""`tf-tryon serve` and `request` as they are typed; the models of all these tests were made by `export saved-model`."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.cli import main as cli
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.serving.client import Client, CompletionRequest, EncodedPerson, Target


def _write(person: Any, path: Path) -> None:
    """A turned JPEG, a palette PNG of labels, OpenPose's JSON: what a client has to put right."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(person.photo)).save(path, quality=95, exif=exif)
    labels = Image.fromarray(person.labels)
    labels.putpalette(bytes(range(24)))
    labels.save(path.with_name(f"{path.stem}_parsing.png"))
    path.with_name(f"{path.stem}_keypoints.json").write_text(json.dumps(to_openpose(person.keypoints)))


def test_request_answers_the_good_and_reports_the_bad(
    server: Any, client: Client, large_person: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, out = tmp_path / "a.jpg", tmp_path / "out"
    _write(large_person, photo)
    common = [f"--server={server.address}", f"--out={out}"]
    missing = str(tmp_path / "missing.jpg")
    assert cli.main(["request", missing, str(photo), "--samples=2", "--seed=3", "--first=1", *common]) == 1
    printed = capsys.readouterr()
    assert "missing.jpg" in printed.err
    assert "1 of 2" in printed.err
    result = json.loads((out / "a" / "result.json").read_text())
    assert printed.out.strip() == str(out / "a" / f"{result['order'][0]}.png")
    assert sorted(result["order"]) == ["sample-2", "sample-3"]
    picture = np.asarray(Image.open(out / "a" / "sample-2.png"))
    assert picture.shape == large_person.photo.shape
    expected = client.complete(EncodedPerson.from_files(photo), CompletionRequest(samples=1, seed=3, first=1))
    np.testing.assert_array_equal(picture, expected.photo(0))
    assert cli.main(["request", str(photo), f"--like={photo}", "--samples=1", *common]) == 0
    assert cli.main(["request", str(photo), "--label=canary", *common]) == 1
    assert "no version is labelled 'canary'" in capsys.readouterr().err
    assert cli.main(["request", str(photo), "--garment=hat", *common]) == 1
    assert "this model completes" in capsys.readouterr().err


def test_no_server_is_one_line(large_person: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(large_person, tmp_path / "a.jpg")
    arguments = [
        "request",
        str(tmp_path / "a.jpg"),
        "--server=localhost:1",
        "--deadline=5",
        f"--out={tmp_path / 'out'}",
    ]
    assert cli.main(arguments) == 1
    assert "is the server running there?" in capsys.readouterr().err


def test_serve_speaks_tls_and_ends_with_status_0_on_a_signal(stub_models: Path, encoded: Any, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    arguments = [f"--models={stub_models}", "--port=0", f"--certificate={certificate}", f"--key={key}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tf_tryon.cli.main", "serve", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = process.stdout.readline().strip()
    with Client(Target(address, ca=str(certificate))) as client:
        assert client.complete_shape(encoded, CompletionRequest(samples=1)).version == 1
    with Client(Target(address, deadline=2)) as plain:
        assert not plain.ready()
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "is served" in log
    assert "Traceback" not in log
