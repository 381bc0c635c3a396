"""GPUs: those that the driver knows, and those that TensorFlow can use."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from typing import Any

from tf_tryon.doctor.finding import NOTE, OK, PROBLEM, Finding

_SECONDS = 20  # for nvidia-smi, which hangs when a driver does


def gpus() -> list[Finding]:
    """Whether TensorFlow starts, and each GPU; one that only the driver knows is a note."""
    try:
        tf = importlib.import_module("tensorflow")
        used = tf.config.list_physical_devices("GPU")
        names = [tf.config.experimental.get_device_details(gpu) for gpu in used]
    except Exception as error:  # a broken installation raises anything: that is what is asked
        remedy = "pip install --force-reinstall tensorflow, in an environment of its own"
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return [Finding("accelerators", "TensorFlow", PROBLEM, reason, "nothing that needs networks works", remedy)]
    return compared(names, driver_gpus())


def compared(used: list[dict[str, Any]], known: list[str]) -> list[Finding]:
    """Findings for the GPUs that TensorFlow uses (details of each) and those that the driver knows (a line each)."""
    findings: list[Finding] = []
    for number, details in enumerate(used):
        version = ".".join(map(str, details.get("compute_capability", ()))) or "unknown"
        memory = f", {known[number]}" if number < len(known) else ""
        device = f"{details.get('device_name', 'unknown')}, compute capability {version}{memory}"
        findings.append(Finding("accelerators", f"GPU {number}", OK, device))
    if len(known) > len(used):
        cost = f"{len(known) - len(used)} of {len(known)} GPUs stand idle: TensorFlow can't use them"
        remedy = "pip install 'tensorflow[and-cuda]' of the same version, and look at CUDA_VISIBLE_DEVICES"
        findings.append(Finding("accelerators", "GPU", NOTE, "; ".join(known), cost, remedy))
    if not known and not used:
        cost = "training runs on the processor, many times slower"
        remedy = "none is needed for completing; for training take a machine with an NVIDIA GPU, or less than 256 px"
        findings.append(Finding("accelerators", "GPU", NOTE, "none", cost, remedy))
    return findings


def driver_gpus() -> list[str]:
    """Name and memory of each GPU that NVIDIA's driver knows; none where there is no driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()] if done.returncode == 0 else []
