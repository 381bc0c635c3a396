"""The local page's geometry in Chromium gives numpy's pixels: what is seen, noise, pasting, outlines."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tf_tryon.annotation import pose, refine
from tf_tryon.annotation.parser_crop import ParserCrop
from tf_tryon.data import boxes, view
from tf_tryon.data.vocabulary import BOTTOM, CIHP20, SHOES, slot_of, worn_targets
from tf_tryon.inference.noise import numpy_noise
from tf_tryon.models import pasting

SIZES = [(131, 187), (203, 97), (160, 160), (219, 143), (101, 261)]
INPUT = (64, 64)
# Typed arrays inside whatever a module returns, as lists.
PLAIN = """
  const plain = (x) => {
    if (ArrayBuffer.isView(x)) return Array.from(x);
    if (Array.isArray(x)) return x.map(plain);
    return x && typeof x === 'object' ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, plain(v)])) : x;
  };
"""


@pytest.fixture(scope="module")
def call(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """(module, expression of `given` and the module's names, given) -> the value, from the page's own server."""
    import socket
    import threading

    import uvicorn

    from tf_tryon.serving.web.local_app import Parts, make_local_app

    empty = tmp_path_factory.mktemp("packages")
    app = make_local_app(Parts({}, {}, Path("none"), empty))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{listening.getsockname()[1]}/page/style.css")

    def run(module: str, expression: str, given: Any) -> Any:
        # As text: Playwright takes seconds to hand over an array of a picture's numbers.
        body = f"const given = JSON.parse(text), m = await import('/page/{module}.mjs');"
        body += f"return JSON.stringify(plain({expression}));"
        return json.loads(page.evaluate(f"async (text) => {{ {PLAIN} {body} }}", json.dumps(given)))

    yield run
    context.close()
    server.should_exit = True
    thread.join()


def _sized(person: Any, height: int, width: int) -> Any:
    rows, columns = (np.arange(side) * old // side for side, old in zip((height, width), person.size, strict=True))
    points = person.keypoints * (width / person.size[1], height / person.size[0], 1)
    photo, labels = person.photo[rows][:, columns], person.labels[rows][:, columns]
    return dataclasses.replace(person, photo=photo, labels=labels, keypoints=points.astype(np.float32))


def _picture(array: np.ndarray) -> dict[str, Any]:
    return {
        "data": array.ravel().tolist(),
        "height": array.shape[0],
        "width": array.shape[1],
        "channels": array.shape[2] if array.ndim == 3 else 1,
    }


def _person(person: Any) -> dict[str, Any]:
    return {
        "photo": _picture(person.photo),
        "labels": _picture(person.labels),
        "keypoints": person.keypoints.ravel().tolist(),
        "dress": person.dress,
    }


@pytest.mark.parametrize("crop", ["person", "garment"])
@pytest.mark.parametrize("size", SIZES)
def test_the_networks_see_the_same(call: Any, large_person: Any, size: tuple[int, int], crop: str) -> None:
    person, garment = _sized(large_person, *size), "top" if size[0] < 200 else "bottom"
    data = {"height": 64, "width": 64, "crop": crop, "crop_margin": 1.35, "box_widen": 1.1}
    actual = call("view", "m.look(given.person, given.garment, given.data)", {
        "person": _person(person), "garment": garment, "data": data,
    })  # fmt: skip
    config: Any = SimpleNamespace(data=SimpleNamespace(**data))
    given = {
        "photo": person.photo, "labels": person.labels, "dress": np.array(person.dress), "keypoints": person.keypoints
    }  # fmt: skip
    slot = np.int32(slot_of(garment))
    box = view.crop_of(given, slot, config)
    np.testing.assert_allclose(actual["crop"], [float(side) for side in box], atol=1e-3)
    seen = view.within(given, box, config)
    if crop == "person":
        seen["garments"], seen["shown"] = view.garment_pictures(seen, INPUT)
    inputs = {name: np.array(values, np.float32) for name, values in actual["inputs"].items()}
    assert np.abs(inputs["photo"].reshape(seen["photo"].shape) - seen["photo"]).max() <= 1
    assert (inputs["photo"].reshape(seen["photo"].shape) == seen["photo"]).mean() > 0.999
    np.testing.assert_array_equal(inputs["labels"].reshape(INPUT), seen["labels"])
    np.testing.assert_allclose(inputs["keypoints"].reshape(18, 3), seen["keypoints"], atol=1e-3)
    np.testing.assert_allclose(inputs["garments"].reshape(4, *INPUT, 3), seen["garments"], atol=1e-4)
    np.testing.assert_array_equal(inputs["shown"], seen["shown"])
    own = boxes.erased_boxes(boxes.label_boxes(seen["labels"][None]), np.array([person.dress]), *INPUT, 1.1)[0, slot]
    np.testing.assert_allclose(inputs["box"], own, atol=1e-4)
    np.testing.assert_array_equal(inputs["visible"].reshape(1, *INPUT, 1), boxes.visible_mask(own[None], *INPUT))


def test_what_vanishes_at_the_networks_size_is_refused(call: Any, large_person: Any) -> None:
    """Thin stripes, which are many pixels of the photo and the largest part of none of the networks'."""
    labels = np.where(large_person.labels == BOTTOM, np.uint8(0), large_person.labels).repeat(2, 0).repeat(2, 1)
    labels[200:280:8, 260:340] = BOTTOM
    photo = large_person.photo.repeat(2, 0).repeat(2, 1)
    person = _person(dataclasses.replace(large_person, photo=photo, labels=labels))
    data = {"height": 64, "width": 64, "crop": "person", "crop_margin": 1.35, "box_widen": 1.1}
    given = {"person": person, "garment": "bottom", "data": data}
    with pytest.raises(Exception, match="The bottom is too small: nothing of it is left in the 64 x 64 pixels"):
        call("view", "m.look(given.person, given.garment, given.data)", given)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_pasted_is_the_same(call: Any, large_person: Any, size: tuple[int, int]) -> None:
    person, draw = _sized(large_person, *size), np.random.default_rng(size[0])
    seen = (-20.5, 11.25, size[0] * 0.8, size[0] * 0.8 + 31.75)
    visible = np.ones(INPUT, np.float32)
    visible[12:50, 9:57] = 0
    rgb = draw.uniform(-1, 1, (*INPUT, 3)).astype(np.float32)
    opacity = np.clip(draw.uniform(-1, 2, INPUT), 0, 1).astype(np.float32)
    detail = draw.uniform(-0.3, 0.3, (2 * INPUT[0], 2 * INPUT[1], 1)).astype(np.float32)
    given = {
        "photo": _picture(person.photo), "visible": visible.ravel().tolist(), "rgb": rgb.ravel().tolist(),
        "opacity": opacity.ravel().tolist(), "crop": seen, "size": INPUT, "detail": detail.ravel().tolist(),
    }  # fmt: skip
    given["carried"] = (carried := draw.uniform(size=size) < 0.1).ravel().astype(int).tolist()
    where = "m.region(given.visible, given.crop, given.size, given.photo, given.carried)"
    names = "given.photo, given.rgb, given.opacity, given.size"
    actual = call("pasting", f"m.paste({names}, {where}, given.detail)", given)
    grey = call("pasting", f"m.erasedPhoto(given.photo, {where})", given)
    region = pasting.region(visible, tuple(np.float32(side) for side in seen), size, carried)
    expected = pasting.paste_photos(person.photo, rgb[None], opacity[None, ..., None], region, detail[None])[0]
    gap = np.abs(np.reshape(actual["data"], expected.shape) - expected)
    assert gap.max() <= 1
    assert (gap == 0).mean() > 0.999
    erased = pasting.erased_mask(person.photo, region)
    np.testing.assert_array_equal(np.reshape(actual["data"], expected.shape)[~erased], person.photo[~erased])
    np.testing.assert_array_equal(
        np.reshape(grey["data"], expected.shape), np.where(erased[..., None], 128, person.photo)
    )


def test_noise_is_the_same(call: Any) -> None:
    for seed, stage, sample in ((7, "shape", 0), (2**52 + 12345, "texture", 3)):
        actual = call("noise", "m.noise(given[0], given[1], given[2], 130)", [seed, stage, sample])
        np.testing.assert_allclose(actual, numpy_noise(seed, stage, sample, (1, 1, 130)).ravel(), atol=2e-6)


@pytest.mark.parametrize("size", SIZES)
def test_the_parser_sees_and_labels_the_same(
    call: Any, large_person: Any, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without OpenCV, which the browser hasn't: outlines stay the network's."""
    monkeypatch.setattr(refine, "open_cv", lambda: None)
    person, draw = _sized(large_person, *size), np.random.default_rng(size[1])
    box, shape, working = (size[0] * 0.1, size[1] * 0.2, size[0] * 0.97, size[1] * 0.7), (64, 40), (96, 60)
    crop = ParserCrop.around(box, shape)
    given = {"box": box, "size": shape, "photo": _picture(person.photo), "working": working}
    made = "m.ParserCrop.around(given.box, given.size)"
    assert call("parser_crop", made, given) == vars(crop)
    cut = np.reshape(call("parser_crop", f"{made}.cut(given.photo, given.size).data", given), (*shape, 3))
    assert np.abs(cut - crop.cut(person.photo, shape)).max() <= 1
    outside = np.reshape(call("parser_crop", f"{made}.outside(given.photo, given.working)", given), working)
    np.testing.assert_array_equal(outside, crop.outside(size, working))

    photo = crop.cut(person.photo, working)
    labels = crop.cut(person.labels, working) % 20
    fine = np.eye(20, dtype=np.float32)[labels] + draw.uniform(0, 0.3, (*working, 20)).astype(np.float32)
    coarse = fine[::3, ::3] / fine[::3, ::3].sum(-1, keepdims=True)
    mask = np.where(labels > 0, draw.uniform(0.8, 1, working), draw.uniform(0, 0.3, working)).astype(np.float32)
    points = crop.points(person.keypoints, working)
    given |= {"coarse": _picture(coarse), "mask": mask.ravel().tolist(), "points": points.ravel().tolist()}
    actual = call("refine", "m.refine(given.coarse, given.working, given.mask, given.points)", given)
    expected, trusted = refine.refine(photo, coarse, mask, points)
    np.testing.assert_allclose(np.reshape(actual["trusted"], trusted.shape), trusted, atol=1e-4)
    assert (np.reshape(actual["labels"], working) == expected).mean() > 0.995  # of equally near labels either is right
    given["labels"] = expected.ravel().tolist()
    pasted = np.reshape(call("parser_crop", f"{made}.paste(given.labels, given.working, given.photo)", given), size)
    np.testing.assert_array_equal(pasted, crop.paste(expected, size))


def test_keypoints_mask_and_box_are_the_same(call: Any, large_person: Any) -> None:
    height, width = large_person.size
    draw = np.random.default_rng(3)
    points = draw.uniform(-0.1, 1.1, (33, 3)).astype(np.float32)
    mask = (large_person.labels > 0).astype(np.float32)
    mask[:3, :3] = 1  # an island
    listed = [{"x": float(x), "y": float(y), "visibility": float(v)} for x, y, v in points]
    given = {"points": listed, "mask": mask.ravel().tolist(), "height": height, "width": width}
    actual = call("keypoints", "m.poseOf(given.points, given.mask, given.height, given.width)", given)
    expected = pose._pose(points, mask)
    assert expected is not None
    np.testing.assert_allclose(np.reshape(actual["keypoints"], (18, 3)), expected.keypoints, rtol=1e-5)
    np.testing.assert_array_equal(np.reshape(actual["mask"], mask.shape), expected.mask)
    np.testing.assert_allclose(actual["box"], expected.box, rtol=1e-5)


def test_its_words_for_clothes_are_the_projects(call: Any, large_person: Any) -> None:
    given = _person(large_person)
    assert call("boxes", "m.worn(given.labels, false)", given) == list(worn_targets(large_person.labels, False))
    assert call("boxes", "m.worn(given.labels, true)", given) == list(worn_targets(large_person.labels, True))
    labels = np.where(large_person.labels == SHOES, np.uint8(0), large_person.labels)
    labels[0, 0] = SHOES  # a speck
    given = _person(dataclasses.replace(large_person, labels=labels))
    assert call("boxes", "m.worn(given.labels, false)", given) == list(worn_targets(labels, False))
    every = np.arange(len(CIHP20.labels), dtype=np.uint8)
    for labels in (every, np.repeat(every, 3), np.array([6, 9, 9], np.uint8), np.array([6, 9], np.uint8)):
        told = call("labels", "m.told(Uint8Array.from(given))", labels.tolist())
        assert told["classes"] == CIHP20.table()[labels].tolist()
        assert told["dress"] == CIHP20.shows_dress(labels)
        assert told["carried"] == CIHP20.carried(labels).tolist()
