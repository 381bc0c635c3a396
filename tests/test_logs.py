"""Log lines: levels, forms, and nothing left behind."""

import contextlib
import io
import json
import logging
import subprocess
import sys

import pytest

from tf_tryon import logs
from tf_tryon.cli import main as cli
from tf_tryon.progress import Progress

LOG = logging.getLogger("tf_tryon.serving.somewhere")


def test_lines_below_the_level_are_left_out_and_warnings_are_marked(capsys):
    with logs.shown("warning"):
        LOG.info("one is done")
        LOG.warning("few are %s", "left")
        LOG.error("none is left")
    assert capsys.readouterr().err == "tf-tryon: warning: few are left\ntf-tryon: none is left\n"
    with logs.shown("info"):
        LOG.debug("how")
        LOG.info("one is done")
    assert capsys.readouterr().err == "one is done\n"


def test_a_servers_text_has_the_time(capsys):
    with logs.shown(form=logs.TIMED):
        LOG.info("ready")
    time, text = capsys.readouterr().err.split(" ", 1)
    assert time.count(":") == 2
    assert text == "ready\n"


def test_json_lines_hold_the_fields_and_the_traceback(capsys):
    with logs.shown(form=logs.JSON):
        LOG.info("version %d\nis served", 3, extra=logs.fields(version=3))
        try:
            raise ValueError("torn")
        except ValueError:
            LOG.exception("can't be loaded")
    served, failed = map(json.loads, capsys.readouterr().err.splitlines())
    assert (served["level"], served["logger"], served["version"]) == ("info", LOG.name, 3)
    assert served["message"] == "version 3\nis served"
    assert served["time"].endswith("+00:00")
    assert failed["error"].endswith("ValueError: torn")


@pytest.mark.slow
def test_json_is_all_that_is_written():
    """Of other packages, of Python's warnings and of what C++ writes to the file descriptor, too."""
    code = """
import logging, os, sys, warnings
from tf_tryon.cli import main as cli
from tf_tryon.cli import serve
def check(flag_values, args):
    logging.getLogger("uvicorn.error").warning("port %d", 80)
    warnings.warn("old")
    os.write(2, b"I0000 delegate")
serve.check, serve.run = check, lambda *_: 0
sys.exit(cli.main(["serve", "--models=m", "--log=json"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 0
    assert [line["logger"] for line in lines] == ["uvicorn.error", "py.warnings"]
    assert lines[0]["message"] == "port 80"


def test_what_an_embedder_has_set_comes_back(capsys):
    project = logging.getLogger(logs.NAME)
    before = project.level, project.propagate, list(project.handlers)
    with contextlib.suppress(ZeroDivisionError), logs.shown("debug"):
        assert project.isEnabledFor(logging.DEBUG)
        _ = 1 / 0
    assert (project.level, project.propagate, project.handlers) == before
    LOG.info("nobody listens")
    assert capsys.readouterr().err == ""


def test_every_verb_has_verbosity_and_servers_a_form():
    for words in (["doctor"], ["serve", "--models=m"], ["web"]):
        _, flag_values, _ = cli.parse([*words, "--verbosity=error"])
        assert flag_values.verbosity == "error"
        assert ("log" in flag_values) == (words[0] != "doctor")
    with pytest.raises(cli.UsageError, match="loud"):
        cli.parse(["doctor", "--verbosity=loud"])


def test_progress_is_lines_of_the_log_at_most_every_half_minute(capsys):
    with logs.shown():
        progress = Progress("people", 4, done=2)
        progress.add(1)
        progress.add(1)
    assert capsys.readouterr().err == "people: 4 in 0 s\n"
    with logs.shown("warning"):
        Progress("people", 1).update(1)
    Progress("people", 1).update(1)  # nobody has asked for log lines
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_lines_wipe_away(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with logs.shown():
        progress = Progress("people", 4)
        progress._updated -= 1
        progress.update(2)
        LOG.warning("one is bad")
    assert "[###############...............] people: 2 of 4" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[Ktf-tryon: warning: one is bad\n")
    with logs.shown("error"):
        assert logs.terminal() is None


def test_importing_the_project_changes_nothing_global():
    """Neither logging, warnings, signals, random state nor environment; and TensorFlow isn't loaded."""
    code = """
import logging, os, random, signal, sys, warnings
import numpy as np
def state():
    signals = [signal.getsignal(number) for number in signal.valid_signals()]
    draws = random.getstate(), str(np.random.get_state())
    root = logging.getLogger()
    return dict(os.environ), list(warnings.filters), signals, draws, root.level, list(root.handlers), sys.excepthook
before = state()
import tf_tryon
from tf_tryon import Person
assert state() == before
assert not logging.getLogger("tf_tryon").handlers
assert "tensorflow" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
