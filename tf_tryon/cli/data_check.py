"""`tf-tryon data check`: every record of a data set, counted and checked."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import given
from tf_tryon.writing.places import check_writable, refuse_overlap

ARGUMENTS = "DIR"
HELP = """Reads every record of a data set: counts garments, classes, sizes, missing keypoints, and finds what is wrong.

Wrong are corrupt or undecodable records, other sizes than the manifest's, labels outside their vocabulary, people
without garment or keypoints, keypoints outside the picture, labels and keypoints that are not of one person, classes of
implausible size (a hat of half the person), and ids or photos that occur twice (by a perceptual hash). --out gets
check.txt, check.json with all of them, contact_sheet.png and problems.png. Exit status 1 if anything is wrong.

  tf-tryon data check data/viton-hd --workers 2
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    flags.DEFINE_string("out", None, "Folder for the report; default: check/ in DIR.", flag_values=flag_values)
    flags.DEFINE_integer("workers", 2, "Processes that read.", lower_bound=1, flag_values=flag_values)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses a folder that holds no data set."""
    given.data_sets(args)


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Check the data set in folder `args[0]`, print the report and save it."""
    from tf_tryon.data.checking.check import check
    from tf_tryon.data.checking.report import check_place

    out = pathlib.Path(flags.out or pathlib.Path(args[0]) / "check")
    refuse_overlap(out, args, "--out", within=True)
    check_place(out)
    check_writable(out)
    report = check(args[0], flags.workers)
    print(report.text(), flush=True)  # first: what minutes have found is told even if it can't be saved
    report.save(out)
    print(f"{out}: check.txt, check.json, contact sheets")
    return 1 if report.problems else 0
