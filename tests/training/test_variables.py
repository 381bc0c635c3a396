import keras
import pytest
import tensorflow as tf

from tf_tryon.models.build import build_networks
from tf_tryon.training.variables import named_variables, network_variables, trainable


@pytest.fixture(scope="module")
def nets(small_config):
    return build_networks(small_config("texture"))


def test_names_tell_where_a_variable_is(nets):
    names = network_variables(nets)
    assert "generator/blocks/0/conv_1/kernel" in names
    assert "discriminator/score/u" in names
    assert not [name for name in names if "/_" in name or "self_" in name]


def test_every_variable_has_one_name(nets):
    names = network_variables(nets)
    assert len({id(v) for v in names.values()}) == len(names)
    assert len(names) == sum(len(model.variables) for model in nets.models.values())
    assert len(trainable(names)) == sum(len(model.trainable_variables) for model in nets.models.values())
    assert not [name for name in trainable(names) if name.endswith("/u")]
    assert not [name for name in network_variables(nets, discriminator=False) if name.startswith("discriminator")]


def test_names_do_not_depend_on_what_was_built_before(nets):
    again = build_networks(nets.config)
    assert list(network_variables(again)) == list(network_variables(nets))


def test_a_variable_that_no_attribute_holds_is_an_error():
    class Hidden(keras.layers.Layer):
        def build(self, input_shape):
            self.add_weight(name="lost", shape=(2,))
            self.built = True

    layer = Hidden()
    layer.build(None)
    with pytest.raises(ValueError, match="lost"):
        named_variables(layer, "layer")


def test_variables_are_tensorflows_own(fake_networks, small_config):
    for variable in network_variables(fake_networks(small_config("shape"))).values():
        assert isinstance(variable, tf.Variable)
