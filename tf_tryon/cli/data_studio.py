"""`tf-tryon data studio`: renders a data set of clothed 3D people."""

from __future__ import annotations

from absl import flags

from tf_tryon.cli import given, idle_flags
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.writing.places import refuse_overlap

ARGUMENTS = ""
HELP = """Renders a data set of synthetic, clothed 3D people with exact labels and keypoints.

Each person is a function of the seed and its number: the same command makes the same bytes on any number of workers.
An interrupted run, started again, goes on where it stopped. docs/studio.md states what is drawn, and how likely.

  tf-tryon data studio --out data/studio --count 20000 --workers 8

With --fabrics, about --fabric-share of the hats, tops and bottoms are made of cloth that is cut from the photos of a
folder (each of one garment; optionally images.csv with the columns image and label). For training only: such outfits
no longer follow the known distribution exactly, and the manifest names the folder's content.

  tf-tryon data studio --out data/dressed --count 3000 --size 256 --fabrics garments --fabric-share 0.6
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    flags.DEFINE_string("out", None, "Folder to make.", required=True, flag_values=flag_values)
    flags.DEFINE_integer("count", 20000, "How many people.", lower_bound=1, flag_values=flag_values)
    flags.DEFINE_integer("size", 128, "Height and width in pixels.", lower_bound=32, flag_values=flag_values)
    define_seed(flag_values, "Seed of everything.")
    flags.DEFINE_integer("workers", 2, "Processes that render.", lower_bound=1, flag_values=flag_values)
    flags.DEFINE_float(
        "test_share", 0.05, "Share of the people, the last, for the split 'test'.", 0.0, 0.9, flag_values=flag_values
    )
    flags.DEFINE_integer("per_shard", 1000, "People per file.", lower_bound=1, flag_values=flag_values)
    flags.DEFINE_string(
        "fabrics", None, "Folder of photos whose cloth people wear, too; for training only.", flag_values=flag_values
    )
    flags.DEFINE_float(
        "fabric_share", 0.5, "Share of the garments that are made of --fabrics.", 0.01, 1.0, flag_values=flag_values
    )
    flags.DEFINE_bool("overwrite", False, "Replace a finished data set.", flag_values=flag_values)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses fabrics that aren't there, people among them, and a share of none."""
    del args
    idle_flags.refuse(flags, {"fabric_share": "fabrics"})
    if flags.fabrics is not None:
        given.folder(flags.fabrics, "name a folder of photos of garments")
    refuse_overlap(flags.out, [flags.fabrics], "--out")


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Renders and prints where the data set is."""
    del args
    from tf_tryon.data.studio.generate import generate

    folder = generate(
        flags.out,
        flags.count,
        size=flags.size,
        seed=flags.seed,
        workers=flags.workers,
        test_share=flags.test_share,
        records_per_shard=flags.per_shard,
        overwrite=flags.overwrite,
        fabrics=flags.fabrics,
        fabric_share=flags.fabric_share,
    )
    print(f"{flags.count} people of {flags.size} pixels in {folder}")
    return 0
