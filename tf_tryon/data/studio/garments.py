"""Dresses a person: every garment of an outfit as geometry, in layers that do not cut through each other.

Layers from the skin outwards: inner top, bottom, top, with shoes under wide trouser legs and over narrow ones. What a
layer covers is taken away below it, body included, so that nothing pokes through when the person is posed.
"""

from dataclasses import replace
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
from tf_tryon.data.studio.garment_drape import tube_around
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_hats import build_hat
from tf_tryon.data.studio.garment_limbs import arm_field
from tf_tryon.data.studio.garment_shell import Shell
from tf_tryon.data.studio.garment_shoes import build_shoes, shaft_height
from tf_tryon.data.studio.garment_surface import Sheet, corners_in, join, keep, to_mesh, turn_hems
from tf_tryon.data.studio.garment_tops import (
    CUTS,
    Below,
    at_fit,
    build_top,
    front_field,
    hem_height,
    neck_field,
    opening_gap,
    top_cover,
)
from tf_tryon.data.studio.mesh import Mesh, merge
from tf_tryon.data.studio.outfit import DRESSES, Item, Outfit

HIP = 0.881  # height of the hip joints on the template
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
    sheets: list[Sheet]

    def finish(item: Item, sheets: list[Sheet], label: int) -> None:
        whole = join([turn_hems(sheet) for sheet in sheets])
        meshes.append(to_mesh(whole, label, (item.material, item.trim)))

    def cover_trunk(low: float, high: float, item: Item | None = None) -> None:
        tall = person.vertices[:, 1]
        inside = _trunk_mask(template) & (tall > low) & (tall < high)
        if item is not None:
            points = template.vertices
            inside &= front_field(item, person.vertices[:, 0], points[:, 2], points[:, 1]) > 0.02
            inside &= ~parts_below(item, points[:, 1])
        covered[inside] = True

    def cover_shell(shell: Shell, inside: np.ndarray, margin: float) -> None:
        near = shell.of_body >= 0
        covered[near] |= inside[shell.of_body[near]] > margin

    bottom, tops = outfit.bottom, [item for item in (outfit.inner, outfit.top) if item is not None]
    below: list[Below] = []
    hem, tucked_legs = 0.0, None
    if bottom.kind in DRESSES:
        sheets, _ = build_dress(fitting, bottom)
        cover_shell(fitting.top, top_cover(bottom, fitting.top.fields, fitting.top_points[0][:, 0]), 0.015)
        cover_trunk(fitting.tall(skirt_hem(bottom)) + 0.05, fitting.tall(1.20))
    elif bottom.kind in SKIRTS:
        sheets, tube = build_skirt(fitting, bottom)
        below.append(Below(tube, SKIRTS[bottom.kind].waist))
        cover_trunk(fitting.tall(skirt_hem(bottom)) + 0.05, fitting.tall(SKIRTS[bottom.kind].waist) - 0.02)
    else:
        end = leg_end(bottom)
        over = boots_over(outfit)
        sheets, inside, legs = build_trousers(
            fitting, bottom, end if not over else min(end, HIP - shaft_height(outfit.shoes) + 0.03)
        )
        worn = legs[(inside > 0.0) & (fitting.legs.fields["height"] < TROUSERS[bottom.kind].waist - 0.1)]
        around = tube_around(fitting.body, at_fit(TROUSERS[bottom.kind].ease, bottom) + 0.001, worn)
        below.append(Below(around, TROUSERS[bottom.kind].waist))
        cover_shell(fitting.legs, inside, 0.012)
        hem, tucked_legs = (0.0, legs) if over else (end, None)
    for item in tops:
        if not tucked(outfit, item):
            sheets = [_without_covered(fitting, sheet, item, below[0].top) for sheet in sheets]
    finish(bottom, sheets, label_of(bottom))

    for item in tops:
        under, low = list(below), clear_hem(item, below[0].top if below else None)
        if tucked(outfit, item):
            under[0] = replace(below[0], tucked=True)
            low = max(below[0].top - 0.025, low)
        layer = _layer(outfit.inner, item) if outfit.inner is not None and item is outfit.top else 0.0
        sheets, tube = build_top(fitting, item, layer, under, low)
        below.append(Below(tube, 1.3))
        cover_shell(fitting.top, top_cover(item, fitting.top.fields, fitting.top_points[0][:, 0]), 0.015)
        cover_trunk(fitting.tall(low) + 0.03, fitting.tall(1.20), item)
        if item is outfit.inner:
            sheets = [_without_covered(fitting, sheet, tops[1], 9.0) for sheet in sheets]
        finish(item, sheets, label_of(item))

    shoes, inside = build_shoes(fitting, outfit.shoes, hem, tucked_legs)
    cover_shell(fitting.legs, inside, 0.008)
    for sheets, label in zip(shoes, (LEFT_SHOE, RIGHT_SHOE), strict=True):
        finish(outfit.shoes, sheets, label)
    if outfit.hat is not None:
        sheets, under = build_hat(fitting, outfit.hat)
        covered |= under
        finish(outfit.hat, sheets, HAT)
    hidden = np.asarray(covered[template.triangles["body"]].all(axis=1))
    return Clothing(merge(meshes), hidden)


