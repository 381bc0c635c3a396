"""A tiny base, and people to fit it to."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle's folder, untrained, with a discriminator."""
    from tf_tryon.config import thesis, to_json
    from tf_tryon.models.build import build_networks
    from tf_tryon.training.checkpoints import write_arrays
    from tf_tryon.training.variables import named_variables
    from tf_tryon.training.weights import save_weights

    folder = tmp_path_factory.mktemp("base")
    for stage in ("shape", "texture"):
        config = thesis(stage)
        config.data.height = config.data.width = 64
        config.model.update(width=1 / 16, latent_channels=2, output_scales=1)
        config.loss.perceptual = "none"
        config.train.update(batch_size=4, ema=0.9)
        nets = build_networks(config)
        (folder / stage).mkdir()
        save_weights(nets, folder / stage / "weights.npz", 7, float16=True)
        (folder / stage / "config.json").write_text(to_json(config))
        np.savez(folder / stage / "mean_garments.npz", means=np.full((4, 64, 64, 3), 255, np.uint8))
    judge = {name: v.numpy() for name, v in named_variables(nets.discriminator, "discriminator").items()}
    write_arrays(folder / "texture" / "discriminator.npz", judge)
    return folder


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory, make_data_set: Callable[..., Path]) -> Path:
    """A data set of 50 people to train on and 10 held out; read it, don't change it."""
    return make_data_set(tmp_path_factory.mktemp("many"), train=50, test=10)
