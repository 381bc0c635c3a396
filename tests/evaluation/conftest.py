"""A tiny data set of rectangular people, and tiny networks of both stages."""

from pathlib import Path

import numpy as np
import pytest
from ml_collections import ConfigDict

SIZE = 64
# Class, y0, x0, y1, x1; later ones on top.
PARTS = (
    (1, 6, 28, 16, 36),
    (2, 18, 18, 34, 46),
    (3, 34, 26, 56, 38),
    (5, 16, 22, 36, 42),
    (6, 36, 24, 50, 40),
    (7, 56, 24, 60, 40),
)
POINTS = (
    (32, 11), (32, 16), (23, 18), (20, 26), (20, 33), (41, 18), (44, 26), (44, 33), (28, 36), (28, 46), (28, 55),
    (36, 36), (36, 46), (36, 55), (30, 9), (34, 9), (28, 10), (36, 10),
)  # fmt: skip


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tf_tryon.data import records

    folder = tmp_path_factory.mktemp("people")
    with records.RecordWriter(folder, (SIZE, SIZE), generator="rectangles", seed=0) as writer:
        for i in range(14):
            rng = np.random.default_rng(i)
            labels = np.zeros((SIZE, SIZE), np.uint8)
            photo = np.full((SIZE, SIZE, 3), rng.integers(200, 256), np.uint8)
            for label, y0, x0, y1, x1 in PARTS:
                labels[y0:y1, x0:x1] = label
                photo[y0:y1, x0:x1] = rng.integers(0, 256, 3)
            points = np.array([(x, y, 1.0) for x, y in POINTS], np.float32)
            split = "train" if i < 6 else "test"
            writer.write(records.encode(photo, labels, points, "tryon8", f"{i:02d}", jpeg_quality=None), split)
    return folder


def tiny(stage: str) -> ConfigDict:
    from tf_tryon.config import thesis

    config = thesis(stage)
    config.data.height = config.data.width = SIZE
    config.model.width = 0.125
    config.model.attention = config.model.discriminator = False
    config.model.spectral_norm = "none"
    return config


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Untrained weights of both stages, as `tf-tryon bundle` lays them out."""
    from tf_tryon.models.networks import build_networks
    from tf_tryon.training.weights import save_weights

    folder = tmp_path_factory.mktemp("bundle")
    for stage in ("shape", "texture"):
        (folder / stage).mkdir()
        save_weights(build_networks(tiny(stage)), folder / stage / "weights.npz", step=3)
    return folder
