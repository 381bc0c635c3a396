"""`--vocabulary`, which every verb that reads label pictures has."""

from __future__ import annotations

from absl import flags


def define_vocabulary(
    flag_values: flags.FlagValues, text: str = "Labels of NAME_parsing.png; default: detected."
) -> None:
    """Define the flag; None where it isn't given."""
    from tf_tryon.data.vocabulary import VOCABULARIES

    flags.DEFINE_enum("vocabulary", None, list(VOCABULARIES), text, flag_values=flag_values)
