"""`tf-tryon recommend`."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.annotate import define_annotator_flags
from tf_tryon.cli.people import MODEL_TEXT, check_there, default_model, inputs
from tf_tryon.writing import results
from tf_tryon.writing.places import refuse_overlap
from tf_tryon.writing.results import new_files

BY = "tf-tryon recommend"

ARGUMENTS = "PERSON"
HELP = """Rank a catalogue's garments by how well they go with what PERSON wears, and draw the best.

PERSON is a photo with NAME_parsing.png and NAME_keypoints.json beside it (or alone: it is annotated first), or
FOLDER:INDEX of a folder of records. The catalogue is any folder of records; what counts is the garment of each of its
people. The score is the log-likelihood of the garment's codes under the compatibility prior, in nats. Writes --out (a
contact sheet: the catalogue's person, the score, and PERSON in the garment) and the same name with .json.

  tf-tryon recommend photo.jpg --garment bottom --catalogue people --top 12 --out recommended.png
"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """The verb's flags."""
    add = {"flag_values": flag_values}
    flags.DEFINE_enum("garment", "bottom", ["hat", "top", "bottom", "shoes", "dress"], "What to recommend.", **add)
    flags.DEFINE_string("catalogue", None, "Folder of records.", required=True, **add)
    flags.DEFINE_string("split", None, "Only this split of the catalogue.", **add)
    flags.DEFINE_integer("count", 500, "At most so many garments of it, the first.", lower_bound=1, **add)
    flags.DEFINE_integer("top", 12, "How many to show.", lower_bound=1, upper_bound=60, **add)
    flags.DEFINE_string("out", None, "The contact sheet to write.", required=True, **add)
    flags.DEFINE_string("model", None, MODEL_TEXT, **add)
    flags.DEFINE_enum(
        "vocabulary", None, ["lip20", "cihp20", "atr18", "mm24", "lip21", "tryon8"],
        "Labels of NAME_parsing.png; default: detected.", **add,
    )  # fmt: skip
    define_annotator_flags(flag_values, ["builtin", "fashn"])


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses what the model can't do, who isn't there, and names that somebody else's files have."""
    from tf_tryon.inference.model_folder import ModelFolder, given_folder

    check_there([args[0]])
    ModelFolder(flag_values.model or default_model([args[0]])).check(flag_values.garment)
    given.data_sets([flag_values.catalogue])
    out = pathlib.Path(flag_values.out)
    if out.suffix == ".json":
        raise ValueError(f"--out {out}: name the picture, as recommended.png; its table gets the same name with .json")
    read = [*inputs([args[0]]), flag_values.catalogue, given_folder(flag_values.model), flag_values.parser_weights]
    refuse_overlap(out, read, "--out")
    results.check(out.parent, out.with_suffix(".json").name, by=BY)


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Ranks, draws, prints where."""
    import itertools

    from tf_tryon.cli.people import People
    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records
    from tf_tryon.data.vocabulary import GARMENT_CLASSES, slot_of
    from tf_tryon.errors import TryOnError
    from tf_tryon.inference.recommend import recommend, wearers
    from tf_tryon.inference.recommendation_sheet import recommendation_sheet
    from tf_tryon.inference.request import Request
    from tf_tryon.inference.tryon import TryOn

    garment, out = flag_values.garment, pathlib.Path(flag_values.out)
    records = open_records(flag_values.catalogue)
    with People(flag_values, out.with_name(f"{out.stem}_annotations")) as given:
        person = given.one(args[0])
    model = TryOn.load(flag_values.model or default_model([args[0]]))
    Request(garment=garment).check_person(person, model.garments)
    numbers = records.split(flag_values.split) if flag_values.split else range(len(records))
    people = (Person.of(records, number) for number in numbers)
    found = wearers(people, garment, GARMENT_CLASSES[slot_of(garment)])
    catalogue = list(itertools.islice(found, flag_values.count))
    if not catalogue:
        raise TryOnError(f"{records.directory}: nobody there wears a {garment} that could be recommended")
    ranked = recommend(model, person, garment, catalogue)
    best = ranked[: flag_values.top]
    worn = [model.complete(person, garment, samples=1, like=each.person) for each in best]
    entries = [{"rank": i, "id": r.person.id, "score": r.score, **r.scores} for i, r in enumerate(ranked, 1)]
    table = out.with_suffix(".json")
    head = {"person": person.id, "garment": garment, "model": model.model, "ranked": entries}
    with new_files(out.parent, table.name, by=BY) as new:
        recommendation_sheet(person, garment, best, worn).save(new.path / out.name, "PNG")
        new.content = head
    for line in entries[: flag_values.top]:
        print(f"{line['rank']:3} {line['score']:10.2f}  {line['id']}")
    print(f"{out} and {table}: {len(ranked)} garments")
    return 0
