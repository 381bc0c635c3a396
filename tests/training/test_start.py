import numpy as np
import pytest

from tf_tryon.config import to_json
from tf_tryon.derived import doubled
from tf_tryon.errors import TryOnError
from tf_tryon.models.build import build_networks
from tf_tryon.training.checkpoints import CAME_TRAINED, Checkpoints
from tf_tryon.training.run_folder import save
from tf_tryon.training.start import init_from
from tf_tryon.training.step import State
from tf_tryon.training.variables import network_variables
from tf_tryon.training.weights import save_weights

BASE = {
    "model__attention": False,
    "model__latent_stride": 4,
    "model__latent_layout": "aligned",
    "model__latent_shared": 1,
    "data__shape_frame": "box",
}
DOUBLED = {
    "data__height": 128,
    "data__width": 128,
    "model__latent_stride": 8,
    "model__encoder_pool": 2,
    "model__context_pool": 2,
    "model__generator_pool": 2,
}
PRIOR, FINER = ({"train__networks": part, "train__init_from": "a run"} for part in ("prior", "finer"))
TARGET = {"loss__kl_schedule": "target"}


@pytest.fixture
def fresh(small_config, fake_networks):
    """fresh(stage, build, **changes) -> state of a run that hasn't begun, of fake networks unless told otherwise."""

    def fresh(stage="shape", build=fake_networks, **changes):
        return State.create(build(small_config(stage, **{**BASE, **changes})))

    return fresh


@pytest.fixture
def run(tmp_path, fresh):
    """run(stage, beta, updates, **changes) -> folder of a run of three steps, and its state."""

    def run(stage="shape", beta=None, updates=None, **changes):
        state, folder = fresh(stage, **changes), tmp_path / "run"
        for variable in network_variables(state.nets).values():
            variable.assign_add(variable * 0 + 0.5)
        if beta is not None:
            state.kl_weight.state()["beta"].assign(beta)
        if updates is not None:
            state.discriminator_optimizer.iterations.assign(updates)
        folder.mkdir()
        save(folder, state.nets.config)
        Checkpoints(folder / "checkpoints").save(3, state.variables())
        return folder, state

    return run


def _values(state):
    return {name: variable.numpy() for name, variable in network_variables(state.nets).items()}


def _same(state, expected, but=()):
    for name, value in _values(state).items():
        if not name.startswith(but):
            np.testing.assert_array_equal(value, expected[name], err_msg=name)


def test_a_run_of_another_size_is_taken_and_what_is_fresh_is_told(run, fresh):
    folder, other = run(build=build_networks)
    changes = {"data__height": 96, "data__width": 96, "model__input_skips": True, "train__ema": 0.9}
    larger = fresh(build=build_networks, **changes)
    report = init_from(larger, folder)
    before, now = _values(other), _values(larger)
    same = "encoder/blocks/0/conv_1/kernel"
    np.testing.assert_array_equal(now[same], before[same])
    np.testing.assert_array_equal(larger.ema.averages[same], before[same])
    assert "step 3" in report
    others = [name for name in now if before[name].shape != now[name].shape]
    assert others
    assert all(name in report for name in others)


def test_a_network_that_is_not_there_is_named_once(tmp_path, fresh):
    state = fresh()
    save_weights(state.nets, tmp_path / "w.npz")
    arrays = dict(np.load(tmp_path / "w.npz"))
    np.savez(tmp_path / "less.npz", **{name: a for name, a in arrays.items() if not name.startswith("encoder/")})
    assert init_from(state, tmp_path / "less.npz").endswith("; fresh: all of the encoder (not there)")


def test_nothing_that_fits_is_an_error(tmp_path, fresh):
    state = fresh()
    config = np.frombuffer(to_json(state.nets.config).encode(), np.uint8)
    np.savez(tmp_path / "w.npz", **{"config.json": config, "step": np.int64(0), "other": np.zeros(3)})
    with pytest.raises(TryOnError, match="none of its weights fits"):
        init_from(state, tmp_path / "w.npz")


def test_a_prior_may_be_another_where_the_rest_fits(run, fresh):
    folder, other = run(build=build_networks)
    changes = {"model__prior": "autoregressive", "model__local_temperature": 0.5, "data__dresses": True}
    state = fresh(build=build_networks, **PRIOR, **changes)
    init_from(state, folder)
    _same(state, _values(other), but="context_encoder/")


def test_a_finer_block_goes_on_from_networks_of_half_the_size(run, fresh):
    folder, other = run(build=build_networks)
    state = fresh(build=build_networks, **FINER, **DOUBLED)
    init_from(state, folder)
    _same(state, _values(other), but="generator/finer/")


