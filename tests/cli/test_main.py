"""The command line: dispatch, help, errors in one line, exit statuses."""

import importlib
import os
import re
import shlex
import subprocess
import sys
import types
from pathlib import Path

import pytest
from absl import flags
from ml_collections import config_flags

from tf_tryon import quiet
from tf_tryon.cli import main as cli
from tf_tryon.errors import TryOnError

ROOT_CONFIG = """
from tf_tryon.config import thesis

def get_config():
    return thesis("shape")
"""


@pytest.fixture
def verb(monkeypatch):
    """A verb `data probe DIR [EXTRA]` that records what it was given, with a `behave` to set."""
    module = types.ModuleType("tf_tryon.cli.probe")
    module.ARGUMENTS = "DIR [EXTRA]"
    module.HELP = "Probes a folder.\n\nExample:\n    tf-tryon data probe DIR --count 3"
    module.calls = []
    module.behave = lambda: 0

    def define_flags(flag_values):
        flags.DEFINE_integer("count", 12, "How many.", lower_bound=1, flag_values=flag_values)
        flags.DEFINE_enum("garment", "top", ["hat", "top"], "Which one.", flag_values=flag_values)
        flags.DEFINE_boolean("keep_shape", False, "Keep it.", flag_values=flag_values)
        flags.DEFINE_boolean("flip", True, "Mirror.", flag_values=flag_values)
        flags.DEFINE_string("out", None, "Where to.", required=True, flag_values=flag_values)
        config_flags.DEFINE_config_file("config", None, "Configuration.", flag_values=flag_values)

    def run(values, args):
        module.calls.append((values.count, values.garment, values.flip, values.out, values.config, args))
        return module.behave()

    module.define_flags = define_flags
    module.run = run
    monkeypatch.setitem(sys.modules, "tf_tryon.cli.probe", module)
    monkeypatch.setitem(cli.VERBS, "data probe", cli.Verb("probe", "probe a folder", tensorflow=False))
    return module


def _one_line(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("tf-tryon: ")
    return captured.err


def test_flags_and_arguments_reach_the_verb_in_any_order(verb, tmp_path):
    config = tmp_path / "c.py"
    config.write_text(ROOT_CONFIG)
    before = list(sys.argv)
    line = f"data probe A --out o --count=3 B --noflip --config {config} --config.train.batch_size=4"
    assert cli.main(line.split()) == 0
    count, garment, flip, out, loaded, args = verb.calls[0]
    assert (count, garment, flip, out, args) == (3, "top", False, "o", ["A", "B"])
    assert loaded.train.batch_size == 4
    assert loaded.train.steps == 20_000
    assert sys.argv == before


@pytest.mark.parametrize(
    ("typed", "value"),
    [("--keep-shape", True), ("--keep_shape", True), ("--nokeep-shape", False), ("--keep-shape=true", True)],
)
def test_flags_are_typed_with_dashes_or_underscores(verb, typed, value):
    _, flag_values, _ = cli.parse(["data", "probe", "A-B", "--out=a-b_c", typed, "--count", "3", "--", "--keep-shape"])
    assert flag_values.keep_shape is value
    assert flag_values.out == "a-b_c"


def test_what_the_verb_returns_is_the_exit_status(verb):
    verb.behave = lambda: 7
    assert cli.main(["data", "probe", "A", "--out", "o"]) == 7


def test_overview_lists_every_verb_with_its_summary(capsys):
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    for name, verb in cli.VERBS.items():
        assert any(line.split("  ")[1].strip() == name and verb.summary in line for line in text.splitlines()[3:-2])


def test_verb_help_has_usage_flags_defaults_and_example(verb, capsys):
    assert cli.main(["data", "probe", "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: tf-tryon data probe DIR [EXTRA] [FLAGS]\n")
    assert "--[no]flip\n      Mirror. (default: on)" in text
    assert "--[no]keep-shape\n      Keep it. (default: off)" in text
    assert "--garment=hat|top\n      Which one. (default: top)" in text
    assert "--out=OUT\n      Where to. Required.\n" in text
    assert "    tf-tryon data probe DIR --count 3" in text
    assert not verb.calls


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("trian", "did you mean 'train'"),
        ("xyz", "unknown verb 'xyz'"),
        ("data", "choose one of studio, show"),
        ("data shw", "unknown verb 'data shw'"),
        ("--seed 3", "the verb comes first"),
        ("data probe A --out o --cuont 3", "cuont"),
        ("data probe A --out o --count zero", "zero"),
        ("data probe A --out o --count 0", "positive"),
        ("data probe A --out o --garment sock", "hat|top"),
        ("data probe A", "--out is required"),
        ("data probe --out o", "needs DIR"),
        ("data probe A B C --out o", "stray argument 'C'"),
        ("data probe A --out", "out"),
        ("data probe A --out o --config {config} --config.train.btach_size=4", "btach_size"),
        ("data probe A --out o --config {config} --config.train.batch_size=four", "four"),
    ],
)
def test_wrong_command_lines_are_one_line_and_status_2(verb, capsys, tmp_path, line, words):
    config = tmp_path / "c.py"
    config.write_text(ROOT_CONFIG)
    assert cli.main(line.format(config=config).split()) == 2
    message = _one_line(capsys)
    assert words in message
    assert "--help`)" in message
    assert not verb.calls


