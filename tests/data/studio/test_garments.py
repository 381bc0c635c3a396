"""Garments: every kind builds on any body, cuts are clean, labels and skin weights are right, left equals right."""

import dataclasses

import numpy as np
import pytest

from tf_tryon.data.studio import garments
from tf_tryon.data.studio.body import Template, sample_body
from tf_tryon.data.studio.garment_bottoms import leg_end, trouser_points
from tf_tryon.data.studio.garment_drape import radii
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_shell import leg_shell, top_shell
from tf_tryon.data.studio.garment_surface import Sheet, blend_skin, cut, paint, trim_to, turn_hems
from tf_tryon.data.studio.outfit import DRESSES, KINDS, NECKLINES, OPENINGS, Item, Outfit
from tf_tryon.data.studio.pattern import Material

CLOTH = Material("solid", ("#335577",), 0.05, 0.0, (0.3,))


def make_item(kind: str, rng: np.random.Generator, **fields: object) -> Item:
    drawn = {
        "fit": rng.random(),
        "length": rng.random(),
        "sleeve": rng.choice([0.0, 0.3, 0.6, 1.0]),
        "neckline": str(rng.choice(NECKLINES)),
        "opening": str(rng.choice(OPENINGS)),
        "flare": rng.random(),
        "material": CLOTH,
        "trim": CLOTH,
    }
    return Item(kind=kind, **{**drawn, **fields})


def make_outfit(rng: np.random.Generator, **items: Item | None) -> Outfit:
    worn = {
        "hat": None,
        "top": make_item("tshirt", rng, opening="closed"),
        "inner": None,
        "bottom": make_item("jeans", rng),
        "shoes": make_item("sneakers", rng),
        **items,
    }
    return Outfit(style="casual", presentation="feminine", fold_seed=int(rng.integers(1000)), **worn)


def worn_as(kind: str, slot: str, rng: np.random.Generator) -> Outfit:
    item = make_item(kind, rng)
    items: dict[str, Item | None] = {slot: item}
    if slot == "inner":
        items = {"inner": dataclasses.replace(item, opening="closed"), "top": make_item("coat", rng, opening="open")}
    if kind in DRESSES:
        items["top"] = None
    return make_outfit(rng, **items)


ALL = [(slot, kind) for slot, kinds in KINDS.items() for kind in kinds]


@pytest.mark.parametrize(("slot", "kind"), ALL, ids=lambda value: str(value))
def test_every_kind_builds_on_any_body(slot: str, kind: str) -> None:
    template = Template.load()
    for seed in range(3):
        rng = np.random.default_rng([seed, len(kind)])
        outfit = worn_as(kind, slot, rng)
        person = template.person(sample_body(rng, bool(seed % 2)))
        mesh, hidden = garments.build_outfit(outfit, template, person)
        assert np.isfinite(mesh.vertices).all()
        assert np.isfinite(mesh.uv).all()
        np.testing.assert_allclose(mesh.weights.sum(1), 1.0, atol=1e-5)
        assert mesh.weights.min() >= 0.0
        assert hidden.shape == (len(template.triangles["body"]),)
        assert 0.0 < hidden.mean() < 0.9
        low, high = person.vertices.min(0), person.vertices.max(0)
        assert (mesh.vertices > low - 0.35).all()
        assert (mesh.vertices < high + 0.35).all()
        top = outfit.top
        wanted = {garments.label_of(outfit.bottom), garments.LEFT_SHOE, garments.RIGHT_SHOE}
        wanted |= {garments.label_of(top)} if top is not None else set()
        wanted |= {garments.HAT} if outfit.hat is not None else set()
        # A long closed coat may hide all of what is below it.
        coverable = {garments.label_of(item) for item in (outfit.inner, outfit.bottom) if item is not None}
        coverable -= {garments.label_of(top)} if top is not None else coverable
        worn = set(np.unique(mesh.label).tolist())
        assert wanted - coverable <= worn <= wanted | coverable
        left = mesh.vertices[mesh.triangles[mesh.label == garments.LEFT_SHOE]]
        right = mesh.vertices[mesh.triangles[mesh.label == garments.RIGHT_SHOE]]
        assert left[..., 0].min() > 0.0 > right[..., 0].max()


