import numpy as np
import pytest
from PIL import Image

from tf_tryon.errors import TryOnError
from tf_tryon.writing.pictures import save_picture

BY = "tf-tryon data show"
RED, BLUE = (Image.fromarray(np.full((8, 8, 3), colour, np.uint8)) for colour in ((200, 0, 0), (0, 0, 200)))


def test_its_own_picture_is_replaced(tmp_path):
    save_picture(RED, tmp_path / "sheet.png", by=BY)
    save_picture(BLUE, tmp_path / "sheet.png", by=BY)
    assert Image.open(tmp_path / "sheet.png").getpixel((0, 0)) == (0, 0, 200)
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]


def test_its_own_picture_is_replaced_however_large_it_is(tmp_path, monkeypatch):
    save_picture(RED, tmp_path / "sheet.png", by=BY)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 8)
    save_picture(BLUE, tmp_path / "sheet.png", by=BY)


@pytest.mark.parametrize("kind", ["photo", "other verb", "painted on", "text", "folder", "link"])
def test_anything_else_is_refused(tmp_path, untouched, kind):
    path = tmp_path / "sheet.png"
    if kind == "photo":
        RED.save(path)
    elif kind == "other verb":
        save_picture(RED, path, by="tf-tryon demo")
    elif kind == "painted on":
        save_picture(RED, path, by=BY)
        with Image.open(path) as old:
            texts = old.info
            painted = old.convert("RGB")
        painted.putpixel((1, 1), (9, 9, 9))
        from PIL.PngImagePlugin import PngInfo

        kept = PngInfo()
        kept.add_text("Software", texts["Software"])
        painted.save(path, pnginfo=kept)
    elif kind == "text":
        path.write_text("notes")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with untouched(tmp_path), pytest.raises(TryOnError, match=r"sheet\.png is there, no picture that"):
        save_picture(BLUE, path, by=BY)