def tucked(outfit: Outfit, item: Item) -> bool:
    """Whether a top is worn inside the waistband: shirts and blouses in formal dress."""
    return (
        item.kind in ("shirt", "blouse")
        and outfit.style in ("formal", "business")
        and (item is outfit.inner or item.opening != "open")
        and outfit.bottom.kind not in (*DRESSES, "jeans", "shorts", "leggings", "mini_skirt")
        and hem_height(item) < 1.0
    )


def clear_hem(item: Item, waist: float | None) -> float:
    """Template height of a top's hem; it either overlaps the waistband well or leaves it clear."""
    hem = hem_height(item)
    if waist is not None and waist - 0.035 < hem < waist + 0.03:
        return waist - 0.035
    return hem


def _layer(inner: Item, outer: Item) -> float:
    """Extra ease of an outer top, so that the inner one fits below it, metres."""
    inside, outside = at_fit(CUTS[inner.kind].ease, inner), at_fit(CUTS[outer.kind].ease, outer)
    return max(inside - outside, 0.0) + 0.008


def _without_covered(fitting: Fitting, sheet: Sheet, item: Item, top: float) -> Sheet:
    """The sheet without what a top worn over it hides: cloth between the top's hem and the template height `top`."""
    fields = sheet.fields
    if "height" not in fields:  # collars, buttons and pockets are small
        return sheet
    x, z, tall = sheet.position[:, 0], sheet.position[:, 2], sheet.position[:, 1]
    hidden = (tall > fitting.tall(hem_height(item)) + 0.03) & (front_field(item, x, z, fields["height"]) > 0.03)
    hidden &= ~parts_below(item, fields["height"])
    if top < 9.0:
        hidden &= fields["height"] < top + 0.02
    if "arm" in fields and top >= 9.0:
        hidden = (top_cover(item, fields, x) > 0.03) & ((fields["arm"] > 0.0) | hidden)
    elif "neck" not in fields:
        hidden &= neck_of_tube(item, fields["height"], x, z) > 0.03
    return keep(sheet, corners_in(hidden, sheet.triangles) < 3)


def parts_below(item: Item, height: np.ndarray) -> np.ndarray:
    """(n,) bool: heights on the template at which a front is open and swings, so that one sees in from the side."""
    return (height < 0.88) & (opening_gap(item, height) > 0.0)


def neck_of_tube(item: Item, height: np.ndarray, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(n,) metres below a neckline that reaches below the chest; large elsewhere."""
    return neck_field(item, {"x": x, "height": height, "z": z}) if item.neckline == "v" else np.full(len(x), 1.0)


def boots_over(outfit: Outfit) -> bool:
    """Whether narrow trouser legs are tucked into the boots' shafts."""
    bottom, shoes = outfit.bottom, outfit.shoes
    if shoes.kind not in ("boots", "ankle_boots") or bottom.kind not in TROUSERS:
        return False
    narrow = bottom.kind == "leggings" or (bottom.fit < 0.4 and bottom.flare < 0.2)
    return narrow and shaft_height(shoes) > HIP - leg_end(bottom) + 0.03


def _trunk_mask(template: Template) -> np.ndarray:
    """(V,) bool: vertices of torso and legs, without arms, neck and head."""
    key = id(template)
    if key not in _TRUNK:
        points = template.vertices.astype(np.float64)
        _TRUNK.clear()
        _TRUNK[key] = (arm_field(template, points) < -0.005) & (np.abs(points[:, 0]) < 0.235) & (points[:, 1] < 1.3)
    return _TRUNK[key]


_TRUNK: dict[int, np.ndarray] = {}
