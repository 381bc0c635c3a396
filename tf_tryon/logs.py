"""Where log lines go: `with shown(...)` writes the project's own to stderr, as text or as JSON lines.

Every module logs to `logging.getLogger(__name__)`, below the logger "tf_tryon", and never prints. Whoever embeds the
project gets those lines by the standard library's means; without any, warnings and errors alone are written, as Python
does. The command line uses `shown`.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import sys
from collections.abc import Generator
from typing import Any, Final, TextIO

NAME: Final = "tf_tryon"
LEVELS: Final = ("debug", "info", "warning", "error")
PLAIN: Final = "plain"  # a verb's: what it says as it is, warnings and errors after the program's name
TIMED: Final = "text"  # a server's, for people: the time before each line
JSON: Final = "json"  # a server's, for machines
_FIELDS: Final = "tf_tryon_fields"


def fields(**values: Any) -> dict[str, dict[str, Any]]:
    """The `extra` of a logging call: values that become fields of its JSON line, as in `extra=fields(version=3)`."""
    return {_FIELDS: values}


@contextlib.contextmanager
def shown(level: str = "info", form: str = PLAIN) -> Generator[None, None, None]:
    """Writes the project's log lines of `level` and above to stderr meanwhile; what was set before comes back after.

    Args:
      level: one of LEVELS.
      form: PLAIN, TIMED or JSON. With JSON, whose reader parses every line, the lines of other packages and Python's
        warnings are objects, too.
    """
    with _others(_Json()) if form == JSON else contextlib.nullcontext():
        with _own(level, {PLAIN: _Plain, TIMED: _Timed, JSON: _Json}[form]()):
            yield


@contextlib.contextmanager
def _own(level: str, formatter: logging.Formatter) -> Generator[None, None, None]:
    logger, handler = logging.getLogger(NAME), _Stderr()
    handler.setFormatter(formatter)
    before = logger.level, logger.propagate
    logger.setLevel(level.upper())
    logger.propagate = False  # packages such as Beam give the root a handler of its own
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]


@contextlib.contextmanager
def _others(formatter: logging.Formatter) -> Generator[None, None, None]:
    """What reaches the root logger, with Python's warnings, in place of what other packages have put there."""
    root, handler = logging.getLogger(), _Stderr()
    handler.setFormatter(formatter)
    before = list(root.handlers)
    root.handlers[:] = [handler]
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before


def terminal() -> TextIO | None:
    """stderr if it is a terminal on which a bar may be drawn: `shown` in plain form at level info. Else None."""
    logger = logging.getLogger(NAME)
    ours = any(isinstance(handler.formatter, _Plain) for handler in logger.handlers)
    return sys.stderr if ours and logger.isEnabledFor(logging.INFO) and sys.stderr.isatty() else None


class _Stderr(logging.Handler):
    """To whatever stderr is at that moment, with a bar that stands there wiped away first."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
            sys.stderr.write(("\r\x1b[K" if terminal() else "") + text + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.levelno < logging.WARNING:
            return text
        return f"tf-tryon: {'warning: ' if record.levelno < logging.ERROR else ''}{text}"


class _Timed(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")


class _Json(logging.Formatter):
    """One object a line: time (UTC), level, logger, message, the call's own fields, and error with a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
