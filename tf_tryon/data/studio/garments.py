"""Dresses a person: every garment of an outfit as geometry, in layers that do not cut through each other.

Layers from the skin outwards: inner top, bottom, top, with shoes under wide trouser legs and over narrow ones. What a layer
covers is taken away below it, body included, so that nothing pokes through when the person is posed.
"""

from typing import Final, NamedTuple

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.garment_bottoms import (
    SKIRTS,
    TROUSERS,
    build_dress,
    build_skirt,
    build_trousers,
    leg_end,
    skirt_hem,
)
from tf_tryon.data.studio.garment_drape import Tube, radii
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_hats import build_hat
from tf_tryon.data.studio.garment_shell import arm_field
from tf_tryon.data.studio.garment_shoes import build_shoes
from tf_tryon.data.studio.garment_surface import Sheet, join, keep, to_mesh, turn_hems
from tf_tryon.data.studio.garment_tops import CUTS, at_fit, build_top, hem_height
from tf_tryon.data.studio.mesh import Mesh, merge
from tf_tryon.data.studio.outfit import DRESSES, Item, Outfit

HAT, UPPER, DRESS, COAT, PANTS, SKIRT, LEFT_SHOE, RIGHT_SHOE = 1, 5, 6, 7, 9, 12, 18, 19  # CIHP-20
OUTERWEAR: Final = ("cardigan", "blazer", "jacket", "coat")


class Clothing(NamedTuple):
    """All clothes of one person.

    Attributes:
        mesh: the garments in the person's rest pose.
        hidden: (T,) bool, triangles of the template's `body` that clothes cover.
    """

    mesh: Mesh
    hidden: np.ndarray


def label_of(item: Item) -> int:
    """CIHP-20 class of a top, bottom or hat."""
    if item.kind in DRESSES:
        return DRESS
    if item.kind in SKIRTS:
        return SKIRT
    if item.kind in TROUSERS:
        return PANTS
    if item.kind in OUTERWEAR:
        return COAT
    return UPPER if item.kind in CUTS else HAT


def build_outfit(outfit: Outfit, template: Template, person: Person) -> Clothing:
    """Builds all garments of an outfit on a person.

    Args:
        outfit: what is worn; its `fold_seed` decides every fold.
        template: the body's template.
        person: the body to dress.
    """
    fitting = Fitting(template, person, np.random.default_rng(outfit.fold_seed))
    covered = np.zeros(len(template.vertices), bool)
    meshes: list[Mesh] = []

    def finish(item: Item, sheets: list[Sheet], label: int) -> None:
        whole = join([turn_hems(sheet) for sheet in sheets])
        meshes.append(to_mesh(whole, label, (item.material, item.trim)))

    def cover(shell_of_body: np.ndarray, inside: np.ndarray, margin: float) -> None:
        near = shell_of_body >= 0
        covered[near] |= inside[shell_of_body[near]] > margin

    def cover_trunk(low: float, high: float) -> None:
        tall = person.vertices[:, 1]
        covered[_trunk_mask(template) & (tall > low) & (tall < high)] = True

    bottom = outfit.bottom
    sheets: list[Sheet]
    below: Tube | None
    limit = 9.0
    if bottom.kind in DRESSES:
        sheets, inside, below = build_dress(fitting, bottom)
        cover(fitting.top.of_body, inside, 0.015)
        cover_trunk(fitting.tall(skirt_hem(bottom)) + 0.05, fitting.tall(1.20))
    elif bottom.kind in SKIRTS:
        sheets, below = build_skirt(fitting, bottom)
        cover_trunk(fitting.tall(skirt_hem(bottom)) + 0.05, fitting.tall(SKIRTS[bottom.kind].waist) - 0.02)
    else:
        sheets, inside = build_trousers(fitting, bottom)
        cover(fitting.legs.of_body, inside, 0.012)
        made = TROUSERS[bottom.kind]
        below = Tube(fitting.body.heights, fitting.body.centre, radii(fitting.body.reach + at_fit(made.ease, bottom)))
        limit = _shaft_limit(bottom)
    finish(bottom, sheets, label_of(bottom))

    for item in (outfit.inner, outfit.top):
        if item is None:
            continue
        sheets, inside, below = build_top(fitting, item, 0.0)
        cover(fitting.top.of_body, inside, 0.015)
        cover_trunk(fitting.tall(hem_height(item)) + 0.03, fitting.tall(1.20))
        finish(item, sheets, label_of(item))

    shoes, inside = build_shoes(fitting, outfit.shoes, limit)
    cover(fitting.legs.of_body, inside, 0.008)
    for sheets, label in zip(shoes, (LEFT_SHOE, RIGHT_SHOE), strict=True):
        finish(outfit.shoes, sheets, label)
    if outfit.hat is not None:
        sheets, under = build_hat(fitting, outfit.hat)
        covered |= under
        finish(outfit.hat, sheets, HAT)
    hidden = covered[template.triangles["body"]].all(axis=1)
    return Clothing(merge(meshes), hidden)


def _shaft_limit(bottom: Item) -> float:
    """Template height above which trousers hide a shoe's shaft."""
    narrow = bottom.kind == "leggings" or (bottom.fit < 0.35 and bottom.flare < 0.15)
    if bottom.kind == "shorts" or narrow:
        return 9.0
    return max(0.881 - leg_end(bottom) + 0.05, 0.09)


def _trunk_mask(template: Template) -> np.ndarray:
    """(V,) bool: vertices of torso and legs, without arms, neck and head."""
    key = id(template)
    if key not in _TRUNK:
        points = template.vertices.astype(np.float64)
        _TRUNK.clear()
        _TRUNK[key] = (arm_field(template, points) < -0.005) & (np.abs(points[:, 0]) < 0.235) & (points[:, 1] < 1.3)
    return _TRUNK[key]


_TRUNK: dict[int, np.ndarray] = {}
__all__ = ["Clothing", "build_outfit", "keep", "label_of"]
