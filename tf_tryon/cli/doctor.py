"""`tf-tryon doctor`: what this machine offers the project."""

from __future__ import annotations

import contextlib

from absl import flags

from tf_tryon.cli.defining import Into

ARGUMENTS = ""
HELP = """Tell what is installed here, what is missing, what that costs, and what to do.

Looks at versions, processor, memory, disk, GPUs, models and extras; changes nothing and fetches nothing. Exit status 1
if something keeps the project from working. A report of a fault should hold what it prints.

  tf-tryon doctor
  tf-tryon doctor --json --model runs/model
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_bool("json", False, "JSON instead of text.", **add)
    flags.DEFINE_string(
        "model", None, "street, studio, or a folder of `tf-tryon bundle`; default: the bundled two.", **add
    )
    flags.DEFINE_string("folder", ".", "Where you mean to write: whose disk is looked at.", **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a folder that isn't there."""
    import pathlib

    del args
    if not pathlib.Path(flag_values.folder).is_dir():
        raise NotADirectoryError(f"{flag_values.folder}: there is no such folder")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Prints the report; 1 if there is a problem."""
    del args
    from tf_tryon import quiet
    from tf_tryon.doctor import examination

    with contextlib.suppress(Exception):  # why it can't be imported is among the findings
        quiet.import_tensorflow()
    findings = examination.examine(flag_values.model, flag_values.folder)
    print(examination.as_json(findings) if flag_values.json else examination.as_text(findings))
    return 0 if examination.works(findings) else 1
