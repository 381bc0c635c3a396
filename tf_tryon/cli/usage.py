"""The texts of `--help`, and absl's messages in plain words."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from typing import Any, cast

from absl import flags

WIDTH = 100
_NO_VALUE = "must have a value other than None"


def overview(summaries: dict[str, str]) -> str:
    """All verbs with a line each."""
    column = max(map(len, summaries)) + 2
    lines = ["usage: tf-tryon VERB [FLAGS] [ARGUMENTS]", "", "verbs:"]
    lines += [f"  {name:{column}}{summary}" for name, summary in summaries.items()]
    return "\n".join([*lines, "", "`tf-tryon VERB --help` lists a verb's flags with an example; `tf-tryon --version`."])


def verb(name: str, arguments: str, text: str, flag_values: flags.FlagValues) -> str:
    """One verb: usage line, its text, its flags."""
    entries: list[flags.Flag[Any]] = [flag_values[known] for known in sorted(flag_values)]
    listed = [_listed(*flag(entry)) for entry in entries]
    line = " ".join(filter(None, ["usage: tf-tryon", name, arguments, "[FLAGS]" if listed else ""]))
    return "\n".join([line, "", textwrap.dedent(text).strip(), *(["", "flags:", *listed] if listed else [])])


def _listed(head: str, text: str) -> str:
    body = textwrap.fill(text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return f"  {head}\n{body}"


def flag(flag: flags.Flag[Any]) -> tuple[str, str]:
    """How a flag is typed, and what it does, with its default."""
    name = flag.name.replace("_", "-")
    if flag.boolean:
        head = f"--[no]{name}"
    else:
        values = getattr(flag.parser, "enum_values", None)
        head = f"--{name}={'|'.join(values) if values else name.upper()}"
    default = "" if flag.default in (None, "", []) else f" (default: {_shown(flag)})"
    text = re.sub(r"^<[^>]*>: ", "", " ".join((flag.help or "").split()))  # absl repeats an enum's values
    text = re.sub(r"[;,]? ?repeat this option to specify a list of values", " May be repeated.", text)
    return head, text + default + (" Required." if _required(flag) else "")


def _required(flag: flags.Flag[Any]) -> bool:
    """absl keeps this as a validator with a message of its own."""
    return any(_NO_VALUE in validator.message for validator in flag.validators)


def _shown(flag: flags.Flag[Any]) -> str:
    if flag.boolean:
        return "on" if flag.default else "off"
    default: object = flag.default
    return ",".join(map(str, cast("list[object]", default))) if isinstance(default, list | tuple) else str(default)


def underscored(argv: list[str], flag_values: flags.FlagValues) -> list[str]:
    """`argv` with --keep-shape as --keep_shape, the name under which absl knows the flag; both can be typed."""
    known = set(flag_values)
    changed = list(argv)
    for i, arg in enumerate(argv):
        if arg == "--":
            break
        dashes = len(arg) - len(arg.lstrip("-"))
        name, equals, value = arg[dashes:].partition("=")
        plain = name.replace("-", "_")
        if dashes in (1, 2) and plain != name and (plain in known or plain.removeprefix("no") in known):
            changed[i] = f"--{plain}{equals}{value}"
    return changed


def arity(arguments: str) -> tuple[int, int]:
    """Least and most positional arguments that a usage line such as "DIR", "PERSON..." or "[DIR]" allows."""
    low = high = 0
    for word in arguments.split():
        optional = word.startswith("[")
        many = word.strip("[]").endswith("...")
        low += 0 if optional else 1
        high = sys.maxsize if many else min(high + 1, sys.maxsize)
    return low, high


def readable(message: str) -> str:
    """A message of absl, ml_collections or another library on one line, in the user's words."""
    required = re.search(rf"Flag --(\S+) {_NO_VALUE}", message)
    if required:
        return f"--{required.group(1)} is required"
    unread = re.search(r"Failed loading config file \S+\s+Attempted \[.*?\]:\s*(\S+)\s*\[Errno \d+\] ([^:]*)", message)
    if unread:
        return f"--config={unread.group(1)}: {unread.group(2)}"
    if re.fullmatch(r"(['\"]).*\1", message, re.DOTALL):  # a KeyError's message is the repr of what it was given
        message = str(ast.literal_eval(message))
    message = re.sub(r"Did you mean: (\S+) \?", r"Did you mean --\1?", message)
    return " ".join(message.split()).rstrip(".")
