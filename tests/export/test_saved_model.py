"""The exported graph: what it promises beyond what the server's tests see."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_tryon.errors import TryOnError
from tf_tryon.export import saved_model, warmup
from tf_tryon.export.session_model import SessionModel
from tf_tryon.export.stage_graph import StageGraph
from tf_tryon.layers.compat import raw
from tf_tryon.layers.spectral_norm import spectral_layers

Arrays = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def requests(models: Path) -> dict[str, Arrays]:
    actual = warmup.read(models / "tryon" / "1")
    return {request.model_spec.signature_name: warmup.arrays(request) for request in actual}


def _same(first: Arrays, second: Arrays) -> None:
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_the_manifest_tells_what_it_is(models: Path, model: Any) -> None:
    manifest = json.loads((models / "tryon" / "1" / "manifest.json").read_text())
    assert manifest["model"] == model.model
    assert len(manifest["fingerprint"]["graph_def_program_hash"]) == 16
    assert manifest["config"]["shape"]["data"]["height"] == manifest["input_size"][0] == 64
    assert manifest["signatures"]["complete"]["inputs"]["keypoints"] == {"dtype": "float32", "shape": [None, 18, 3]}
    # Parity with the Keras networks, as measured when exported.
    for name, limits in {
        "photos": (3, 0.01),
        "parsings": (1, 0.001),
        "texture_codes": (1e-3, 1e-4),
        "shape_score": (1e-2, 1e-2),
    }.items():
        measured = manifest["parity"][name]
        assert measured["max"] <= limits[0], (name, measured)
        assert measured["mean"] <= limits[1], (name, measured)
    assert manifest["ranked_by"] == ["likelihood", "discriminator"]
    assert not list((models / "tryon").glob(".*"))


def test_versions_are_never_overwritten(models: Path, model: Any) -> None:
    with pytest.raises(TryOnError, match="never overwritten"):
        saved_model.export(model, models, version=1)
    assert saved_model.next_version(models / "tryon") == 2
    with pytest.raises(ValueError, match="divides the width"):
        saved_model.export(model, models, width=4, chunk=3)
    with pytest.raises(ValueError, match="max_pixels = 99: at least"):
        saved_model.export(model, models, max_pixels=99)


def test_requests_ask_for_no_more_samples_than_a_model_takes(model: Any) -> None:
    specs = [tf.TensorSpec([None], tf.int64, name="samples")]
    asked = warmup.requests({"complete": specs, "transfer": specs}, _someone(model), "tryon", "top", samples=1)
    assert set(asked) == {"complete", "transfer", "serving_default"}
    assert all(warmup.arrays(one)["samples"].tolist() == [1] for one in asked.values())


def test_realism_is_the_discriminator_s_mean_score(
    loaded: SessionModel, requests: dict[str, Arrays], model: Any
) -> None:
    answer = loaded.run("complete_tensors", requests["complete_tensors"])
    scores, _ = model.texture.networks.discriminate(tf.cast(answer["photos"], tf.float32) / 127.5 - 1)
    np.testing.assert_allclose(answer["realism"], tf.reduce_mean(scores, [1, 2, 3]), atol=0.01)


def test_no_sigma_is_computed(model: Any) -> None:
    stage = StageGraph(model.texture, 1)
    layers = spectral_layers(*model.texture.networks.inference_models.values())
    vectors = {id(raw(layer.u).handle) for layer in layers}
    assert len(vectors) > 20
    batch = model.texture.batch(_someone(model), "top")
    codes = tf.zeros((1, *stage.codes_shape))
    for function, arguments in (
        (stage._generate, (batch, codes)),
        (stage._encode, (batch,)),
        (stage._prior, (batch, codes)),
        (stage._draw, (batch, codes, tf.constant(1.0))),
    ):
        captured = {id(handle) for handle in function.get_concrete_function(*arguments).captured_inputs}
        assert captured
        assert not captured & vectors
    for layer in layers:
        assert float(layer.sigma()) == pytest.approx(1.0, abs=1e-4)


def _someone(model: Any) -> Any:
    from tf_tryon.export.example_person import example_person

    return example_person(model.shape.size[0], model.garments)


@pytest.mark.slow
def test_a_fresh_process_loads_it_with_the_session_loader(
    models: Path, loaded: SessionModel, requests: dict[str, Arrays]
) -> None:
    code = """