def test_the_same_seed_gives_the_same_clothes_and_another_seed_other_folds() -> None:
    template = Template.load()
    person = template.person(np.zeros(len(template.components), np.float32))
    outfit = make_outfit(np.random.default_rng(1))
    first, again = (garments.build_outfit(outfit, template, person).mesh for _ in range(2))
    np.testing.assert_array_equal(first.vertices, again.vertices)
    other = garments.build_outfit(dataclasses.replace(outfit, fold_seed=outfit.fold_seed + 1), template, person).mesh
    assert other.vertices.shape != first.vertices.shape or np.abs(other.vertices - first.vertices).max() > 1e-4


def square(count: int) -> Sheet:
    """A flat sheet in the plane z = 0 with ragged vertex positions."""
    axis = np.linspace(-1, 1, count)
    x, y = (grid.ravel() for grid in np.meshgrid(axis, axis))
    index = np.arange(count * count).reshape(count, count)
    a, b, c, d = (corner.ravel() for corner in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    n = count * count
    return Sheet(
        position=np.stack([x, y, 0 * x], 1),
        triangles=triangles,
        bones=np.tile(np.arange(4, dtype=np.int32), (n, 1)),
        weights=np.full((n, 4), 0.25),
        uv=np.stack([x, y], 1),
        weld=np.arange(n, dtype=np.int32),
        fields={"round": np.hypot(x, y)},
    )


def area(sheet: Sheet) -> float:
    corners = sheet.position[sheet.triangles]
    return float(0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2].sum())


def test_a_cut_keeps_the_surface_and_no_triangle_crosses_it() -> None:
    sheet = square(9)
    values = 0.3 + sheet.position[:, 0] - 0.37 * sheet.position[:, 1]
    grown, side = cut(sheet, values)
    assert area(grown) == pytest.approx(4.0)
    at_corners = 0.3 + grown.position[:, 0] - 0.37 * grown.position[:, 1]
    signs = at_corners[grown.triangles]
    assert (signs[side] > -1e-9).all()
    assert (signs[~side] < 1e-9).all()
    np.testing.assert_allclose(grown.uv, grown.position[:, :2], atol=1e-12)


def test_hems_lie_on_the_cut_and_survive_later_cuts() -> None:
    kept = trim_to(square(9), 0.21 - square(9).position[:, 1])
    ends = kept.position[kept.hem]
    np.testing.assert_allclose(ends[..., 1], 0.21, atol=1e-9)
    assert np.abs(ends[:, 1] - ends[:, 0]).sum() == pytest.approx(2.0)
    kept = trim_to(kept, kept.position[:, 0] - 0.5)
    level = kept.hem[np.isclose(kept.position[kept.hem][..., 1], 0.21).all(1)]
    assert np.abs(kept.position[level][:, 1] - kept.position[level][:, 0]).sum() == pytest.approx(0.5)
    thick = turn_hems(kept, depth=0.01)
    assert thick.position[:, 2].min() < -0.009
    assert len(thick.triangles) == len(kept.triangles) + 4 * len(kept.hem)


def test_paint_changes_material_only() -> None:
    sheet = square(7)
    painted = paint(sheet, 0.4 - sheet.fields["round"])
    assert area(painted) == pytest.approx(4.0)
    inner = painted.material == 1
    assert 0 < inner.sum() < len(inner)
    assert (painted.fields["round"][painted.triangles[inner]] < 0.4 + 1e-9).all()


