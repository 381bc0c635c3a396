"""Starting from another run: its weights, as many as fit, and what else of its training goes on.

Where only a part of the networks learns, the rest has to be the other run's: whatever was left random, or reads and
draws other pictures than it was trained for, would stay so for good.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Final

import numpy as np
from ml_collections import ConfigDict

from tf_tryon.config import elbo_weights
from tf_tryon.data.alike import SEEN
from tf_tryon.derived import doubled
from tf_tryon.errors import TryOnError
from tf_tryon.models.model_set import learning_part
from tf_tryon.stages import SHAPE
from tf_tryon.training.step import State
from tf_tryon.training.trained_state import discriminator_trained, steered_beta
from tf_tryon.training.variables import network_variables
from tf_tryon.training.weights import read_run

_JUDGE: Final = "discriminator/"
_SHOWN: Final = 3  # of what a message could tell
# Of config.model, what says nothing of the networks that stay: the prior's own, how weights begin, how codes are drawn.
_FREE: Final = ("prior", "context_pool", "encoder_head_std", "local_temperature", "replaces", "discriminator")


def init_from(state: State, path: str | Path) -> str:
    """Start from another run: every array of the same name and shape is taken, and the beta that it steered to.

    Nets are convolutional, so a run at 64 px can start one at 128 px.

    Args:
      state: fresh.
      path: a run's folder or a weights file.

    Returns:
      A report: how many arrays were taken, and which were not and why.

    Raises:
      TryOnError: nothing matches; or a part is to be trained, and what stays is not all there or saw other pictures
        (names arrays or fields). Nothing was taken then.
    """
    arrays, other, step = read_run(path)
    variables = network_variables(state.nets)
    fresh = {
        name: "not there" if name not in arrays else f"{arrays[name].shape} there, {tuple(variable.shape)} here"
        for name, variable in variables.items()
        if name not in arrays or arrays[name].shape != tuple(variable.shape)
    }
    if len(fresh) == len(variables):
        raise TryOnError(f"config.train.init_from = {str(path)!r}: none of its weights fits these networks")
    if part := learning_part(state.nets.config):
        _check_rest(part, state.nets.config, other, path, fresh)
    for name in variables.keys() - fresh.keys():
        variables[name].assign(arrays[name].astype(np.float32))
    if state.ema is not None:
        state.ema.restart()
    if state.came_trained is not None:
        came = not any(name.startswith(_JUDGE) for name in fresh)
        state.came_trained.assign(int(came and discriminator_trained(path, other, step)))
    report = f"{path}, step {step}: took {len(variables) - len(fresh)} of {len(variables)} arrays"
    report += _left(fresh, arrays)
    if unused := [name for name in arrays if name not in variables]:
        report += f"; unused there: {', '.join(unused)}"
    beta = steered_beta(path, other)
    if beta is not None and other.stage == state.nets.config.stage and state.kl_weight.steered is not None:
        report += f"; beta {state.kl_weight.go_on(beta, elbo_weights(other)):.3g}, steered there to {beta:.3g}"
    return report


def _check_rest(part: str, own: ConfigDict, other: ConfigDict, path: str | Path, fresh: dict[str, str]) -> None:
    """Raise TryOnError unless all outside the part comes from the other run and means the same here.

    The discriminator may be missing, as it is in weights files: no part learns from it.
    """
    wrong = [f"{name} ({why})" for name, why in fresh.items() if not name.startswith((part, _JUDGE))]
    wrong = wrong or _differing(own, other)
    if not wrong:
        return
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    sizes = ", or of that at half its size" if own.train.networks == "finer" else ""
    raise TryOnError(
        f"config.train.init_from = {str(path)!r}: config.train.networks = {own.train.networks!r} trains {part[:-1]}"
        f" alone, and the rest, which would stay as it is for good, doesn't fit: {'; '.join(wrong[:_SHOWN])}{more}."
        f" Name a run of this configuration's stage, data and model{sizes}, or train 'all'"
    )


def _differing(own: ConfigDict, other: ConfigDict) -> list[str]:
    """Fields of data and model in which what stays was trained for other than what it would be used for."""
    if own.train.networks == "finer" and other.model.generator_pool == 1:
        other = doubled(copy.deepcopy(other))
    seen = (*SEEN, "shape_frame") if own.stage == SHAPE else SEEN
    fields = [("data", name) for name in seen] + [("model", name) for name in own.model if name not in _FREE]
    return [
        f"config.{section}.{name} is {other[section][name]!r} there and {own[section][name]!r} here"
        for section, name in fields
        if other[section][name] != own[section][name]
    ]


def _left(fresh: dict[str, str], arrays: dict[str, np.ndarray]) -> str:
    """What was not taken, a network that isn't there at all as one."""
    absent = {_network(name) for name in fresh} - {_network(name) for name in arrays}
    left = [f"all of the {network} (not there)" for network in sorted(absent)]
    left += [f"{name} ({why})" for name, why in fresh.items() if _network(name) not in absent]
    return f"; fresh: {', '.join(left)}" if left else ""


def _network(name: str) -> str:
    """The network that an array belongs to, such as "generator"."""
    return name.partition("/")[0]
