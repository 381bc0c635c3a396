import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import validate
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.records import open_records
from tf_tryon.models.build import build_networks
from tf_tryon.training.objectives import build_objective
from tf_tryon.training.step import State, TrainingStep


@pytest.fixture
def make(fake_networks, small_config):
    def make(stage="texture", **changes):
        config = small_config(stage, data__height=32, data__width=32, train__learning_rate=0.01, **changes)
        state = State.create(fake_networks(config))
        return state, TrainingStep(state, build_objective(config), tf.distribute.get_strategy())

    return make


def _values(state):
    return {name: variable.numpy() for name, variable in state.variables().items()}


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_losses_fall(make, random_batch, stage):
    state, step = make(stage, loss__beta=1.0)
    batch = random_batch(4)
    losses = [step.read(i, step(batch, i).numpy())["loss"] for i in range(40)]
    assert losses[-1][0] < losses[0][0]
    assert losses[0][1] == 4  # examples
    assert state.nets.updates == 1  # spectral norms: once in the traced step


def test_micro_batches_make_the_same_update(make, random_batch):
    collected = []
    for parts in (1, 2, 4):
        state, step = make(train__accumulate=parts, train__ema=0.9, train__clip_norm=0.1)
        metrics = step.read(0, step(random_batch(4), 0).numpy())
        collected.append((_values(state), metrics))
    for values, metrics in collected[1:]:
        for name, value in values.items():
            np.testing.assert_allclose(value, collected[0][0][name], rtol=2e-4, atol=1e-6, err_msg=name)
        for name, value in metrics.items():
            np.testing.assert_allclose(value, collected[0][1][name], rtol=1e-4, atol=1e-6, err_msg=name)


def test_the_gan_starts_at_its_step(make, random_batch):
    state, step = make(loss__adversarial_start=2)
    before = state.nets.discriminator.trainable_variables[0].numpy()
    batch = random_batch(4)
    first = step.read(1, step(batch, 1).numpy())
    assert "discriminator_loss" not in first
    np.testing.assert_array_equal(state.nets.discriminator.trainable_variables[0], before)
    second = step.read(2, step(batch, 2).numpy())
    assert second["discriminator_gradient_norm"][0] > 0
    assert np.any(state.nets.discriminator.trainable_variables[0].numpy() != before)


@pytest.mark.parametrize("key", [keys.PHOTO, keys.CONTEXT])
def test_a_nan_changes_nothing_and_shows(make, random_batch, key):
    state, step = make(train__ema=0.9, loss__kl_schedule="target")
    batch = random_batch(4)
    step(batch, 0)
    before = _values(state)
    broken = {**batch, key: batch[key] + tf.constant([0, np.nan, 0, 0], tf.float32)[:, None, None, None]}
    metrics = step.read(1, step(broken, 1).numpy())
    assert not np.isfinite(metrics["pixel" if key == keys.PHOTO else "kl"][0])
    for name, value in _values(state).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_float16_overflow_lowers_the_scale_and_skips_the_step(make, random_batch):
    state, step = make("shape", train__precision="mixed_float16")
    state.nets.generator.kernel.assign(state.nets.generator.kernel * 1000)
    state.loss_scale.value.assign(3e38)
    before = _values(state)["model/generator/kernel"]
    metrics = step.read(0, step(random_batch(4), 0).numpy())
    assert not np.isfinite(metrics["gradient_norm"][0])
    assert np.isfinite(metrics["loss"][0])
    np.testing.assert_array_equal(_values(state)["model/generator/kernel"], before)
    assert float(state.loss_scale.value) == pytest.approx(1.5e38)
    state.loss_scale.value.assign(1024.0)
    step(random_batch(4), 1)
    assert np.any(_values(state)["model/generator/kernel"] != before)


def test_the_scale_does_not_change_the_update(make, random_batch):
    collected = []
    for precision in ("float32", "mixed_float16"):
        state, step = make("shape", train__precision=precision)
        step(random_batch(4), 0)
        collected.append(_values(state)["model/generator/kernel"])
    np.testing.assert_allclose(*collected, rtol=1e-5)


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_jit_makes_the_same_update(make, random_batch, stage):
    collected = []
    for jit in (False, True):
        state, step = make(stage, train__jit=jit, train__ema=0.9, loss__kl_schedule="target")
        step(random_batch(4), 0)
        collected.append(_values(state))
    for name, value in collected[0].items():
        np.testing.assert_allclose(collected[1][name], value, rtol=1e-4, atol=1e-6, err_msg=name)


def test_a_block_that_never_runs_is_an_error(make, random_batch):
    state, step = make("shape")
    state.nets.posterior = lambda batch, training=False: state.nets.prior(batch, batch[keys.NOISE][:, 0])
    with pytest.raises(ValueError, match="a block is built that never runs"):
        step(random_batch(4), 0)


def test_a_batch_that_cannot_be_divided_is_refused(make):
    with pytest.raises(ValueError, match="choose a multiple of 3"):
        make("shape", train__accumulate=3)


@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_a_prior_learns_alone(make, random_batch, stage):
    state, step = make(stage, train__networks="prior", train__init_from="a run", train__ema=0.9)
    before, batch = _values(state), random_batch(4)
    nats = [step.read(i, step(batch, i).numpy())["kl"][0] for i in range(30)]
    assert nats[-1] < nats[0]
    changed = {name for name, value in _values(state).items() if np.any(value != before[name])}
    learns = {"model", "ema", "optimizer"}
    assert {tuple(name.split("/")[:2]) for name in changed if name.split("/")[0] == "model"} == {
        ("model", "context_encoder")
    }
    assert {name.split("/")[0] for name in changed} == learns


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["shape", "texture"])
def test_the_finer_block_learns_alone(small_config, people, stage):
    own = {"networks": "finer", "init_from": "a run", "ema": 0.9, "learning_rate": 0.01}
    changes = {f"train__{name}": value for name, value in own.items()}
    config = small_config(stage, model__generator_pool=2, model__discriminator=False, **changes)
    validate(config)
    state = State.create(build_networks(config))
    step = TrainingStep(state, build_objective(config), tf.distribute.get_strategy())
    batch = next(iter(training_dataset(open_records(people), config, 0)))
    before = _values(state)
    losses = [step.read(i, step(batch, i).numpy())["loss"][0] for i in range(10)]
    assert losses[-1] < losses[0]
    changed = {name for name, value in _values(state).items() if np.any(value != before[name])}
    assert all(name.split("/")[2] == "finer" for name in changed if name.startswith("model/"))
    assert "model/generator/finer/gamma" in changed
