"""The files beside the bundled weights: made of these weights, and with TensorFlow's pictures."""

from typing import Any

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundled import BUNDLES
from tf_tryon.lite.folders import sidecar_of_model
from tf_tryon.lite.tryon import TryOn as Lite


@pytest.mark.parametrize("name", list(BUNDLES))
def test_they_were_made_of_the_weights_beside_them(name: str) -> None:
    command = f"tf-tryon export lite --model {name} --out tf_tryon/weights/{name}/lite"
    try:
        sidecar = sidecar_of_model(name)
    except TryOnError as error:
        pytest.fail(f"{error}: {command}")
    assert sidecar.tflite.parent.parent == BUNDLES[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(BUNDLES))
def test_their_pictures_are_tensorflows(name: str, large_person: Any, resized: Any, alike: Any) -> None:
    from tf_tryon.inference.tryon import TryOn

    lite, full = Lite.load(name), TryOn.load(name, compiled=False)
    for garment, size in (("top", (150, 230)), ("bottom", (416, 283)), ("top", (641, 701))):
        person = resized(large_person, *size)
        alike(*(one.complete(person, garment, samples=1, seed=7) for one in (lite, full)), share=0.999)
