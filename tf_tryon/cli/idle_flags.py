"""A flag that is given without the one that it belongs to would do nothing: it is refused, for who gives it expects
something of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from absl import flags


def refuse(flag_values: flags.FlagValues, needs: Mapping[str, str]) -> None:
    """Raise ValueError for a flag that was given without the one that it needs.

    Args:
      flag_values: of the command line.
      needs: by flag, another flag without whose value it would do nothing.
    """
    for name, other in needs.items():
        if flag_values[name].present and getattr(flag_values, other) in (None, ""):
            raise ValueError(f"--{name} is of --{other}, which is not given: give it, or leave --{name} out")
