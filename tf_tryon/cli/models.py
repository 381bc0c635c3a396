"""`tf-tryon models`: how big the networks are."""

from __future__ import annotations

from absl import flags
from ml_collections import ConfigDict

from tf_tryon.cli import config_flag

ARGUMENTS = ""
HELP = """Count the networks' parameters as the thesis's Table 4-1 does, next to what it prints.

Counted are weights, the u and v vectors of each spectral norm, and two blocks that the original built but never ran.
Rows: every variant of the table, baselines included. Exit status 1 if a count differs from the table.
With --config the networks of that configuration instead: weights that training changes, and megabytes as float32.

    tf-tryon models --config=shape_128
"""
_COLUMNS = (("G", "generator"), ("E", "encoder"), ("E_c", "context_encoder"), ("D", "discriminator"))


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define this command's flags."""
    config_flag.define(flag_values, "installed configuration (such as shape_thesis) or a file", required=False)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Print the table, 1 if a count differs from the thesis's; or the networks of a configuration."""
    del args
    return _table() if flag_values.config is None else _networks(flag_values.config)


def _networks(config: ConfigDict) -> int:
    from tf_tryon.config import validate
    from tf_tryon.models.accounting import count_trained
    from tf_tryon.models.build import build_networks

    validate(config)
    counts = {name: count_trained(model) for name, model in build_networks(config).models.items()}
    print(f"{'network':18}{'weights':>12}{'MB':>8}")
    for name, count in {**counts, "all": sum(counts.values())}.items():
        print(f"{name.replace('_', ' '):18}{count:>12,}{4e-6 * count:>8.1f}")
    return 0


def _table() -> int:
    from tf_tryon.models.accounting import table_4_1, thesis_counts

    print(f"{'variant':30}" + "".join(f"{title:>12}{'thesis':>12}" for title, _ in _COLUMNS))
    wrong, notes = 0, list[str]()
    for row in table_4_1():
        counts = thesis_counts(row.config)
        cells = ""
        for _, field in _COLUMNS:
            built, printed = getattr(counts, field), getattr(row.printed, field)
            wrong += built != printed
            cells += "".join(f"{'-' if count is None else format(count, ','):>12}" for count in (built, printed))
        print(f"{row.name:30}{cells}", flush=True)
        notes += [f"{row.name}: {row.note}"] if row.note else []
    print("\n".join(notes))
    if wrong:
        print(f"{wrong} counts differ from the thesis's")
    return 1 if wrong else 0
