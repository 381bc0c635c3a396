"""Who is trained on and who is kept back, and data sets that the parser can't learn from."""

import pytest

from tf_tryon.annotation import parser_config, parser_training
from tf_tryon.annotation.parser_network import build_parser
from tf_tryon.annotation.parser_people import kept_back, measured_on, trained_on
from tf_tryon.annotation.parser_training import WEIGHTS_FILE, train, write_parser
from tf_tryon.cli import main as cli
from tf_tryon.data import records as records_lib
from tf_tryon.data.records import open_records
from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.errors import BadFileError
from tf_tryon.training.variables import named_variables


@pytest.fixture
def config():
    config = parser_config.default_config()
    config.model.update(height=64, width=32, widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1, 1, 1))
    config.train.update(batch=(2,), kept_back=2, precision="float32")
    return config


@pytest.fixture
def make(tmp_path, make_person):
    """(generator, vocabularies) -> a data set with a person of each vocabulary, the last one in the split "test"."""

    def made(generator, vocabularies):
        with records_lib.RecordWriter(tmp_path / "people", (64, 64), generator=generator) as writer:
            for i, vocabulary in enumerate(vocabularies):
                person = make_person(i) | {"vocabulary": vocabulary}
                if vocabulary == "tryon8":
                    person["labels"] = CIHP20.table()[person["labels"]]
                writer.write(records_lib.encode(**person), "test" if i == len(vocabularies) - 1 else "train")
        return open_records(tmp_path / "people")

    return made


def test_the_last_photos_are_kept_back_and_nobody_who_is_rendered(make, config):
    photos = make("photos 1", ["cihp20"] * 5)
    assert (trained_on(photos, config), kept_back(photos, config)) == (range(2), range(2, 4))
    assert measured_on(photos, config) == range(4, 5)
    photos.manifest["generator"] = "studio 9, outfits 0"
    assert trained_on(photos, config) == range(4)
    with pytest.raises(ValueError, match=r"people has rendered people.* name a data set of photos"):
        kept_back(photos, config)


def test_most_photos_are_trained_on(data_set, config, tmp_path, monkeypatch):
    monkeypatch.setattr(parser_training, "_train", lambda *_: pytest.fail("the training has begun"))
    config.train.kept_back = 8
    with pytest.raises(ValueError, match=r"14 photos in its split 'train', and train\.kept_back = 8 .*kept_back=7 or"):
        train(config, [open_records(data_set)], tmp_path / "run")
    assert not (tmp_path / "run").exists()
    config.train.kept_back = 7
    assert len(trained_on(open_records(data_set), config)) == 7


@pytest.mark.parametrize(
    ("vocabularies", "evaluate_every", "wrong"),
    [
        (["tryon8"] * 5, 0, "record 0 has labels of tryon8"),
        (["cihp20", "lip20", "cihp20", "cihp20", "cihp20"], 0, "record 1 has labels of lip20"),
        (["cihp20", "cihp20", "cihp20", "cihp20", "tryon8"], 1, "record 4 has labels of tryon8"),
        (["cihp20", "cihp20", "cihp20", "tryon8", "tryon8"], 0, None),  # who is not looked at
    ],
)
def test_labels_of_another_vocabulary_are_refused_before_the_run(
    make, config, tmp_path, monkeypatch, vocabularies, evaluate_every, wrong
):
    monkeypatch.setattr(parser_training, "_train", lambda *_: 0)
    records, config.train.evaluate_every = make("photos 1", vocabularies), evaluate_every
    if wrong is None:
        assert train(config, [records], tmp_path / "run") == 0
        return
    with pytest.raises(BadFileError, match=rf"people/shard.*{wrong}, .* cihp20 only: leave .*/people out, or"):
        train(config, [records], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_rendered_people_calibrate_nothing(make, config, tmp_path, capsys):
    people, weights = make("studio 9, outfits 0", ["cihp20"] * 5), tmp_path / WEIGHTS_FILE
    write_parser(weights, named_variables(build_parser(config), "parser"), config, 1)
    before = weights.read_bytes()
    assert cli.main(["parser", "calibrate", f"--data={people.directory}", f"--parser_weights={weights}"]) == 1
    assert "training keeps none of them back to calibrate by" in capsys.readouterr().err
    assert weights.read_bytes() == before
