"""`tf-tryon tflite run`."""

from __future__ import annotations

import logging
import pathlib

from absl import flags

from tf_tryon.cli.defining import Into
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.writing import results
from tf_tryon.writing.places import folders, refuse_overlap, source_of

_log = logging.getLogger(__name__)

ARGUMENTS = "FILE PHOTO..."
HELP = """Complete people's parsings with an exported FILE, as an app would: ai-edge-litert, without TensorFlow.

PHOTO has NAME_parsing.png and NAME_keypoints.json (OpenPose) beside it. Each gets a folder in --out with sheet.png,
sample-K_parsing.png and result.json; of two photos of one name each its own. It replaces earlier results of the same
photo, and nothing else.

  tf-tryon tflite run phone/shape_int8.tflite photo.jpg --garment top --samples 8 --seed 7 --out shapes
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_enum("garment", "top", ["hat", "top", "bottom", "shoes"], "What to erase and complete.", **add)
    flags.DEFINE_integer("samples", 8, "Shapes for each person.", lower_bound=1, upper_bound=1024, **add)
    define_seed(flag_values, "Of all randomness; the same seed gives the same shapes.")
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_float("temperature", 1.0, "Spread of the samples; 0: the likeliest.", lower_bound=0.0, **add)
    flags.DEFINE_integer("threads", 1, "Of the interpreter.", lower_bound=1, **add)
    define_vocabulary(flag_values)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses results among what they are made of."""
    refuse_overlap(flag_values.out, args, "--out")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Completes every photo; bad ones are reported and the rest go on."""
    from tf_tryon.data.person import Person
    from tf_tryon.errors import TryOnError

    try:
        from tf_tryon.export.phone_runner import PhoneStage
        from tf_tryon.export.phone_saving import BY, MARK, complete

        stage = PhoneStage(args[0], flag_values.threads)
    except ImportError as error:
        raise TryOnError("the runner needs ai-edge-litert: pip install ai-edge-litert") from error
    failed = 0
    people = [(pathlib.Path(photo).stem, source_of(photo)) for photo in args[1:]]
    places = folders(flag_values.out, people, MARK)
    for photo, (_, origin), place in zip(args[1:], people, places, strict=True):
        try:
            results.check(place, MARK, by=BY, source=origin, alone=True)
            person = Person.from_files(photo, flag_values.vocabulary)
            options = (flag_values.garment, flag_values.samples, flag_values.seed, flag_values.temperature)
            print(complete(stage, person, place, *options, origin))
        except (TryOnError, ValueError, FileNotFoundError) as error:
            failed += 1
            _log.error("%s", error)
    if failed:
        _log.error("%d of %d people could not be completed", failed, len(args) - 1)
    return 1 if failed else 0
