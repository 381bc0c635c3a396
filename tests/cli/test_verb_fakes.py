"""The verbs' stand-ins refuse what the real parts refuse: else a verb could pass that no model would answer."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from verb_fakes import FakeClient, FakePhoneStage, FakeTryOn

from tf_tryon.errors import TryOnError
from tf_tryon.inference.request import NotWornError, Request
from tf_tryon.serving.calls import CompletionRequest
from tf_tryon.serving.client import EncodedPerson, InvalidRequestError


@pytest.fixture
def barefoot(someone: Any) -> Any:
    """Somebody in a top, whose bottom is the background's."""
    return dataclasses.replace(someone, labels=np.where(someone.labels == 6, np.uint8(0), someone.labels))


@pytest.mark.parametrize(
    "complete",
    [lambda person, garment: FakeTryOn().complete(person, garment), lambda *given: FakePhoneStage().inputs(*given)],
)
def test_networks_refuse_other_garments_and_what_nobody_wears(
    complete: Callable[[Any, str], Any], someone: Any, barefoot: Any
) -> None:
    complete(someone, "bottom")
    with pytest.raises(TryOnError, match="completes top, bottom, not hat"):
        complete(someone, "hat")
    with pytest.raises(NotWornError, match="shows no bottom"):
        complete(barefoot, "bottom")


def test_a_phones_networks_refuse_another_size(someone: Any) -> None:
    larger = dataclasses.replace(someone, labels=np.kron(someone.labels, np.ones((2, 2), np.uint8)))
    with pytest.raises(ValueError, match="the picture is"):
        FakePhoneStage().inputs(larger, "top")


def test_networks_refuse_an_option_out_of_range(someone: Any) -> None:
    with pytest.raises(ValueError, match="ask for 1 to"):
        FakeTryOn().complete(someone, "top", samples=0)
    assert len(FakeTryOn().answer(someone, Request(samples=3)).photos) == 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"garment": "hat"}, "completes top, bottom"),
        ({"samples": 9}, "samples = 9"),
        ({"seed": -1}, "seed = -1"),
        ({"temperature": float("nan")}, "temperature = nan"),
        ({"background": "blue"}, "background 'blue'"),
    ],
)
def test_a_server_refuses_what_servers_refuse(someone: Any, fields: dict[str, Any], message: str) -> None:
    person, client = EncodedPerson.from_person(someone), FakeClient("localhost:8500")
    assert len(client.complete(person, CompletionRequest(samples=2)).photos) == 2
    with pytest.raises(InvalidRequestError, match=message):
        client.complete(person, CompletionRequest(**fields))


def test_a_server_refuses_who_is_no_person(someone: Any) -> None:
    person = EncodedPerson.from_person(someone)
    for wrong in (
        dataclasses.replace(person, photo=b"no picture"),
        dataclasses.replace(person, keypoints=np.full((18, 3), np.nan, np.float32)),
        dataclasses.replace(person, vocabulary="none"),
    ):
        with pytest.raises(InvalidRequestError):
            FakeClient("localhost:8500").complete(wrong, CompletionRequest())
