"""The versions of a model that are served: found in a folder, loaded, labelled, replaced while requests go on.

Which versions and labels there are is said by `models.config` beside the model's folder, TF-Serving's own format;
without that file the newest version is served and labelled `stable`. Both are looked at again and again, so a new
version, a canary or a roll-back needs no restart. A version that leaves goes only when its last request is answered, or
when a server that ends has waited long enough.
"""

# Generated protos and TensorFlow come without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false

from __future__ import annotations

import contextlib
import logging
import pathlib
import threading
import time
from collections.abc import Generator

from google.protobuf import text_format
from tensorflow_serving.apis import get_model_status_pb2
from tensorflow_serving.config import model_server_config_pb2

from tf_tryon.export.deployment import CONFIG
from tf_tryon.export.manifest import FILE as MANIFEST
from tf_tryon.export.session_model import SessionModel
from tf_tryon.export.warmup import arrays, read
from tf_tryon.files import json_file
from tf_tryon.logs import fields
from tf_tryon.serving.validation import Limits, limits_of

_log = logging.getLogger(__name__)

State = get_model_status_pb2.ModelVersionStatus.State


class NotServedError(LookupError):
    """No such model, version or label here; the message says which there are."""


class Version:
    """One loaded version and how many requests are in it."""

    def __init__(self, number: int, folder: pathlib.Path, threads: int, max_pixels: int) -> None:
        self.number = number
        manifest = json_file.read(folder / MANIFEST, "export this version again")
        self.limits: Limits = limits_of(manifest, max_pixels)
        self.model = SessionModel(folder, threads)
        self.users = 0
        for request in read(folder):
            self.model.run(request.model_spec.signature_name, arrays(request))


