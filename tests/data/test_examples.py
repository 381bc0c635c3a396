import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import config as config_lib
from tf_tryon import keys
from tf_tryon.data import boxes, crops, examples, records
from tf_tryon.data import vocabulary as v
from tf_tryon.data.person import Person
from tf_tryon.data.pose_maps import pose, reach_of


@pytest.fixture
def config():
    config = config_lib.thesis("shape")
    config.data.height = config.data.width = 64
    config.model.latent_stride = 32
    return config


@pytest.fixture
def people(make_person):
    return [Person.from_record(records.encode(**make_person(i), jpeg_quality=None)) for i in range(7)]


MEANS = np.linspace(-1, 1, 4)[:, None, None, None] * np.ones((4, 64, 64, 3), np.float32)


def numpy(batch):
    return {key: value.numpy() for key, value in batch.items()}


@pytest.mark.parametrize("slot", range(4))
def test_a_batch_keeps_the_contract(people, config, slot):
    batch = numpy(examples.from_people(people, v.GARMENTS[slot], MEANS, config))
    shapes = {
        keys.PHOTO: (64, 64, 3), keys.PARSING: (64, 64, 8), keys.VISIBLE: (64, 64, 1), keys.BOX: (4,),
        keys.GARMENT_BOX: (4,), keys.TARGET: (), keys.POSE: (64, 64, 19), keys.APPEARANCE: (64, 64, 11),
        keys.GARMENT_MASK: (64, 64, 1), keys.GARMENT_RGB: (64, 64, 3), keys.CONTEXT: (64, 64, 12),
        keys.KEYPOINTS: (18, 3), keys.NOISE: (2, 2, 2, 8), keys.ID: (),
    }  # fmt: skip
    assert {key: value.shape[1:] for key, value in batch.items()} == shapes
    for key in (keys.PHOTO, keys.POSE, keys.APPEARANCE, keys.GARMENT_RGB, keys.CONTEXT):
        assert batch[key].dtype == np.float32
        assert batch[key].min() >= -1
        assert batch[key].max() <= 1
    assert batch[keys.TARGET].tolist() == [slot] * 7
    np.testing.assert_array_equal(batch[keys.PARSING].argmax(-1), [p.labels for p in people])
    target = batch[keys.PARSING][..., v.HAT + slot]
    assert (target * batch[keys.VISIBLE][..., 0] == 0).all()  # the garment is wholly erased
    has = target.any((1, 2))
    assert (batch[keys.GARMENT_MASK].any((1, 2, 3)) == has).all()
    assert (batch[keys.BOX].any(1) == has).all()
    np.testing.assert_array_equal(batch[keys.VISIBLE].all((1, 2, 3)), ~has)


def test_context_is_zero_for_the_target_mean_for_the_absent_and_a_crop_otherwise(people, config):
    batch = numpy(examples.from_people(people, "top", MEANS, config))
    context = batch[keys.CONTEXT].reshape(7, 64, 64, 4, 3)
    assert not context[..., 1, :].any()
    hatted = np.array([(p.labels == v.HAT).any() for p in people])
    assert hatted.tolist() == [True, False, False, True, False, False, True]
    np.testing.assert_allclose(context[~hatted, ..., 0, :], -1)
    assert (context[hatted, ..., 0, :] > -1).any()
    person = people[0]
    box = boxes.garment_boxes(boxes.class_boxes(tf.one_hot(person.labels[None], 8)))[:, 2:3]
    photo = tf.constant(person.photo[None] / 127.5 - 1, tf.float32)
    expected = crops.rgb_crops(photo, tf.constant(person.labels[None]), box, (v.BOTTOM,))[0]
    np.testing.assert_allclose(context[0, ..., 2, :], expected, atol=1e-6)


def test_the_targets_crop_is_its_context_crop_elsewhere(people, config):
    top = numpy(examples.from_people(people, "top", MEANS, config))
    shoes = numpy(examples.from_people(people, "shoes", MEANS, config))
    np.testing.assert_array_equal(top[keys.GARMENT_RGB], shoes[keys.CONTEXT][..., 3:6])