import hashlib, sys
from tf_tryon import quiet
quiet.import_tensorflow()
import pathlib, tensorflow as tf
from tf_tryon.export import warmup
folder = pathlib.Path(sys.argv[1])
request = warmup.read(folder)[0]
with tf.compat.v1.Session(graph=tf.Graph()) as session:
    meta = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
    signature = meta.signature_def["serving_default"]
    feeds = {signature.inputs[k].name: v for k, v in warmup.arrays(request).items()}
    photos = session.run(signature.outputs["photos_bytes"].name, feeds)
print(hashlib.sha256(b"".join(photos[0])).hexdigest())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(models / "tryon" / "1")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    photos = loaded.run("complete", requests["complete"])["photos_bytes"][0]
    assert done.stdout.strip() == hashlib.sha256(b"".join(photos)).hexdigest()


def test_an_answer_does_not_depend_on_the_batch(loaded: SessionModel, requests: dict[str, Arrays]) -> None:
    first = requests["complete"]
    second = {
        **first,
        "seed": first["seed"] + 1,
        "samples": first["samples"] + 2,
        "garment": np.array([b"bottom"], object),
    }
    together = {name: np.concatenate([second[name], first[name], second[name]]) for name in first}
    alone, batched = loaded.run("complete", first), loaded.run("complete", together)
    _same(alone, {name: value[1:2] for name, value in batched.items()})
    assert (alone["photos_bytes"][0, 2:] == b"").all()
    np.testing.assert_array_equal(alone["order"][0, 2:], -1)
    rows = requests["complete_tensors"]
    other = {**rows, "sample": rows["sample"] + 1}
    both = loaded.run("complete_tensors", {name: np.concatenate([rows[name], other[name]]) for name in rows})
    _same(loaded.run("complete_tensors", rows), {name: value[:1] for name, value in both.items()})
    # The same sample of a photo that has the input's size, through bytes and through tensors.
    same = {"photo_bytes": rows["photo"][0], "parsing_bytes": rows["parsing"][0]}
    sent = {name: np.array([_encoded(picture)], object) for name, picture in same.items()}
    alone = loaded.run("complete", {**first, **sent, "keypoints": rows["keypoints"]})
    pictures = [np.asarray(Image.open(io.BytesIO(encoded))) for encoded in alone["photos_bytes"][0, :2]]
    gap = np.abs(both["photos"].astype(int) - np.stack(pictures))  # by another order of sums
    assert gap.max() <= 1
    assert (gap == 0).mean() > 0.999
    np.testing.assert_array_equal(both["shape_codes"], alone["shape_codes"][0, :2])


def _encoded(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def _picture(mode: str, size: tuple[int, int] = (80, 80), kind: str = "PNG") -> np.ndarray:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return np.array([buffer.getvalue()], object)


def _bomb() -> np.ndarray:
    """A PNG whose header claims 60000 x 60000 pixels."""
    small = _picture("RGB")[0]
    return np.array([small[:16] + (60000).to_bytes(4, "big") * 2 + small[24:]], object)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"photo_bytes": np.array([b"GIF89a" + bytes(100)], object)}, "not a PNG or JPEG"),
        ({"photo_bytes": np.array([b""], object)}, "too short"),
        ({"photo_bytes": _bomb()}, "1 to 1048576 pixels"),
        ({"photo_bytes": _picture("RGB", (80, 79), "JPEG")}, "of another size than the photo"),
        ({"parsing_bytes": _picture("P")}, "grey PNG of 8 bits"),
        ({"parsing_bytes": _picture("L")}, "the parsing shows none, or no more than a speck"),
        ({"vocabulary": np.array([b"lip21"], object)}, "choose one of lip20"),
        ({"garment": np.array([b"hat"], object)}, "completes top, bottom"),
        ({"keypoints": np.full((1, 18, 3), np.nan, np.float32)}, "finite"),
        ({"samples": np.array([5], np.int32)}, "1 to 4"),
        ({"seed": np.array([-1], np.int64)}, "from 0 on"),
        ({"temperature": np.array([-1], np.float32)}, "0 .the mean"),
        ({"background": np.array([b"blue"], object)}, "choose one of keep, studio, restore; got"),
        ({"cloth_bytes": np.array([b"GIF89a" + bytes(100)], object)}, "cloth_bytes: not a PNG or JPEG"),
        ({"cloth_bytes": _picture("RGB", (513, 512))}, "1 to 262144 pixels"),
        ({"reach": np.array([np.nan], np.float32)}, "0 to 1, or -1 if it is not known"),
    ],
)
def test_the_graph_itself_refuses_what_is_wrong(
    loaded: SessionModel, requests: dict[str, Arrays], changes: Arrays, message: str
) -> None:
    signature = "complete" if changes.keys() <= requests["complete"].keys() else "wear"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        loaded.run(signature, {**requests[signature], **changes})
