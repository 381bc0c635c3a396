"""`tf-tryon data show`: a contact sheet of a data set."""

from __future__ import annotations

from absl import flags

from tf_tryon.cli import given
from tf_tryon.data.vocabulary import GARMENTS
from tf_tryon.writing.pictures import check_picture, save_picture
from tf_tryon.writing.places import refuse_overlap

BY = "tf-tryon data show"
ARGUMENTS = "DIR"
HELP = """
Draws people of a data set with all that training derives from them: photo, parsing, pose, the photo with the target
garment erased, and the crops x_s, x_a and x_c. Look at it before you train on the data.

  tf-tryon data show people --out sheet.png --count 12
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    flags.DEFINE_string("out", "contact_sheet.png", "the PNG to write", flag_values=flag_values)
    flags.DEFINE_integer("count", 12, "how many people", lower_bound=1, flag_values=flag_values)
    flags.DEFINE_string("split", None, "only this split, for instance train or test", flag_values=flag_values)
    flags.DEFINE_enum(
        "garment",
        None,
        list(GARMENTS),
        "the target for everybody; otherwise garments take turns",
        flag_values=flag_values,
    )
    flags.DEFINE_integer("cell", 128, "height of a picture in pixels", lower_bound=32, flag_values=flag_values)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses a name that is somebody else's, or the data set's."""
    refuse_overlap(flags.out, args, "--out", within=flags["out"].using_default_value)
    check_picture(flags.out, by=BY)
    given.data_sets(args)


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Draw and save the sheet of the data set in folder `args[0]`."""
    from PIL import Image

    from tf_tryon.data.contact_sheet import contact_sheet
    from tf_tryon.data.records import open_records

    records = open_records(args[0])
    sheet = contact_sheet(records, flags.count, flags.split, flags.garment, flags.cell)
    save_picture(Image.fromarray(sheet), flags.out, by=BY)
    people = len(records.split(flags.split) if flags.split is not None else records)
    print(f"{flags.out}: {min(flags.count, people)} of {people} people")
    return 0
