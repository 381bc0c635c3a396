"""The flags on log lines: --verbosity of every verb, --log of servers."""

from __future__ import annotations

import contextlib

from absl import flags

from tf_tryon import logs


def define_verbosity(flag_values: flags.FlagValues) -> None:
    """--verbosity."""
    text = "Least level of the log lines on stderr; results are printed all the same."
    flags.DEFINE_enum("verbosity", "info", logs.LEVELS, text, flag_values=flag_values)


def define_form(flag_values: flags.FlagValues) -> None:
    """--log, of verbs that serve."""
    text = "The form of the log lines on stderr: text, or one JSON object a line."
    flags.DEFINE_enum("log", logs.TIMED, [logs.TIMED, logs.JSON], text, flag_values=flag_values)


def form(flag_values: flags.FlagValues) -> str:
    """Of log lines, one of `tf_tryon.logs`'s."""
    return flag_values.log if "log" in flag_values else logs.PLAIN


def shown(flag_values: flags.FlagValues) -> contextlib.AbstractContextManager[None]:
    """Log lines go to stderr as the flags say."""
    return logs.shown(flag_values.verbosity, form(flag_values))
