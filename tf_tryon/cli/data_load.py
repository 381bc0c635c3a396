"""`tf-tryon data deepfashion|...|ccp|photos`: a public data set, or a folder of photos, as records."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import importlib.util
import pathlib
from typing import TYPE_CHECKING

from absl import flags

from tf_tryon.cli import given, idle_flags
from tf_tryon.cli.defining import Into
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.files.regular import size_of

if TYPE_CHECKING:
    from tf_tryon.data.sources.prepare import Annotators

ARGUMENTS = ""
HELP = """Turns a public data set, as it was unpacked, or a folder of photos, into a folder of records.

Photos are cropped to the person and scaled to --size, or with --max-height kept at their own resolution. Labels keep
the data set's vocabulary; missing parsing or keypoints are added by the annotators. Rejected photos are counted by
reason in rejections.txt and .json. Interrupted, the same command goes on where it stopped; its result is the same bytes
on any number of workers and any runner. docs/data.md shows each layout.

  tf-tryon data deepfashion --root In-shop --out data/deepfashion --splits thesis --seed 1
  tf-tryon data multimodal --root MultiModal --out data/multimodal --noannotate
  tf-tryon data viton --root viton_resize --out data/viton --size 256
  tf-tryon data viton-hd --root zalando-hd-resized --out data/viton-hd --workers 8
  tf-tryon data dresscode --root DressCode --out data/dresscode --split train --runner DirectRunner
  tf-tryon data finet --root FiNet --out data/finet
  tf-tryon data lip --root LIP --out data/lip --min-garments 2
  tf-tryon data ccp --root clothing-co-parsing --out data/ccp --labelled
  tf-tryon data photos --root photos --out data/mine
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verbs' flags."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("root", None, "The unpacked data set's folder.", required=True, **add)
    flags.DEFINE_string("out", None, "Folder to make.", required=True, **add)
    flags.DEFINE_enum("split", None, ["train", "test"], "Only this split; default: both.", **add)
    flags.DEFINE_enum(
        "splits", None, ["own", "thesis", "tenth", "held-out"],
        "own: the data set's; thesis: 8,023 for train and 1,000 for test, drawn by --seed (of fewer, the same shares); "
        "tenth: about so many for test; held-out: --test people whose labels people drew. Default: own where there are "
        "any, held-out for ccp, tenth for photos.", **add,
    )  # fmt: skip
    flags.DEFINE_integer("test", None, "People to hold out; default: 100 for ccp.", lower_bound=1, **add)
    flags.DEFINE_bool("labelled", False, "Take only photos with labels of their own.", **add)
    define_seed(flag_values, "Of drawn splits.")
    text = "Height and width of the stored pictures, a multiple of 32. Default: 256, but not for ccp and photos."
    flags.DEFINE_integer("size", None, text, **add)
    text = "Keep photos at their own resolution, scaled down to this height. Default for ccp and photos: 1024."
    flags.DEFINE_integer("max_height", None, text, **add)
    text = "Garments (of 4) that a person must show; default: 3, or 2 for viton, viton-hd, ccp and photos."
    flags.DEFINE_integer("min_garments", None, text, 0, 4, **add)
    define_vocabulary(flag_values, "Labels of the parsing; default: what each picture states, else the data set's.")
    flags.DEFINE_bool("annotate", True, "Add missing parsing and keypoints; off: reject such photos.", **add)
    flags.DEFINE_string(
        "parser_weights", None, "Of the parser that adds missing parsing; default: the bundled ones.", **add
    )
    flags.DEFINE_integer("workers", 2, "Processes of the pool, or of the DirectRunner.", lower_bound=1, **add)
    flags.DEFINE_string("runner", "", "Of Apache Beam (DirectRunner, FlinkRunner...); default: a process pool.", **add)
    flags.DEFINE_multi_string(
        "beam_option", [], "Of Beam's pipeline, as --beam-option=--flink_master=HOST:PORT.", **add
    )
    flags.DEFINE_integer("per_shard", 1000, "People per file.", lower_bound=1, **add)
    flags.DEFINE_bool("overwrite", False, "Replace a finished data set.", **add)


def check(flags: flags.FlagValues, args: list[str]) -> None:
    """Refuses a root that isn't there, and flags that would do nothing."""
    del args
    idle_flags.refuse(flags, {"beam_option": "runner"})
    if flags.parser_weights and not flags.annotate:
        raise ValueError("--parser-weights is of the annotators, which --noannotate leaves out: leave out one of both")
    given.folder(flags.root, "unpack the data set and name its root")
    given.weights(flags.parser_weights, "name a file of `tf-tryon parser train`")


def run(flags: flags.FlagValues, args: list[str]) -> int:
    """Makes the records of layout `args[0]` and prints what was kept."""
    from tf_tryon.data.sources.build import Options, build

    options = Options(
        size=flags.size,
        max_height=flags.max_height,
        split=flags.split,
        splits=flags.splits or "",
        test=flags.test,
        labelled=flags.labelled,
        seed=flags.seed,
        min_garments=flags.min_garments,
        vocabulary=flags.vocabulary,
        annotator=annotators(flags.parser_weights) if flags.annotate else None,
        workers=flags.workers,
        runner=flags.runner,
        beam_options=flags.beam_option,
        records_per_shard=flags.per_shard,
        overwrite=flags.overwrite,
    )
    report = build(args[0], flags.root, flags.out, options)
    print(report.summary())
    print(f"{flags.out}: rejections.txt names every rejected photo")
    return 0


@dataclasses.dataclass(frozen=True)
class LoadAnnotators:
    """Loads the annotators, in whichever process; records follow from the parser's file by its digest."""

    parser_weights: str | None = None
    digest: str = ""

    def __call__(self) -> Annotators:
        """The annotators; people cut at head or feet pass, as many photos of these data sets show them so."""
        annotator = importlib.import_module("tf_tryon.annotation.annotator").Annotator
        return annotator.load(parser_weights=self.parser_weights, allow_cut=True)


def annotators(parser_weights: str | None = None) -> LoadAnnotators | None:
    """The annotators with these weights of the built-in parser, or None where they are not installed."""
    if not importlib.util.find_spec("tf_tryon.annotation"):
        return None
    if parser_weights is None:
        return LoadAnnotators()
    path = pathlib.Path(parser_weights)
    size_of(path, "name a file of `tf-tryon parser train`")
    # A process that loads them may have been started in another folder.
    return LoadAnnotators(str(path.absolute()), hashlib.sha256(path.read_bytes()).hexdigest()[:16])
