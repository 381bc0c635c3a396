"""Any picture becomes upright RGB, or is refused with a reason."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from tf_tryon.data import photo
from tf_tryon.data.photo import PhotoError, is_picture_name, is_plain, open_upright, photos_of, read_photo, to_rgb


@pytest.fixture
def picture() -> np.ndarray:
    """A ramp to the right, red half above green half."""
    ramp = np.linspace(40, 250, 60).astype(np.uint8)
    out = np.zeros((40, 60, 3), np.uint8)
    out[:20, :, 0], out[20:, :, 1] = ramp, ramp
    return out


@pytest.mark.parametrize(("mode", "suffix"), [("RGB", "png"), ("CMYK", "tif"), ("P", "png"), ("RGBA", "webp")])
def test_colour_modes(tmp_path, picture, mode, suffix):
    path = tmp_path / f"photo.{suffix}"
    Image.fromarray(picture).convert(mode).save(path, **({"lossless": True} if suffix == "webp" else {}))
    photo = read_photo(path)
    assert photo.dtype == np.uint8
    assert photo.flags.owndata or photo.base is not None
    assert np.abs(photo.astype(int) - picture).mean() < (12 if mode == "P" else 2)


def test_bytes_in_memory_are_read_alike(tmp_path, picture):
    Image.fromarray(picture).save(tmp_path / "photo.png")
    with (tmp_path / "photo.png").open("rb") as file:
        np.testing.assert_array_equal(to_rgb(open_upright(file, "the photo")), picture)
    with pytest.raises(PhotoError, match="the photo: not a readable picture"):
        open_upright(io.BytesIO(b"no picture"), "the photo")


@pytest.mark.parametrize(
    ("grey", "suffix"),
    [
        (lambda ramp: ramp.astype(np.uint8), "png"),
        (lambda ramp: (ramp * 257).astype(np.uint16), "png"),
        (lambda ramp: (ramp * 257).astype(np.int32), "tif"),
        (lambda ramp: (ramp / 255).astype(np.float32), "tif"),
    ],
)
def test_grey_of_any_depth(tmp_path, grey, suffix):
    ramp = np.tile(np.arange(256), (4, 1))
    Image.fromarray(grey(ramp)).save(tmp_path / f"photo.{suffix}")
    photo = read_photo(tmp_path / f"photo.{suffix}")
    assert photo.shape == (4, 256, 3)
    assert np.abs(photo.astype(int) - ramp[..., None]).max() <= 1


def test_transparency_lies_on_white(tmp_path, picture):
    alpha = np.full((40, 60, 1), 255, np.uint8)
    alpha[:, :30] = 0
    Image.fromarray(np.concatenate([picture, alpha], -1)).save(tmp_path / "photo.png")
    photo = read_photo(tmp_path / "photo.png")
    assert (photo[:, :30] == 255).all()
    np.testing.assert_array_equal(photo[:, 30:], picture[:, 30:])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(tmp_path, picture, orientation):
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    image = Image.fromarray(picture)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = image.transpose(turn[orientation]) if orientation in turn else image
    stored.save(tmp_path / "photo.png", exif=exif)
    np.testing.assert_array_equal(read_photo(tmp_path / "photo.png"), picture)


def _broken(folder, picture, kind):
    path = folder / f"{kind.replace(' ', '-')}.jpg"
    image = Image.fromarray(picture)
    if kind == "unreadable":
        path.write_text("no picture at all")
    elif kind == "truncated":
        image.resize((400, 300)).save(path)
        path.write_bytes(path.read_bytes()[:2500])
    elif kind == "animated":
        path = path.with_suffix(".gif")
        image.save(path, save_all=True, append_images=[image.transpose(Image.Transpose.ROTATE_180)])
    else:
        image.save(path)
    return path


@pytest.mark.parametrize("kind", ["unreadable", "truncated", "animated", "too large"])
def test_refusals_have_a_reason_and_name_the_file(tmp_path, picture, kind, monkeypatch):
    path = _broken(tmp_path, picture, kind)
    if kind == "too large":
        monkeypatch.setattr(photo, "MAX_PIXELS", 1000)
    with pytest.raises(PhotoError, match=path.name) as caught:
        read_photo(path)
    assert caught.value.reason == kind


@pytest.mark.parametrize("factor", [0.3, 0.7])
def test_a_decompression_bomb_is_refused_unread(tmp_path, picture, monkeypatch, factor):
    """Pillow warns from its limit on and refuses at twice that."""
    _broken(tmp_path, picture, "bomb")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", int(picture[..., 0].size * factor))
    with pytest.raises(PhotoError, match="million pixels") as caught:
        read_photo(tmp_path / "bomb.jpg")
    assert caught.value.reason == "too large"


def test_a_phones_second_view_is_no_animation(tmp_path, picture):
    image = Image.fromarray(picture)
    image.save(tmp_path / "photo.mpo", save_all=True, append_images=[image])
    assert read_photo(tmp_path / "photo.mpo").shape == picture.shape


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nobody\.jpg"):
        read_photo(tmp_path / "nobody.jpg")


# A field beside the orientation, whose value lies outside of the file or is of another kind than its type.
BROKEN = {
    "offset beyond the end": (0x0110, 2, 400, 0x00FFFFFF),
    "rational as text": (0x011A, 2, 4, 0x41414141),
    "unknown type": (0x0131, 77, 1, 5),
    "a long directory of its own": (0x8769, 4, 1, 0x0000FFF0),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_of_exif_only_the_orientation_is_read(tmp_path, picture, kind):
    def field(tag, form, count, value):
        return struct.pack("<HHII", tag, form, count, value)

    entries = [field(0x0112, 3, 1, 6), field(*BROKEN[kind])]
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + b"".join(entries) + b"\0\0\0\0"
    Image.fromarray(picture).save(tmp_path / "photo.jpg", exif=exif, quality=95)
    assert read_photo(tmp_path / "photo.jpg").shape == (60, 40, 3)
    assert not is_plain(tmp_path / "photo.jpg")


def test_exif_that_is_no_exif_is_nothing(tmp_path, picture):
    Image.fromarray(picture).save(tmp_path / "photo.jpg", exif=b"Exif\0\0" + b"\xff" * 40)
    assert read_photo(tmp_path / "photo.jpg").shape == picture.shape


def test_heic_is_read_or_says_what_it_needs(tmp_path, picture, monkeypatch):
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.fromarray(np.kron(picture, np.ones((2, 2, 1), np.uint8)))).save(tmp_path / "photo.HEIC")
    assert photos_of([tmp_path]) == [tmp_path / "photo.HEIC"]
    assert read_photo(tmp_path / "photo.HEIC").shape == (80, 120, 3)
    monkeypatch.setattr(photo, "_read_heic", lambda: None)  # as without the package
    monkeypatch.setattr(Image, "ID", [name for name in Image.ID if name not in ("HEIF", "AVIF")])
    with pytest.raises(PhotoError, match=r"photo\.HEIC: a HEIC photo.*tf-tryon\[heic\]"):
        read_photo(tmp_path / "photo.HEIC")


def test_names_of_photos():
    names = ["a.JPG", "b.webp", "c.HEIC", "d_parsing.png", ".e.jpg", "f.txt", "g_preview.PNG", "h"]
    assert [name for name in names if is_picture_name(name)] == ["a.JPG", "b.webp", "c.HEIC"]
