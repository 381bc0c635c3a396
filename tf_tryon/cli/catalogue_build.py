"""`tf-tryon catalogue build`."""

from __future__ import annotations

import contextlib
import logging
import pathlib

from absl import flags

from tf_tryon.cli.defining import Into
from tf_tryon.writing.places import refuse_overlap

_log = logging.getLogger(__name__)

ARGUMENTS = "FOLDER"
HELP = """Make a catalogue of a shop's products, for `tf-tryon recommend` and the page.

FOLDER holds a photo of each product, flat or hung, before a plain ground: ID.jpg (.png...). Its alpha, where it has
any, is the outline; otherwise it is cut from its background. --csv names a table with the columns id, label, title,
price and link; a label such as T-Shirt, Pants or dress says what the product is, otherwise that is recognised. Photos
that can't be taken (several garments, none, somebody wears it...) are reported here and in OUT/rejected.json. The same
command goes on where it was stopped, and reads only what is new in an earlier catalogue's place.

  tf-tryon catalogue build products/ --csv items.csv --out catalogue
  tf-tryon recommend photo.jpg --garment top --catalogue catalogue --top 12 --out recommended.png
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("csv", None, "Table of the products; default: each is called like its photo.", **add)
    flags.DEFINE_string("out", None, "Folder of the catalogue.", required=True, **add)
    text = "street (the default), studio, or a folder written by `tf-tryon bundle`: whose codes the catalogue holds."
    flags.DEFINE_string("model", None, text, **add)
    text = "Refuse photos of garments that a person wears, which MediaPipe's pose network tells."
    flags.DEFINE_bool("check_worn", True, text, **add)
    text = "MediaPipe's pose_landmarker_full.task; default: from the cache, a package, or the internet."
    flags.DEFINE_string("pose_model", None, text, **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses a folder that isn't there and a catalogue among its products."""
    from tf_tryon.inference.model_folder import ModelFolder, given_folder
    from tf_tryon.shop.names import check_usearch

    if not pathlib.Path(args[0]).is_dir():
        raise FileNotFoundError(f"{args[0]}: there is no such folder of photos")
    check_usearch()
    ModelFolder(flag_values.model)
    given = [args[0], flag_values.csv, given_folder(flag_values.model), flag_values.pose_model]
    refuse_overlap(flag_values.out, given, "--out")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Builds; 1 if a photo or a line was rejected."""
    from tf_tryon.annotation.pose import PoseAnnotator
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.products.worn import worn_in
    from tf_tryon.progress import Progress
    from tf_tryon.shop.build import build_catalogue

    out, table = pathlib.Path(flag_values.out), flag_values.csv and pathlib.Path(flag_values.csv)
    progress: list[Progress] = []

    def tell(done: int, count: int, photo: str, reason: str) -> None:
        if not progress:
            progress.append(Progress("products", count))
        if reason:
            _log.error("%s: %s", photo, reason)
        progress[0].update(done)

    with contextlib.ExitStack() as stack:
        worn = None
        if flag_values.check_worn:
            worn = worn_in(stack.enter_context(PoseAnnotator.load(flag_values.pose_model)))
        model = TryOn.load(flag_values.model)  # after what may be missing
        built = build_catalogue(model, pathlib.Path(args[0]), out, table, worn, tell)
    counts = ", ".join(f"{count} {garment}" for garment, count in built.garments.items())
    if built.rejected:
        _log.error("%d photos or lines could not be taken: see %s", len(built.rejected), out / "rejected.json")
    print(f"{out}: {sum(built.garments.values())} products ({counts})")
    return 1 if built.rejected else 0