def test_appearance_is_the_face_on_white_and_the_parsing(people, config):
    batch = numpy(examples.from_people(people, "top", MEANS, config))
    face = batch[keys.PARSING][..., v.FACE : v.FACE + 1]
    np.testing.assert_allclose(batch[keys.APPEARANCE][..., :3], batch[keys.PHOTO] * face + (1 - face), atol=1e-6)
    np.testing.assert_array_equal(batch[keys.APPEARANCE][..., 3:], batch[keys.PARSING])
    np.testing.assert_array_equal(batch[keys.POSE][..., :1], face * 2 - 1)


@pytest.mark.parametrize(("size", "reach"), [(256, 5), (128, 2), (64, 1), (32, 1)])
def test_a_keypoints_map_is_a_square_in_closed_form(size, reach):
    points = np.zeros((1, 18, 3), np.float32)
    points[0, 3] = (size / 2 + 0.7, size / 4, 0.3)
    points[0, 5] = (0.2, size - 0.1, 1)  # in a corner: cut off
    face = np.zeros((1, size, size), bool)
    maps = pose(tf.constant(face), tf.constant(points), reach_of(5 / 256, size)).numpy()[0, ..., 1:]
    np.testing.assert_array_equal(pose(face, points, reach)[0, ..., 1:], maps)
    expected = -np.ones((size, size, 18))
    x, y = size // 2, size // 4
    expected[y - reach : y + reach + 1, x - reach : x + reach + 1, 3] = 1
    expected[size - 1 - reach :, : reach + 1, 5] = 1
    np.testing.assert_array_equal(maps, expected)


def test_the_shapes_roi_can_be_the_erased_box(people, config):
    own = numpy(examples.from_people(people, "top", MEANS, config))
    config.data.shape_frame = "box"
    box = numpy(examples.from_people(people, "top", MEANS, config))
    assert own[keys.GARMENT_MASK].sum() > box[keys.GARMENT_MASK].sum()
    mask = tf.constant(own[keys.PARSING][..., v.TOP] > 0)
    np.testing.assert_array_equal(box[keys.GARMENT_MASK], crops.mask_crops(mask, tf.constant(own[keys.BOX])))
    for key in (keys.GARMENT_RGB, keys.CONTEXT, keys.BOX, keys.GARMENT_BOX):
        np.testing.assert_array_equal(own[key], box[key])


def test_targets_follow_their_weights(people, config):
    config.data.targets = {"hat": 2.0, "top": 1.0, "bottom": 1.0, "shoes": 0.0}
    labels = np.stack([people[0].labels] * 400 + [people[1].labels] * 400)
    draws = np.tile((np.arange(400) + 0.5) / 400, 2).astype(np.float32)
    target, actual = examples.choose_target(labels, tf.zeros(800, tf.bool), tf.constant(draws), config)
    assert actual.numpy().all()
    assert np.bincount(target[:400], minlength=4).tolist() == [200, 100, 100, 0]
    assert np.bincount(target[400:], minlength=4).tolist() == [0, 200, 200, 0]


def test_a_dress_is_a_target_only_if_asked_for(people, config):
    config.data.targets = {"hat": 0.0, "top": 0.0, "bottom": 1.0, "shoes": 0.0}
    labels, dress = tf.constant(people[4].labels[None]), tf.constant([people[4].dress])
    assert dress.numpy().all()
    assert not examples.choose_target(labels, dress, tf.constant([0.5]), config)[1].numpy().any()
    config.data.dresses = True
    target, actual = examples.choose_target(labels, dress, tf.constant([0.5]), config)
    assert (target.numpy().tolist(), actual.numpy().tolist()) == ([2], [True])


def test_people_of_any_size_are_taken_at_the_inputs(make_person, config):
    large = Person.from_record(records.encode(**make_person(0, 128), jpeg_quality=None))
    small = Person.from_record(records.encode(**make_person(0, 64), jpeg_quality=None))
    first, second = (numpy(examples.from_people([person], "top", MEANS, config)) for person in (large, small))
    assert (first[keys.PARSING] == second[keys.PARSING]).mean() > 0.99
    np.testing.assert_allclose(first[keys.KEYPOINTS], second[keys.KEYPOINTS])
    with pytest.raises(ValueError, match="unknown garment 'scarf'"):
        examples.from_people([small], "scarf", MEANS, config)
