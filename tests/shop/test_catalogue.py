"""A catalogue is built, goes on where it was stopped, reads only what is new, and ranks its products."""

import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tf_tryon.errors import BadFileError, InTheWayError, TryOnError
from tf_tryon.products import cutout, kinds
from tf_tryon.products.cutout import NoProductError
from tf_tryon.products.product import UnsureError
from tf_tryon.shop import build as building
from tf_tryon.shop.build import build_catalogue
from tf_tryon.shop.catalogue import Catalogue
from tf_tryon.shop.codes import cloth_codes, sampled_codes

pytest.importorskip("usearch")


@pytest.fixture
def reads(monkeypatch):
    """The photos that are read, in their order."""
    seen = []
    read = building.read_product

    def watched(path, *rest):
        seen.append(path.rpartition("/")[2])
        return read(path, *rest)

    monkeypatch.setattr(building, "read_product", watched)
    return seen


def test_a_catalogue_of_a_folder(model, shop, tmp_path, reads):
    folder, table = shop()
    (folder / "broken.jpg").write_bytes(b"no picture")
    Image.new("RGBA", (20, 20)).save(folder / "empty.png")
    with table.open("a") as file:
        file.write("broken,,,,\nempty,dress,,,\n")
    progress = []
    built = build_catalogue(model, folder, tmp_path / "cat", table, tell=lambda *about: progress.append(about))
    assert built.garments == {"top": 4}
    assert [name.rpartition("/")[2] for name in built.rejected] == ["broken.jpg", "empty.png"]
    assert "not a readable picture" in built.rejected[str(folder / "broken.jpg")]
    assert "mask is empty" in built.rejected[str(folder / "empty.png")]
    assert [about[:2] for about in progress] == [(i, 6) for i in range(1, 7)]
    assert not (tmp_path / "cat" / ".parts").exists()

    catalogue = Catalogue(tmp_path / "cat")
    assert catalogue.model == model.model
    assert catalogue.garments == {"top": 4}
    assert [(item.id, item.title, item.garment) for item in catalogue.items][:2] == [
        ("red", "Shirt, red", "top"),
        ("blue", "Shirt, blue", "top"),
    ]
    product = catalogue.product(catalogue.items[1])
    assert (product.name, product.garment) == ("blue", "top")
    mean = product.photo[product.mask].mean(axis=0)
    np.testing.assert_allclose(mean, (40, 60, 190), atol=8)

    # Of samples that are one product's own code that product is best, and its score the highest there is.
    for item in catalogue.items:
        code = cloth_codes(model, [catalogue.product(item)])
        best = catalogue.best(np.repeat(code, 24, axis=0), "top", 3)
        assert best[0].item.id == item.id
        assert [match.score for match in best] == sorted((match.score for match in best), reverse=True)
    with pytest.raises(TryOnError, match="has no hat"):
        catalogue.best(code, "hat", 3)


def test_what_was_taken_can_be_worn(model, shop, tmp_path):
    """Two cups on a string, for which the cut-out is too small; and a string alone, of which it would show nothing."""
    folder, table = shop()
    y, x = np.mgrid[:300, :1500]
    string = (y == 150) & (abs(x - 750) < 700)
    cups = np.hypot(y - 150, abs(x - 750) - 400) < 125
    for name, mask in (("cups", cups | string), ("string", string)):
        photo = np.dstack([np.full((300, 1500, 3), 90), mask * 255]).astype(np.uint8)
        Image.fromarray(photo).save(folder / f"{name}.png")
        with table.open("a") as file:
            file.write(f"{name},top,,,\n")
    built = build_catalogue(model, folder, tmp_path / "cat", table)
    assert list(built.rejected) == [str(folder / "string.png")]
    assert "too thin" in built.rejected[str(folder / "string.png")]
    catalogue = Catalogue(tmp_path / "cat")
    item = catalogue.items[-1]
    product = catalogue.product(item)
    assert (item.id, product.name, product.garment) == ("cups", "cups", "top")
    assert ndimage.label(product.mask)[1] == 2
    (tmp_path / "cat" / "cuts" / "000004.png").unlink()
    with pytest.raises(TryOnError, match=r"000004\.png is missing: build it again"):
        catalogue.product(item)


_PNG = "give a PNG whose transparency leaves out all but the garment"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            UnsureError("it can't be recognised", "name it with --garment", markable=True),
            f"it can't be recognised: say what it is in the column label of the table (--csv), or {_PNG}",
        ),
        (
            NoProductError("the photo shows 2 garments", "give one photo each", markable=True),
            f"the photo shows 2 garments: give one photo each, or {_PNG}",
        ),
        (None, "a person wears this garment: give a photo of it flat or hung"),
    ],
)
def test_remedies_are_such_as_a_build_has(model, shop, tmp_path, monkeypatch, error, reason):
    def refuse(*_):
        raise error

    folder, table = shop()
    if error:
        monkeypatch.setattr(cutout, "main_parts", refuse)
    with pytest.raises(TryOnError, match=re.escape(f"red.png: {reason}") + "$"):
        build_catalogue(model, folder, tmp_path / "cat", table, None if error else lambda photo: True)


