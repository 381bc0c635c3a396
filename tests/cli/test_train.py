"""`tf-tryon train`'s command line; runs themselves are tested under tests/training."""

import pytest

from tf_tryon.cli import main

PLACES = ["--data=people", "--workdir=run"]


@pytest.mark.parametrize("given", [["--config=shape_debug"], ["--config", "shape_debug"]])
def test_an_installed_configuration_has_a_name_and_fields_can_change(given):
    module, flags, args = main.parse(["train", *given, "--config.train.steps=7", *PLACES])
    assert module.__name__ == "tf_tryon.cli.train"
    assert (flags.config.stage, flags.config.train.steps) == ("shape", 7)
    assert (flags.data, flags.workdir, flags.threads, args) == ("people", "run", 0, [])


def test_a_file_is_a_configuration(tmp_path):
    text = "from tf_tryon.config import thesis\n\n\ndef get_config():\n    return thesis('texture')\n"
    (tmp_path / "mine.py").write_text(text)
    _, flags, _ = main.parse(["train", f"--config={tmp_path / 'mine.py'}", *PLACES])
    assert flags.config.stage == "texture"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config=shapes", *PLACES], "no installed configuration 'shapes': choose "),
        (["--config=none/shape.py", *PLACES], "there is no file none/shape.py"),
        (["--config=shape_debug", "--config.train.stepps=3", *PLACES], "no such field"),
        (["--config=shape_debug", "--data=people"], "workdir"),
        (PLACES, "config"),
        (["--config=shape_debug", *PLACES, "more"], "stray argument 'more'"),
    ],
)
def test_a_mistake_is_one_line(capsys, arguments, message):
    assert main.main(["train", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1


def test_data_that_is_not_there_is_one_line(capsys, tmp_path):
    arguments = ["--config=shape_debug", f"--data={tmp_path / 'none'}", f"--workdir={tmp_path / 'run'}"]
    assert main.main(["train", *arguments]) == 1
    assert "is no data set" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
