import json

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.training.run_folder import check, held, own_folder, save


def claim(folder, config):
    """As the trainer does."""
    check(folder, config)
    with held(folder):
        save(folder, config)


def test_the_effective_configuration_is_saved(tmp_path, small_config):
    claim(tmp_path / "run", small_config("shape", train__steps=9))
    saved = json.loads((tmp_path / "run" / "config.json").read_text())
    assert saved["train"]["steps"] == 9


def test_what_may_change_between_starts_may(tmp_path, small_config):
    claim(tmp_path, small_config("shape"))
    claim(tmp_path, small_config("shape", train__steps=99, train__log_every=7))
    assert json.loads((tmp_path / "config.json").read_text())["train"]["steps"] == 99


def test_a_run_that_was_refused_at_its_start_may_begin_with_other_values(tmp_path, small_config):
    """As an error about the data's size told to, before the first step."""
    claim(tmp_path, small_config("shape"))
    claim(tmp_path, small_config("shape", train__learning_rate=0.5))
    assert json.loads((tmp_path / "config.json").read_text())["train"]["learning_rate"] == 0.5


def test_what_may_not_is_named(tmp_path, small_config):
    claim(tmp_path, small_config("shape"))
    (tmp_path / "log.jsonl").write_text('{"step": 1}\n')
    before = (tmp_path / "config.json").read_text()
    with pytest.raises(TryOnError, match=r"config\.train\.learning_rate is 0\.0001 there and 0\.5 now.*--workdir"):
        claim(tmp_path, small_config("shape", train__learning_rate=0.5))
    assert (tmp_path / "config.json").read_text() == before


def test_fields_that_a_later_version_added_have_their_defaults(tmp_path, small_config):
    config = small_config("shape")
    claim(tmp_path, config)
    saved = json.loads((tmp_path / "config.json").read_text())
    del saved["loss"]["latent_regression"]
    (tmp_path / "config.json").write_text(json.dumps(saved))
    claim(tmp_path, config)


def test_other_workers_write_below(tmp_path):
    assert own_folder(tmp_path, 0) == tmp_path
    assert own_folder(tmp_path, 2) == tmp_path / "workers" / "2"


def test_only_one_process_trains_in_a_folder(tmp_path):
    with held(tmp_path):
        with pytest.raises(TryOnError, match="another process is training in"):
            with held(tmp_path):
                pass
    with held(tmp_path):
        pass


@pytest.mark.parametrize("name", ["inputs.json", "log.jsonl", "checkpoints", "pictures"])
def test_files_in_a_runs_places_that_are_no_runs_are_refused(tmp_path, small_config, untouched, name):
    (tmp_path / name).write_text("mine")
    with untouched(tmp_path), pytest.raises(TryOnError, match=f"holds {name} but no config.json"):
        check(tmp_path, small_config("shape"))


def test_a_second_run_is_refused_before_it_writes(tmp_path, small_config, untouched):
    claim(tmp_path, small_config("shape", train__steps=9))
    with held(tmp_path), untouched(tmp_path):
        with pytest.raises(TryOnError, match="another process is training"):
            check(tmp_path, small_config("shape", train__steps=99))
