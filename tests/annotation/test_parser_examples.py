"""Randomised examples: a function of the seed, with photo, labels, mask and keypoints in step."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.annotation.draws import Draws
from tf_tryon.annotation.parser_config import default_config
from tf_tryon.annotation.parser_examples import _with_repeats, randomised, training_examples
from tf_tryon.annotation.parser_inputs import POSE_CHANNELS
from tf_tryon.annotation.random_colour import PARTS, recolour_people
from tf_tryon.annotation.random_place import place_people
from tf_tryon.data.keypoints import SWAP
from tf_tryon.data.records import decode, open_records

PAIRED = (2, 5, 9, 12, 10, 13)  # shoulders, knees, ankles


@pytest.fixture
def config():
    config = default_config()
    config.model.height, config.model.width = 64, 32
    config.train.batch = (4,)
    return config


@pytest.fixture(scope="module")
def people(make_person):
    made = [make_person(i) for i in range(4)]
    return {
        "photo": tf.constant(np.stack([m["photo"] for m in made]), tf.float32) / 255,
        "labels": tf.constant(np.stack([m["labels"] for m in made]), tf.int32),
        "keypoints": tf.constant(np.stack([m["keypoints"] for m in made]), tf.float32),
    }


@pytest.mark.slow
def test_a_run_that_resumes_sees_what_it_would_have_seen(data_set, photos_of_own_sizes, config):
    sets = [open_records(data_set), open_records(photos_of_own_sizes)]
    config.train.update(batch=(3, 2), kept_back=1)
    straight = list(training_examples(sets, config).take(3))
    resumed = list(training_examples(sets, config, first_step=2).take(1))
    for a, b in zip(tf.nest.flatten(straight[2]), tf.nest.flatten(resumed[0]), strict=True):
        np.testing.assert_array_equal(a, b)
    (picture, pose), labels = straight[0]
    assert picture.shape == (5, 64, 32, 3)
    assert pose.shape == (5, 16, 8, POSE_CHANNELS)
    assert labels.shape == (5, 64, 32)
    assert max(float(tf.reduce_max(tf.abs(x))) for x in (picture, pose)) <= 1
    assert np.abs(straight[0][0][0] - straight[1][0][0]).max() > 0.1


def test_hats_are_shown_more_often(data_set):
    records = open_records(data_set)
    numbers = _with_repeats(records, records.split("train"), 3)
    hats = {i for i in records.split("train") if numbers.count(i) == 3}
    assert hats == {i for i in records.split("train") if (decode(records.read(i))["labels"] == 1).any()}
    assert hats
    assert len(numbers) == len(records.split("train")) + 2 * len(hats)


def test_keypoints_move_with_the_pixels(people, config):
    config.randomise.scale, config.randomise.rotate = (0.9, 1.1), 20.0
    marked = {**people, "labels": tf.zeros_like(people["labels"])}
    marks = marked["labels"].numpy()
    for b, points in enumerate(people["keypoints"].numpy()):
        for i in PAIRED:
            x, y = points[i, :2].astype(int)
            marks[b, y - 2 : y + 3, x - 2 : x + 3] = i
    placed = place_people(
        {**marked, "labels": tf.constant(marks)}, Draws(tf.constant([0, 1])), config.randomise, (64, 64), 1.0
    )
    seen = 0
    for labels, points in zip(placed["labels"].numpy(), placed["keypoints"].numpy(), strict=True):
        for i in PAIRED:
            x, y, confidence = points[i]
            if confidence and 3 < x < 61 and 3 < y < 61:
                near = set(labels[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].ravel().tolist())
                assert near & {i, SWAP[i]}  # of a mirrored person the other side's point stands there
                seen += 1
    assert seen


def test_recolouring_changes_what_it_should_and_no_background(people, config):
    config.randomise.garment = config.randomise.skin = 1.0
    new = recolour_people(people["photo"], people["labels"], Draws(tf.constant([3, 4])), config.randomise).numpy()
    old, labels = people["photo"].numpy(), people["labels"].numpy()
    np.testing.assert_allclose(new[labels == 0], old[labels == 0], atol=1e-6)
    for part in (3, 6, 9):
        area = np.isin(labels, [label for label, own in enumerate(PARTS) if own == part])
        assert np.abs(new - old)[area].mean() > 0.05


def test_all_that_is_dropped_is_zero(people, config):
    config.randomise.no_mask = config.randomise.no_pose = 1.0
    (_, pose), _ = randomised(people, tf.constant([0, 0], tf.int64), config)
    assert not np.any(pose)
    config.randomise.no_mask = config.randomise.no_pose = config.randomise.no_point = 0.0
    (_, pose), labels = randomised(people, tf.constant([0, 0], tf.int64), config)
    mask = pose[..., 0].numpy() > 0
    assert ((labels.numpy()[:, 1::4, 1::4] > 0) == mask).mean() > 0.75
    assert float(tf.reduce_max(pose[..., 1:])) > 0.4


def test_what_hands_hold_is_in_some_masks_and_stays_labelled(people, config):
    config.randomise.no_mask = config.randomise.occluder = 0.0
    held = {**people, "labels": tf.where(people["labels"] > 0, 3, 0)}
    shares = []
    for step in range(4):
        (_, pose), labels = randomised(held, tf.constant([0, step], tf.int64), config)
        area = labels.numpy()[:, 1::4, 1::4] == 3
        shares += [float(mask[there].mean()) for mask, there in zip(pose[..., 0].numpy(), area, strict=True)]
    assert min(shares) < 0.1
    assert max(shares) > 0.6
