"""What networks compute in: `config.train.precision = "auto"` becomes bfloat16 where the machine has it, else float32.

A processor without bfloat16 emulates it, at an eighth of float32's speed; one that has it, or a GPU, is about twice as
fast. The choice is logged, and kept with the run: a resumed run goes on with its own.
"""

from __future__ import annotations

import logging
import os
import pathlib
import platform
import subprocess
from collections.abc import Callable
from typing import Final, NamedTuple

from ml_collections import ConfigDict

from tf_tryon import onednn
from tf_tryon.config import AUTO

FLOAT32: Final = "float32"
BFLOAT16: Final = "mixed_bfloat16"
_CAPABILITY: Final = (8, 0)  # NVIDIA's Ampere is the first with bfloat16
_X86: Final = ("avx512_bf16", "amx_bf16")
# Measured on a processor with AVX2 and nothing newer.
_EMULATED: Final = "trained .067 pictures/s on a processor with AVX2 only, where float32 trained .55"
_log = logging.getLogger(__name__)


class Support(NamedTuple):
    """Whether bfloat16 is fast here, and why (a clause)."""

    fast: bool
    why: str


def support(cpuinfo: pathlib.Path = pathlib.Path("/proc/cpuinfo")) -> Support:
    """Of the GPUs that TensorFlow uses, all of them; without any, of the processor."""
    import tensorflow as tf

    gpus = [tf.config.experimental.get_device_details(gpu) for gpu in tf.config.get_visible_devices("GPU")]
    if gpus:
        lowest = min(gpu.get("compute_capability") or (0, 0) for gpu in gpus)
        return Support(lowest >= _CAPABILITY, f"the GPU's compute capability is {'.'.join(map(str, lowest))}")
    return processor(cpuinfo)


def processor(cpuinfo: pathlib.Path = pathlib.Path("/proc/cpuinfo")) -> Support:
    """Of the processor alone: Intel's and AMD's, or Arm's, Apple's among them."""
    if platform.machine() in ("arm64", "aarch64"):
        fast = "bf16" in _listed(cpuinfo, "Features") or (platform.system() == "Darwin" and _apple())
        return Support(fast, f"the processor has {'' if fast else 'no '}bf16")
    known = [name for name in _X86 if name in _listed(cpuinfo, "flags")]
    if known and os.environ.get(onednn.SWITCH) == "0":
        return Support(False, f"{onednn.SWITCH}=0 switches the processor's bfloat16 off")
    return Support(bool(known), f"the processor has {' and '.join(known) or 'neither ' + ' nor '.join(_X86)}")


def resolved(wanted: str) -> str:
    """`wanted`, or what "auto" stands for on this machine; tells the choice, and warns of bfloat16 that is emulated."""
    supported = support()
    precision = (BFLOAT16 if supported.fast else FLOAT32) if wanted == AUTO else wanted
    _tell(precision, wanted == AUTO, supported)
    return precision


def settled(
    config: ConfigDict, saved: ConfigDict | None = None, everywhere: Callable[[bool], bool] = lambda fast: fast
) -> ConfigDict:
    """The configuration with a precision of its own in place of "auto", and `precision_auto` telling that it was.

    Args:
      config: with `train.precision` and `train.precision_auto`; stays as it is.
      saved: what the run began with, which it keeps; None for a new run.
      everywhere: whether all workers answer yes; each has to call it.
    """
    train, supported = config.train, support()
    precision, auto = train.precision, train.precision == AUTO
    before = None if saved is None else saved.train.precision
    if auto:
        fast = everywhere(supported.fast if before is None else before == BFLOAT16)
        chosen = BFLOAT16 if fast else FLOAT32
        # A worker whose own run differs from what all can do is refused with its folder, which names both values.
        precision = before if before is not None and fast == (before == BFLOAT16) else chosen
    if saved is not None and precision == before:
        auto = saved.train.precision_auto
    _tell(precision, auto, supported, resumed=before is not None)
    config = config.copy_and_resolve_references()
    config.train.precision, config.train.precision_auto = precision, auto
    return config


def _tell(precision: str, auto: bool, supported: Support, resumed: bool = False) -> None:
    if resumed:
        _log.info("precision %s: as the run began", precision)
    elif auto:
        _log.info("precision %s, chosen by itself: %s", precision, supported.why)
    if precision == BFLOAT16 and not supported.fast:
        _log.warning(
            "precision %s is slow here: %s. Emulated it %s. 'auto' or 'float32' is the better choice for a new run",
            precision, supported.why, _EMULATED,
        )  # fmt: skip


def _listed(cpuinfo: pathlib.Path, field: str) -> set[str]:
    """The words of a field's first line in Linux's description of the processor; none on other systems."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    fields = (line.partition(":") for line in lines)
    return next((set(value.split()) for name, _, value in fields if name.strip() == field), set())


def _apple() -> bool:
    command = ["sysctl", "-n", "hw.optional.arm.FEAT_BF16"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip() == "1"
    except (OSError, subprocess.TimeoutExpired):
        return False
