"""Latent noise of a request: a function of (seed, stage, sample), so that sample k is the same however many are asked
for, and the same from Python, from an exported graph and without TensorFlow.

TensorFlow's stateless generator, Philox4x32-10 (Salmon et al., SC 2011), keyed with the two 64-bit integers

    (seed, stage * 2^32 + sample)        stage: 0 shape, 1 texture; sample: 0, 1, ...

which one more Philox block mixes to the key and the upper half of the counter. Each block gives four normal numbers by
Box and Muller. `noise_graph.py` is the same by TensorFlow.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tf_tryon.stages import STAGES

MAX_SEED: Final = 2**63 - 1
MAX_SAMPLE: Final = 2**31 - 1

_MULTIPLY: Final = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL: Final = (0x9E3779B9, 0xBB67AE85)
_MIX_KEY: Final = (0x3EC8F720, 0x02461E29)
_LOW: Final = np.uint64(0xFFFFFFFF)
_ROUNDS: Final = 10


def numpy_noise(seed: int, stage: str, sample: int, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal float32 of `shape` (h, w, c) for one sample's stage; `noise_graph.latent_noise` by numpy."""
    words = [seed & 0xFFFFFFFF, seed >> 32, sample, STAGES.index(stage)]
    mixed = _philox(np.array([words], np.uint64), _MIX_KEY)[0]
    count = int(np.prod(shape))
    counters = np.zeros((-(-count // 4), 4), np.uint64)
    counters[:, 0] = np.arange(len(counters))
    counters[:, 2:] = mixed[2:]
    bits = _philox(counters, (int(mixed[0]), int(mixed[1]))).astype(np.uint32)
    uniform = ((bits & 0x7FFFFF) | 0x3F800000).view(np.float32) - np.float32(1)
    first, second = np.maximum(uniform[:, 0::2], np.float32(1e-7)), np.float32(2 * np.pi) * uniform[:, 1::2]
    radius = np.sqrt(np.float32(-2) * np.log(first))
    pairs = np.stack([np.sin(second) * radius, np.cos(second) * radius], axis=-1)
    return pairs.reshape(-1)[:count].reshape(shape)


def _philox(counters: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """(n, 4) 32-bit words as uint64 -> (n, 4) random ones."""
    words = [counters[:, i] for i in range(4)]
    for round_ in range(_ROUNDS):
        keys = [np.uint64((one + round_ * step) & 0xFFFFFFFF) for one, step in zip(key, _WEYL, strict=True)]
        left, right = _MULTIPLY[0] * words[0], _MULTIPLY[1] * words[2]
        words = [
            (right >> np.uint64(32)) ^ words[1] ^ keys[0],
            right & _LOW,
            (left >> np.uint64(32)) ^ words[3] ^ keys[1],
            left & _LOW,
        ]
    return np.stack(words, axis=-1)
