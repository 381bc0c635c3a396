"""A model with tiny, untrained networks: what completion promises holds for any weights."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="session")
def model() -> Any:
    from tf_tryon.config import thesis
    from tf_tryon.inference.stage import Stage
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.models.networks import build_networks

    stages = []
    for name in ("shape", "texture"):
        config = thesis(name)
        config.data.height = config.data.width = 64
        config.data.shape_frame = "box"
        config.model.update(
            width=0.25, latent_stride=32, latent_channels=3, latent_layout="aligned", prior="autoregressive",
            encoder_context=True, input_skips=True, decoder_norm="spade", discriminator=False,
        )  # fmt: skip
        means = np.ones((4, 64, 64, 3), np.float32)
        stages.append(Stage(config, build_networks(config), means, name))
    return TryOn(*stages)


@pytest.fixture
def someone(make_person: Callable[..., dict[str, Any]]) -> Any:
    return as_person(make_person(1))


def as_person(made: dict[str, Any]) -> Any:
    from tf_tryon.data.person import Person
    from tf_tryon.data.vocabulary import CIHP20

    labels = CIHP20.table()[made["labels"]]
    dress = bool((made["labels"] == 6).any())
    points = made["keypoints"].astype(np.float32)
    return Person(made["photo"], labels, points, made["identity"], made["metadata"], dress)


@pytest.fixture
def large_person(make_person: Callable[..., dict[str, Any]]) -> Any:
    """A 150x230 photo with a person off its centre."""
    person = as_person(make_person(0))
    for name in ("photo", "labels"):
        picture = np.kron(getattr(person, name), np.ones((2, 2) + (1,) * (getattr(person, name).ndim - 2), np.uint8))
        width = [(15, 7), (90, 12)] + [(0, 0)] * (picture.ndim - 2)
        setattr(person, name, np.pad(picture, width, mode="edge" if name == "photo" else "constant"))
    person.keypoints[:, :2] = person.keypoints[:, :2] * 2 + (90, 15)
    return person
