import json
import shutil

import pytest

from tf_tryon.data.records import open_records
from tf_tryon.errors import InTheWayError, MissingFileError, TryOnError
from tf_tryon.training import run_inputs
from tf_tryon.training.run_inputs import INPUTS, inputs_of


@pytest.fixture
def texture(small_config, tmp_path):
    """A texture run's configuration, and the folder of the shape run that it names, with steps 2 and 4."""
    shape = tmp_path / "shape"
    (shape / "checkpoints").mkdir(parents=True)
    for step in (2, 4):
        (shape / "checkpoints" / f"step-{step:08d}.npz").write_text(f"weights {step}")
    return small_config("texture", train__shape_run=str(shape), train__shape_fraction=0.5), shape


def _go_on(folder, first, second, begun=True):
    run_inputs.save(folder, first)
    run_inputs.check(folder, second, begun)


def test_a_moved_data_set_is_the_same(tmp_path, people, small_config):
    shutil.copytree(people, tmp_path / "moved")
    first, second = (inputs_of(open_records(folder), small_config("shape")) for folder in (people, tmp_path / "moved"))
    assert first["data"].path != second["data"].path
    _go_on(tmp_path, first, second)


def test_another_data_set_is_refused_once_steps_were_made(tmp_path, people, make_data_set, small_config):
    other = make_data_set(tmp_path / "other", train=11, test=2)
    first, second = (inputs_of(open_records(folder), small_config("shape")) for folder in (people, other))
    _go_on(tmp_path, first, second, begun=False)
    with pytest.raises(TryOnError, match=rf"the data set was {people} \(12 people .* is {other} \(11 .*--workdir"):
        _go_on(tmp_path, first, second)


def test_other_people_to_train_on_are_another_data_set(tmp_path, people, small_config):
    shutil.copytree(people, tmp_path / "people")
    manifest = json.loads((tmp_path / "people" / "manifest.json").read_text())
    manifest["splits"] = {"train": [0, 11], "test": [11, 13]}
    (tmp_path / "people" / "manifest.json").write_text(json.dumps(manifest))
    first, second = (inputs_of(open_records(folder), small_config("shape")) for folder in (people, tmp_path / "people"))
    with pytest.raises(TryOnError, match=r"\(12 people to train on.*\(11 people to train on"):
        _go_on(tmp_path, first, second)


def test_a_shape_run_that_went_on_is_refused(tmp_path, people, texture):
    config, shape = texture
    records = open_records(people)
    first = inputs_of(records, config)
    (shape / "checkpoints" / "step-00000002.npz").unlink()
    _go_on(tmp_path, first, inputs_of(records, config))
    (shape / "checkpoints" / "step-00000006.npz").write_text("weights 6")
    with pytest.raises(TryOnError, match=r"config\.train\.shape_run was .*shape \(step 4, .* is .*shape \(step 6, "):
        _go_on(tmp_path, first, inputs_of(records, config))


def test_other_weights_under_the_same_name_are_refused(tmp_path, people, small_config):
    path, records = tmp_path / "weights.npz", open_records(people)
    config = small_config("texture", train__shape_run=str(path), train__shape_fraction=0.5)
    path.write_text("some")
    first = inputs_of(records, config)
    path.write_text("others")
    with pytest.raises(TryOnError, match=r"weights\.npz \(weights, SHA-256 [0-9a-f]{12}\) and is "):
        _go_on(tmp_path, first, inputs_of(records, config))


def test_other_weights_of_vgg_are_refused_and_moved_ones_are_not(tmp_path, people, small_config):
    def inputs(weights):
        config = small_config("texture", loss__perceptual="vgg16", loss__perceptual_weights=str(weights))
        return inputs_of(open_records(people), config)

    path = tmp_path / "vgg.h5"
    path.write_text("some")
    first = inputs(path)
    _go_on(tmp_path, inputs(""), first)  # of before it was kept
    moved = path.rename(tmp_path / "moved.h5")
    _go_on(tmp_path, first, inputs(moved))
    with pytest.raises(MissingFileError, match=r"perceptual_weights = .*vgg\.h5' is no file: name where vgg16's"):
        inputs(path)
    path.write_text("others")
    with pytest.raises(TryOnError, match=r"loss\.perceptual_weights was .*vgg\.h5 \(vgg16, SHA-256 .* and is "):
        _go_on(tmp_path, first, inputs(path))
    with pytest.raises(TryOnError, match=r"loss\.perceptual_weights was .* and names no file now"):
        _go_on(tmp_path, first, inputs(""))


@pytest.mark.parametrize("changes", [{"stage": "shape"}, {"loss__perceptual": "none"}, {"train__networks": "prior"}])
def test_who_does_not_look_through_vgg_has_no_weights_of_it(people, small_config, changes):
    options = {"stage": "texture", "loss__perceptual": "vgg16", "loss__perceptual_weights": "none.h5", **changes}
    assert inputs_of(open_records(people), small_config(**options)).keys() == {"data"}


def test_a_shape_run_without_checkpoints_is_named(people, small_config):
    config = small_config("texture", train__shape_run="runs/none", train__shape_fraction=0.5)
    with pytest.raises(MissingFileError, match=r"config\.train\.shape_run = 'runs/none' is neither .* first"):
        inputs_of(open_records(people), config)


def test_a_run_of_before_takes_what_it_is_given(tmp_path, people, small_config, caplog):
    caplog.set_level("INFO", "tf_tryon")
    run_inputs.check(tmp_path, inputs_of(open_records(people), small_config("shape")), begun=True)
    assert "goes on with the data set" in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize("text", ["mine", "[]", '{"data": {"path": "people"}}'])
def test_something_else_of_the_files_name_is_refused(tmp_path, people, small_config, untouched, text):
    (tmp_path / INPUTS).write_text(text)
    inputs = inputs_of(open_records(people), small_config("shape"))
    with untouched(tmp_path), pytest.raises(InTheWayError, match=rf"{INPUTS}.* move it away"):
        run_inputs.check(tmp_path, inputs, begun=False)
