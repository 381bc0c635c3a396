"""`tf-tryon train`: train one stage, or go on with a run."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from absl import flags
from ml_collections import ConfigDict, config_flags
from ml_collections.config_flags.config_flags import ConfigFileFlagParser

ARGUMENTS = ""
HELP = """Train the shape or the texture stage, or go on with a run: the same command does both.

--config is an installed configuration's name or a file; any field can be changed, as in --config.train.steps=100.
SIGTERM and Ctrl-C save before they stop the run.

    tf-tryon train --config=shape_debug --data=people --workdir=runs/shape"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define this command's flags."""
    text = "installed configuration (such as shape_thesis) or a file; change fields by --config.train.steps=100"
    config_flags.DEFINE_config_file("config", None, text, flag_values=flag_values)
    flag_values["config"].parser = _Parser("config")
    flags.mark_flag_as_required("config", flag_values)
    flags.DEFINE_string("data", None, "the data set's folder", required=True, flag_values=flag_values)
    text = "the run's folder: new, or one to go on with"
    flags.DEFINE_string("workdir", None, text, required=True, flag_values=flag_values)
    flags.DEFINE_integer("threads", 0, "CPU threads; 0: all", lower_bound=0, flag_values=flag_values)


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Train; 0 done, 143 or 130 stopped by a signal after saving."""
    del args
    import tensorflow as tf

    from tf_tryon.training.trainer import Trainer

    if flags.threads:
        tf.config.threading.set_intra_op_parallelism_threads(flags.threads)
        tf.config.threading.set_inter_op_parallelism_threads(flags.threads)
    return Trainer(flags.config, flags.data, flags.workdir).run()


class _Parser(ConfigFileFlagParser):
    """Also takes the bare name of an installed configuration."""

    def parse(self, path: str) -> ConfigDict:
        file = path.split(":", 1)[0]
        if re.fullmatch(r"\w+", file):
            path = path.replace(file, str(_installed(file)), 1)
        elif not Path(file).is_file():
            raise ValueError(f"there is no file {file}")
        return super().parse(path)


def _installed(name: str) -> Path:
    """File of an installed configuration."""
    package = importlib.util.find_spec("tf_tryon.configs")
    folders = [Path(folder) for folder in package.submodule_search_locations or []] if package else []
    for folder in folders:
        if (folder / f"{name}.py").is_file():
            return folder / f"{name}.py"
    known = sorted(path.stem for folder in folders for path in folder.glob("*.py") if path.stem != "__init__")
    raise ValueError(f"there is no installed configuration {name!r}: choose {', '.join(known)}, or a file")
