"""The embedded server behind the page, when no other is named: a folder of models, exported at the first start."""

from __future__ import annotations

import hashlib
import logging
import os
import pathlib
from typing import Final

from tf_tryon.annotation.model_files import CACHE, cache_folder
from tf_tryon.errors import TryOnError
from tf_tryon.serving.server import Server, Settings
from tf_tryon.writing import disk
from tf_tryon.writing.results import new_files

_log = logging.getLogger(__name__)

_MARK: Final = "page.json"
_SHOWN = 16  # digits of a hash in a folder's name


def exported(model: str | None) -> pathlib.Path:
    """A folder of models with an export of a bundle, from the cache if the same weights were exported before.

    Args:
      model: "street" (None, too), "studio", or the folder of a bundle.

    Raises:
      TryOnError: the cache can't be written, or holds something else there; says what to do.
    """
    from tf_tryon.export import deployment, saved_model
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.inference.tryon import TryOn

    source = model_folder(model)
    cache = cache_folder()
    if cache is None:
        raise TryOnError(f"this user has no home to keep an export in: name a folder in {CACHE}, or exported --models")
    folder = cache / f"page-{digest(source)[:_SHOWN]}"
    if os.path.isfile(folder / deployment.CONFIG):
        return folder
    _log.info("exporting %s once, into %s: it takes some minutes", source, folder)
    try:
        with new_files(folder, _MARK, by="tf-tryon web", alone=True) as new:
            version = saved_model.export(TryOn.load(source), new.path)
            deployment.label(new.path, int(version.name))
            new.content = {"model": str(source)}
    except OSError as error:
        problem = disk.sentence(error) or str(error)
        raise TryOnError(f"{problem} ({CACHE} names another cache, --models an export that is there)") from error
    return folder


def digest(bundle: pathlib.Path) -> str:
    """SHA-256 of what an export depends on: weights, configurations, signatures, the version of this package."""
    from importlib import metadata

    from tf_tryon.export.signatures import INPUTS

    total = hashlib.sha256(f"{metadata.version('tf-tryon')} {INPUTS}".encode())
    for path in sorted(bundle.glob("*/*")):
        if path.parent.name in ("shape", "texture"):
            total.update(path.relative_to(bundle).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def serving(models: pathlib.Path) -> Server:
    """A server of them on a free port of this machine; to be used in a `with`."""
    return Server(models, Settings(port=0))
