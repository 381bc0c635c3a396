"""Building a catalogue: every photo cut out, recognised, read by the texture encoder; the bad ones reported."""

from __future__ import annotations

import dataclasses
import io
import json
import pathlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from PIL import Image

from tf_tryon.errors import TryOnError
from tf_tryon.inference.tryon import TryOn
from tf_tryon.products.cutout import NoProductError
from tf_tryon.products.kinds import of_garment, tells_reach
from tf_tryon.products.product import Product, UnsureError, WornError, WornIn, read_product
from tf_tryon.shop import matching, names
from tf_tryon.shop.catalogue import outline_of, write_index
from tf_tryon.shop.codes import cloth_codes
from tf_tryon.shop.items import Item, garment_of_label, kind_of_label, read_items
from tf_tryon.shop.readings import Reading, Readings, key_of
from tf_tryon.writing import results
from tf_tryon.writing.places import refuse_overlap, source_of
from tf_tryon.writing.results import new_files

BY: Final = "tf-tryon catalogue build"
_CUT: Final = 512  # pixels of a cut-out's longer side
_TOGETHER: Final = 16  # items that are kept at once
# What helps of many photos, which have a table and no masks; other kinds of errors have remedies that hold here too.
_REMEDIES: Final[dict[type[NoProductError], str]] = {
    UnsureError: "say what it is in the column label of the table (--csv)",
    WornError: "give a photo of it flat or hung",
}
_MARK: Final = "give a PNG whose transparency leaves out all but the garment"

Tell = Callable[[int, int, str, str], None]


@dataclasses.dataclass(frozen=True)
class Built:
    """What became of the photos: items by garment, and what was rejected, by photo or line, with the reason."""

    garments: dict[str, int]
    rejected: dict[str, str]


def build_catalogue(
    model: TryOn,
    folder: pathlib.Path,
    out: pathlib.Path,
    table: pathlib.Path | None = None,
    worn: WornIn | None = None,
    tell: Tell = lambda done, count, photo, reason: None,
) -> Built:
    """Build a catalogue of a folder of photos; the same call goes on where one was stopped.

    Args:
      model: whose texture encoder reads the cloth.
      folder: photos of products, ID.jpg.
      out: to write to; an earlier catalogue there of the same folder is replaced when the new one is whole.
      table: the shop's (`items.read_items`).
      worn: refuses photos of garments that somebody wears.
      tell: called with how many photos are done, of how many, the last one, and why it was rejected ("": it wasn't).

    Raises:
      FileNotFoundError, ValueError: as `read_items`.
      TryOnError: no photo is usable.
      InTheWayError: files are in the way that this function did not write.
    """
    refuse_overlap(out, [folder, table], "the catalogue")
    items, rejected = read_items(folder, table)
    results.check(out, names.MARK, by=BY, source=source_of(folder), names=names.possible(len(items)))
    readings = Readings(out)
    kept: list[tuple[Item, str]] = []
    keys_of_rejected: dict[str, str] = {}
    done = 0
    for start in range(0, len(items), _TOGETHER):
        group = items[start : start + _TOGETHER]
        for item, (key, reason) in zip(group, _read(model, group, readings, worn), strict=True):
            done += 1
            if reason:
                rejected[item.photo], keys_of_rejected[item.photo] = reason, key
            else:
                kept.append((item, key))
            tell(done, len(items), item.photo, reason)
    if not kept:
        first = next(iter(rejected.items()), ("", ""))
        raise TryOnError(f"{folder}: no photo could be taken as a product; the first: {first[0]}: {first[1]}")
    garments = _write(model, readings, kept, rejected, keys_of_rejected, out, source_of(folder))
    readings.remove()
    return Built(garments, rejected)


