"""The reference runner asks of a person what every other front end asks, before it runs a network."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CIHP20, GARMENT_CLASSES, slot_of
from tf_tryon.errors import TryOnError
from tf_tryon.export.phone_saving import complete


@pytest.fixture
def someone(make_person: Callable[..., dict[str, Any]]) -> Person:
    made = make_person(1)
    labels = CIHP20.table()[made["labels"]]
    return Person(made["photo"], labels, made["keypoints"].astype(np.float32), "1")


def test_a_speck_of_a_garment_and_numbers_out_of_range_are_refused(someone: Person, tmp_path: Path) -> None:
    someone.labels[0, 0] = GARMENT_CLASSES[slot_of("hat")]
    with pytest.raises(TryOnError, match="speck"):
        complete(Mock(), someone, tmp_path, "hat", 1, 0, 1.0)
    with pytest.raises(ValueError, match="temperature = 50"):
        complete(Mock(), someone, tmp_path, "top", 1, 0, 50.0)
    assert list(tmp_path.iterdir()) == []


def test_what_is_carried_stays(someone: Person, tmp_path: Path) -> None:
    """A stage that takes every erased pixel for skin."""
    size = someone.size
    contract = SimpleNamespace(height=size[0], width=size[1], code_scale=np.ones(1))
    stage = Mock(contract=contract, sidecar={"sha256": "0"})
    stage.inputs.return_value = SimpleNamespace(visible=np.zeros(size, np.float32))
    stage.sample.return_value, stage.labels.return_value = np.zeros((1, 1)), np.full(size, 2, np.uint8)
    someone.carried = np.zeros(size, bool)
    someone.carried[:, :20] = True
    complete(stage, someone, tmp_path, "top", 1, 0, 1.0)
    parsing = np.asarray(Image.open(tmp_path / "sample-1_parsing.png"))
    hole = parsing != someone.labels
    assert hole.any()
    assert not hole[someone.carried].any()
