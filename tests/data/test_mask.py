"""Masks as programs save them: layers on transparency, 0 and 1, palettes; refused where they can hardly be meant."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data.mask import read_mask
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CIHP20


@pytest.fixture
def person(make_person):
    made = make_person(1)
    return Person(made["photo"], CIHP20.table()[made["labels"]], made["keypoints"])


@pytest.fixture
def wanted():
    """The top of that person, without sleeves."""
    mask = np.zeros((64, 64), bool)
    mask[20:34, 26:38] = True
    return mask


def layer(colour):
    """Strokes on transparency, as Gradio's and other editors' layers are."""

    def paint(mask):
        picture = np.zeros((*mask.shape, 4), np.uint8)
        picture[mask] = (*colour, 255)
        return Image.fromarray(picture)

    return paint


def palette(*colours):
    def paint(mask):
        image = Image.fromarray(mask.astype(np.uint8))
        image.putpalette(np.ravel(colours).tolist())
        return image

    return paint


KINDS = {
    "white on black": lambda mask: Image.fromarray(mask.astype(np.uint8) * 255),
    "0 and 1": lambda mask: Image.fromarray(mask.astype(np.uint8)),
    "one bit": lambda mask: Image.fromarray(mask),
    "16 bits": lambda mask: Image.fromarray(mask.astype(np.uint16) * 65535),
    "label colours": palette((0, 0, 0), (128, 0, 0)),
    "white is entry 1": palette((0, 0, 0), (255, 255, 255)),
    "red layer": layer((255, 0, 0)),
    "black layer": layer((0, 0, 0)),
    "white layer": layer((255, 255, 255)),
    "soft edge": lambda mask: Image.fromarray(np.where(mask, 255, np.roll(mask, 1, 0) * 100).astype(np.uint8)),
    "opaque alpha": lambda mask: Image.fromarray(mask.astype(np.uint8) * 255).convert("RGBA"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_same_mask(tmp_path, person, wanted, kind):
    KINDS[kind](wanted).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", person), wanted)


def test_it_is_turned_as_the_photo_was(tmp_path, person, wanted):
    Image.fromarray(np.rot90(wanted)).save(tmp_path / "mask.png")
    turned = dataclasses.replace(person, turns=3)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", turned), wanted)


def test_more_than_half_of_the_person_is_a_question(tmp_path, person, wanted):
    Image.fromarray(~wanted).save(tmp_path / "mask.png")
    with pytest.raises(ValueError, match=r"mask\.png erases 82% of the person.*invert it.*--large-mask"):
        read_mask(tmp_path / "mask.png", person)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png", person, large=True), ~wanted)


@pytest.mark.parametrize(("value", "message"), [(0, "erases nothing"), (255, "erases everything")])
def test_nothing_and_everything_are_refused(tmp_path, person, value, message):
    Image.fromarray(np.full((64, 64), value, np.uint8)).save(tmp_path / "mask.png")
    with pytest.raises(ValueError, match=rf"mask\.png {message}"):
        read_mask(tmp_path / "mask.png", person)


def test_a_photo_is_no_mask(tmp_path, person):
    photo = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8) // 2 + 32
    Image.fromarray(photo).save(tmp_path / "photo.jpg")
    with pytest.raises(ValueError, match=r"photo\.jpg is no mask: \d+% of it is neither black nor white\. Draw"):
        read_mask(tmp_path / "photo.jpg", person)


def test_another_size_and_no_picture_are_refused(tmp_path, person, wanted):
    Image.fromarray(wanted[:32]).save(tmp_path / "mask.png")
    with pytest.raises(ValueError, match=r"mask\.png has 64x32 pixels and the photo 64x64"):
        read_mask(tmp_path / "mask.png", person)
    (tmp_path / "mask.png").write_text("none")
    with pytest.raises(ValueError, match=r"mask\.png: not a readable picture"):
        read_mask(tmp_path / "mask.png", person)
    with pytest.raises(FileNotFoundError, match=r"none\.png is missing"):
        read_mask(tmp_path / "none.png", person)