class Versions:
    """Watches one model's folder.

    Args:
      models: the folder that holds `models.config` and NAME/.
      name: of the model.
      threads: of each version's session.
      max_pixels: lowers the models' own bound of a photo; 0: doesn't.
    """

    def __init__(self, models: pathlib.Path, name: str, threads: int = 0, max_pixels: int = 0) -> None:
        self.name, self._models, self._threads, self._max_pixels = name, models, threads, max_pixels
        self._lock = threading.Condition()
        self._loaded: dict[int, Version] = {}
        self._labels: dict[str, int] = {}
        self._states: dict[int, tuple[int, str]] = {}
        self._configured = False
        self._end: float | None = None  # of time.monotonic(), when nobody is waited for any more; None: not ending
        self.trouble = ""  # why the last look at folder and configuration changed nothing

    def refresh(self) -> None:
        """Loads what is new, then relabels, then lets go of what is no longer wanted. One thread calls it.

        A version or configuration that can't be used is reported, in the status too, and what served before goes on.
        """
        try:
            wanted, labels = self._wanted()
        except (ValueError, OSError) as error:
            self.trouble = f"{self._models / CONFIG}: {error}"
            _log.error("%s; what was served before goes on", self.trouble)
            return
        self.trouble = ""
        for number in wanted:
            if number not in self._loaded and self._states.get(number, (0, ""))[0] != State.END:
                self._load(number)
        with self._lock:
            usable = {label: number for label, number in labels.items() if number in self._loaded}
            self._labels = {**{k: v for k, v in self._labels.items() if k in labels}, **usable}
            kept = {*wanted, *self._labels.values()}
            if not any(number in self._loaded for number in wanted):
                kept |= set(self._loaded)  # better the old than nothing
            leaving = [self._loaded.pop(number) for number in sorted(self._loaded) if number not in kept]
            # A version that failed is tried again when it has gone from the configuration and comes back.
            self._states = {
                n: s for n, s in self._states.items() if n in wanted or n in self._loaded or s[0] == State.END
            }
            for number in [n for n, s in self._states.items() if s[0] == State.END and s[1] and n not in wanted]:
                del self._states[number]
        for version in leaving:
            self._unload(version)

    @contextlib.contextmanager
    def use(self, number: int | None = None, label: str = "") -> Generator[Version, None, None]:
        """A version for the time of one request: by number, by label, or the newest.

        Raises:
          NotServedError: there is none such.
        """
        with self._lock:
            version = self._find(number, label)
            version.users += 1
        try:
            yield version
        finally:
            with self._lock:
                version.users -= 1
                self._lock.notify_all()

    @property
    def folder(self) -> pathlib.Path:
        """Where the versions are."""
        return self._models / self.name

    @property
    def ready(self) -> bool:
        """Whether any version can answer."""
        return bool(self._loaded)

    @property
    def labels(self) -> dict[str, int]:
        """Version by label."""
        return dict(self._labels)

    def statuses(self) -> dict[int, tuple[int, str]]:
        """State and error message by version."""
        with self._lock:
            return dict(self._states)

    def close(self, within: float = 0.0) -> None:
        """Unloads all; requests that are in a version may be finished `within` that many seconds."""
        with self._lock:
            self._end = time.monotonic() + within
            self._lock.notify_all()
            leaving = list(self._loaded.values())
            self._loaded.clear()
            self._labels.clear()
        for version in leaving:
            self._unload(version)

    def _find(self, number: int | None, label: str) -> Version:
        there = f"versions {', '.join(map(str, sorted(self._loaded))) or 'none'}"
        if label:
            if label not in self._labels:
                raise NotServedError(f"{self.name}: no version is labelled {label!r}: labels {self._labels}, {there}")
            number = self._labels[label]
        if number is None and self._loaded:
            number = max(self._loaded)
        if number is None or number not in self._loaded:
            raise NotServedError(
                f"{self.name}: version {number if number is not None else 'any'} isn't served: {there}"
            )
        return self._loaded[number]

    def _wanted(self) -> tuple[list[int], dict[str, int]]:
        """Versions to serve, and labels."""
        there = sorted(int(path.name) for path in self.folder.glob("*") if path.name.isdecimal() and path.is_dir())
        path = self._models / CONFIG
        if not path.is_file():
            if self._configured:  # a file that is replaced is away for a moment: no reason to serve a canary to all
                raise ValueError("it was there and is gone: put it back, or start again to serve the newest version")
            return there[-1:], {"stable": there[-1]} if there else {}
        self._configured = True
        return wanted_by(path.read_text(encoding="utf-8", errors="replace"), self.name, there)

    def _load(self, number: int) -> None:
        self._set(number, State.LOADING)
        folder = self.folder / str(number)
        try:
            version = Version(number, folder, self._threads, self._max_pixels)
        except Exception as error:  # whatever is wrong with a model on disk must not end the server
            self._set(number, State.END, f"{type(error).__name__}: {str(error).splitlines()[0][:300]}")
            _log.error("%s can't be loaded: %s", folder, self._states[number][1], extra=fields(version=number))
            return
        with self._lock:
            if ending := self._end is not None:
                self._states.pop(number, None)
            else:
                self._loaded[number] = version
        if ending:  # while it was loaded
            version.model.close()
            return
        self._set(number, State.AVAILABLE)
        _log.info("%s is served", folder, extra=fields(version=number))

    def _unload(self, version: Version) -> None:
        self._set(version.number, State.UNLOADING)
        with self._lock:
            while version.users and (self._end is None or time.monotonic() < self._end):
                self._lock.wait(None if self._end is None else self._end - time.monotonic())
            if version.users:
                _log.warning("version %d ends with %d requests unanswered", version.number, version.users)
        version.model.close()
        with self._lock:
            self._states.pop(version.number, None)
        _log.info("version %d is no longer served", version.number, extra=fields(version=version.number))

    def _set(self, number: int, state: int, message: str = "") -> None:
        with self._lock:
            self._states[number] = (state, message)


def wanted_by(text: str, name: str, there: list[int]) -> tuple[list[int], dict[str, int]]:
    """Versions and labels of one model that a `models.config` asks for, of those that are there.

    Raises:
      ValueError: not such a configuration, it doesn't name the model, or none of the versions that it names is there.
    """
    config = model_server_config_pb2.ModelServerConfig()
    try:
        text_format.Parse(text, config)
    except text_format.ParseError as error:
        raise ValueError(f"not a ModelServerConfig: {error}") from error
    for model in config.model_config_list.config:
        if model.name != name:
            continue
        policy = model.model_version_policy
        if policy.WhichOneof("policy_choice") == "specific":
            wanted = sorted(set(policy.specific.versions) & set(there))
            if not wanted:
                asked, found = (", ".join(map(str, numbers)) for numbers in (policy.specific.versions, there))
                raise ValueError(f"it asks for version {asked or 'none'} of {name}; there: {found or 'none'}")
        elif policy.WhichOneof("policy_choice") == "all":
            wanted = there
        else:
            wanted = there[-(policy.latest.num_versions or 1) :]
        return wanted, dict(model.version_labels)
    raise ValueError(f"it names no model {name!r}")
