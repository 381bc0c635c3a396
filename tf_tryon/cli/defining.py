"""What absl's DEFINE functions take besides a flag's own arguments."""

from __future__ import annotations

from typing import TypedDict

from absl import flags


class Into(TypedDict):
    """The set of flags that a flag is defined in, for `**`: typed, so that pyright knows which argument it is."""

    flag_values: flags.FlagValues
