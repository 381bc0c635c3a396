"""Pictures with a colour profile, as sRGB: what the networks were trained on, and what results are saved as.

A phone's Display P3 or an editor's ProPhoto read as sRGB looks grey, and would come back so.
"""

from __future__ import annotations

import functools
import io
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_CLOSE: Final = 2  # levels of 255: profiles that move no colour further are sRGB by another name
_STEPS: Final = 9  # colours tried along each axis
_DIRECT: Final = ("RGB", "L", "CMYK", "LAB")  # modes that a profile is of


def to_srgb(image: Image.Image) -> Image.Image:
    """The picture, in RGB if it was converted, with its transparency; as it is without a profile that can be used."""
    converting = _converting(image)
    if converting is None:
        return image
    transform, mode = converting
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    converted = ImageCms.applyTransform(image if image.mode == mode else image.convert(mode), transform)
    assert converted is not None  # it would be None if done in place
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def is_srgb(image: Image.Image) -> bool:
    """Whether the picture's numbers are sRGB's, as far as its profile tells."""
    return _converting(image) is None


def _converting(image: Image.Image) -> tuple[ImageCms.ImageCmsTransform, str] | None:
    """The transform, and the mode that it takes; None: nothing is to be converted, or the profile is of no use."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return None
    mode = image.mode if image.mode in _DIRECT else "L" if image.mode == "LA" else "RGB"
    transform = _transform(profile, mode)
    return None if transform is None else (transform, mode)


@functools.lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(
            given,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return None if _changes_nothing(transform, mode) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # damaged, or of another mode
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    if mode not in ("RGB", "L"):
        return False
    levels = np.linspace(0, 255, _STEPS).round().astype(np.uint8)
    axes = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    tried = axes if mode == "RGB" else levels[None]
    converted = ImageCms.applyTransform(Image.fromarray(tried), transform)
    expected = tried if mode == "RGB" else np.repeat(tried[..., None], 3, axis=-1)
    return bool(np.abs(np.asarray(converted).astype(int) - expected).max() <= _CLOSE)
