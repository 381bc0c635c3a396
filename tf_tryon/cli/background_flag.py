"""`--background`, of the verbs that complete photos."""

from __future__ import annotations

from absl import flags

_TEXT = "Keep it; studio: grey instead; restore: grey for the networks, the photo's own in the result."


def define_background(flag_values: flags.FlagValues) -> None:
    """Define the flag."""
    from tf_tryon.models.background import BACKGROUNDS, KEEP

    flags.DEFINE_enum("background", KEEP, list(BACKGROUNDS), _TEXT, flag_values=flag_values)