@pytest.mark.parametrize(
    ("label", "chances", "kind", "reach"),
    [
        ("top", {"Longsleeve": 1.0}, "Top", 1.0),  # the shop's word for every top tells less than the photo
        ("Tops", {"Longsleeve": 1.0}, "Top", 1.0),
        ("", {"Shirt": 0.4, "Longsleeve": 0.3, "Hoodie": 0.3}, "Shirt", 1.0),
        ("T-Shirts", {"Longsleeve": 1.0}, "T-Shirt", 0.35),
        ("Shirt", {"Shirt": 1.0}, "Shirt", None),
    ],
)
def test_a_product_reaches_as_far_as_by_itself(model, shop, tmp_path, monkeypatch, label, chances, kind, reach):
    folder, table = shop()
    table.write_text(f"id,label\nred,{label}\n")
    monkeypatch.setattr(kinds, "probabilities", lambda *given: chances)
    build_catalogue(model, folder, tmp_path / "cat", table)
    monkeypatch.setattr(kinds, "probabilities", None)  # nothing is looked at again
    catalogue = Catalogue(tmp_path / "cat")
    assert catalogue.items[0].kind == kind
    assert catalogue.product(catalogue.items[0]).reach() == reach
    build_catalogue(model, folder, tmp_path / "cat", table)
    assert Catalogue(tmp_path / "cat").items == catalogue.items

    items = tmp_path / "cat" / "items.json"
    content = json.loads(items.read_text())
    content["items"][0]["chances"] = {"Scarf": 1.0}
    items.write_text(json.dumps(content))
    with pytest.raises(BadFileError, match="'Scarf', which is no label"):
        len(Catalogue(tmp_path / "cat").items)
    del content["items"][0]["chances"]  # as before there were any
    items.write_text(json.dumps(content))
    earlier = Catalogue(tmp_path / "cat")
    assert earlier.product(earlier.items[0]).chances == {kind: 1.0}


def test_what_the_model_samples_is_read_like_products(model, someone):
    codes = sampled_codes(model, someone, "top", 4, seed=1)
    again = sampled_codes(model, someone, "top", 4, seed=1)
    assert codes.ndim == 2
    assert codes.shape[1] == 6
    np.testing.assert_array_equal(codes, again)


def test_a_build_that_was_stopped_goes_on_and_a_new_one_reads_only_what_is_new(
    model, shop, tmp_path, reads, monkeypatch
):
    folder, table = shop()
    monkeypatch.setattr(building, "_TOGETHER", 2)

    def stop(done, *rest):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_catalogue(model, folder, tmp_path / "cat", table, tell=stop)
    assert sorted(reads) == ["blue.png", "green.png", "grey.png", "red.png"]
    assert not (tmp_path / "cat" / "catalogue.json").exists()
    reads.clear()
    build_catalogue(model, folder, tmp_path / "cat", table)
    assert reads == []
    running = Catalogue(tmp_path / "cat")
    before = [item.id for item in running.items]
    assert running.product(running.items[0]).garment == running.items[0].garment
    shutil.copy(folder / "red.png", folder / "ruby.png")
    with (folder / "ruby.png").open("ab") as file:
        file.write(b" ")
    with table.open("a") as file:
        file.write("ruby,T-Shirt,Ruby,,\n")
    build_catalogue(model, folder, tmp_path / "cat", table)
    assert reads == ["ruby.png"]
    more = Catalogue(tmp_path / "cat")
    assert [item.id for item in more.items] == [*before, "ruby"]
    # Whoever opened it before, as a page does, would take numbers for other items.
    with pytest.raises(TryOnError, match="built again"):
        running.product(running.items[0])
    codes = np.load(tmp_path / "cat" / "codes.npz")["codes"]
    np.testing.assert_allclose(codes[0], codes[4], atol=1e-4)


def test_a_refusal_lasts_if_it_follows_from_what_the_photo_shows(model, shop, tmp_path, reads, monkeypatch):
    folder, table = shop()
    Image.new("RGBA", (20, 20)).save(folder / "empty.png")
    with table.open("a") as file:
        file.write("empty,T-Shirt,,,\n")
    read = building.read_product

    def lacking(path, *rest):
        if path.endswith("red.png"):
            reads.append("red.png")
            raise TryOnError(f"{path}: needs OpenCV")
        return read(path, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(building, "read_product", lacking)
        for _ in range(2):
            reads.clear()
            built = build_catalogue(model, folder, tmp_path / "cat", table)
            assert built.rejected[str(folder / "red.png")] == "needs OpenCV"
    assert reads == ["red.png"]  # nothing else was read a second time
    built = build_catalogue(model, folder, tmp_path / "cat", table)
    assert list(built.rejected) == [str(folder / "empty.png")]
    assert built.garments == {"top": 4}


def test_bad_places_and_damaged_catalogues(model, shop, tmp_path):
    folder, table = shop()
    with pytest.raises(TryOnError, match="apart from what they are made of"):
        build_catalogue(model, folder, folder / "cat", table)
    cat = tmp_path / "cat"
    cat.mkdir()
    (cat / "items.json").write_text("mine")
    with pytest.raises(InTheWayError, match=r"items\.json"):
        build_catalogue(model, folder, cat, table)
    (cat / "items.json").unlink()
    build_catalogue(model, folder, cat, table)
    head = json.loads((cat / "catalogue.json").read_text())
    (cat / "top.usearch").write_bytes(b"x" * 100)
    with pytest.raises(TryOnError, match=r"top\.usearch.*build it again"):
        Catalogue(cat).garments  # noqa: B018
    head["garments"]["top"]["spread"][0] = 0
    (cat / "catalogue.json").write_text(json.dumps(head))
    with pytest.raises(BadFileError, match="no means and positive spreads"):
        Catalogue(cat)


def test_a_folder_of_nothing_usable_is_refused(model, tmp_path):
    folder = tmp_path / "products"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(TryOnError, match=r"no photo could be taken as a product; the first: .*a\.jpg"):
        build_catalogue(model, folder, tmp_path / "cat")
