import numpy as np
import tensorflow as tf

from tf_tryon.data import boxes
from tf_tryon.data import vocabulary as v

H, W = 40, 30


def one_hot(*areas):
    """(1, H, W, 8) of (class, y0, x0, y1, x1) rectangles."""
    labels = np.zeros((1, H, W), np.uint8)
    for label, y0, x0, y1, x1 in areas:
        labels[0, y0:y1, x0:x1] = label
    return tf.one_hot(labels, 8)


def test_class_boxes_end_exclusively():
    actual = boxes.class_boxes(one_hot((v.TOP, 10, 5, 20, 25), (v.HAT, 0, 29, 1, 30), (v.SHOES, 38, 0, 40, 30)))[0]
    assert actual[v.TOP].numpy().tolist() == [10, 5, 20, 25]
    assert actual[v.HAT].numpy().tolist() == [0, 29, 1, 30]
    assert actual[v.SHOES].numpy().tolist() == [38, 0, 40, 30]
    assert actual[v.BOTTOM].numpy().tolist() == [0, 0, 0, 0]


def erased(dress, *areas, widen=1.1):
    return boxes.erased_boxes(boxes.class_boxes(one_hot(*areas)), tf.constant([dress]), H, W, widen)[0].numpy()


def test_erased_boxes_hold_the_skin_and_are_widened_and_clipped():
    parts = (
        (v.HAT, 1, 12, 4, 18),
        (v.TOP, 8, 10, 18, 20),
        (v.UPPER_SKIN, 6, 9, 19, 11),
        (v.BOTTOM, 20, 0, 25, 30),
        (v.LOWER_SKIN, 25, 12, 36, 14),
        (v.SHOES, 36, 12, 38, 14),
    )
    box = erased(False, *parts)
    np.testing.assert_allclose(box[0], [1, 15 - 3.3, 4, 15 + 3.3], rtol=1e-6)
    np.testing.assert_allclose(box[1], [6, 14.5 - 6.05, 19, 14.5 + 6.05], rtol=1e-6)
    np.testing.assert_allclose(box[2], [20, 0, 36, 30])
    np.testing.assert_allclose(box[3], [36, 13 - 1.1, 38, 13 + 1.1], rtol=1e-6)
    np.testing.assert_allclose(erased(True, *parts)[2], [6, 0, 36, 30])  # a dress uncovers the arms too


def test_skin_alone_makes_no_box():
    assert not erased(False, (v.UPPER_SKIN, 6, 9, 22, 11), (v.LOWER_SKIN, 25, 12, 36, 14)).any()


def test_a_garment_without_skin_keeps_its_own_box():
    np.testing.assert_allclose(erased(False, (v.TOP, 8, 10, 18, 20), widen=1.0)[1], [8, 10, 18, 20])


def test_visible_mask_counts_pixel_centres():
    box = tf.constant([[2.0, 3.4, 5.0, 6.6], [0, 0, 0, 0], [0, 0, H, W]])
    visible = boxes.visible_mask(box, H, W).numpy()[..., 0]
    expected = np.ones((H, W))
    expected[2:5, 3:7] = 0
    np.testing.assert_array_equal(visible[0], expected)
    assert visible[1].all()
    assert not visible[2].any()


def test_specks_dont_count_as_shown():
    labels = np.zeros((1, 100, 100), np.uint8)
    labels[0, 0, :4] = v.TOP
    labels[0, 1, :5] = v.SHOES
    assert boxes.shown(tf.constant(labels)).numpy().tolist() == [[False, False, False, True]]


def test_random_garments_lie_in_their_erased_box():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 8, (6, 4, 3)).repeat(10, 1).repeat(10, 2)
    picture = tf.one_hot(labels, 8)
    box = boxes.erased_boxes(boxes.class_boxes(picture), tf.zeros(6, tf.bool), H, W, 1.1)
    for slot, (garment, skin) in enumerate(zip(v.GARMENT_CLASSES, v.UNCOVERED, strict=True)):
        visible = boxes.visible_mask(box[:, slot], H, W).numpy()[..., 0].astype(bool)
        assert not visible[labels == garment].any()
        with_garment = (labels == garment).any((1, 2))
        if skin is not None:
            assert not (visible & (labels == skin))[with_garment].any()
