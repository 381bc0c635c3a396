"""Python, the packages that the project requires, and its extras, as the installed metadata tells them."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from typing import Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tf_tryon.doctor.finding import NOTE, OK, PROBLEM, Finding

PROJECT: Final = "tf-tryon"
# What can't be done without an extra, and about how much its packages take on the disk.
EXTRAS: Final = {
    "photos": "no pose is found in photos of your own: each needs its parsing and keypoints beside it (200 MB)",
    "heic": "photos as iPhones save them (HEIC) are refused; JPEG works (20 MB)",
    "shop": "`tf-tryon catalogue build`, and ranking such a catalogue, don't work (60 MB)",
    "web": "`tf-tryon web`, the shop's page, doesn't start (10 MB)",
    "phone": "`tf-tryon export tflite`, `export lite` and `export parser` don't work (1 MB)",
    "beam": "`tf-tryon data ... --runner` can't go to a cluster; one machine works (150 MB)",
    "dask": "`tf-tryon data ... --runner DaskRunner` can't go to a cluster of Dask (170 MB)",
}
_LANES: Final = {"2": "the lane of Keras 2", "3": "the main lane"}


def python() -> Finding:
    """The interpreter."""
    described = f"{platform.python_version()} ({sys.executable})"
    wanted = importlib.metadata.metadata(PROJECT)["Requires-Python"]
    if platform.python_version() in SpecifierSet(wanted, prereleases=True):
        return Finding("versions", "Python", OK, described)
    cost, remedy = f"not tested: {PROJECT} requires {wanted}", "make an environment with a Python in that range"
    return Finding("versions", "Python", PROBLEM, described, cost, remedy)


def packages() -> Iterator[Finding]:
    """The project and each required package; one that is absent or of another version is a problem."""
    yield Finding("versions", PROJECT, OK, importlib.metadata.version(PROJECT))
    yield python()
    for requirement in _requirements(None):
        yield _package(requirement)


def extras() -> Iterator[Finding]:
    """Each extra that a user may want, and which of its packages are absent."""
    for extra, cost in EXTRAS.items():
        lacking = [str(requirement) for requirement in _requirements(extra) if not _fits(requirement)]
        if lacking:
            remedy = f"pip install '{PROJECT}[{extra}]'"
            yield Finding("extras", extra, NOTE, f"lacks {', '.join(lacking)}", cost, remedy)
        else:
            held = [f"{r.name} {importlib.metadata.version(r.name)}" for r in _requirements(extra)]
            yield Finding("extras", extra, OK, ", ".join(held))


def _package(requirement: Requirement) -> Finding:
    version = _version(requirement.name)
    if _fits(requirement):
        lane = f" ({_LANES[version.split('.')[0]]})" if requirement.name == "keras" and version[0] in _LANES else ""
        return Finding("versions", requirement.name, OK, f"{version}{lane}")
    # Only the lowest bound and the highest: exclusions in between would fill the screen.
    bounds = ",".join(sorted(str(s) for s in requirement.specifier if not str(s).startswith("!="))) or "any version"
    described = version or "not installed"
    cost = f"{PROJECT} requires {bounds} and may fail anywhere"
    return Finding("versions", requirement.name, PROBLEM, described, cost, f"pip install '{requirement}'")


def _requirements(extra: str | None) -> list[Requirement]:
    """What the project requires, of an extra only what it adds."""
    lines = importlib.metadata.requires(PROJECT) or []
    requirements: dict[str, Requirement] = {}
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        plain = marker is None or marker.evaluate({"extra": ""})
        if plain if marker is None or extra is None else not plain and marker.evaluate({"extra": extra}):
            requirements[canonicalize_name(requirement.name)] = requirement
    return list(requirements.values())


def _fits(requirement: Requirement) -> bool:
    version = _version(requirement.name)
    return bool(version) and requirement.specifier.contains(version, prereleases=True)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
