import numpy as np
import pytest

from tf_tryon.errors import BadFileError, TryOnError
from tf_tryon.models.build import build_networks
from tf_tryon.training.checkpoints import Checkpoints
from tf_tryon.training.run_folder import held, save
from tf_tryon.training.step import State
from tf_tryon.training.variables import network_variables
from tf_tryon.training.weights import load_run, load_weights, save_weights


@pytest.fixture(scope="module")
def nets(small_config):
    return build_networks(small_config("shape", seed=1))


def _same(first, second, **tolerance):
    a, b = network_variables(first), network_variables(second)
    for name, variable in a.items():
        np.testing.assert_allclose(b[name], variable, err_msg=name, **tolerance)


def test_weights_go_through_a_file(tmp_path, nets, small_config):
    save_weights(nets, tmp_path / "w.npz", step=12)
    other = build_networks(small_config("shape", seed=2))
    load_weights(other, tmp_path / "w.npz")
    _same(nets, other, rtol=0)
    save_weights(nets, tmp_path / "w.npz", step=13)
    (tmp_path / "photo.png").write_bytes(b"mine")
    with pytest.raises(TryOnError, match="is no weights file"):
        save_weights(nets, tmp_path / "photo.png")
    assert (tmp_path / "photo.png").read_bytes() == b"mine"
    run = load_run(tmp_path / "w.npz")
    assert run.step == 13
    assert run.config.to_dict() == nets.config.to_dict()
    _same(nets, run.nets, rtol=0)


def test_half_precision_halves_the_file(tmp_path, nets):
    save_weights(nets, tmp_path / "full.npz")
    save_weights(nets, tmp_path / "half.npz", float16=True)
    _same(nets, load_run(tmp_path / "half.npz").nets, rtol=1e-3, atol=1e-6)
    with np.load(tmp_path / "half.npz") as half:
        kinds = {half[name].dtype for name in half.files} - {np.dtype(np.uint8), np.dtype(np.int64)}
    assert kinds == {np.dtype(np.float16)}


def test_other_networks_weights_are_refused(tmp_path, nets, small_config):
    save_weights(nets, tmp_path / "w.npz")
    wider = build_networks(small_config("shape", model__width=1 / 8))
    with pytest.raises(ValueError, match=r"w\.npz does not fit these networks: generator/blocks/2/conv_2/kernel is "):
        load_weights(wider, tmp_path / "w.npz")
    cooler = build_networks(small_config("shape", model__local_temperature=0.5))
    with pytest.raises(BadFileError, match=r"w\.npz .* config\.model\.local_temperature = 1\.0, and .* 0\.5"):
        load_weights(cooler, tmp_path / "w.npz")
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        load_weights(nets, tmp_path / "none.npz")


def test_a_run_gives_its_averaged_weights(tmp_path, small_config):
    config = small_config("texture", train__ema=0.9)
    state = State.create(build_networks(config))
    name = "generator/blocks/0/conv_1/kernel"
    state.ema.averages[name].assign(state.ema.averages[name] * 0 + 5)
    with held(tmp_path):
        save(tmp_path, config)
    Checkpoints(tmp_path / "checkpoints").save(30, state.variables())
    assert np.all(network_variables(load_run(tmp_path).nets)[name] == 5)
    plain = load_run(tmp_path, averaged=False)
    assert plain.step == 30
    np.testing.assert_array_equal(network_variables(plain.nets)[name], network_variables(state.nets)[name])


def test_the_beta_that_was_steered_to_is_kept_in_the_files_configuration(tmp_path, nets):
    save_weights(nets, tmp_path / "w.npz", beta=4.5)
    before = nets.config.loss.beta
    run = load_run(tmp_path / "w.npz")
    assert (run.config.loss.beta, nets.config.loss.beta) == (4.5, before)
    load_weights(nets, tmp_path / "w.npz")  # another beta makes no other networks
