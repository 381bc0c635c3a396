"""`tf-tryon experiment`: a table of models under one equal budget."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import config_flag, given

ARGUMENTS = ""
HELP = """Train and measure every row of an experiment under one equal budget, and write its report.

The same command goes on with an experiment that was stopped, in whatever way, and skips what is done. WORKDIR/report/
has the table, the figures and the loss curves as Markdown, JSON, PNG and one HTML page; it is renewed whenever a row is
measured. docs/experiments.md tells what is measured, and how the baselines were adapted.

  tf-tryon experiment --config=table_4_1_64 --data=people --workdir=runs/table --jobs=2 --threads=1
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    text = "installed experiment (such as table_4_1_64) or a file; change fields by --config.budget.texture=500"
    config_flag.define(flag_values, text, required=True)
    flags.DEFINE_string("data", None, "the data set's folder", required=True, flag_values=flag_values)
    text = "the experiment's folder: new, or one to go on with"
    flags.DEFINE_string("workdir", None, text, required=True, flag_values=flag_values)
    flags.DEFINE_integer("jobs", 1, "processes at once", lower_bound=1, flag_values=flag_values)
    flags.DEFINE_integer("threads", 0, "CPU threads of each process; 0: all", lower_bound=0, flag_values=flag_values)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a plan that doesn't work, and data and weights that aren't there, before TensorFlow is loaded."""
    del args
    from tf_tryon.experiments.plan import plan

    plan(flag_values.config)
    given.data_sets([flag_values.data])
    config = flag_values.config
    weights = {
        "perceptual_weights": config.perceptual_weights,
        "evaluation.features_weights": config.evaluation.features_weights,
    }
    for field, file in weights.items():
        if file and not pathlib.Path(file).is_file():
            raise FileNotFoundError(f"config.{field}: there is no file {file}")


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """0 done, 1 a task failed, 143, 130 or 129 (the terminal has gone) stopped by a signal after saving."""
    del args
    from tf_tryon.experiments.run import run_experiment

    return run_experiment(flags.config, flags.data, flags.workdir, flags.jobs, flags.threads)
