"""`tf-tryon complete`."""

from __future__ import annotations

import dataclasses
import logging
import os
import pathlib
from typing import TYPE_CHECKING, cast

from absl import flags

from tf_tryon.cli import idle_flags
from tf_tryon.cli.annotate import define_annotator_flags
from tf_tryon.cli.background_flag import define_background
from tf_tryon.cli.defining import Into
from tf_tryon.cli.people import MODEL_TEXT, People, check_there, default_model, inputs
from tf_tryon.cli.runtime import check_runtime, define_runtime_flag, load
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.cli.wear_flag import check_wear, define_wear, named_garment, product_of
from tf_tryon.writing import results
from tf_tryon.writing.places import folders, refuse_overlap

if TYPE_CHECKING:
    from tf_tryon.inference.tryon import TryOn

_log = logging.getLogger(__name__)

ARGUMENTS = "PERSON..."
HELP = """Erase a garment of each PERSON and complete it, many times.

PERSON is a photo, or a folder of records. NAME_parsing.png and NAME_keypoints.json (OpenPose) beside the photo are
taken; where both are missing, the photo is annotated first, as by `tf-tryon annotate`, into OUT/annotations. Each
person gets a folder in --out with sheet.png, every sample and its parsing, and result.json; of two of one name each its
own. It replaces earlier results of the same person, and nothing else. Erased pixels are new; all others come back bit
for bit.

--wear takes a photo of a garment alone, flat or hung: it is cut from its background (or as its alpha or --wear-mask
say), recognised unless --garment names it, and worn.

  tf-tryon complete photo.jpg --garment top --samples 8 --seed 7 --out completed
  tf-tryon complete photo.jpg --garment top --mask erased.png --background restore --out completed
  tf-tryon complete photo.jpg --wear shirt.jpg --samples 4 --out completed
  tf-tryon complete people/ --index 3 --like other.jpg --like-what texture --out completed
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    garments = ["hat", "top", "bottom", "shoes", "dress"]
    text = "What to erase and complete; with --wear what that is, by default what it is recognised as."
    flags.DEFINE_enum("garment", "top", garments, text, **add)
    flags.DEFINE_integer("samples", 8, "Pictures for each person.", lower_bound=1, upper_bound=1024, **add)
    define_seed(flag_values, "Of all randomness; the same seed gives the same pictures.")
    flags.DEFINE_string("out", None, "Folder to write to.", required=True, **add)
    flags.DEFINE_string("model", None, MODEL_TEXT, **add)
    flags.DEFINE_multi_integer("index", None, "Which people of a folder of records; default: every one.", **add)
    define_vocabulary(flag_values)
    flags.DEFINE_float("temperature", 1.0, "Spread of the samples; 0: the likeliest.", lower_bound=0.0, **add)
    flags.DEFINE_bool("keep_shape", False, "One shape, many textures.", **add)
    flags.DEFINE_bool("keep_texture", False, "One texture, many shapes.", **add)
    flags.DEFINE_string("like", None, "Another person (photo, or FOLDER:INDEX) whose garment to transfer.", **add)
    flags.DEFINE_enum("like_what", "both", ["shape", "texture", "both"], "What to transfer of it.", **add)
    define_wear(flag_values)
    text = "Vary this latent channel only, from -3 to 3. Most channels do little: the output tells which do much."
    flags.DEFINE_integer("walk", None, text, lower_bound=0, **add)
    flags.DEFINE_enum("walk_stage", "shape", ["shape", "texture"], "Whose channel --walk varies.", **add)
    text = "Picture of the photo's size, white where it is to be erased, or a layer of strokes on transparency; garment"
    flags.DEFINE_string("mask", None, f"{text} and skin are erased as well.", **add)
    flags.DEFINE_bool("large_mask", False, "Take a --mask that erases more than half of the person.", **add)
    flags.DEFINE_enum("erase", "box", ["box", "silhouette"], "Without --mask: what around garment and skin.", **add)
    flags.DEFINE_integer("dilate", 0, "Pixels by which the erased region grows.", lower_bound=0, **add)
    define_background(flag_values)
    define_runtime_flag(flag_values)
    define_annotator_flags(flag_values, ["builtin", "fashn"])


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses what the model can't do, people who aren't there, and results among what they are made of."""
    from tf_tryon.inference.model_folder import ModelFolder, given_folder

    check_there(args)
    if flag_values.like:
        check_there([flag_values.like])
    if flag_values.index is not None and not any(map(os.path.isdir, args)):
        raise ValueError("--index is of people of a folder of records, and none is given: leave it out, or name one")
    idle_flags.refuse(flag_values, {"like_what": "like", "walk_stage": "walk", "large_mask": "mask"})
    if flag_values.mask and flag_values["erase"].present:
        raise ValueError("--erase is for a region that is not drawn, and --mask draws it: leave one of them out")
    if flag_values.like and flag_values.walk is not None:
        raise ValueError("walk and like exclude each other: a walk starts from a code of this person's context")
    if flag_values.mask and not pathlib.Path(flag_values.mask).is_file():
        raise FileNotFoundError(f"--mask {flag_values.mask}: there is no such picture")
    check_wear(flag_values)
    check_runtime(flag_values.runtime, _only_tensorflow(flag_values))
    model, garment = ModelFolder(_model(flag_values, args)), named_garment(flag_values)
    if garment is not None:  # else it is checked as soon as the product is recognised
        model.check(garment, flag_values.walk, flag_values.walk_stage)
    given = [given_folder(flag_values.model), flag_values.mask, flag_values.parser_weights]
    given += [flag_values.wear, flag_values.wear_mask]
    refuse_overlap(flag_values.out, [*inputs([*args, flag_values.like]), *given], "--out")


