import json
import zlib

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data import keypoints, records
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import BOTTOM, CIHP20, HAT


def save(folder, person, *, palette=True, suffix=".png", exif=None):
    photo = folder / f"anna{suffix}"
    options = {"exif": exif} if exif is not None else {}
    Image.fromarray(person["photo"]).save(photo, **options)
    parsing = Image.fromarray(person["labels"])
    if palette:
        parsing = parsing.convert("P")
        parsing.putdata(person["labels"].ravel().tolist())
        parsing.putpalette(np.random.default_rng(0).integers(0, 256, 768).astype(np.uint8).tobytes())
    parsing.save(folder / "anna_parsing.png")
    (folder / "anna_keypoints.json").write_text(json.dumps(keypoints.to_openpose(person["keypoints"])))
    return photo


@pytest.mark.parametrize("palette", [True, False])
def test_files_and_record_give_the_same_person(tmp_path, make_person, palette):
    source = make_person(9)
    source["labels"][:3, :5] = CIHP20.carried_labels[0]
    a = Person.from_files(save(tmp_path, source, palette=palette))
    b = Person.from_record(records.encode(**source, jpeg_quality=None))
    np.testing.assert_array_equal(a.photo, b.photo)
    np.testing.assert_array_equal(a.labels, b.labels)
    np.testing.assert_allclose(a.keypoints, b.keypoints, atol=1e-3)
    assert a.dress
    assert b.dress
    for one in (a, b):
        np.testing.assert_array_equal(one.carried, source["labels"] == CIHP20.carried_labels[0])
    assert (a.id, b.id, a.size) == ("anna", "0009", (64, 64))
    assert (a.labels == HAT).any()
    assert (a.labels == BOTTOM).any()


def test_exif_orientation_is_applied(tmp_path, make_person):
    person = make_person(1)
    turned = {**person, "photo": np.ascontiguousarray(np.rot90(person["photo"]))}
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn clockwise to show
    np.testing.assert_array_equal(Person.from_files(save(tmp_path, turned, exif=exif)).photo, person["photo"])


def test_what_is_wrong_with_files_is_said(tmp_path, make_person):
    person = make_person(1)
    photo = save(tmp_path, person)
    Image.fromarray(person["labels"][:32]).save(tmp_path / "anna_parsing.png")
    with pytest.raises(ValueError, match=r"anna_parsing\.png has 64x32 pixels and the photo 64x64"):
        Person.from_files(photo)
    Image.fromarray(person["photo"]).save(tmp_path / "anna_parsing.png")
    with pytest.raises(ValueError, match=r"anna_parsing\.png: a picture in colours"):
        Person.from_files(photo)
    small = (tmp_path / "anna_parsing.png").read_bytes()
    header = b"IHDR" + (50_000).to_bytes(4, "big") * 2 + small[24:29]
    claims = small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]
    (tmp_path / "anna_parsing.png").write_bytes(claims)
    with pytest.raises(ValueError, match=r"anna_parsing\.png: more than 80 million pixels"):
        Person.from_files(photo)
    (tmp_path / "anna_keypoints.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"anna_keypoints\.json: the file of keypoints is missing"):
        Person.from_files(photo)
    photo.write_text("not a picture")
    save(tmp_path, person)
    photo.write_text("not a picture")
    with pytest.raises(ValueError, match=r"anna\.png: not a readable picture"):
        Person.from_files(photo)


def test_a_named_vocabulary_decides(tmp_path, make_person):
    person = make_person(1)
    person["labels"][20, 30] = 10
    photo = save(tmp_path, person)
    with pytest.raises(ValueError, match="label 10"):
        Person.from_files(photo)
    assert Person.from_files(photo, "lip20").labels[20, 30] == BOTTOM
    with pytest.raises(ValueError, match="not in tryon8"):
        Person.from_files(photo, "tryon8")


def test_multimodal_files(tmp_path, make_person):
    person = make_person(1)
    table = np.zeros(256, np.uint8)
    table[[5, 9, 13, 14, 15, 16, 17, 18, 19]] = 1, 21, 14, 15, 15, 15, 15, 11, 11
    picture = table[person["labels"]]
    photo = save(tmp_path, {**person, "labels": picture})
    assert Person.from_files(photo).dress


def test_a_name_in_latin_1_is_text(tmp_path, make_person):
    """As of an old archive; networks, records and reports hold no half characters."""
    photo = save(tmp_path, make_person(1))
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_name(path.name.replace("anna", "caf\udce9")))
    assert Person.from_files(photo.with_name("caf\udce9.png")).id == "café"
