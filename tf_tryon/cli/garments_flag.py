"""`--garments` of `evaluate`: what of each stage is measured, settled before anything is sampled."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ml_collections import ConfigDict

if TYPE_CHECKING:
    from tf_tryon.data.records import RecordSet

_log = logging.getLogger(__name__)


def check_garments(asked: Sequence[str] | None, stages: Iterable[ConfigDict]) -> None:
    """Raise ValueError for what is no garment, and for what one of the stages was never trained on."""
    from tf_tryon.data.vocabulary import TARGETS
    from tf_tryon.inference.model_folder import trained_targets

    if wrong := [garment for garment in asked or () if garment not in TARGETS]:
        raise ValueError(f"--garments: {', '.join(wrong)}: choose of {', '.join(TARGETS)}")
    for config in stages:
        trained = trained_targets(config)
        if wrong := [garment for garment in asked or () if garment not in trained]:
            raise ValueError(
                f"--garments: the {config.stage} stage was never trained on {', '.join(wrong)}: choose of "
                f"{', '.join(trained)}"
            )


def measured_garments(
    asked: Sequence[str] | None, config: ConfigDict, before: ConfigDict | None, records: RecordSet, split: str
) -> tuple[str, ...]:
    """What is measured of a stage: what was asked for, or all that can be, with a warning of what can't.

    Args:
      asked: the flag, which `check_garments` has found good.
      config: of the stage.
      before: of the shape stage whose parsings it is given as well; None: of no stage.
      records: the data set.
      split: of it.

    Raises:
      ValueError: nobody shows a garment that was asked for, or any that was trained; or the split is unknown.
    """
    from tf_tryon.data.usable import usable_if_any
    from tf_tryon.inference.model_folder import trained_targets

    wanted = tuple(asked or trained_targets(config))
    if before is not None and (unknown := [name for name in wanted if name not in trained_targets(before)]):
        _left_out(unknown, config, f"the {before.stage} stage before it was never trained on that")
        wanted = tuple(name for name in wanted if name not in unknown)
    shown = tuple(name for name in wanted if len(usable_if_any(records, split, config, name)))
    hidden = [name for name in wanted if name not in shown]
    nobody = f"nobody in split {split!r} of {records.directory} shows"
    enough = f"and at least {config.data.min_garments} garments"
    if hidden and (asked or not shown):
        raise ValueError(
            f"{nobody} {' or '.join(hidden)} {enough}: name other --garments, another --split or another data set"
        )
    _left_out(hidden, config, f"{nobody} that {enough}")
    return shown


def _left_out(garments: Sequence[str], config: ConfigDict, reason: str) -> None:
    for garment in garments:
        _log.warning("%s is not measured of the %s stage: %s", garment, config.stage, reason)
