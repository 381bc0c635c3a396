"""What TF-Serving wants beside a model: `models.config` with labels, and the files of `serving/deploy`.

A folder of models is self-contained: `models/` is mounted as /models, and everything in it is TF-Serving's own.
"""

from __future__ import annotations

import importlib.resources
import pathlib
import re

from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from tf_tryon.errors import TryOnError
from tf_tryon.files.regular import read_bytes
from tf_tryon.writing.whole import whole_file, write_text

MODEL_NAME = "tryon"
CONFIG = "models.config"
MOUNT = "/models"
# What is no comment, strings with a # in them included, then a comment.
_COMMENT = re.compile(r"""(?:[^#"']|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')*(#.*)$""")
_HEADER = """\
# TF-Serving: --model_config_file={mount}/{file} --allow_version_labels_for_unavailable_models=true
# --model_config_file_poll_wait_seconds=10: an edit counts without a restart. `tf-tryon serve` reads it likewise.
# Promote: give "stable" the canary's number. Roll back: give it the former one, as long as that is among `versions`.
"""


def write_files(folder: str | pathlib.Path) -> list[pathlib.Path]:
    """Puts every file of `serving/deploy` into the folder of models, unless it is there; returns those written."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in importlib.resources.files("tf_tryon.serving").joinpath("deploy").iterdir():
        target = folder / source.name
        if not target.exists():
            with whole_file(target) as temporary:
                temporary.write_bytes(source.read_bytes())
            written.append(target)
    return written


def label(folder: str | pathlib.Path, version: int, name: str | None = None) -> dict[str, int]:
    """Serves a version under a label, by `models.config`.

    Args:
      folder: of the models.
      version: one that is there.
      name: "stable" or "canary"; None: stable for the first version, canary for a later one. A new stable version ends
        the canary, and the former stable one stays loaded for rolling back.

    Returns:
      Version by label. Other models of the file, and comments, which come to its head, stay.

    Raises:
      TryOnError: the version isn't there, or the file isn't a ModelServerConfig.
    """
    folder = pathlib.Path(folder)
    if not (folder / MODEL_NAME / str(version)).is_dir():
        raise TryOnError(f"{folder / MODEL_NAME}: there is no version {version}")
    config = read_config(folder)
    ours = next((model for model in config.model_config_list.config if model.name == MODEL_NAME), None)
    if ours is None:
        ours = config.model_config_list.config.add(name=MODEL_NAME, base_path=f"{MOUNT}/{MODEL_NAME}")
        ours.model_platform = "tensorflow"
    labels = dict(ours.version_labels)
    former = labels.get("stable")
    name = name or ("stable" if former in (None, version) else "canary")
    labels[name] = version
    if name == "stable":
        labels.pop("canary", None)
    versions = {*labels.values(), *([former] if former else [])}
    there = {number for number in versions if (folder / MODEL_NAME / str(number)).is_dir()}
    ours.ClearField("version_labels")
    ours.ClearField("model_version_policy")
    ours.model_version_policy.specific.versions.extend(sorted(there))
    for key in sorted(labels):
        if labels[key] in there:
            ours.version_labels[key] = labels[key]
    header = _HEADER.format(mount=MOUNT, file=CONFIG)
    notes = [f"{note}\n" for note in _comments(folder / CONFIG) if note not in header]
    write_text(folder / CONFIG, "".join([header, *notes, text_format.MessageToString(config)]))
    return dict(ours.version_labels)


def _comments(path: pathlib.Path) -> list[str]:
    """The comments of a file that is there, each from its # on."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [match[1].strip() for line in lines if (match := _COMMENT.match(line))]


def check_config(folder: pathlib.Path) -> None:
    """Raises a TryOnError if `models.config` of a folder can't be read."""
    read_config(folder)


def read_config(folder: pathlib.Path) -> model_server_config_pb2.ModelServerConfig:
    """`models.config` of a folder; empty if there is none."""
    config = model_server_config_pb2.ModelServerConfig()
    path = folder / CONFIG
    if path.is_file():
        try:
            text_format.Parse(read_bytes(path, "mend it, or move it away").decode(), config)
        except (text_format.ParseError, UnicodeDecodeError) as error:
            raise TryOnError(f"{path}: not a ModelServerConfig ({error}); mend it, or move it away") from error
    return config