def test_blended_skin_keeps_the_four_largest_and_sums_to_one() -> None:
    a, b = np.array([[1, 2, 3, 4]], np.int32), np.array([[3, 5, 6, 7]], np.int32)
    wa, wb = np.array([[0.4, 0.3, 0.2, 0.1]]), np.array([[0.7, 0.1, 0.1, 0.1]])
    bones, weights = blend_skin(a, wa, b, wb, np.array([0.5]))
    assert bones[0, 0] == 3
    assert set(bones[0, 1:3]) == {1, 2}
    assert weights.sum() == pytest.approx(1.0)
    assert weights[0, 0] == pytest.approx(0.45 / (0.45 + 0.2 + 0.15 + 0.05))


def test_the_hull_of_a_square_has_its_corners() -> None:
    angle = 2 * np.pi * np.arange(72) / 72
    support = np.abs(np.sin(angle)) + np.abs(np.cos(angle))  # a square of half side 1
    radius = radii(support[None])[0]
    np.testing.assert_allclose(radius, 1 / np.maximum(np.abs(np.sin(angle)), np.abs(np.cos(angle))), rtol=1e-9)


@pytest.mark.parametrize("shell", [top_shell, leg_shell])
def test_shells_are_symmetric_and_carry_the_template(shell) -> None:
    template = Template.load()
    person = template.person(np.zeros(len(template.components), np.float32))
    made = shell()
    points = made.positions(person)
    np.testing.assert_allclose(made.shares.sum(1), 1.0, atol=1e-9)
    mirrored = points * [-1.0, 1.0, 1.0]
    distance = np.array([np.linalg.norm(points - m, axis=1).min() for m in mirrored[:: max(len(points) // 200, 1)]])
    assert distance.max() < 0.008  # quads are split by diagonals that are not mirrored
    assert np.median(distance) < 1e-4
    assert np.ptp(points[made.weld] - points, axis=0).max() < 1e-9


def test_hems_are_alike_on_both_sides() -> None:
    template = Template.load()
    person = template.person(np.zeros(len(template.components), np.float32))
    rng = np.random.default_rng(0)
    for item in (make_item("shorts", rng, length=0.4), make_item("trousers", rng, length=1.0)):
        mesh = garments.build_outfit(make_outfit(rng, bottom=item), template, person).mesh
        used = mesh.vertices[np.unique(mesh.triangles[mesh.label == garments.PANTS])]
        low = [used[used[:, 0] * sign > 0][:, 1].min() for sign in (1.0, -1.0)]
        assert low[0] == pytest.approx(low[1], abs=0.012)


def test_longer_is_longer_and_looser_is_wider() -> None:
    template = Template.load()
    rng = np.random.default_rng(0)
    ends = [leg_end(make_item("jeans", rng, length=length)) for length in (0.0, 0.5, 1.0)]
    assert ends == sorted(ends)
    widths = []
    for fit in (0.0, 1.0):
        person = template.person(np.zeros(len(template.components), np.float32))
        fitting = Fitting(template, person, np.random.default_rng(0))
        points = trouser_points(fitting, make_item("wide_trousers", rng, fit=fit, flare=0.5))
        low = (fitting.legs.fields["leg"] > 0.7) & (fitting.legs.fields["x"] > 0)
        widths.append(np.ptp(points[low & (fitting.legs.fields["leg"] < 0.8), 0]))
    assert widths[1] > widths[0] + 0.02


def test_a_long_coat_hides_more_of_the_body_than_a_tank() -> None:
    template = Template.load()
    rng = np.random.default_rng(4)
    person = template.person(sample_body(rng, True))
    shorts = make_item("shorts", rng, length=0.2)
    shares = []
    for kind, sleeve in (("tank", 0.0), ("coat", 1.0)):
        top = make_item(kind, rng, sleeve=sleeve, length=0.9, neckline="crew", opening="closed")
        shares.append(garments.build_outfit(make_outfit(rng, top=top, bottom=shorts), template, person).hidden.mean())
    assert shares[1] > shares[0] + 0.05
