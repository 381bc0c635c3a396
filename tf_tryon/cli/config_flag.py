"""The flag --config: an installed configuration's bare name, or a file; fields are changed by --config.x.y=value."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from absl import flags
from ml_collections import ConfigDict, config_flags
from ml_collections.config_flags.config_flags import ConfigFileFlagParser


def define(flag_values: flags.FlagValues, text: str, required: bool) -> None:
    """Define --config with the help `text`; its value is a `ConfigDict`, or None."""
    config_flags.DEFINE_config_file("config", None, text, flag_values=flag_values)
    flag_values["config"].parser = _Parser("config")
    if required:
        flags.mark_flag_as_required("config", flag_values)  # pyright: ignore[reportUnknownMemberType]  # absl's own


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
        for file in folder.rglob(f"{name}.py"):  # experiments/ too
            return file
    known = sorted(path.stem for folder in folders for path in folder.rglob("*.py") if path.stem != "__init__")
    raise ValueError(f"there is no installed configuration {name!r}: choose {', '.join(known)}, or a file")
