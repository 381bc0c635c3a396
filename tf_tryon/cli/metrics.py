"""`tf-tryon metrics`: distances between two folders of pictures."""

from __future__ import annotations

import logging
import pathlib

from absl import flags

from tf_tryon.cli.defining import Into
from tf_tryon.writing import results
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.results import new_files

_log = logging.getLogger(__name__)

BY = "tf-tryon metrics"
ARGUMENTS = "REAL MADE"
HELP = """Compare two folders of pictures, or of records: REAL photos and MADE ones.

Measures the Frechet distance and the kernel distance (KID) of the two sets, and of pictures that have the same name L1,
PSNR, SSIM and, with VGG-16, the perceptual distance; each with a 95 % interval. Names hold the features' network and
the number of pictures; only of inception_2015 is the Frechet distance FID. Files that can't be read are reported and
passed over.

  tf-tryon metrics photos completed --features vgg16 --weights vgg16_notop.h5 --out report.json
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    networks = ["vgg16", "keras_inception_v3", "inception_2015", "none"]
    flags.DEFINE_enum("features", "vgg16", networks, "Whose features; none: only pairs are compared.", **add)
    text = "The network's weights, a file; 'imagenet': Keras downloads them (not of inception_2015)."
    flags.DEFINE_string("weights", None, text, **add)
    text = "Scale all pictures to so many pixels each way; default: all must have one size."
    flags.DEFINE_integer("size", None, text, lower_bound=16, **add)
    flags.DEFINE_string("split", None, "Of folders of records; default: all.", **add)
    flags.DEFINE_integer("batch", 32, "Pictures at a time.", lower_bound=1, **add)
    flags.DEFINE_string("out", None, "The report, JSON.", required=True, **add)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses folders and weights that aren't there, and a report that would be somebody else's file."""
    for folder in args:
        if not pathlib.Path(folder).is_dir():
            raise NotADirectoryError(f"{folder}: there is no such folder of pictures")
    weights = flag_values.weights
    if (weights is None) != (flag_values.features == "none"):
        wants = "needs --weights=FILE, or 'imagenet'" if weights is None else "takes no --weights"
        raise ValueError(f"--features={flag_values.features} {wants}")
    if weights and weights != "imagenet" and not pathlib.Path(weights).is_file():
        raise FileNotFoundError(f"{weights}: there is no such file of weights")
    out = pathlib.Path(flag_values.out)
    refuse_overlap(out, args, "--out")
    results.check(out.parent, out.name, by=BY)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Measures, writes, prints; 1 if a file was passed over."""
    from tf_tryon.evaluation.estimate_text import written
    from tf_tryon.evaluation.features import NETWORKS, VggFeatures
    from tf_tryon.evaluation.perceptual_distance import PerceptualDistance
    from tf_tryon.evaluation.picture_sets import PictureSets, pictures_of
    from tf_tryon.progress import Progress

    real, made = (pictures_of(folder, flag_values.split) for folder in args)
    if flag_values.features == "none" and not real.keys() & made.keys():
        raise ValueError(f"{args[0]} and {args[1]} have no pictures of the same name, and --features=none: what then?")
    features = None if flag_values.features == "none" else NETWORKS[flag_values.features](flag_values.weights)
    perceptual = PerceptualDistance(features.network) if isinstance(features, VggFeatures) else None
    sets = PictureSets(features, perceptual, flag_values.size, flag_values.batch)
    report = sets.measure(real, made, Progress("names", len(real.keys() | made.keys())).update)
    head = {"real": args[0], "made": args[1], "features": flag_values.features}
    path = pathlib.Path(flag_values.out)
    with new_files(path.parent, path.name, by=BY) as new:
        new.content = {**head, **report}
    for bad in report["passed_over"]:
        _log.warning("passed over, %s %s: %s", bad["set"], bad["name"], bad["reason"])
    for name, estimate in report["measures"].items():
        print(f"{name}: {written(estimate)}, {estimate['pictures']} pictures")
    print(path)
    return 1 if report["passed_over"] else 0
