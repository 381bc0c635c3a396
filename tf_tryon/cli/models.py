"""`tf-tryon models`: how big the networks are."""

from __future__ import annotations

from absl import flags

ARGUMENTS = ""
HELP = """Count the networks' parameters as the thesis's Table 4-1 does, next to what it prints.

Counted are weights, the u and v vectors of each spectral norm, and two blocks that the original built but never ran.
Rows: every variant of the table that needs no baseline. Exit status 1 if a count differs from the table.

  tf-tryon models
"""
_COLUMNS = (("G", "generator"), ("E", "encoder"), ("E_c", "context_encoder"), ("D", "discriminator"))


def define_flags(flag_values: flags.FlagValues) -> None:
    """None: the table is fixed."""
    del flag_values


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Builds every variant and prints its counts; 1 if one differs from the thesis's."""
    del flag_values, args
    from tf_tryon.models.accounting import table_4_1, thesis_counts

    print(f"{'variant':30}" + "".join(f"{title:>12}{'thesis':>12}" for title, _ in _COLUMNS))
    wrong, notes = 0, []
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
