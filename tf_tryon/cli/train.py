"""`tf-tryon train`: train one stage, or go on with a run."""

from __future__ import annotations

import math
import pathlib
import time

from absl import flags

from tf_tryon.cli import config_flag, given

ARGUMENTS = ""
HELP = """Train the shape or the texture stage, or go on with a run: the same command does both.

--config is an installed configuration's name or a file; any field can be changed, as in --config.train.steps=100.
SIGTERM, Ctrl-C and the end of --minutes save before they stop the run.

With several machines (TF_CONFIG) one that failed is to be started again with the same command; the others wait for it,
and all go on from the last checkpoint. docs/machines.md tells how, by scheduler.

tf_tryon/config.py explains every field; the README has a table of the installed configurations.

  tf-tryon train --config=shape_debug --data=people --workdir=runs/shape"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define this command's flags."""
    text = "Installed configuration (such as shape_thesis) or a file; change fields by --config.train.steps=100."
    config_flag.define(flag_values, text, required=True)
    flags.DEFINE_string("data", None, "The data set's folder.", required=True, flag_values=flag_values)
    text = "The run's folder: new, or one to go on with."
    flags.DEFINE_string("workdir", None, text, required=True, flag_values=flag_values)
    text = "Stop after so long; the same command goes on for as long again. Default: at the last step."
    flags.DEFINE_float("minutes", None, text, lower_bound=0.0, flag_values=flag_values)
    text = "How long to wait for the other machines that TF_CONFIG names, also for one that failed."
    flags.DEFINE_float("wait_minutes", 15.0, text, lower_bound=0.0, flag_values=flag_values)
    flags.DEFINE_integer("threads", 0, "CPU threads; 0: all.", lower_bound=0, flag_values=flag_values)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses data that aren't there, and a TF_CONFIG that is none."""
    del args
    from tf_tryon.config import validate
    from tf_tryon.training import cluster

    validate(flags.config)
    cluster.given()
    given.data_sets([flags.data])


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Train; 0 done, 143 or 130 stopped by a signal after saving."""
    del args
    from tf_tryon.training import cluster, peers, strategy, threads
    from tf_tryon.training.checkpoints import Checkpoints
    from tf_tryon.training.run_folder import own_folder
    from tf_tryon.training.trainer import Trainer

    threads.limit(flags.threads)
    seconds = math.inf if flags.minutes is None else 60 * flags.minutes
    together = cluster.given()
    if together is None:
        return Trainer(flags.config, flags.data, flags.workdir).run(seconds)
    saved = Checkpoints(own_folder(pathlib.Path(flags.workdir), together.index) / "checkpoints")

    def newest() -> int:
        return max(saved.steps(), default=0)

    with peers.joined(together, newest, 60 * flags.wait_minutes, strategy.WORKER_LOST) as others:
        trainer = Trainer(flags.config, flags.data, flags.workdir, others)
        return trainer.run(max(0.0, seconds - (time.time() - others.began)))
