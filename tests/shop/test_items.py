"""A shop's table, with everything that tables of shops have wrong."""

import pytest
from PIL import Image

from tf_tryon.shop.items import COLUMNS, Item, garment_of_label, kind_of_label, read_items


def test_photos_and_lines_are_brought_together(shop):
    folder, table = shop()
    items, wrong = read_items(folder, table)
    assert not wrong
    assert [item.id for item in items] == ["red", "blue", "green", "grey"]
    path = str(folder / "red.png")
    assert items[0] == Item("red", path, "T-Shirt", "Shirt, red", "09.00", "https://shop.example/red")
    alone, _ = read_items(folder, None)
    assert sorted(item.id for item in alone) == ["blue", "green", "grey", "red"]


def test_what_is_wrong_is_told_by_line_and_photo(shop):
    folder, table = shop()
    Image.new("RGB", (8, 8)).save(folder / "red.jpg")
    lines = table.read_text().splitlines()
    lines[2] = "blue,T-Shirt,,,javascript:alert(1)"
    lines += ["gone,,,,", ",,,,", "grey,,,,", f"long,,{'x' * 400},,"]
    table.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    items, wrong = read_items(folder, table)
    assert [item.id for item in items] == ["red", "green", "grey"]
    reasons = {key.rpartition("/")[2]: reason for key, reason in wrong.items()}
    assert "no web address" in reasons["items.csv: line 3"]
    assert "no photo called gone" in reasons["items.csv: line 6"]
    assert reasons["items.csv: line 7"] == "no id"
    assert "earlier line" in reasons["items.csv: line 8"]
    assert "no photo called long" in reasons["items.csv: line 9"]
    assert "same id" in reasons["red.png"]
    assert "no usable line" in reasons["blue.png"]


def test_a_table_without_ids_is_refused(shop):
    folder, table = shop()
    table.write_text("name;price\nred;3\n")
    with pytest.raises(ValueError, match=r"items\.csv has no column id \(name, price\)"):
        read_items(folder, table)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_without_commas_is_read_by_semicolons_or_tabs(shop, separator):
    folder, table = shop()
    line = separator.join(("red", "T-Shirt", "Shirt, red", "9,00", "https://shop.example/red"))
    table.write_text("\ufeff" + separator.join(COLUMNS) + "\r\n" + line + "\r\n", encoding="utf-8", newline="")
    (item,), _ = read_items(folder, table)
    assert item == Item("red", str(folder / "red.png"), "T-Shirt", "Shirt, red", "9,00", "https://shop.example/red")


@pytest.mark.parametrize(("mark", "place"), [("\n", 4), ("\r\n", 4), ("\u2028", 3), ("\x85", 3), ("\v", 3), ("\f", 3)])
def test_a_value_keeps_its_line_breaks_and_lines_after_it_their_numbers(shop, mark, place):
    folder, table = shop()
    table.write_text(f'id,title,price\nred,"Shirt,{mark}red",9\ngone,,\n', encoding="utf-8", newline="")
    (item,), wrong = read_items(folder, table)
    assert (item.title, item.price) == (f"Shirt,{mark}red", "9")
    assert f"{table}: line {place}" in wrong


@pytest.mark.parametrize(
    ("encoding", "place"), [("latin-1", r"line 3 .*0xe9"), ("utf-16", r"line 1 .*0xff"), ("gbk", r"line 3 .*0xa8")]
)
def test_a_table_in_another_encoding_is_refused_by_line(shop, encoding, place):
    folder, table = shop()
    words = table.read_text().replace("Shirt, blue", "Café, blue")
    table.write_text(words, encoding=encoding)
    with pytest.raises(ValueError, match=rf'items\.csv: {place}.*save it as "CSV UTF-8"'):
        read_items(folder, table)
    table.write_text(words, encoding="utf-8-sig")
    assert read_items(folder, table)[0][1].title == "Café, blue"


def test_labels_of_shops():
    assert garment_of_label(" t-shirt ") == garment_of_label("Tops") == "top"
    assert garment_of_label("Pants") == garment_of_label("skirts") == "bottom"
    assert garment_of_label("DRESS") == "dress"
    assert garment_of_label("shoes") == "shoes"
    assert garment_of_label("scarf") is None
    assert garment_of_label("") is None
    assert kind_of_label("t-shirts") == "T-Shirt"
    assert kind_of_label("shoes") == "Shoes"
    assert kind_of_label("Dresses") == "Dress"
    assert garment_of_label("dresses") == "dress"
    assert kind_of_label("Blouses") == "Blouse"
    assert kind_of_label(" Trousers") == "Pants"
    assert garment_of_label("trousers") == "bottom"
