"""Latent noise of a request: a function of its seed, so that sample k is the same however many are asked for."""

from __future__ import annotations

import numpy as np

STAGES = {"shape": 0, "texture": 1}


def latent_noise(seed: int, stage: str, sample: int, shape: tuple[int, int, int]) -> np.ndarray:
    """Standard normal (h, w, c) float32 of one sample's stage."""
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, STAGES[stage], sample])))
    return generator.standard_normal(shape, np.float32)
