"""A tiny data set, and tiny networks of both stages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ml_collections import ConfigDict

SIZE = 64


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, make_data_set: Callable[..., Path]) -> Path:
    return make_data_set(tmp_path_factory.mktemp("people"), train=6, test=12)


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
    from tf_tryon.models.build import build_networks
    from tf_tryon.training.weights import save_weights

    folder = tmp_path_factory.mktemp("bundle")
    for stage in ("shape", "texture"):
        (folder / stage).mkdir()
        save_weights(build_networks(tiny(stage)), folder / stage / "weights.npz", step=3)
    return folder