def _refused(state, folder, message):
    before = _values(state)
    part = state.nets.config.train.networks
    with pytest.raises(TryOnError, match=rf"init_from = .*run': .*networks = '{part}' trains .*{message}.*Name a run"):
        init_from(state, folder)
    _same(state, before)


@pytest.mark.parametrize(
    ("stage", "changes", "message"),
    [
        (
            "texture",
            {},
            r"generator/blocks/0/conv_1/kernel \(\(3, 3, 29, 8\) there, \(3, 3, 16, 8\) here\); .* \d+ more",
        ),
        ("shape", {"model__input_skips": True}, r"generator/ups/2/conv/kernel \(.*\(3, 3, 37, 8\) here\)"),
    ],
)
def test_a_part_of_which_the_rest_would_stay_random_is_refused(run, fresh, stage, changes, message):
    folder, _ = run(build=build_networks)
    _refused(fresh(stage, build_networks, **PRIOR, **changes), folder, message)


@pytest.mark.parametrize(
    ("there", "own", "message"),
    [
        ({}, {**PRIOR, "model__latent_layout": "tiled"}, "model.latent_layout is 'aligned' there and 'tiled' here"),
        ({}, {**PRIOR, "model__latent_shared": 2}, "model.latent_shared is 1 there and 2 here"),
        ({}, {**PRIOR, "data__crop": "garment"}, "data.crop is 'person' there and 'garment' here"),
        ({}, {**PRIOR, "data__shape_frame": "garment"}, "data.shape_frame is 'box' there and 'garment' here"),
        ({}, {**PRIOR, "data__height": 96}, "data.height is 64 there and 96 here"),
        ({}, {**FINER, **DOUBLED, "data__crop": "garment"}, "data.crop is 'person' there and 'garment' here"),
        (DOUBLED | {"model__generator_pool": 1}, {**FINER, **DOUBLED}, "data.height is 256 there and 128 here"),
    ],
)
def test_a_part_on_networks_that_saw_other_pictures_is_refused(run, fresh, there, own, message):
    folder, _ = run(**there)
    _refused(fresh(**own), folder, rf"config\.{message}")


def test_a_finer_block_may_be_trained_on(run, fresh, small_config):
    config = doubled(small_config("shape", **BASE))
    state = fresh(**FINER, **DOUBLED)
    assert (config.data, config.model) == (state.nets.config.data, state.nets.config.model)
    folder, other = run(**FINER, **DOUBLED)
    init_from(state, folder)
    _same(state, _values(other))


@pytest.mark.parametrize(
    ("own", "beta", "expected"),
    [
        (TARGET, 7.0, 7.0),
        ({**TARGET, "data__height": 128, "data__width": 128}, 7.0, 28.0),  # as much for a nat beside means over pixels
        ({**TARGET, **PRIOR}, 7.0, 7.0),  # for a run that goes on from this one
        ({}, 7.0, 2.0),
        (TARGET, 3.0, 2.0),  # it never moved
    ],
)
def test_the_beta_that_was_steered_to_goes_on(run, fresh, own, beta, expected):
    folder, _ = run(beta=beta, loss__beta=3.0, **TARGET)
    state = fresh(loss__beta=2.0, **own)
    report = init_from(state, folder)
    assert float(state.kl_weight.beta(0)) == pytest.approx(expected)
    assert ("; beta " in report) == (expected != 2.0)


@pytest.mark.parametrize(("beta", "expected"), [(7.0, 28.0), (None, 2.0)])
def test_a_weights_file_tells_the_beta_too_if_it_is_a_new_one(tmp_path, fresh, beta, expected):
    save_weights(fresh(loss__beta=1.0, **TARGET).nets, tmp_path / "w.npz", beta=beta)
    state = fresh(data__height=128, data__width=128, loss__beta=2.0, **TARGET)
    init_from(state, tmp_path / "w.npz")
    assert float(state.kl_weight.beta(0)) == pytest.approx(expected)


@pytest.mark.parametrize("updates", [0, 5])
@pytest.mark.parametrize("own", [{}, PRIOR])
def test_a_discriminator_comes_trained_if_it_was(run, fresh, updates, own):
    folder, other = run("texture", updates=updates)
    state = fresh("texture", **own)
    init_from(state, folder)
    _same(state, _values(other))
    assert int(state.variables()[CAME_TRAINED]) == bool(updates)


def test_a_discriminator_that_is_not_there_does_not_come_trained(tmp_path, fresh):
    state = fresh("texture", **PRIOR)
    save_weights(fresh("texture").nets, tmp_path / "w.npz", step=9)
    init_from(state, tmp_path / "w.npz")
    assert int(state.variables()[CAME_TRAINED]) == 0
