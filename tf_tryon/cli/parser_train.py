"""`tf-tryon parser train`: train the parsing network of `tf-tryon annotate`, or go on with a run."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import config_flag, given

ARGUMENTS = ""
HELP = """Train the parsing network of `tf-tryon annotate` on a data set with CIHP-20 labels, or go on with a run.

Writes parser.npz into --workdir, which `tf-tryon annotate --parser-weights` takes. Any field of
tf_tryon/annotation/parser_config.py can be changed, as in --set train.steps=100, or several by --config FILE, as for
`train`. SIGTERM and Ctrl-C save before they stop the run.

    tf-tryon parser train --data people --workdir runs/parser"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define this command's flags."""
    text = "a file of Python whose get_config() returns such a configuration; change fields by --config.train.steps=100"
    config_flag.define(flag_values, text, required=False)
    text = "a field of the configuration to change, as in --set train.steps=100; may be repeated"
    flags.DEFINE_multi_string("set", [], text, flag_values=flag_values)
    text = "a data set's folder; may be repeated: --set train.batch=(6,2) says how many people of each are in a batch"
    flags.DEFINE_multi_string("data", None, text, required=True, flag_values=flag_values)
    text = "the run's folder: new, or one to go on with"
    flags.DEFINE_string("workdir", None, text, required=True, flag_values=flag_values)
    flags.DEFINE_integer("threads", 0, "CPU threads; 0: all", lower_bound=0, flag_values=flag_values)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses changes of unknown fields, and data that aren't there."""
    del args
    from tf_tryon.annotation.parser_config import with_changes

    with_changes(flags.set, flags.config)
    given.data_sets(flags.data)


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Train; prints the weights' path. 0 done, 143 or 130 stopped by a signal after saving."""
    del args
    from tf_tryon.annotation.parser_config import with_changes
    from tf_tryon.annotation.parser_training import WEIGHTS_FILE, train
    from tf_tryon.data.records import open_records
    from tf_tryon.training import threads

    threads.limit(flags.threads)
    config = with_changes(flags.set, flags.config)
    workdir = pathlib.Path(flags.workdir)
    code = train(config, [open_records(folder) for folder in flags.data], workdir)
    if not code:
        print(workdir / WEIGHTS_FILE)
    return code
