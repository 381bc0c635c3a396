"""`tf-tryon VERB ...`: finds the verb's module, parses its flags, runs it and turns errors into one line.

A verb is a line of VERBS and a module of `tf_tryon.cli` with

    ARGUMENTS: str   positional arguments as in a usage line: "", "DIR", "PERSON..." (one or more), "[DIR]" (optional)
    HELP: str        what it does, then an example (an indented line that starts with "tf-tryon"); no list of flags
    def define_flags(flag_values: absl.flags.FlagValues) -> None
                     absl flags, each `flags.DEFINE_x(..., flag_values=flag_values)`; `required=True` where there is no
                     sensible default; a configuration is `config_flags.DEFINE_config_file("config", ..., flag_values=
                     flag_values)`, made required by `flags.mark_flag_as_required("config", flag_values)`
                     (--verbosity, which every verb has, is defined here)
    def check(flags: absl.flags.FlagValues, args: list[str]) -> None
                     optional: refuses what can be refused without TensorFlow, before it is loaded
    def run(flags: absl.flags.FlagValues, args: list[str]) -> int
                     flags are read as attributes (`flags.out`), args are the positional arguments (their number is
                     checked here against ARGUMENTS); returns the exit status

Flags are absl's, neither argparse's nor Click's: a configuration's fields are flags too (--config.train.steps=100), by
ml_collections, which defines them in absl's sets alone. absl has no verbs; those are what is here.

A verb's module is imported for its `--help` too, so TensorFlow, and whatever imports it, is imported inside `run` only.
By the time `run` is called TensorFlow is loaded, without its start-up messages, unless VERBS says that the verb has no
use for it.

Exit status: 0 done, 1 an error (TryOnError, ValueError, OSError: its message on one line, and its traceback only if the
environment has TF_TRYON_TRACEBACK=1), 2 a wrong command line, 130 interrupted, 141 the output's reader has gone. What
the disk refuses (full, not writable, name too long...) is reported with the file's name and a remedy
(`writing/disk.py`).
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from importlib import metadata
from types import ModuleType

from absl import flags

from tf_tryon import logs, quiet
from tf_tryon.cli import log_flags, usage
from tf_tryon.errors import TryOnError
from tf_tryon.writing import disk


@dataclass(frozen=True)
class Verb:
    """One line of `tf-tryon --help` and the module behind it."""

    module: str
    summary: str
    tensorflow: bool = True  # load TensorFlow before `run`
    photos: bool = False  # finds people in photos or completes them, by a library that writes to stderr
    first: tuple[str, ...] = ()  # put before the arguments: what tells apart verbs that share a module


VERBS = {
    "demo": Verb("demo", "complete a rendered, never-seen person and draw one picture", tensorflow=False, photos=True),
    "complete": Verb(
        "complete", "erase a garment of a person and complete it, many times", tensorflow=False, photos=True
    ),
    "complete-all": Verb("complete_all", "complete everybody of a data set, or many photos", photos=True),
    "annotate": Verb("annotate", "find pose and clothes in your own photos", tensorflow=False, photos=True),
    "recommend": Verb("recommend", "rank a catalogue's garments by how well they go with a person's others"),
    "catalogue build": Verb("catalogue_build", "make a catalogue of a shop's products", photos=True),
    "doctor": Verb("doctor", "what is installed here, what is missing, and what to do", tensorflow=False),
    "models": Verb("models", "parameter counts of the networks, next to the thesis's table"),
    "data studio": Verb("data_studio", "render a data set of clothed 3D people"),
    "data show": Verb("data_show", "draw people of a data set with all that is derived from them"),
    "data check": Verb("data_check", "read every record of a data set, count, and find what is wrong"),
    "data deepfashion": Verb("data_load", "records from DeepFashion In-shop", first=("deepfashion",), photos=True),
    "data multimodal": Verb("data_load", "records from DeepFashion-MultiModal", first=("multimodal",), photos=True),
    "data viton": Verb("data_load", "records from VITON or CP-VTON", first=("viton",), photos=True),
    "data viton-hd": Verb("data_load", "records from VITON-HD", first=("viton-hd",), photos=True),
    "data dresscode": Verb("data_load", "records from Dress Code", first=("dresscode",), photos=True),
    "data finet": Verb("data_load", "records from the thesis's own tree", first=("finet",), photos=True),
    "data lip": Verb("data_load", "records from LIP or CIHP", first=("lip",), photos=True),
    "data ccp": Verb("data_load", "records from Clothing Co-Parsing", first=("ccp",), photos=True),
    "data photos": Verb("data_load", "records from a folder of photos", first=("photos",), photos=True),
    "train": Verb("train", "train the shape or the texture stage"),
    "fit": Verb("fit", "a model of your own from photos of your own, compared with its base", photos=True),
    "bundle": Verb("bundle", "put a shape run and a texture run together as one model for `complete`"),
    "evaluate": Verb("evaluate", "measure trained networks on people that they never saw"),
    "metrics": Verb("metrics", "compare two folders of pictures: Frechet, kernel and pairwise distances"),
    "experiment": Verb("experiment", "train and measure a table of models under one equal budget"),
    "detail train": Verb("detail_train", "train the network that adds fine detail to a model's pictures"),
    "parser train": Verb("parser_train", "train the parsing network of `annotate`"),
    "parser calibrate": Verb("parser_calibrate", "fit a parser's confidences to photos", photos=True),
    "parser evaluate": Verb("parser_evaluate", "measure a parser on people with true labels", photos=True),
    "export saved-model": Verb("export_saved_model", "export a model for TF-Serving and for `serve`"),
    "export lite": Verb("export_lite", "both stages as a TFLite file: completion without TensorFlow", tensorflow=False),
    "export parser": Verb("export_parser", "the built-in parser as a TFLite file, for photos", tensorflow=False),
    "export tflite": Verb("export_tflite", "the shape stage as a TFLite file for phones and browsers"),
    "serve": Verb("serve", "answer requests on this machine, through TF-Serving's gRPC API"),
    "request": Verb("request", "ask a server to complete people", tensorflow=False),
    "web": Verb(
        "web", "open the shop's page, in front of a server or with one of its own", tensorflow=False, photos=True
    ),
    "tflite run": Verb("tflite_run", "complete parsings with such a file, without TensorFlow", tensorflow=False),
}


class UsageError(Exception):
    """A wrong command line; `verb` is what was understood of it."""

    def __init__(self, message: str, verb: str = "") -> None:
        super().__init__(message)
        self.verb = verb


def main(argv: list[str] | None = None) -> int:
    """Run one command line (without the program's name); returns the exit status, never raises for a user's mistake."""
    argv = sys.argv[1:] if argv is None else list(argv)
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="surrogateescape")  # paths are printed byte for byte, whatever their encoding
    try:
        status = _dispatch(argv)
        sys.stdout.flush()
        return status
    except UsageError as error:
        hint = f"tf-tryon {error.verb} --help" if error.verb else "tf-tryon --help"
        return _fail(f"{error} (see `{hint}`)", 2)
    except BrokenPipeError:
        # The reader (`| head`) has gone. Point stdout at nothing so that the interpreter's last flush stays quiet too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except Exception as error:
        known = disk.sentence(error)  # TensorFlow's errors of the disk are of no kind that is known here
        if known is None and not isinstance(error, (TryOnError, ValueError, OSError)):
            raise
        if os.environ.get("TF_TRYON_TRACEBACK") == "1":
            traceback.print_exc()
        return _fail(f"error: {known or usage.readable(str(error)) or type(error).__name__}", 1)


def _dispatch(argv: list[str]) -> int:
    if not argv or argv[0] in ("--help", "-h", "-help", "--helpfull", "help"):
        print(usage.overview({name: verb.summary for name, verb in VERBS.items()}))
        return 0 if argv else 2
    if argv[0] == "--version":
        print(f"tf-tryon {metadata.version('tf-tryon')}")
        return 0
    name, rest = _split_verb(argv)
    if not name:
        print(usage.overview({key: verb.summary for key, verb in VERBS.items() if key.startswith(argv[0] + " ")}))
        return 0
    if _wants_help(rest):
        module, flag_values = _load(name)
        print(usage.verb(name, module.ARGUMENTS, module.HELP, flag_values))
        return 0
    module, flag_values, args = parse(argv)
    # What C++ writes to stderr is no JSON.
    own = VERBS[name].photos or log_flags.form(flag_values) == logs.JSON
    with quiet.only_python() if own else contextlib.nullcontext(), log_flags.shown(flag_values):
        if hasattr(module, "check"):
            module.check(flag_values, args)
        if VERBS[name].tensorflow:
            quiet.import_tensorflow()
        return module.run(flag_values, [*VERBS[name].first, *args])


def parse(argv: list[str]) -> tuple[ModuleType, flags.FlagValues, list[str]]:
    """The verb's module, its parsed flags and its positional arguments; raises UsageError for a wrong command line."""
    name, rest = _split_verb(argv)
    module, flag_values = _load(name)
    return module, flag_values, _parse_flags(name, module, flag_values, rest)


def _load(name: str) -> tuple[ModuleType, flags.FlagValues]:
    module = importlib.import_module(f"tf_tryon.cli.{VERBS[name].module}")
    flag_values = flags.FlagValues()
    module.define_flags(flag_values)
    log_flags.define_verbosity(flag_values)
    return module, flag_values


def _wants_help(argv: list[str]) -> bool:
    before_dashes = argv[: argv.index("--")] if "--" in argv else argv
    return any(arg in ("--help", "-h", "-help", "--helpfull") for arg in before_dashes)


def _split_verb(argv: list[str]) -> tuple[str, list[str]]:
    """Verb (of one or two words) and what follows it; verb "" for a group's `--help`."""
    for words in (2, 1):
        name = " ".join(argv[:words])
        if name in VERBS:
            return name, argv[words:]
    group = [name.split()[1] for name in VERBS if name.startswith(argv[0] + " ")]
    if group and len(argv) > 1 and argv[1] in ("--help", "-h"):
        return "", []
    if group:
        given = f"unknown verb '{argv[0]} {argv[1]}'" if len(argv) > 1 else f"'{argv[0]}' needs a second word"
        raise UsageError(f"{given}: choose one of {', '.join(group)}")
    if argv[0].startswith("-"):
        raise UsageError(f"the verb comes first, and '{argv[0]}' is a flag")
    close = difflib.get_close_matches(argv[0], list(VERBS), n=1, cutoff=0.5)
    raise UsageError(f"unknown verb '{argv[0]}'" + (f"; did you mean '{close[0]}'?" if close else ""))


def _parse_flags(name: str, module: ModuleType, flag_values: flags.FlagValues, argv: list[str]) -> list[str]:
    """Parse `argv` into `flag_values`; returns the positional arguments, their number checked."""
    argv = usage.underscored(argv, flag_values)
    flag_values.set_gnu_getopt(True)  # flags may follow positional arguments
    program = f"tf-tryon {name}"
    outer, sys.argv = sys.argv, [program, *argv]  # ml_collections looks there for --config.x.y
    try:
        args = flag_values([program, *argv])[1:]
    except flags.Error as error:
        raise UsageError(usage.readable(str(error)), name) from error
    except (AttributeError, KeyError) as error:  # an override of a field that the configuration doesn't have
        raise UsageError(f"--config has no such field: {usage.readable(str(error))}", name) from error
    except (TypeError, ValueError) as error:
        raise UsageError(usage.readable(str(error)), name) from error
    finally:
        sys.argv = outer
    low, high = usage.arity(module.ARGUMENTS)
    if len(args) > high:
        takes = f"only {module.ARGUMENTS}" if high else "no arguments besides flags"
        raise UsageError(f"stray argument {args[high]!r}: {name} takes {takes}", name)
    if len(args) < low:
        raise UsageError(f"{name} needs {module.ARGUMENTS}", name)
    return args


def _fail(message: str, status: int) -> int:
    print(f"tf-tryon: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
