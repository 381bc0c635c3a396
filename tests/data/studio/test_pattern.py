"""Cloths: range and type, no aliasing, determinism, speed."""

import time

import numpy as np
import pytest

from tf_tryon.data.studio.palette import FAMILIES, contrasting, draw, from_oklab, linear, oklab, to_hex
from tf_tryon.data.studio.pattern import MOTIFS_OF, Material

COLOURS = ("#f2f1ed", "#1f2a44", "#a8323a", "#d9ae4a")
ALL = [(pattern, motif) for pattern, motifs in MOTIFS_OF.items() for motif in motifs]


def grid(count, extent):
    v, u = np.mgrid[0:count, 0:count].astype(np.float32) * np.float32(extent / count)
    uv = np.stack([u.ravel() - extent / 2, v.ravel()], axis=1)
    return uv, np.stack([uv[:, 0], uv[:, 1] + 0.5, np.full(len(uv), 0.1, np.float32)], axis=1)


@pytest.mark.parametrize(("pattern", "motif"), ALL)
def test_albedo_and_bump(pattern, motif):
    material = Material(pattern, COLOURS, 0.06, 0.0, (0.4,), seed=3, motif=motif)
    uv, position = grid(50, 0.5)
    colour, height = material.albedo(uv, position), material.bump(uv)
    assert colour.shape == (2500, 3)
    assert colour.dtype == height.dtype == np.float32
    assert colour.min() >= 0
    assert colour.max() <= 1
    assert height.shape == (2500,)
    assert np.abs(height).max() <= 0.0045
    np.testing.assert_array_equal(colour, material.albedo(uv, position))


@pytest.mark.parametrize(("pattern", "motif"), [case for case in ALL if case[0] in ("stripe", "plaid", "dot", "print")])
def test_patterns_show_at_128_pixels_and_fade_beyond(pattern, motif):
    # A window's lines are the thinnest.
    material = Material(pattern, COLOURS, 0.08, 0.0, (0.4,), seed=3, motif=motif)
    uv, position = grid(60, 0.6)
    near = material.albedo(uv, position, 0.014).std(axis=0).max()
    far = material.albedo(uv, position, 0.5).std(axis=0).max()
    assert near > 0.08
    assert far < 0.25 * near


def test_the_mean_survives_the_fading_of_stripes():
    material = Material("stripe", COLOURS[:2], 0.05, 0.0, (0.4,), motif="breton")
    uv, position = grid(100, 0.5)
    fine, coarse = (material.albedo(uv, position, size).mean(axis=0) for size in (0.001, 0.2))
    np.testing.assert_allclose(fine, coarse, atol=0.01)
    np.testing.assert_allclose(coarse, 0.6 * linear(COLOURS[0]) + 0.4 * linear(COLOURS[1]), atol=0.02)


def test_stripes_have_their_period_and_angle():
    uv, position = grid(100, 0.5)
    flat = Material("stripe", COLOURS[:2], 0.05, 0.0, (0.5,), motif="breton")
    upright = Material("stripe", COLOURS[:2], 0.05, round(np.pi / 2, 4), (0.5,), motif="breton")
    pictures = [m.albedo(uv, position)[:, 0].reshape(100, 100) for m in (flat, upright)]
    assert pictures[0].std(axis=1).max() < 1e-3
    assert pictures[1].std(axis=0).max() < 0.06
    np.testing.assert_allclose(pictures[0][:90], pictures[0][10:], atol=0.05)


def test_the_seed_moves_prints():
    uv, position = grid(50, 0.5)
    one, two = (Material("print", COLOURS, 0.08, params=(0.4,), seed=s, motif="floral") for s in (1, 2))
    assert np.abs(one.albedo(uv, position) - two.albedo(uv, position)).mean() > 0.05


def test_denim_fades_on_the_thighs():
    material = Material("denim", ("#31456a",), params=(0.9,))
    uv, _ = grid(40, 0.4)
    at = [np.tile(np.array([[0.1, height, 0.1]], np.float32), (len(uv), 1)) for height in (0.62, 0.2)]
    thigh, shin = (material.albedo(uv, position).mean() for position in at)
    assert thigh > 1.2 * shin


def test_a_picture_takes_few_milliseconds():
    material = Material("print", COLOURS, 0.08, params=(0.4,), motif="floral")
    uv, position = grid(141, 0.8)
    material.albedo(uv, position)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        material.albedo(uv, position)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05


def test_wrong_materials_are_refused():
    with pytest.raises(ValueError, match="use one of"):
        Material("tweed", COLOURS)
    with pytest.raises(ValueError, match="motif"):
        Material("plaid", COLOURS, motif="floral")
    with pytest.raises(ValueError, match="#rrggbb"):
        linear("red")


def test_colour_spaces_round_trip():
    for anchors in FAMILIES.values():
        for colour in anchors:
            assert to_hex(linear(colour)) == colour
            assert from_oklab(oklab(colour)) == colour
    # White is L = 1 without chroma (Ottosson).
    np.testing.assert_allclose(oklab("#ffffff"), [1, 0, 0], atol=1e-3)


def test_second_colours_contrast():
    rng = np.random.default_rng(0)
    for family in FAMILIES:
        ground = draw(rng, family)
        other = contrasting(rng, ground, ("white", "navy", "red"), 0.3)
        assert abs(oklab(other)[0] - oklab(ground)[0]) >= 0.29
