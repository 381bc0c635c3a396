"""The embedded server behind the page, when no other is named: a folder of models, exported at the first start."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import pathlib
import shutil

from tf_tryon.annotation.model_files import cache_folder
from tf_tryon.serving.server import Server, Settings

_log = logging.getLogger(__name__)

_SHOWN = 16  # digits of a hash in a folder's name


def exported(model: str | None) -> pathlib.Path:
    """A folder of models with an export of a bundle, from the cache if the same weights were exported before.

    Args:
      model: "street" (None, too), "studio", or the folder of a bundle.
    """
    from tf_tryon.export import deployment, saved_model
    from tf_tryon.inference.model_folder import model_folder
    from tf_tryon.inference.tryon import TryOn

    source = model_folder(model)
    folder = cache_folder() / f"page-{digest(source)[:_SHOWN]}"
    if (folder / deployment.CONFIG).is_file():
        return folder
    _log.info("exporting %s once, into %s: about a minute", source, folder)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    version = saved_model.export(TryOn.load(source), partial)
    deployment.label(partial, int(version.name))
    shutil.rmtree(folder, ignore_errors=True)  # without its last file it is a torn one
    with contextlib.suppress(OSError):  # another page was faster; its folder is the same
        partial.rename(folder)
    return folder


def digest(bundle: pathlib.Path) -> str:
    """SHA-256 of the files that an export depends on: weights, configurations, and the version of this package."""
    from importlib import metadata

    total = hashlib.sha256(metadata.version("tf-tryon").encode())
    for path in sorted(bundle.glob("*/*")):
        if path.parent.name in ("shape", "texture"):
            total.update(path.relative_to(bundle).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def serving(models: pathlib.Path) -> Server:
    """A server of them on a free port of this machine; to be used in a `with`."""
    return Server(models, Settings(port=0))
