import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import config as config_lib
from tf_tryon import keys
from tf_tryon.data import examples, pipeline, records, view
from tf_tryon.data import vocabulary as v


@pytest.fixture
def config():
    config = config_lib.thesis("shape")
    config.data.height = config.data.width = 64
    config.data.crop = "garment"
    return config


def parsed(make_person, number=0, size=128):
    record = records.encode(**make_person(number, size), jpeg_quality=None)
    return records.parse(tf.constant(record), None, None)


def test_the_garment_is_large_and_pose_and_others_come_along(make_person, config):
    person = parsed(make_person)
    top = v.GARMENTS.index("top")
    seen = view.of_person(person, tf.constant(top), config)
    whole = (person["labels"].numpy() == v.TOP).mean()
    assert (seen["labels"].numpy() == v.TOP).mean() > 2 * whole
    assert seen["photo"].shape == (64, 64, 3)
    assert seen["shown"].numpy().tolist() == [(person["labels"].numpy() == c).any() for c in v.GARMENT_CLASSES]
    points, before = seen["keypoints"].numpy(), person["keypoints"].numpy()
    assert (points[:, 2] == before[:, 2]).all()  # those outside the crop too: the legs go on below it
    there = before[:, 2] > 0
    assert np.ptp(points[there, 1]) > np.ptp(before[there, 1]) * 64 / 128


def test_other_garments_keep_the_photos_own_pixels(make_person, config):
    """Trousers that the crop around a hat doesn't show at all are in its context."""
    person = parsed(make_person)
    seen = view.batched(view.of_person(person, tf.constant(v.GARMENTS.index("hat")), config))
    assert not (seen["labels"].numpy() == v.BOTTOM).any()
    noise, means = tf.zeros((1, *examples.noise_shape(config))), tf.zeros((4, 64, 64, 3))
    batch = examples.derive(seen, tf.constant([0]), noise, means, config)
    bottom = batch[keys.CONTEXT][0, ..., 6:9].numpy()
    colour = person["photo"].numpy()[person["labels"].numpy() == v.BOTTOM].mean(0) / 127.5 - 1
    np.testing.assert_allclose(bottom[(bottom < 0.99).any(-1)].mean(0), colour, atol=0.1)
    assert (batch[keys.CONTEXT][0, ..., :3].numpy() == 0).all()  # the target's own


@pytest.mark.slow
def test_training_takes_photos_of_any_size(tmp_path, make_person, config):
    config.data.augment.translate, config.data.augment.scale, config.data.augment.hue = 0.05, 0.1, 0.02
    config.train.batch_size = 3
    with records.RecordWriter(tmp_path, size=None) as writer:
        for number in range(6):
            person = make_person(number, 96 + 16 * number)
            writer.write(records.encode(**person, jpeg_quality=None), "train")
    data = records.open_records(tmp_path)
    batch = next(iter(pipeline.training_dataset(data, config)))
    assert batch[keys.PHOTO].shape == (3, 64, 64, 3)
    target = np.take_along_axis(batch[keys.PARSING].numpy(), batch[keys.TARGET].numpy()[:, None, None, None] + 4, 3)
    assert target.any((1, 2, 3)).all()
    assert not (target * batch[keys.VISIBLE].numpy()).any()
    again = next(iter(pipeline.training_dataset(data, config)))
    np.testing.assert_array_equal(batch[keys.PHOTO], again[keys.PHOTO])
    config.data.crop = "person"
    assert next(iter(pipeline.training_dataset(data, config)))[keys.PHOTO].shape == (3, 64, 64, 3)