def _model(flag_values: flags.FlagValues, args: list[str]) -> str:
    return flag_values.model or default_model(args)


def _only_tensorflow(flag_values: flags.FlagValues) -> str:
    """The flag that asks for what only TensorFlow can serve; "": none does."""
    given = {"--wear": flag_values.wear, "--like": flag_values.like, "--walk": flag_values.walk is not None}
    return next((flag for flag, value in given.items() if value), "")


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Completes every person; bad ones are reported and the rest go on."""
    with People(flag_values, pathlib.Path(flag_values.out) / "annotations") as people:
        return _complete(people, flag_values, args)


def _complete(people: People, flag_values: flags.FlagValues, args: list[str]) -> int:
    from tf_tryon.data.mask import read_mask
    from tf_tryon.errors import TryOnError
    from tf_tryon.inference.bundled import STUDIO
    from tf_tryon.inference.model_folder import ModelFolder
    from tf_tryon.inference.request import STAGES, Request
    from tf_tryon.inference.saving import BY, MARK, save

    sources = [source for arg in args for source in people.sources(arg, flag_values.index)]
    if flag_values.mask and len(sources) != 1:
        raise ValueError(f"--mask is of one photo, and {len(sources)} people are given")
    product = product_of(flag_values)
    if product is not None:
        ModelFolder(_model(flag_values, args)).check(product.garment)
    request = Request(
        garment=product.garment if product else flag_values.garment,
        samples=flag_values.samples,
        seed=flag_values.seed,
        temperature=flag_values.temperature,
        keep_shape=flag_values.keep_shape,
        keep_texture=flag_values.keep_texture,
        like=people.one(flag_values.like) if flag_values.like else None,
        like_stages=STAGES if flag_values.like_what == "both" else (flag_values.like_what,),
        wear=product,
        walk=flag_values.walk,
        walk_stage=flag_values.walk_stage,
        erase=flag_values.erase,
        dilate=flag_values.dilate,
        background=flag_values.background,
    )
    places = folders(flag_values.out, [(source.name, source.origin) for source in sources], MARK)
    only_tensorflow = _only_tensorflow(flag_values)
    model = load(flag_values.runtime, _model(flag_values, args), only_tensorflow, compiled=len(sources) > 1)
    failed, photos = list[str](), False
    for (name, origin, read), place in zip(sources, places, strict=True):
        try:
            results.check(place, MARK, by=BY, source=origin, alone=True)
            person = read()
            if flag_values.mask:
                request = dataclasses.replace(request, mask=read_mask(flag_values.mask, person, flag_values.large_mask))
            path = save(model.answer(person, request), place, origin)
        except (TryOnError, ValueError, FileNotFoundError) as error:
            failed.append(name)
            _log.error("%s", error)
            continue
        photos = photos or not person.metadata
        print(path)
        if request.walk is not None and request.mask is None:
            nats = cast("TryOn", model).walkable(person, request.garment, request.walk_stage)
            listed = ", ".join(f"{channel}: {value:.2f}" for channel, value in nats.items())
            print(f"{name}: nats by channel of the {request.walk_stage} code, the most telling first: {listed}")
    if photos and _model(flag_values, args) == STUDIO:
        _log.warning(
            "the model studio has seen synthetic people only; on a photo expect the right place and outline, not"
            " realism"
        )
    if failed and len(sources) > 1:  # of one, the sentence above has told it
        _log.error("%d of %d people could not be completed: %s", len(failed), len(sources), ", ".join(failed))
    return 1 if failed else 0
