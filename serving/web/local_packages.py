"""The npm packages of the local page, LiteRT's and MediaPipe's web runtimes: installed once, by npm, into the cache.

`local/packages/package-lock.json` pins their versions and SHA-512; npm refuses what differs. They are Apache-2.0,
and with 77 MB too large to come along.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import logging
import pathlib
import shutil
import subprocess
from typing import Final

from tf_tryon.annotation.model_files import CACHE, cache_folder
from tf_tryon.errors import TryOnError
from tf_tryon.writing import disk
from tf_tryon.writing.results import new_files

_log = logging.getLogger(__name__)

_LOCK: Final = importlib.resources.files("tf_tryon.serving.web").joinpath("local/packages")
_MARK: Final = "packages.json"
_NAMES: Final = ("package.json", "package-lock.json")
_SHOWN: Final = 16  # digits of the lock's hash in the folder's name
_TIMEOUT: Final = 600.0  # seconds


def node_modules() -> pathlib.Path:
    """The folder that the page's imports name, installed at the first call.

    Raises:
      TryOnError: npm is missing or fails, or the cache can't be written; says what to do.
    """
    cache = cache_folder()
    if cache is None:
        raise TryOnError(f"this user has no home to keep npm packages in: name a folder in {CACHE}")
    texts = {name: _LOCK.joinpath(name).read_bytes() for name in _NAMES}
    folder = cache / f"npm-{hashlib.sha256(b''.join(texts.values())).hexdigest()[:_SHOWN]}"
    if (folder / _MARK).is_file():
        return folder / "node_modules"
    npm = shutil.which("npm")
    if npm is None:
        raise TryOnError(
            "the local page's runtimes are npm packages, and npm isn't installed: install Node.js, or copy "
            f"{folder} from a machine that has them"
        )
    _log.info("installing the page's npm packages once, into %s", folder)
    try:
        with new_files(folder, _MARK, by="tf-tryon web --local", alone=True) as new:
            for name, text in texts.items():
                (new.path / name).write_bytes(text)
            _install(npm, new.path)
            new.content = {"packages": [path.name for path in sorted((new.path / "node_modules").glob("@*/*"))]}
    except OSError as error:
        raise TryOnError(f"{disk.sentence(error) or error} ({CACHE} names another cache)") from error
    return folder / "node_modules"


def _install(npm: str, folder: pathlib.Path) -> None:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-bin-links"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise TryOnError(f"npm took more than {_TIMEOUT:.0f} seconds: is its registry within reach?") from error
    if done.returncode:
        lines = [line.removeprefix("npm error ") for line in done.stderr.splitlines() if line.startswith("npm error")]
        raise TryOnError(f"npm can't install the local page's packages: {'; '.join(lines[:3]) or done.stderr[-300:]}")
    (folder / "node_modules" / ".package-lock.json").unlink(missing_ok=True)