@pytest.mark.parametrize(
    "error", [TryOnError("no top here"), ValueError("no top here"), FileNotFoundError("no top here")]
)
def test_expected_errors_are_one_line_and_status_1(verb, capsys, error):
    def behave():
        raise error

    verb.behave = behave
    assert cli.main(["data", "probe", "A", "--out", "o"]) == 1
    assert _one_line(capsys) == "tf-tryon: error: no top here\n"


def test_a_missing_configuration_names_its_path(verb, capsys):
    verb.behave = lambda: verb.calls[0][4].stage
    assert cli.main(["data", "probe", "A", "--out", "o", "--config", "nowhere.py"]) == 1
    assert "nowhere.py" in _one_line(capsys)


def test_a_bug_keeps_its_traceback(verb):
    verb.behave = lambda: {}["missing"]
    with pytest.raises(KeyError):
        cli.main(["data", "probe", "A", "--out", "o"])


def test_interrupt_is_130_and_one_line(verb, capsys):
    def behave():
        raise KeyboardInterrupt

    verb.behave = behave
    assert cli.main(["data", "probe", "A", "--out", "o"]) == 130
    assert _one_line(capsys) == "tf-tryon: interrupted\n"


def _python(code: str, **kwargs) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, **kwargs)


def test_a_path_in_latin_1_is_printed_byte_for_byte():
    code = "import os; from tf_tryon.cli import main; main.main(['--version']); print(os.fsdecode(b'caf\\xe9.png'))"
    done = _python(code, encoding="utf-8", errors="surrogateescape")
    assert done.stdout.splitlines()[-1] == os.fsdecode(b"caf\xe9.png"), done.stderr


@pytest.mark.parametrize("name", list(cli.VERBS))
def test_help_of_every_verb_loads_no_tensorflow(name):
    code = f"import sys; from tf_tryon.cli.main import main; s = main({name.split()} + ['--help']); "
    done = _python(code + "sys.exit(s or 3 * ('tensorflow' in sys.modules))")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("name", list(cli.VERBS))
def test_the_examples_of_every_help_parse(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])  # examples name configs/*.py
    text = importlib.import_module(f"tf_tryon.cli.{cli.VERBS[name].module}").HELP
    examples = [line.strip() for line in text.splitlines() if re.match(rf"\s+tf-tryon {name}\b", line)]
    assert examples, "every help ends with an example"
    for example in examples:
        cli.parse(shlex.split(example, comments=True)[1:])


def test_tensorflow_starts_without_a_word():
    done = _python(
        "from tf_tryon import quiet; quiet.import_tensorflow(); from tf_tryon import TryOn; import tensorflow as tf;"
        "tf.function(lambda x: x + 1)(tf.config.list_physical_devices() and tf.ones(3)); import keras"
    )
    assert done.returncode == 0
    assert done.stderr == ""


def test_a_failing_import_shows_what_was_held_back(tmp_path):
    (tmp_path / "tensorflow.py").write_text("import os\nos.write(2, b'no such library')\nraise ImportError('broken')\n")
    done = _python(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom tf_tryon import quiet; quiet.import_tensorflow()"
    )
    assert done.returncode == 1
    assert "no such library" in done.stderr
    assert "broken" in done.stderr


def test_a_closed_pipe_is_quiet():
    code = "import sys; from tf_tryon.cli.main import main; sys.stdin.read(); sys.exit(main(['--help']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()  # before anything is written: the process waits for its stdin's end
    process.stdin.close()
    process.stdin = process.stdout = None
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 141
    assert stderr == ""


def test_a_user_without_a_home_gets_no_folder_called_tilde(monkeypatch):
    for name in ("HOME", "KERAS_HOME"):
        monkeypatch.setenv(name, "set, so that it is put back")
        monkeypatch.delenv(name)
    monkeypatch.setattr("pwd.getpwuid", lambda number: (_ for _ in ()).throw(KeyError(number)))
    quiet.import_tensorflow()
    assert os.path.isabs(os.environ["KERAS_HOME"])
    monkeypatch.setenv("KERAS_HOME", "/mine")
    quiet.import_tensorflow()
    assert os.environ["KERAS_HOME"] == "/mine"


def test_what_the_disk_refuses_is_told_with_the_file_and_a_remedy(verb, capsys):
    def full():
        raise OSError(28, "No space left on device", "/runs/log.jsonl")

    verb.behave = full
    assert cli.main(["data", "probe", "A", "--out", "o"]) == 1
    assert _one_line(capsys) == (
        "tf-tryon: error: /runs/log.jsonl: the disk is full: make room or choose another place, and run the same "
        "command again\n"
    )
