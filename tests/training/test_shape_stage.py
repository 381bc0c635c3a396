import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data.pipeline import training_dataset
from tf_tryon.data.records import open_records
from tf_tryon.errors import TryOnError
from tf_tryon.models.build import build_networks
from tf_tryon.training.shape_stage import ShapeStage, low_bits
from tf_tryon.training.weights import save_weights


@pytest.fixture(scope="module")
def shape_run(tmp_path_factory, small_config):
    path = tmp_path_factory.mktemp("shape") / "w.npz"
    save_weights(build_networks(small_config("shape")), path)
    return str(path)


@pytest.fixture(scope="module")
def batch(people, small_config):
    return next(iter(training_dataset(open_records(people), small_config("texture", train__batch_size=8))))


def _stage(small_config, shape_run, fraction):
    stage = ShapeStage(small_config("texture", train__shape_run=shape_run, train__shape_fraction=fraction))
    return stage


def test_only_the_box_of_some_examples_changes(small_config, shape_run, batch):
    stage = _stage(small_config, shape_run, 1.0)
    classes = tf.one_hot(batch[keys.TARGET] + 4, 8)[:, None, None, :]  # every sample is all target garment
    stage._nets.generate = lambda batch, codes: [tf.tile(classes, [1, 64, 64, 1])]
    new = stage.replace(batch)
    parsing, visible = new[keys.PARSING].numpy(), batch[keys.VISIBLE].numpy()
    np.testing.assert_array_equal(parsing * visible, batch[keys.PARSING] * visible)
    np.testing.assert_array_equal(parsing.sum(-1), 1)
    np.testing.assert_array_equal(new[keys.APPEARANCE][..., 3:], parsing)
    np.testing.assert_array_equal(new[keys.APPEARANCE][..., :3], batch[keys.APPEARANCE][..., :3])
    hidden = (1 - visible[..., 0])[:, :, :, None] * parsing
    assert np.all(hidden.sum((1, 2)).argmax(-1) == batch[keys.TARGET].numpy() + 4)
    assert np.all(new[keys.GARMENT_BOX].numpy()[:, 0] <= batch[keys.GARMENT_BOX].numpy()[:, 0])


def test_a_lone_pixel_goes_as_it_does_in_a_completion(small_config, shape_run, batch):
    stage = _stage(small_config, shape_run, 1.0)
    labels = np.tile((batch[keys.TARGET].numpy() + 4)[:, None, None], (1, 64, 64))
    y0, x0, y1, x1 = batch[keys.BOX].numpy().astype(int).T
    middles = (np.arange(len(labels)), (y0 + y1) // 2, (x0 + x1) // 2)
    labels[middles] = 0
    stage._nets.generate = lambda batch, codes: [tf.one_hot(labels, 8)]
    completed = stage.replace(batch)[keys.PARSING].numpy().argmax(-1)
    np.testing.assert_array_equal(completed[middles], batch[keys.TARGET] + 4)


def test_an_example_without_the_garment_keeps_the_truth(small_config, shape_run, batch):
    stage = _stage(small_config, shape_run, 1.0)
    stage._nets.generate = lambda batch, codes: [tf.one_hot(tf.zeros([8, 64, 64], tf.int32), 8)]
    new = stage.replace(batch)
    for key in (keys.PARSING, keys.GARMENT_BOX, keys.APPEARANCE):
        np.testing.assert_array_equal(new[key], batch[key])


def test_is_a_function_of_each_example(small_config, shape_run, batch):
    stage = _stage(small_config, shape_run, 0.5)
    whole = stage.replace(batch)[keys.PARSING]
    part = stage.replace({key: value[2:5] for key, value in batch.items()})[keys.PARSING]
    np.testing.assert_array_equal(part, whole[2:5])


def test_low_bits_are_uniform_and_untold_by_the_values():
    noise = tf.random.stateless_normal([5000, 2, 1, 1, 2], [0, 0])
    uniform = low_bits(noise, 3).numpy()
    assert uniform.min() >= 0
    assert uniform.max() < 1
    histogram, _ = np.histogram(uniform, 10, (0, 1))
    assert abs(histogram / len(uniform) / 3 - 0.1).max() < 0.01
    flat = noise.numpy().reshape(5000, -1)[:, :3]
    assert abs(np.corrcoef(flat.ravel(), uniform.ravel())[0, 1]) < 0.03


def test_another_size_is_refused(small_config, shape_run):
    config = small_config("texture", data__height=96, data__width=96, train__shape_run=shape_run)
    with pytest.raises(TryOnError, match=r"shape_run = .*config\.data\.height is 64 for shape and 96 for texture"):
        ShapeStage(config)


def test_a_run_that_sees_another_crop_is_refused(small_config, shape_run):
    config = small_config("texture", data__crop="garment", train__shape_run=shape_run)
    with pytest.raises(TryOnError, match=r"config\.data\.crop is person for shape and garment for texture"):
        ShapeStage(config)
