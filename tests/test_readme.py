"""What README.md tells people to type works.

Every `tf-tryon` line of its ```sh blocks must parse, every `make` target and linked file must exist. Slow tests run
those lines in order, and the ```python block, with sizes replaced by SMALLER ones, on people rendered for the purpose.
"""

import functools
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tf_tryon.cli import main as cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()

SMALLER = {
    "--count": {"data studio": "24", "data show": "4", "evaluate": "2"},
    "--size": {"data studio": "64"},
    "--workers": {"data studio": "1", "data check": "1", "complete-all": "1"},
    "--samples": {"complete": "2", "evaluate": "2"},
    "--config": {"train": "debug"},  # shape_128 -> shape_debug
}
BESIDES = {
    "train": [
        "--config.train.steps=2", "--config.train.warmup_steps=0", "--config.train.log_every=1",
        "--config.model.discriminator=false",
    ],
    "recommend": ["--count=6", "--top=2"],
}  # fmt: skip


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def _commands() -> list[list[str]]:
    lines = "\n".join(_blocks("sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


TRYON = [words[1:] for words in _commands() if words[0] == "tf-tryon"]


def _verb(words: list[str]) -> str:
    return next(name for n in (2, 1) if (name := " ".join(words[:n])) in cli.VERBS)


def _shrunk(words: list[str]) -> list[str]:
    verb, out = _verb(words), []
    for word, before in zip(words, ["", *words], strict=False):
        value = SMALLER.get(before, {}).get(verb)
        if value == "debug":
            word = str(ROOT / re.sub(r"_128|(?=\.py)", "_debug", word, count=1))
        elif value:
            word = value
        out.append(word)
    return out + BESIDES.get(verb, [])


def test_the_commands_are_those_that_are_known():
    assert {words[0] for words in _commands()} <= {"make", "pip", "tf-tryon"}
    shown = {_verb(words) for words in TRYON}
    assert shown >= {"complete", "data studio", "data show", "train", "bundle", "evaluate"}


@pytest.mark.parametrize("words", TRYON, ids=" ".join)
def test_command_lines_parse(words, monkeypatch):
    monkeypatch.chdir(ROOT)
    cli.parse(words)


def test_make_targets_exist():
    targets = {words[1] for words in _commands() if words[0] == "make"}
    assert {"demo", "test"} <= targets
    makefile = (ROOT / "Makefile").read_text()
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_named_configurations_exist():
    for name in re.findall(r"`((?:shape|texture)(?:_\w+)?)`", README):
        assert (ROOT / "configs" / f"{name}.py").is_file(), name


def _write_person(folder: Path, stem: str, number: int) -> None:
    from tf_tryon.cli.demo import unseen_person

    person = unseen_person(number, 128)
    Image.fromarray(person.photo).save(folder / f"{stem}.png")
    Image.fromarray(person.labels).save(folder / f"{stem}_parsing.png")
    people = [{"pose_keypoints_2d": np.asarray(person.keypoints, float).ravel().tolist()}]
    (folder / f"{stem}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": people}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the README's reader sits: two people's files in it."""
    path = tmp_path_factory.mktemp("reader")
    _write_person(path, "photo", 0)
    _write_person(path, "other", 1)
    return path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly")
def test_commands_run_in_order_and_leave_what_the_readme_shows(folder, monkeypatch, capsys, uncompiled):
    from tf_tryon.inference.tryon import TryOn

    monkeypatch.chdir(folder)
    load = functools.cache(TryOn.load)
    # Many lines, three models: each is loaded once.
    monkeypatch.setattr(TryOn, "load", lambda model=None, compiled=True: load(model, compiled=False))
    # Completing comes last: one line of it takes a person of the data set, which the README makes further down.
    # A server doesn't end, and exporting takes a minute: tests/serving run those verbs on a tiny model.
    run = [words for words in TRYON if _verb(words) not in ("export saved-model", "serve", "request", "web")]
    for words in sorted(run, key=lambda words: _verb(words).startswith("complete")):
        with uncompiled():  # nothing here is trained or asked often enough to make up for that
            status = cli.main(_shrunk(words))
        assert status == 0, f"{words}: {capsys.readouterr().err}"
    for tree in re.findall(r"^```\n(\S+/\n.*?)^```", README, re.DOTALL | re.MULTILINE):
        root, *lines = tree.splitlines()
        for line in lines:
            name = line.split()[1]
            pattern = re.sub(r"\d{5,}(-of-\d+)?", "*", name.rstrip("/"))
            assert list((folder / root).glob(pattern)), f"{root}{name} is not there"


@pytest.mark.slow
def test_the_python_block_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (block,) = _blocks("python")
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    result = names["result"]
    assert result.photos.shape == (8, *names["person"].photo.shape)
    assert (result.photos[:, ~result.erased] == names["person"].photo[~result.erased]).all()
