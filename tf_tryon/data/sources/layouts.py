"""All layouts by the name of their verb."""

from __future__ import annotations

from typing import Final

from tf_tryon.data.sources import ccp, deepfashion, dresscode, lip, multimodal, photos, viton
from tf_tryon.data.sources.located import Layout

LAYOUTS: Final[dict[str, Layout]] = {
    layout.name: layout
    for layout in (
        deepfashion.LAYOUT,
        multimodal.LAYOUT,
        viton.VITON,
        viton.VITON_HD,
        dresscode.LAYOUT,
        viton.FINET,
        lip.LAYOUT,
        ccp.LAYOUT,
        photos.LAYOUT,
    )
}
