"""Profiles become sRGB; those that are sRGB, or broken, change no pixel."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from tf_tryon.data.colour_profile import is_srgb
from tf_tryon.data.photo import is_plain, read_photo

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Red, green and blue of Display P3, and of sRGB, as XYZ at D50.
P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))


def profile(primaries, gamma=2.2):
    """A small matrix profile: a header, a table of its parts, the parts."""

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"text\0\0\0\0none\0\0\0\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"P\0" + b"\0" * 78
    parts = {b"desc": described, b"cprt": text, b"wtpt": xyz((0.9642, 1.0, 0.8249))}
    parts |= {name: xyz(values) for name, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)}
    parts |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body, place = struct.pack(">I", len(parts)), b"", 128 + 4 + 12 * len(parts)
    for name, part in parts.items():
        padded = part + b"\0" * (-len(part) % 4)
        table += name + struct.pack(">II", place + len(body), len(part))
        body += padded
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI", size, b"none", 0x02100000) + b"mntrRGB XYZ " + b"\0" * 12 + b"acsp" + b"\0" * 28
    head += b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1.0, 0.8249))
    return head.ljust(128, b"\0") + table + body


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(30, 220, (16, 24, 3)).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_display_p3_becomes_more_vivid(tmp_path, suffix):
    """(200, 80, 60) of P3 has more red, and less green and blue, in sRGB."""
    image = Image.new("RGB", (16, 16), (200, 80, 60))
    options = {"quality": 100} if suffix in ("jpg", "webp") else {}
    image.save(tmp_path / f"photo.{suffix}", icc_profile=profile(P3), **options)
    red, green, blue = read_photo(tmp_path / f"photo.{suffix}").reshape(-1, 3).mean(axis=0)
    assert 205 < red < 225
    assert 65 < green < 78
    assert 40 < blue < 58
    with Image.open(tmp_path / f"photo.{suffix}") as stored:
        assert not is_srgb(stored)
    assert not is_plain(tmp_path / f"photo.{suffix}")


@pytest.mark.parametrize("given", [SRGB, b"", b"broken" * 30, profile(P3)[:140]])
def test_srgb_and_broken_profiles_change_nothing(tmp_path, picture, given):
    Image.fromarray(picture).save(tmp_path / "photo.png", icc_profile=given)
    np.testing.assert_array_equal(read_photo(tmp_path / "photo.png"), picture)
    assert is_plain(tmp_path / "photo.png")


def test_transparency_stays(tmp_path, picture):
    alpha = np.full((16, 24, 1), 255, np.uint8)
    alpha[:, :12] = 0
    Image.fromarray(np.concatenate([picture, alpha], -1)).save(tmp_path / "photo.png", icc_profile=profile(P3))
    photo = read_photo(tmp_path / "photo.png")
    assert (photo[:, :12] == 255).all()
    assert (photo[:, 12:] != picture[:, 12:]).any()


def test_grey_and_palette_pictures_with_a_profile_of_colours(tmp_path, picture):
    for mode in ("L", "P", "LA"):
        Image.fromarray(picture).convert(mode).save(tmp_path / "photo.png", icc_profile=profile(P3))
        assert read_photo(tmp_path / "photo.png").shape == (16, 24, 3)


def test_cmyk_goes_through_its_profile(tmp_path):
    """Where there is no printer's profile, Pillow's own arithmetic serves; a profile of another mode is none."""
    Image.new("CMYK", (16, 16), (0, 200, 200, 0)).save(tmp_path / "photo.jpg", quality=100, icc_profile=SRGB)
    red, green, blue = read_photo(tmp_path / "photo.jpg").reshape(-1, 3).mean(axis=0)
    assert red > 240
    assert max(green, blue) < 70


def test_bytes_in_memory_are_converted_alike(tmp_path, picture):
    from tf_tryon.data.photo import open_upright, to_rgb

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", icc_profile=profile(P3))
    (tmp_path / "photo.png").write_bytes(buffer.getvalue())
    buffer.seek(0)
    np.testing.assert_array_equal(to_rgb(open_upright(buffer, "the photo")), read_photo(tmp_path / "photo.png"))
