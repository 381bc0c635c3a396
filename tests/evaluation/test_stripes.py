"""Waves that were drawn are found again."""

import math

import numpy as np
import pytest

from tf_tryon.evaluation.stripes import Stripes, alike, strongest

ALL = np.ones((58, 48), bool)


def waves(angle, cycles):
    y, x = np.mgrid[:58, :48]
    phase = 2 * math.pi * cycles * (y * math.sin(angle) + x * math.cos(angle))
    return np.repeat((128 + 90 * np.sign(np.sin(phase)))[..., None], 3, axis=-1).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("angle", [0, math.pi / 2, math.pi / 4, 3 * math.pi / 4])
def test_angle_and_length_of_stripes(angle):
    actual = strongest(waves(angle, 1 / 10), ALL)
    assert actual.angle == pytest.approx(angle, abs=0.1)
    assert actual.cycles == pytest.approx(1 / 10, rel=0.1)
    assert actual.strength > 0.5  # the rest are a square wave's harmonics


def test_noise_and_flat_colour_have_none():
    noise = np.random.default_rng(0).integers(0, 255, (58, 48, 3)).astype(np.uint8)
    assert strongest(noise, ALL).strength < 0.15
    assert strongest(np.full((58, 48, 3), 90, np.uint8), ALL).strength == 0
    assert strongest(noise, ~ALL).strength == 0


def test_the_mask_hides_the_ground():
    photo, mask = waves(0, 1 / 8), ALL.copy()
    photo[:, 24:], mask[:, 24:] = waves(math.pi / 2, 1 / 8)[:, 24:], False
    assert strongest(photo, mask).angle == pytest.approx(0, abs=0.15)


def test_alike_within_a_sixteenth_of_a_turn():
    wave = Stripes(1, 0.1, 0.1)
    assert alike(wave, Stripes(1, math.pi - 0.1, 0.15))  # either side of straight across
    assert not alike(wave, Stripes(1, math.pi / 2, 0.1))
    assert not alike(wave, Stripes(1, 0.1, 0.2))


def test_a_large_photo_is_refused():
    with pytest.raises(ValueError, match="scale it"):
        strongest(np.zeros((200, 50, 3), np.uint8), np.zeros((200, 50), bool))