def _read(model: TryOn, items: Sequence[Item], readings: Readings, worn: WornIn | None) -> list[tuple[str, str]]:
    """Key and reason ("": it is an item) of each; what isn't known yet is read and kept.

    A refusal is kept where it follows from what the photo shows; any other has the key "", as its cause may be gone
    when the catalogue is built again.
    """
    known: dict[str, Reading] = {}
    keys: list[tuple[str, str]] = []
    new: dict[str, Product] = {}
    cuts: dict[str, bytes] = {}
    kinds: dict[str, str] = {}
    for item in items:
        named, kind = garment_of_label(item.label), kind_of_label(item.label)
        options = {
            "garment": named,
            "kind": kind,
            "model": model.model,
            "worn": worn is not None,
            "version": names.VERSION,
            "holds": names.HOLDS,
        }
        try:
            key = key_of(pathlib.Path(item.photo), options)
        except (TryOnError, OSError) as error:
            keys.append(("", str(error)))
            continue
        keys.append((key, ""))
        if key in known or key in new:
            continue
        reading = readings.get(key)
        if reading is not None:
            known[key] = reading
            continue
        try:
            product = _checked(read_product(item.photo, named, None, worn), model)
            cuts[key] = _png(product)
            # "Top" is a shop's word for every top, and tells nothing that the photo doesn't tell better.
            new[key] = dataclasses.replace(product, chances={kind: 1.0}) if kind and tells_reach(kind) else product
            kinds[key] = kind or max(product.chances, key=lambda name: product.chances[name])
        except (TryOnError, ValueError, OSError) as error:
            reason = _reason(error, item.photo)
            if not isinstance(error, NoProductError):
                keys[-1] = ("", reason)
                continue
            known[key] = Reading(reason)
            readings.put(key, known[key])
    for garment in {product.garment for product in new.values()}:
        alike = [key for key, product in new.items() if product.garment == garment]
        codes = cloth_codes(model, [new[key] for key in alike])
        for key, code in zip(alike, codes, strict=True):
            chances = of_garment(new[key].chances, garment)
            known[key] = Reading("", garment, kinds[key], chances, code, cuts[key])
            readings.put(key, known[key])
    return [(key, known[key].reason if key else reason) for key, reason in keys]


def _reason(error: Exception, photo: str) -> str:
    """Why a photo can't be taken, in a line without its name."""
    text = str(error)
    if isinstance(error, NoProductError):
        text = error.told(_REMEDIES.get(type(error), error.remedy), _MARK)
    return " ".join(text.removeprefix(f"{photo}: ").split())


def _checked(product: Product, model: TryOn) -> Product:
    if product.garment not in model.garments:
        raise NoProductError(f"a {product.garment}, and the model completes {', '.join(model.garments)}")
    return product


def _png(product: Product) -> bytes:
    """The garment with its outline as alpha; NoProductError: it is so thin that none is left at that size."""
    rows, columns = np.flatnonzero(product.mask.any(1)), np.flatnonzero(product.mask.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    alpha = product.mask[box].astype(np.uint8) * 255
    # A rim, so that some alpha says even of a garment that fills its box that it is cut out.
    cut = np.pad(np.dstack([product.photo[box], alpha]), ((1, 1), (1, 1), (0, 0)))
    picture = Image.fromarray(cut)
    picture.thumbnail((_CUT, _CUT), Image.Resampling.LANCZOS)
    if not outline_of(picture).any():
        raise NoProductError(f"the garment is too thin: shrunk to {_CUT} pixels nothing of it is left")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _write(
    model: TryOn,
    readings: Readings,
    kept: list[tuple[Item, str]],
    rejected: dict[str, str],
    keys_of_rejected: dict[str, str],
    out: pathlib.Path,
    source: str,
) -> dict[str, int]:
    """The files of the catalogue; returns how many items there are of each garment."""
    listed, codes = [], []
    with new_files(out, names.MARK, by=BY, source=source) as new:
        (new.path / "cuts").mkdir()
        for number, (item, key) in enumerate(kept):
            reading = readings.get(key)
            if reading is None:
                raise TryOnError(f"{item.photo}: what was read of it is gone from {out}: run the same command again")
            (new.path / names.cut_name(number)).write_bytes(reading.cut)
            said = {name: getattr(item, name) for name in ("id", "label", "title", "price", "link")}
            read = {"garment": reading.garment, "kind": reading.kind, "chances": reading.chances}
            listed.append({**said, **read, "key": key})
            codes.append(reading.code)
        every = np.stack(codes)
        units: dict[str, Any] = {}
        for garment in sorted({entry["garment"] for entry in listed}):
            numbers = np.array([i for i, entry in enumerate(listed) if entry["garment"] == garment])
            unit = matching.Units.of(every[numbers])
            path = new.path / names.index_name(garment)
            write_index(path, numbers, matching.vectors(unit(every[numbers])))
            units[garment] = {"count": len(numbers), "mean": unit.mean.tolist(), "spread": unit.spread.tolist()}
        tables = {
            names.ITEMS: {"items": listed},
            names.REJECTED: {
                "rejected": [
                    {"what": what, "reason": reason, "key": keys_of_rejected.get(what, "")}
                    for what, reason in rejected.items()
                ]
            },
        }
        for name, content in tables.items():
            (new.path / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        np.savez(new.path / names.CODES, codes=every)
        head = {"format": names.FORMAT, "version": names.VERSION, "model": model.model, "garments": units}
        new.content = head
    return {name: unit["count"] for name, unit in units.items()}
