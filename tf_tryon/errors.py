"""The errors that a user can act on."""


class TryOnError(Exception):
    """Something a user gave or asked for can't work; the message names it, says what is wrong and what to do.

    The command line prints it as one line, without a traceback. Libraries raise ValueError for a bad argument and
    OSError for a file that can't be read or written; the command line treats those alike. TryOnError is for what is
    neither: a run that can't go on, weights that don't fit, a person without the asked garment.
    """


class BadFileError(TryOnError, ValueError):
    """A file isn't what it should be: damaged, made by another program, or made to do harm."""


class MissingFileError(TryOnError, FileNotFoundError):
    """A file that should be there isn't."""


class InTheWayError(TryOnError):
    """Files that tf-tryon did not write lie where results are to go; nothing was changed."""

    reason = "in the way"  # in reports of many photos
