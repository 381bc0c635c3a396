"""The local page's server: its files, its headers, its npm packages, and the verb's flags."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tf_tryon.cli import main as cli
from tf_tryon.errors import TryOnError
from tf_tryon.serving.web import local_packages
from tf_tryon.serving.web.local_app import PAGE, Parts, make_local_app


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "model.json").write_text("{}")
    (tmp_path / "packages").mkdir()
    model = {"sidecar.json": tmp_path / "model.json"}
    return TestClient(make_local_app(Parts(model, {}, tmp_path / "model.json", tmp_path / "packages")))


def test_it_sends_files_and_takes_nothing(client: TestClient) -> None:
    assert "<!doctype html>" in client.get("/").text
    assert client.get("/model/sidecar.json").json() == {}
    assert client.get("/model/other.json").status_code == 404
    assert client.get("/parser/sidecar.json").status_code == 404
    assert client.get("/model/..%2Fmodel.json").status_code == 404
    for path in ("/", "/model/sidecar.json", "/page/page.mjs", "/anything"):
        assert client.post(path, content=b"photo").status_code in (404, 405)


def test_what_a_browser_kept_is_not_sent_anew(client: TestClient) -> None:
    sent = client.get("/model/sidecar.json")
    again = client.get("/model/sidecar.json", headers={"if-none-match": sent.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == sent.headers["content-security-policy"]
    assert client.get("/model/sidecar.json", headers={"if-none-match": '"other"'}).json() == {}


def test_no_photo_can_leave(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"  # of what is fetched and connected to, too
    assert "connect-src" not in directives
    assert directives["form-action"] == "'none'"
    assert "unsafe-inline" not in policy
    for name in ("cross-origin-opener-policy", "cross-origin-embedder-policy"):  # threads need both
        assert client.get("/page/page.mjs").headers[name] in ("same-origin", "require-corp")


def test_every_module_is_there(client: TestClient) -> None:
    for path in PAGE.glob("*.mjs"):
        answer = client.get(f"/page/{path.name}")
        assert answer.headers["content-type"].startswith("text/javascript")
        for line in answer.text.splitlines():
            if line.startswith("import") and "'./" in line:
                assert (PAGE / line.split("'./")[1].split("'")[0]).is_file(), f"{path.name}: {line}"


def _npm(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache's folder, and an npm that does what `body` says."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "npm").write_text(f"#!/bin/sh\n{body}\n")
    (tools / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("TF_TRYON_CACHE", str(folder / "cache"))
    return folder / "cache"


def test_packages_are_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = tmp_path / "count"
    body = f"echo $@ >> {count}; test -f package-lock.json && mkdir -p node_modules/@litertjs/core"
    cache = _npm(tmp_path, f"{body} && echo 1 > node_modules/@litertjs/core/index.js", monkeypatch)
    first, second = local_packages.node_modules(), local_packages.node_modules()
    assert first == second
    assert first.is_relative_to(cache)
    assert (first / "@litertjs/core/index.js").is_file()
    assert count.read_text().splitlines() == ["ci --ignore-scripts --no-audit --no-fund --no-bin-links"]


def test_what_npm_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = _npm(tmp_path, "echo 'npm error code EINTEGRITY' >&2; exit 1", monkeypatch)
    with pytest.raises(TryOnError, match=r"can't install.*EINTEGRITY"):
        local_packages.node_modules()
    assert not list(cache.glob("npm-*"))
    monkeypatch.setattr(local_packages.shutil, "which", lambda name: None)
    with pytest.raises(TryOnError, match=r"install Node\.js, or copy"):
        local_packages.node_modules()


def test_the_lock_names_what_the_page_imports() -> None:
    lock = json.loads((PAGE / "packages/package-lock.json").read_text())["packages"]
    wanted = json.loads((PAGE / "packages/package.json").read_text())["dependencies"]
    for name, version in wanted.items():
        entry: Any = lock[f"node_modules/{name}"]
        assert entry["version"] == version
    page = (PAGE / "index.html").read_text()
    for name, entry in lock.items():
        if name:
            assert entry["integrity"].startswith("sha512-")
            assert entry["license"] == "Apache-2.0"
            assert f'"{name.removeprefix("node_modules/")}"' in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--local", "--server=a:1"], "--server is for a server that completes"),
        (["--local", "--max_side=512"], "--max-side is for a server"),
        (["--local", "--model=nowhere"], "nowhere"),
    ],
)
def test_flags_of_a_server_do_not_go_with_it(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["web", *words]) == 1
    assert said in capsys.readouterr().err
