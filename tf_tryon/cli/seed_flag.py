"""The flag of a verb's randomness."""

from __future__ import annotations

from absl import flags

from tf_tryon.inference.noise import MAX_SEED


def define_seed(flag_values: flags.FlagValues, of: str, default: int = 0) -> None:
    """--seed, from 0 to the largest that noise is drawn with; `of` is its help, what it is the seed of."""
    flags.DEFINE_integer("seed", default, of, lower_bound=0, upper_bound=MAX_SEED, flag_values=flag_values)
