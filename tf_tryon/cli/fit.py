"""`tf-tryon fit`: a model of one's own from photos of one's own."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.defining import Into
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.writing.places import refuse_overlap

ARGUMENTS = "[PHOTO...]"
HELP = """Make a model of your own from photos of people, each a file or a folder of them: at least 50 that can be used.

Finds pose and clothes where no files of `tf-tryon annotate` lie beside a photo, checks, holds out about a tenth, trains
both stages on from --base for --minutes, and compares base and result on the people held out. OUT is then a model as of
`tf-tryon bundle`, and OUT/fit.html shows before and after, the figures, and what was rejected and why. Stopped at any
point, the same command goes on: OUT/work keeps what is done, and the time that was used up counts. With more --minutes
than before it trains for the rest.

  tf-tryon fit photos/ --out mine --minutes 60
  tf-tryon complete anna.jpg --model mine --out completed
  tf-tryon fit --data data/ccp --count 300 --base studio --out mine --vgg vgg16_notop.h5
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("out", None, "Folder of the model.", required=True, **add)
    text = "Of training, both stages together, on all GPUs or all cores. Annotating and comparing come on top."
    flags.DEFINE_float("minutes", 60.0, text, lower_bound=0.01, **add)
    flags.DEFINE_string(
        "base", "street", "What to begin with: street, studio, or a folder of `tf-tryon bundle`.", **add
    )
    flags.DEFINE_string("data", None, "A data set's folder, as of `tf-tryon data ccp`, instead of photos.", **add)
    flags.DEFINE_integer("count", None, "People of --data, drawn by --seed; default: all.", lower_bound=1, **add)
    text = "VGG-16's weights, for the loss and the kernel distance: a file, imagenet (Keras downloads them), or none."
    flags.DEFINE_string("vgg", "imagenet", text, **add)
    define_vocabulary(flag_values, "Labels of the parsings that lie beside photos; default: cihp20, annotate's own.")
    flags.DEFINE_string("parser_weights", None, "Of `tf-tryon parser train`; default: the bundled ones.", **add)
    flags.DEFINE_integer("workers", 2, "Processes that annotate.", lower_bound=1, **add)
    define_seed(flag_values, "Of splits, training and samples.")


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses photos, data and a base that aren't there, and a model among them."""
    from tf_tryon.data.photo import photos_of
    from tf_tryon.inference.model_folder import ModelFolder, given_folder

    if (flag_values.data is None) == (not args):
        raise ValueError("name photos, or a data set by --data")
    if flag_values.count is not None and flag_values.data is None:
        raise ValueError("--count is for --data: name fewer photos instead")
    photos_of([pathlib.Path(arg) for arg in args])
    given.data_sets([flag_values.data])
    given.weights(flag_values.parser_weights, "name a file of `tf-tryon parser train`")
    if flag_values.vgg not in ("imagenet", "none"):
        given.weights(flag_values.vgg, "give a file of VGG-16's weights, imagenet, or none")
    ModelFolder(flag_values.base)
    inputs = [*args, flag_values.data, flag_values.parser_weights, given_folder(flag_values.base)]
    refuse_overlap(flag_values.out, inputs, "--out")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Fits; 0, or 143 or 130 where it was stopped after saving."""
    from tf_tryon.cli.data_load import annotators
    from tf_tryon.data.photo import photos_of
    from tf_tryon.fit.report import PAGE
    from tf_tryon.fit.run import Given, fit

    people = Given(
        photos_of([pathlib.Path(arg) for arg in args]),
        flag_values.data,
        flag_values.count,
        annotators(flag_values.parser_weights),
        flag_values.vocabulary,
        flag_values.workers,
    )
    out = pathlib.Path(flag_values.out)
    code = fit(people, out, flag_values.base, flag_values.minutes, flag_values.vgg, flag_values.seed)
    if code == 0:
        print(f"{out}: a model; {out / PAGE} compares it with {flag_values.base}")
    return code
