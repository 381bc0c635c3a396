import numpy as np
import tensorflow as tf

from tf_tryon.data import boxes, crops


def test_the_whole_picture_is_itself():
    picture = np.random.default_rng(0).integers(0, 256, (2, 32, 48, 3)).astype(np.uint8)
    box = tf.constant([[[0.0, 0, 32, 48]]] * 2)
    crop = crops.rgb_crops(
        tf.constant(picture / 127.5 - 1, tf.float32), tf.fill((2, 32, 48), tf.constant(5, tf.uint8)), box, (5,)
    )
    np.testing.assert_allclose((crop + 1) * 127.5, picture, atol=1e-2)


def test_a_rectangle_is_centred_and_fills_one_side():
    masks = np.zeros((3, 64, 48), bool)
    masks[0, 10:26, 4:10] = True  # tall: scale 4, 24 columns wide
    masks[1, 50:54, 30:42] = True  # wide: scale 4, 16 rows high
    masks[2, 60:64, 0:3] = True  # in the corner of the picture: scale 16
    boxes = tf.constant([[10.0, 4, 26, 10], [50, 30, 54, 42], [60, 0, 64, 3]])
    crop = crops.mask_crops(tf.constant(masks), boxes).numpy()[..., 0]
    expected = np.zeros((3, 64, 48))
    expected[0, :, 12:36] = 1
    expected[1, 24:40, :] = 1
    expected[2, :, :] = 1
    for actual, wanted in zip(crop, expected, strict=True):
        for axis in (0, 1):
            np.testing.assert_array_equal(actual.any(axis), wanted.any(axis))
        assert (actual <= wanted).all()
        assert actual.sum() > 0.97 * wanted.sum()  # bilinear sampling rounds the corners


def test_enlarging_by_two_interpolates_between_pixel_centres():
    picture = np.tile(np.arange(16, dtype=np.float32)[None, None, :, None] * 8, (1, 16, 1, 1))
    crop = crops.fit(tf.constant(picture), tf.constant([[4.0, 4, 12, 12]]), 0.0).numpy()[0, :, :, 0]
    np.testing.assert_allclose(crop, np.tile((4 + (np.arange(16) + 0.5) / 2 - 0.5) * 8, (16, 1)), rtol=1e-5)


def test_colours_are_on_white_and_other_garments_stay_out():
    photo = np.full((2, 32, 32, 3), 60, np.uint8)
    photo[:, 8:16, 8:16] = (200, 0, 100)
    labels = np.zeros((2, 32, 32), np.uint8)
    labels[:, 8:16, 8:12] = 5
    labels[:, 8:16, 12:16] = 6
    boxes = tf.constant([[[8.0, 8, 16, 12], [8, 12, 16, 16]]] * 2)
    crop = crops.rgb_crops(tf.constant(photo / 127.5 - 1, tf.float32), tf.constant(labels), boxes, (5, 6)).numpy()
    assert crop.shape == (4, 32, 32, 3)
    np.testing.assert_allclose(crop[..., :6, :], 1.0)
    colour = np.broadcast_to((200 / 127.5 - 1, -1, 100 / 127.5 - 1), (4, 24, 8, 3))
    np.testing.assert_allclose(crop[:, 4:-4, 12:20], colour, atol=1e-5)
    assert crop.min() >= -1
    assert crop.max() <= 1


def test_an_absent_garment_is_empty():
    mask = tf.zeros((1, 32, 32), tf.bool)
    box = boxes.garment_boxes(boxes.class_boxes(tf.zeros((1, 32, 32, 8))))[:, 0]
    assert not crops.mask_crops(mask, box).numpy().any()
    nothing = tf.zeros((1, 32, 32), tf.uint8)
    white = crops.rgb_crops(tf.zeros((1, 32, 32, 3)), nothing, box[:, None], (5,))
    np.testing.assert_allclose(white, 1, atol=1e-6)


def test_the_erased_boxs_roi_keeps_the_place():
    mask = np.zeros((1, 64, 64), bool)
    mask[0, 16:24, 16:24] = True
    crop = crops.mask_crops(tf.constant(mask), tf.constant([[16.0, 16, 48, 48]])).numpy()[0, ..., 0]
    expected = np.zeros((64, 64))
    expected[:16, :16] = 1
    assert np.abs(crop - expected).sum() <= 1  # the corner
