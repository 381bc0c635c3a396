"""`tf-tryon request`."""

from __future__ import annotations

import logging
import pathlib

from absl import flags

from tf_tryon.cli import idle_flags
from tf_tryon.cli.background_flag import define_background
from tf_tryon.cli.defining import Into
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.cli.target import define_target_flags, target_of
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.cli.wear_flag import check_wear, define_wear, product_of
from tf_tryon.writing import results
from tf_tryon.writing.places import folders, refuse_overlap, source_of

_log = logging.getLogger(__name__)

ARGUMENTS = "PHOTO..."
HELP = """Ask a server, TF-Serving or `tf-tryon serve`, to complete people.

PHOTO has NAME_parsing.png and NAME_keypoints.json beside it. Each gets a folder in --out with sample-K.png,
sample-K_parsing.png, erased.png and result.json, whose `order` lists the samples, best first; of two photos of one name
each its own. It replaces earlier answers for the same photo, and nothing else. Samples are the same as those of
`tf-tryon complete` with the same seed.

--wear takes a photo of a garment alone, as for `tf-tryon complete`: it is cut out and recognised here, and the server
gets its cloth.

  tf-tryon request photo.jpg --server localhost:8500 --garment top --samples 8 --seed 7 --out answers
  tf-tryon request photo.jpg --like other.jpg --like_what texture --out answers
  tf-tryon request photo.jpg --wear shirt.jpg --samples 4 --out answers
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_string("server", "localhost:8500", "HOST:PORT.", **add)
    flags.DEFINE_enum(
        "garment",
        "top",
        ["hat", "top", "bottom", "shoes", "dress"],
        "What to complete; with --wear as for `complete`.",
        **add,
    )
    flags.DEFINE_integer("samples", 8, "Pictures for each person.", lower_bound=1, upper_bound=1024, **add)
    flags.DEFINE_integer("first", 0, "Number of the first sample.", lower_bound=0, **add)
    define_seed(flag_values, "Of all randomness; the same seed gives the same pictures.")
    flags.DEFINE_float("temperature", 1.0, "Spread of the samples; 0: the likeliest.", lower_bound=0.0, **add)
    define_background(flag_values)
    flags.DEFINE_bool("keep_shape", False, "One shape, many textures.", **add)
    flags.DEFINE_bool("keep_texture", False, "One texture, many shapes.", **add)
    flags.DEFINE_string("like", None, "Another person's photo whose garment to transfer.", **add)
    flags.DEFINE_enum("like_what", "both", ["shape", "texture", "both"], "What to transfer of it.", **add)
    define_wear(flag_values)
    text = "With --wear: MediaPipe's pose_landmarker_full.task; default: from the cache, a package, or the internet."
    flags.DEFINE_string("pose_model", None, text, **add)
    flags.DEFINE_float("spread", 0.0, "With --like: how far from it samples go.", lower_bound=0.0, **add)
    define_vocabulary(flag_values)
    flags.DEFINE_integer("version", 0, "Which version, by number; 0: by label.", lower_bound=0, **add)
    define_target_flags(flag_values, deadline=60.0)


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses products that aren't there or can't be kept apart from --like, and answers among the photos."""
    check_wear(flag_values)
    idle_flags.refuse(flag_values, {"like_what": "like", "spread": "like", "pose_model": "wear"})
    if flag_values.like and (flag_values.keep_shape or flag_values.keep_texture):
        raise ValueError("--like says what is kept, by --like_what: leave --keep_shape and --keep_texture out")
    refuse_overlap(flag_values.out, [*args, flag_values.like, flag_values.wear, flag_values.wear_mask], "--out")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Asks for every person; bad ones are reported and the rest go on."""
    from tf_tryon.errors import TryOnError
    from tf_tryon.serving.answer_folder import BY, MARK, save
    from tf_tryon.serving.client import Client, CompletionRequest, EncodedPerson

    product = product_of(flag_values)
    request = CompletionRequest(
        garment=product.garment if product else flag_values.garment,
        samples=flag_values.samples,
        seed=flag_values.seed,
        first=flag_values.first,
        temperature=flag_values.temperature,
        background=flag_values.background,
        keep_shape=flag_values.keep_shape,
        keep_texture=flag_values.keep_texture,
    )
    target = target_of(flag_values, flag_values.server, flag_values.version)
    use = ("shape", "texture") if flag_values.like_what == "both" else (flag_values.like_what,)
    failed = 0
    with Client(target) as client:
        like = None
        if flag_values.like:
            like = client.encode(EncodedPerson.from_files(flag_values.like, flag_values.vocabulary), request.garment)
        photos = [pathlib.Path(arg) for arg in args]
        origins = [source_of(path) for path in photos]
        names = [path.stem for path in photos]
        places = folders(flag_values.out, list(zip(names, origins, strict=True)), MARK)
        for path, origin, place in zip(photos, origins, places, strict=True):
            try:
                results.check(place, MARK, by=BY, source=origin, alone=True)
                person = EncodedPerson.from_files(path, flag_values.vocabulary)
                if product is not None:
                    answer = client.wear(person, product, request)
                elif like is None:
                    answer = client.complete(person, request)
                else:
                    answer = client.transfer(person, like, request, use, flag_values.spread)
                print(save(answer, request, place, origin))
            except (TryOnError, ValueError, FileNotFoundError) as error:
                failed += 1
                _log.error("%s: %s", path, error)
    if failed:
        _log.error("%d of %d people were not answered", failed, len(args))
    return 1 if failed else 0
