"""What is visible stays; what is erased is the networks', without lone pixels."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.data import examples, vocabulary
from tf_tryon.export.phone_runner import without_lone_pixels
from tf_tryon.models import compositing
from tf_tryon.models.compositing import complete_labels, with_labels
from tf_tryon.models.replacing import garment_alone


@pytest.fixture
def parsings():
    """Given and made labels (2, 12, 16), and where they are visible."""
    rng = np.random.default_rng(4)
    given, made = rng.integers(0, 8, (2, 2, 12, 16))
    visible = np.ones((2, 12, 16), bool)
    visible[:, 3:, 5:14] = False
    return given, made, visible


_NOWHERE = np.zeros((2, 18, 3), np.float32)  # no keypoint is known


def _completed(given, made, visible, replaces="erased"):
    batch = {
        keys.PARSING: tf.one_hot(given, 8),
        keys.VISIBLE: tf.cast(visible[..., None], tf.float32),
        keys.TARGET: tf.constant([vocabulary.slot_of("top"), vocabulary.slot_of("bottom")]),
        keys.KEYPOINTS: tf.constant(_NOWHERE),
    }
    return complete_labels(batch, tf.one_hot(made, 8), replaces).numpy()


def _tidied(labels, y, x):
    """The rule, written as a loop."""
    around = labels[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
    counts = np.bincount(around.ravel(), minlength=8)
    counts[labels[y, x]] -= 1
    return labels[y, x] if counts[labels[y, x]] else counts.argmax()


def test_erased_pixels_follow_the_rule_and_visible_ones_stay(parsings):
    given, made, visible = parsings
    completed = _completed(given, made, visible)
    mixed = np.where(visible, given, made)
    for n, y, x in np.ndindex(mixed.shape):
        wanted = mixed[n, y, x] if visible[n, y, x] else _tidied(mixed[n], y, x)
        assert completed[n, y, x] == wanted, (n, y, x)
    assert np.any(completed != mixed)


def test_the_phone_s_rule_is_the_same(parsings):
    given, made, visible = parsings
    nothing = np.zeros_like(visible)
    for one, wanted in zip(made, _completed(given, made, nothing), strict=True):
        np.testing.assert_array_equal(without_lone_pixels(one, 8), wanted)


def test_the_garment_alone_is_replaced_where_the_model_wants_that(parsings):
    given, made, visible = parsings
    wanted = garment_alone(given, _completed(given, made, visible).astype(int), np.array([1, 2]), _NOWHERE)
    actual = _completed(given, made, visible, replaces="garment")
    np.testing.assert_array_equal(actual, wanted)
    assert (actual != _completed(given, made, visible)).mean() > 0.2


def test_other_parsings_renew_what_depends_on_them(someone):
    config = thesis("texture")
    config.data.height = config.data.width = 64
    batch = examples.from_people([someone], "bottom", np.zeros((4, 64, 64, 3), np.float32), config)
    labels = someone.labels[None]
    same = with_labels(batch, labels)
    for name in batch:
        np.testing.assert_array_equal(same[name].numpy(), batch[name].numpy(), err_msg=name)
    shorter = labels.copy()
    shorter[:, 40:] = np.where(labels[:, 40:] == 6, 3, labels[:, 40:])  # shorts
    np.testing.assert_array_equal(with_labels(batch, shorter)[keys.GARMENT_BOX][:, 2].numpy(), 40)


def _changed(before, after, visible, garment):
    return compositing.changed(
        tf.constant([before]), tf.constant([after]), tf.constant(visible, tf.float32)[None, ..., None],
        tf.constant([vocabulary.slot_of(garment)]),
    ).numpy()[0, ..., 0].astype(int).tolist()  # fmt: skip


def test_all_that_stays_as_it_was_keeps_its_pixels():
    before = [[0, 0, 1, 5, 2, 6, 3, 2, 0]]  # street, street, hair, top, arm, trousers, leg, arm, street
    after = [[0, 0, 1, 5, 2, 6, 3, 5, 5]]  # wider and of longer sleeves
    seen = [[0, 0, 0, 0, 0, 0, 0, 0, 0]]
    assert _changed(before, after, seen, "top") == [[0, 0, 0, 1, 0, 0, 0, 1, 1]]
    assert _changed(before, before, seen, "bottom") == [[0, 0, 0, 0, 0, 1, 0, 0, 0]]
    assert _changed(before, before, seen, "dress") == [[0, 0, 0, 0, 0, 1, 0, 0, 0]]
    assert _changed(before, after, [[0, 0, 0, 1, 0, 0, 0, 0, 1]], "top") == [[0, 0, 0, 0, 0, 0, 0, 1, 0]]


def test_street_beside_what_is_new_is_new_but_nothing_else_beside_it():
    before = [[0, 0, 5, 2, 0, 0], [0, 0, 5, 2, 0, 0]]
    after = [[0, 0, 0, 2, 0, 0], [0, 0, 5, 2, 5, 0]]
    assert _changed(before, after, [[0] * 6, [0] * 6], "top") == [[0, 1, 1, 0, 1, 1], [0, 1, 1, 0, 1, 1]]
    assert _changed(before, after, [[1] * 6, [1] * 6], "top") == [[0] * 6, [0] * 6]


def test_what_changed_is_opaque_and_fades_within_two_pixels():
    new = np.zeros((1, 9, 9, 1), np.float32)
    new[0, 4, 4] = 1
    visible = np.zeros_like(new)
    visible[0, :, 6:] = 1
    actual = compositing.opacity(tf.constant(new), tf.constant(visible)).numpy()[0, ..., 0]
    np.testing.assert_allclose(actual[4], [0, 0, 1 / 3, 2 / 3, 1, 2 / 3, 0, 0, 0], rtol=1e-6)
    assert (actual[:, 6:] == 0).all()
