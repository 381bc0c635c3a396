"""Flags of the verbs that put a product on somebody: --wear and --wear-mask."""

from __future__ import annotations

import contextlib
import logging
import pathlib
from typing import TYPE_CHECKING, Final

from absl import flags

from tf_tryon import quiet
from tf_tryon.cli.defining import Into

if TYPE_CHECKING:
    from tf_tryon.products.product import Product

_EXCLUDED: Final = ("like", "walk", "keep_shape", "keep_texture")  # flags that say what of a garment to draw
_log = logging.getLogger(__name__)


def define_wear(flag_values: flags.FlagValues) -> None:
    """Both flags; the verb defines --garment and --pose-model."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("wear", None, "A product's photo, flat or hung, to be worn.", **add)
    flags.DEFINE_string("wear_mask", None, "Picture of that photo's size, white where the garment is.", **add)


def check_wear(flag_values: flags.FlagValues) -> None:
    """Refuses a mask without a photo, files that aren't there, and what can't be drawn of a product."""
    if flag_values.wear_mask and not flag_values.wear:
        raise ValueError("--wear-mask is of the photo that --wear names, and there is none")
    if flag_values.wear and not pathlib.Path(flag_values.wear).is_file():
        raise FileNotFoundError(f"--wear {flag_values.wear}: there is no such photo of a product")
    if flag_values.wear_mask and not pathlib.Path(flag_values.wear_mask).is_file():
        raise FileNotFoundError(f"--wear-mask {flag_values.wear_mask}: there is no such picture")
    for name in _EXCLUDED if flag_values.wear else ():
        given: object = getattr(flag_values, name) if name in flag_values else None  # each verb has its own of them
        if given is not None and given is not False and given != "":
            raise ValueError(f"wear and {name} exclude each other: the garment is the product's, in shapes of its own")


def named_garment(flag_values: flags.FlagValues) -> str | None:
    """What --garment says, by default too; None where --wear names a product that is still to be recognised."""
    return None if flag_values.wear and not flag_values["garment"].present else flag_values.garment


def product_of(flag_values: flags.FlagValues) -> Product | None:
    """What --wear names, looked at for a person who wears it where MediaPipe is installed; None: nothing is named."""
    if not flag_values.wear:
        return None
    from tf_tryon.annotation.annotation import AnnotationError
    from tf_tryon.annotation.pose import PoseAnnotator
    from tf_tryon.products.product import read_product
    from tf_tryon.products.worn import worn_in

    quiet.import_tensorflow()
    garment = named_garment(flag_values)
    with contextlib.ExitStack() as stack:
        worn = None
        try:
            worn = worn_in(stack.enter_context(PoseAnnotator.load(flag_values.pose_model)))
        except AnnotationError as error:
            _log.warning("nobody looks whether a person wears %s: %s", flag_values.wear, error)
        product = read_product(flag_values.wear, garment, flag_values.wear_mask, worn)
    if garment is None:
        _log.info("%s is taken for a %s (%.0f %%)", flag_values.wear, product.garment, 100 * product.certainty)
    return product
