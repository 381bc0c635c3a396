"""Which runtime completes: the exported file without TensorFlow where it can serve the request, else TensorFlow."""

from __future__ import annotations

import importlib.util
import logging
from typing import TYPE_CHECKING

from absl import flags

from tf_tryon import quiet
from tf_tryon.errors import TryOnError

if TYPE_CHECKING:
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.lite.sidecar import Sidecar
    from tf_tryon.lite.tryon import TryOn as Lite

_log = logging.getLogger(__name__)

AUTO, LITE, TENSORFLOW = "auto", "lite", "tensorflow"


def define_runtime_flag(flag_values: flags.FlagValues) -> None:
    """--runtime."""
    text = "lite: the exported file, without TensorFlow; auto: that where it can serve the request."
    flags.DEFINE_enum("runtime", AUTO, [AUTO, LITE, TENSORFLOW], text, flag_values=flag_values)


def check_runtime(wanted: str, only_tensorflow: str) -> None:
    """Raise TryOnError if "lite" is wanted for what only TensorFlow can serve; arguments as for `load`."""
    if wanted == LITE and only_tensorflow:
        raise TryOnError(f"--runtime lite: only TensorFlow serves {only_tensorflow}")


def load(wanted: str, model: str, only_tensorflow: str = "", compiled: bool = True) -> TryOn | Lite:
    """The model in the runtime that was chosen, which is logged.

    Args:
      wanted: the flag.
      model: "street", "studio" or a folder.
      only_tensorflow: what of the request only TensorFlow can serve, "" if there is nothing.
      compiled: for TensorFlow's `TryOn.load`.

    Raises:
      TryOnError: "lite" is wanted, and can't be had; says why.
    """
    check_runtime(wanted, only_tensorflow)
    lacking = f"only TensorFlow serves {only_tensorflow}" if only_tensorflow else ""
    if wanted != TENSORFLOW and not lacking:
        exported = _exported(model)
        if not isinstance(exported, str):
            from tf_tryon.lite.tryon import TryOn as Lite

            _log.debug("completing without TensorFlow")
            return Lite(exported)
        if wanted == LITE:
            raise TryOnError(f"--runtime lite: {exported}")
        lacking = exported
    _log.debug("completing with TensorFlow%s", f": {lacking}" if lacking else "")
    quiet.import_tensorflow()
    from tf_tryon.inference.tryon import TryOn

    return TryOn.load(model, compiled)


def _exported(model: str) -> Sidecar | str:
    """A model's exported files, or why it can't be completed without TensorFlow."""
    from tf_tryon.lite.folders import sidecar_of_model

    if importlib.util.find_spec("ai_edge_litert") is None:
        return "ai-edge-litert isn't installed: pip install ai-edge-litert"
    try:
        return sidecar_of_model(model)
    except TryOnError as error:
        return str(error)
