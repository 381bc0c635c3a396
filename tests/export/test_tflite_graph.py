"""The three functions compute what the networks compute, whatever the configuration, before anything is quantised."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data import examples
from tf_tryon.export import tflite_equalise, tflite_graph
from tf_tryon.export.phone_inputs import build, lay
from tf_tryon.export.tflite import contract_of
from tf_tryon.inference.stage import Stage
from tf_tryon.layers import eight_bits
from tf_tryon.layers.spectral_norm import spectral_layers

THESIS = {"spectral_norm": "none", "output_scales": 2, "latent_stride": 16}


@pytest.mark.parametrize(
    ("configuration", "integer"),
    [
        pytest.param("recommended", False, marks=pytest.mark.slow),
        ("recommended", True),
        ("thesis", False),
        ("thesis", True),
    ],
)
def test_functions_equal_the_networks(configuration, integer, bundle, write_stage, tmp_path, people, monkeypatch):
    monkeypatch.setattr(eight_bits, "LEAST_VARIANCE", 0.0)  # the one thing that eight bits change
    folder = (bundle if configuration == "recommended" else write_stage(tmp_path, **THESIS)) / "shape"
    stage, exported = Stage.load(folder), Stage.load(folder).networks
    contract, nets = contract_of(stage.config), stage.networks
    tflite_graph.prepare(exported, integer)
    drawn = np.random.default_rng(0).normal(0, 2, (6, contract.cells, contract.grid[2])).astype(np.float32)
    inputs = [build(person, "top", stage.means, contract) for person in people]
    scale = np.ones(contract.grid[2], np.float32)
    if integer:
        scale = tflite_equalise.scale_codes(exported, drawn.reshape(-1, drawn.shape[-1]))
        laid = [lay(z / scale, one, contract)[None] for z, one in zip(drawn, inputs, strict=True)]
        pairs = zip(inputs, laid, strict=True)
        tflite_equalise.equalise(exported, [{"given": one.given[None], "codes": z} for one, z in pairs])
        assert scale.min() > 1
    functions = tflite_graph.functions(exported)
    assert set(functions) == ({"encode", "prior", "generate"} if contract.autoregressive else {"encode", "generate"})
    for person, one, codes in zip(people[:3], inputs, drawn, strict=False):
        batch = examples.from_people([person], "top", stage.means, stage.config)
        codes = nets.share(tf.constant(codes.reshape(1, *contract.grid)))
        scaled = codes / scale
        flat = lay(scaled.numpy().reshape(contract.cells, -1), one, contract)
        actual = functions["generate"](tf.constant(one.given[None]), tf.constant(flat[None]))["logits"]
        expected = nets.generate(batch, codes)[-1]
        np.testing.assert_allclose(actual, expected, atol=2e-3 * np.abs(expected).max())
        known = functions["encode"](tf.constant(one.context[None]))
        if contract.autoregressive:
            known = functions["prior"](known["features"], tf.reshape(scaled, (1, contract.cells, -1)))
        gaussian = nets.prior(batch, codes)
        own = contract.grid[2] - contract.shared
        shape = (contract.cells, contract.grid[2])
        mean = known["mean"][0].numpy() * scale
        std = np.logaddexp(0, known["raw_std"][0]) + contract.std_floor
        np.testing.assert_allclose(mean[:, :own], np.reshape(gaussian.mean, shape)[:, :own], atol=1e-3)
        np.testing.assert_allclose(std[:, :own], np.reshape(gaussian.std, shape)[:, :own], atol=1e-3)


def test_no_sigma_is_computed_in_the_graph(bundle):
    used = []
    for folded in (False, True):
        networks = Stage.load(bundle / "shape", folded=folded).networks
        made = tflite_graph.functions(networks)["generate"].get_concrete_function()
        vectors = [layer.state()[0] for layer in spectral_layers(networks.generator)]
        used.append(sum(any(v is own for own in made.graph.variables) for v in vectors))
    assert used == [len(vectors), 0]
