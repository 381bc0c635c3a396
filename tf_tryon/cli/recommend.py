"""`tf-tryon recommend`."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.annotate import define_annotator_flags
from tf_tryon.cli.defining import Into
from tf_tryon.cli.people import MODEL_TEXT, check_there, default_model, inputs
from tf_tryon.cli.vocabulary_flag import define_vocabulary
from tf_tryon.writing import results
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.results import new_files

if TYPE_CHECKING:
    import numpy as np

    from tf_tryon.data.person import Person
    from tf_tryon.inference.tryon import TryOn

    # The best garments' tiles, how each is worn (options of `complete`), the table's lines, and how many were compared.
    _Ranking = tuple[list[tuple[np.ndarray, str]], list[dict[str, Any]], list[dict[str, Any]], int]

BY = "tf-tryon recommend"

ARGUMENTS = "PERSON"
HELP = """Rank a catalogue's garments by how well they go with what PERSON wears, and draw the best.

PERSON is a photo with NAME_parsing.png and NAME_keypoints.json beside it (or alone: it is annotated first), or
FOLDER:INDEX of a folder of records. The catalogue is one of products (`tf-tryon catalogue build`), or any folder of
records; then what counts is the garment of each of its people. The score, in nats, is of people's garments the
log-likelihood of their codes under the compatibility prior, and of products how much likelier their cloth is for
PERSON than in the catalogue at large. Writes --out (a contact sheet: the garment, the score, and PERSON in it) and
the same name with .json.

  tf-tryon recommend photo.jpg --garment top --catalogue catalogue --top 12 --try-on --out recommended.png
  tf-tryon recommend photo.jpg --garment bottom --catalogue people --top 12 --out recommended.png
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_enum("garment", "bottom", ["hat", "top", "bottom", "shoes", "dress"], "What to recommend.", **add)
    flags.DEFINE_string("catalogue", None, "Folder of a catalogue, or of records.", required=True, **add)
    flags.DEFINE_string("split", None, "Only this split of a folder of records.", **add)
    flags.DEFINE_integer(
        "count", 500, "At most so many people of a folder of records, the first.", lower_bound=1, **add
    )
    flags.DEFINE_integer("top", 12, "How many to show.", lower_bound=1, upper_bound=60, **add)
    flags.DEFINE_bool("try_on", True, "Show PERSON in each of the best.", **add)
    flags.DEFINE_string("out", None, "The contact sheet to write.", required=True, **add)
    flags.DEFINE_string("model", None, MODEL_TEXT, **add)
    define_vocabulary(flag_values)
    define_annotator_flags(flag_values, ["builtin", "fashn"])


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses what the model can't do, who isn't there, and names that somebody else's files have."""
    from tf_tryon.inference.model_folder import ModelFolder, given_folder
    from tf_tryon.shop.names import check_usearch, is_catalogue
    from tf_tryon.shop.same_model import check_model

    check_there([args[0]])
    model = flag_values.model or default_model([args[0]])
    ModelFolder(model).check(flag_values.garment)
    if is_catalogue(flag_values.catalogue):
        if idle := [name for name in ("split", "count") if flag_values[name].present]:
            raise ValueError(
                f"--{idle[0]} is of a folder of records, and {flag_values.catalogue} is a catalogue of products, which "
                "is ranked whole: leave it out"
            )
        check_usearch()
        check_model(flag_values.catalogue, model)
    else:
        given.data_sets([flag_values.catalogue])
    out = pathlib.Path(flag_values.out)
    if out.suffix == ".json":
        raise ValueError(f"--out {out}: name the picture, as recommended.png; its table gets the same name with .json")
    read = [*inputs([args[0]]), flag_values.catalogue, given_folder(flag_values.model), flag_values.parser_weights]
    refuse_overlap(out, read, "--out")
    results.check(out.parent, out.with_suffix(".json").name, by=BY, names=(out.name,))


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Ranks, draws, prints where."""
    from tf_tryon.cli.people import People
    from tf_tryon.inference.recommendation_sheet import recommendation_sheet
    from tf_tryon.inference.request import Request
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.shop.names import is_catalogue

    garment, out = flag_values.garment, pathlib.Path(flag_values.out)
    with People(flag_values, out.with_name(f"{out.stem}_annotations")) as people:
        person = people.one(args[0])
    model = TryOn.load(flag_values.model or default_model([args[0]]))
    Request(garment=garment).check_person(person, model.garments)
    ranking = _of_products if is_catalogue(flag_values.catalogue) else _of_people
    tiles, options, entries, count = ranking(flag_values, model, person)
    worn = [model.complete(person, garment, samples=1, **option) for option in options] if flag_values.try_on else []
    table = out.with_suffix(".json")
    head = {"person": person.id, "garment": garment, "model": model.model, "ranked": entries}
    with new_files(out.parent, table.name, by=BY) as new:
        recommendation_sheet(person, garment, tiles, worn).save(new.path / out.name, "PNG")
        new.content = head
    for line in entries[: flag_values.top]:
        print(f"{line['rank']:3} {line['score']:10.2f}  {line['id']}")
    print(f"{out} and {table}: {count} garments")
    return 0


def _of_people(flag_values: flags.FlagValues, model: TryOn, person: Person) -> _Ranking:
    """The garments that people of a folder of records wear."""
    import itertools

    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records
    from tf_tryon.errors import TryOnError
    from tf_tryon.inference.recommend import people_wearing, recommend

    garment, records = flag_values.garment, open_records(flag_values.catalogue)
    numbers = records.split(flag_values.split) if flag_values.split else range(len(records))
    people = (Person.of(records, number) for number in numbers)
    dressed = people_wearing(people, garment)
    catalogue = list(itertools.islice(dressed, flag_values.count))
    if not catalogue:
        raise TryOnError(f"{records.directory}: nobody there wears a {garment} that could be recommended")
    ranked = recommend(model, person, garment, catalogue)
    best = ranked[: flag_values.top]
    tiles = [(each.person.photo, f"{each.score:.1f} nats") for each in best]
    entries = [{"rank": i, "id": r.person.id, "score": r.score, **r.scores} for i, r in enumerate(ranked, 1)]
    return tiles, [{"like": each.person} for each in best], entries, len(ranked)


def _of_products(flag_values: flags.FlagValues, model: TryOn, person: Person) -> _Ranking:
    """The products of a catalogue."""
    from tf_tryon.shop.catalogue import Catalogue
    from tf_tryon.shop.codes import DRAWS, sampled_codes

    garment, catalogue = flag_values.garment, Catalogue(flag_values.catalogue)
    best = catalogue.best(sampled_codes(model, person, garment, DRAWS), garment, flag_values.top)
    products = [catalogue.product(each.item) for each in best]
    tiles = [(product.on_white(), f"{each.score:.1f} nats") for product, each in zip(products, best, strict=True)]
    entries: list[dict[str, Any]] = []
    for i, each in enumerate(best, 1):
        item = {name: getattr(each.item, name) for name in ("id", "title", "price", "link")}
        entries.append({"rank": i, "score": each.score, **item})
    return tiles, [{"wear": product} for product in products], entries, catalogue.garments[garment]
