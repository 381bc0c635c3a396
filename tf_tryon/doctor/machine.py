"""Processor, memory and disk, with the limits that a container sets."""

from __future__ import annotations

import os
import pathlib
import platform
import shutil
import tempfile
from typing import Final

from tf_tryon.doctor.finding import NOTE, OK, PROBLEM, Finding

# What TensorFlow's kernels choose between; without AVX its wheels don't start at all.
_FEATURES: Final = ("avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16")
_GIB: Final = 2**30
# GiB. Measured at 128 px: completing peaks at 1.3, training at 2.0 with the configuration's own batch.
_MEMORY_COMPLETE, _MEMORY_TRAIN = 1.5, 4
_DISK: Final = 5  # GiB: a data set of 20,000 people and a run at 128 px


def processor(cpuinfo: pathlib.Path = pathlib.Path("/proc/cpuinfo")) -> Finding:
    """Name, usable cores and the vector instructions that TensorFlow looks for."""
    fields = _fields(cpuinfo)
    flags = fields.get("flags", "").split()
    known = [feature for feature in _FEATURES if feature in flags]
    name = fields.get("model name") or platform.processor() or platform.machine()
    described = f"{name}, {cores():g} cores" + (f", {' '.join(known)}" if known else "")
    if platform.machine() not in ("x86_64", "AMD64"):
        return Finding("machine", "processor", OK, described)
    if flags and "avx" not in flags:
        remedy = "take another machine, or let a virtual one show its host's processor"
        return Finding("machine", "processor", PROBLEM, described, "TensorFlow's wheels need AVX and crash", remedy)
    if flags and not {"avx2", "fma"} <= set(flags):
        remedy = "let a virtual machine show its host's processor"
        return Finding("machine", "processor", NOTE, described, "networks run slower without AVX2 and FMA", remedy)
    return Finding("machine", "processor", OK, described)


def cores() -> float:
    """Cores that this process may use: its affinity, and the quota of its control group."""
    available = float(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    quota = _read("/sys/fs/cgroup/cpu.max").split()
    if len(quota) == 2 and quota[0] != "max":
        available = min(available, int(quota[0]) / int(quota[1]))
    return available


def memory(
    meminfo: pathlib.Path = pathlib.Path("/proc/meminfo"), limit_file: str = "/sys/fs/cgroup/memory.max"
) -> Finding:
    """What is free of the machine's memory, or of the control group's limit if that is less."""
    fields = _fields(meminfo)
    if "MemTotal" not in fields:
        return Finding(
            "machine", "memory", NOTE, "unknown", "whether training fits is unknown", "look at the system's monitor"
        )
    total, free = (int(fields[name].split()[0]) * 1024 / _GIB for name in ("MemTotal", "MemAvailable"))
    limit = _read(limit_file).strip()
    if limit.isdigit() and int(limit) / _GIB < total:
        total = int(limit) / _GIB
        free = min(free, total)
    described = f"{free:.1f} of {total:.1f} GiB free"
    if free < _MEMORY_COMPLETE:
        cost = f"completing takes {_MEMORY_COMPLETE} GiB"
        return Finding(
            "machine", "memory", PROBLEM, described, cost, "end other programs, or raise the container's limit"
        )
    if free < _MEMORY_TRAIN:
        cost = "training takes 2 GiB at 128 px, and more at 256 px"
        return Finding("machine", "memory", NOTE, described, cost, "train with --config.train.batch_size=4")
    return Finding("machine", "memory", OK, described)


def disk(folder: pathlib.Path) -> Finding:
    """What is free where results would go."""
    free = shutil.disk_usage(folder).free / _GIB
    described = f"{free:.1f} GiB free at {folder.resolve()}"
    if not os.access(folder, os.W_OK):
        return Finding("machine", "disk", NOTE, described, "nothing can be written there", "go to a folder of your own")
    if free < _DISK:
        cost = f"a data set and a run of training take some {_DISK} GiB"
        return Finding(
            "machine", "disk", NOTE, described, cost, "free some, or name other disks with --out and --workdir"
        )
    return Finding("machine", "disk", OK, described)


def temporary() -> Finding:
    """The folder for temporary files: exporting and starting need one that can be written."""
    try:
        with tempfile.TemporaryFile():
            pass
    except OSError as error:
        remedy = "set TMPDIR to a folder that can be written (in a container: mount a tmpfs at /tmp)"
        return Finding("machine", "temporary files", PROBLEM, str(error), "TensorFlow can't be started quietly", remedy)
    return Finding("machine", "temporary files", OK, tempfile.gettempdir())


def _fields(path: pathlib.Path) -> dict[str, str]:
    """The first value of each `name : value` line."""
    fields: dict[str, str] = {}
    for line in _read(path).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    return fields


def _read(path: str | pathlib.Path) -> str:
    """A file of the kernel's; empty where there is none (another system, another version of control groups)."""
    try:
        return pathlib.Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
