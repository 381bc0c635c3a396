"""A product worn through a server: the exported graph alone does it, as `TryOn` does."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import own_loop
import pytest
from PIL import Image

from tf_tryon.cli import main as cli
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.person import Person
from tf_tryon.products import kinds
from tf_tryon.products.product import Product
from tf_tryon.serving import calls
from tf_tryon.serving.async_client import AsyncClient
from tf_tryon.serving.client import Client, CompletionRequest, InvalidRequestError
from tf_tryon.serving.encoded_person import from_picture
from tf_tryon.serving.wear import wear_calls


@pytest.mark.parametrize("chances", [{"T-Shirt": 1.0}, {}])
def test_it_is_worn_as_in_python(
    client: Client, model: Any, large_person: Person, product: Product, chances: dict[str, float]
) -> None:
    """At a photo's own size, which is not the networks' input's; `chances` tell how long its sleeves are, or don't."""
    assert large_person.size != model.size
    product = Product(product.photo, product.mask, "top", "stripes", chances)
    encoded = calls.EncodedPerson.from_person(large_person)
    answer = client.wear(encoded, product, CompletionRequest(samples=6, seed=3))
    expected = model.complete(large_person, "top", samples=6, seed=3, wear=product)
    erased = from_picture(answer.erased) > 0
    np.testing.assert_array_equal(erased, expected.erased)
    for stage in ("shape", "texture"):
        np.testing.assert_allclose(answer.codes[stage], expected.codes[stage], atol=0.05)
    for k in range(6):
        np.testing.assert_array_equal(answer.photo(k)[~erased], large_person.photo[~erased])
        same = answer.parsing(k) == expected.parsings[k]
        assert same.mean() > 0.99
        assert np.abs(answer.photo(k).astype(int) - expected.photos[k])[same].mean() < 1
    plain = client.complete(encoded, CompletionRequest(samples=6, seed=3))
    assert np.abs(plain.photo(0)[erased].astype(int) - answer.photo(0)[erased]).mean() > 5
    assert (chances == {}) == (plain.parsings == answer.parsings)


def test_one_by_one_and_asynchronously_it_is_the_same(
    server: Any, client: Client, encoded: Any, product: Product
) -> None:
    whole = client.wear(encoded, product, CompletionRequest(samples=3, seed=5))
    parts = list(client.stream_wear(encoded, product, CompletionRequest(samples=2, seed=5, first=1)))
    assert [part.photos[0] for part in parts] == whole.photos[1:]

    async def ask() -> tuple[list[bytes], list[bytes]]:
        async with AsyncClient(server.address) as other:
            streamed = [
                part.photos[0]
                async for part in other.stream_wear(encoded, product, CompletionRequest(samples=1, seed=5))
            ]
            return streamed, (await other.wear(encoded, product, CompletionRequest(samples=3, seed=5))).photos

    assert own_loop.run(ask()) == (whole.photos[:1], whole.photos)


def test_what_cannot_be_worn_is_refused(client: Client, encoded: Any, product: Product) -> None:
    with pytest.raises(ValueError, match="stripes is a top, and a bottom is to be completed"):
        client.wear(encoded, product, CompletionRequest(garment="bottom"))
    with pytest.raises(ValueError, match="wear and keep_texture exclude each other"):
        client.wear(encoded, product, CompletionRequest(keep_texture=True))
    (call,) = wear_calls(encoded, product, CompletionRequest(samples=1), 1)
    large = calls.to_png(np.zeros((513, 512, 3), np.uint8))
    for wrong, told in (
        ({"cloth_bytes": np.array([b"nothing"], object)}, "cloth_bytes: "),
        ({"cloth_bytes": np.array([large], object)}, "cloth_bytes: 512x513 pixels; 1 to 262144 in all are accepted"),
        ({"reach": np.array([1.5], np.float32)}, "reach = 1.5: choose -1 to 1"),
        ({"reach": np.array([np.nan], np.float32)}, "reach = nan"),
    ):
        with pytest.raises(InvalidRequestError, match=told):
            client.predict("wear", {**call.inputs, **wrong})


def test_request_wears_what_complete_does(
    server: Any, model: Any, large_person: Person, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    from tf_tryon.inference.tryon import TryOn

    monkeypatch.setattr(TryOn, "load", lambda *_, **__: model)
    monkeypatch.setattr(kinds, "probabilities", lambda photo, mask: dict.fromkeys(kinds.NAMES, 0.0) | {"Pants": 1.0})
    photo, cut = tmp_path / "anna.png", np.full((40, 30, 4), 70, np.uint8)
    Image.fromarray(large_person.photo).save(photo)
    labels = Image.fromarray(large_person.labels)
    labels.putpalette(bytes(range(24)))
    labels.save(tmp_path / "anna_parsing.png")
    (tmp_path / "anna_keypoints.json").write_text(json.dumps(to_openpose(large_person.keypoints)))
    cut[:, :, 3] = 255
    cut[:, :5, 3] = 0
    Image.fromarray(cut).save(tmp_path / "trousers.png")
    words = [str(photo), f"--wear={tmp_path / 'trousers.png'}", "--samples=2", "--seed=3"]
    assert cli.main(["complete", *words, f"--out={tmp_path / 'here'}"]) == 0
    assert cli.main(["request", *words, f"--out={tmp_path / 'there'}", f"--server={server.address}"]) == 0
    for k in (1, 2):
        here, there = (np.asarray(Image.open(tmp_path / of / "anna" / f"sample-{k}.png")) for of in ("here", "there"))
        assert np.abs(here.astype(int) - there).mean() < 0.5
    two = np.zeros((40, 60, 4), np.uint8)
    two[5:35, 5:25] = two[5:35, 35:55] = 255
    Image.fromarray(two).save(tmp_path / "two.png")
    capsys.readouterr()
    words = [str(photo), f"--wear={tmp_path / 'two.png'}", "--garment=top", f"--out={tmp_path / 'there'}"]
    assert cli.main(["request", *words, f"--server={server.address}"]) == 1
    assert "the photo shows 2 garments: give one photo each" in capsys.readouterr().err
