import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.models import pasting


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (53, 41, 3), np.uint8)


def region(box, seen, photo, size=16):
    visible = np.ones((size, size), np.float32)
    visible[box[0] : box[2], box[1] : box[3]] = 0
    return visible, pasting.region(tf.constant(visible), tuple(map(float, seen)), photo.shape[:2])


@pytest.mark.parametrize("seen", [(-6, -3, 58, 61), (10, 5, 34, 29), (0, 0, 16, 16), (20, 30, 60, 70)])
def test_a_pixel_is_erased_where_its_centre_is(photo, seen):
    _, where = region((3, 4, 12, 10), seen, photo)
    step = 16 / (seen[2] - seen[0])
    y, x = ((np.arange(n) + 0.5 - start) * step for n, start in zip(photo.shape, seen[:2], strict=False))
    wanted = ((y >= 3) & (y < 12))[:, None] & ((x >= 4) & (x < 10))
    np.testing.assert_array_equal(pasting.erased_mask(tf.constant(photo), where), wanted)


def test_the_rest_of_the_photo_comes_back_bit_for_bit_and_the_region_is_new(photo):
    visible, where = region((3, 4, 12, 10), (-6, -3, 58, 61), photo)
    opaque = (1 - visible)[None, ..., None]
    green = np.broadcast_to(np.float32([-1, 1, -1]), (2, 16, 16, 3))
    made = pasting.paste_photos(
        tf.constant(photo), tf.constant(green), tf.constant(np.repeat(opaque, 2, axis=0)), where
    ).numpy()
    erased = pasting.erased_mask(tf.constant(photo), where).numpy()
    assert made.shape == (2, *photo.shape)
    np.testing.assert_array_equal(made[:, ~erased], np.stack([photo[~erased]] * 2))
    inner = np.zeros_like(erased)
    inner[12:35, 19:31] = True  # away from the border, where the seam is
    np.testing.assert_array_equal(made[0][inner & erased], np.broadcast_to([0, 255, 0], ((inner & erased).sum(), 3)))


@pytest.mark.parametrize("kind", [np.asarray, tf.constant])
def test_what_is_carried_stays(photo, kind):
    visible = np.ones((16, 16), np.float32)
    visible[3:12, 4:10] = 0
    carried = np.zeros(photo.shape[:2], bool)
    carried[20:40, 25:] = True
    where = pasting.region(kind(visible), (-6.0, -3.0, 58.0, 61.0), photo.shape[:2], kind(carried))
    green, labels = np.broadcast_to(np.float32([-1, 1, -1]), (1, 16, 16, 3)), np.full((1, 16, 16), 5, np.uint8)
    opaque = (1 - visible)[None, ..., None]
    made = np.asarray(pasting.paste_photos(kind(photo), kind(green), kind(opaque), where))[0]
    before = np.zeros_like(carried, np.uint8)
    parsing = np.asarray(pasting.paste_labels(kind(before), kind(labels), kind(opaque), where))
    erased = np.asarray(pasting.erased_mask(kind(photo), where))
    assert erased.any()
    assert not erased[carried].any()
    np.testing.assert_array_equal(made[carried], photo[carried])
    assert not parsing[0][carried].any()


def test_nothing_shows_where_nothing_changed(photo):
    _, where = region((3, 4, 12, 10), (-6, -3, 58, 61), photo)
    nothing = tf.zeros((1, 16, 16, 1))
    made = pasting.paste_photos(tf.constant(photo), tf.ones((1, 16, 16, 3)), nothing, where)
    np.testing.assert_array_equal(made[0], photo)


def test_detail_is_added_at_its_own_size_where_the_completion_shows(photo):
    visible, where = region((3, 4, 12, 10), (-6, -3, 58, 61), photo)
    rgb = np.zeros((1, 16, 16, 3), np.float32)
    detail = np.zeros((1, 32, 32, 1), np.float32)
    detail[:, 12:16] = 0.5  # the input's rows 6 and 7, the photo's 18 to 26
    given = (tf.constant(photo), tf.constant(rgb), tf.constant((1 - visible)[None, ..., None]), where)
    plain, fine = (pasting.paste_photos(*given, *more).numpy()[0] for more in ((), (tf.constant(detail),)))
    erased = pasting.erased_mask(tf.constant(photo), where).numpy()
    np.testing.assert_array_equal(fine[~erased], photo[~erased])
    middle = fine[:, 24].astype(int) - plain[:, 24]
    assert middle[20:24].min() >= 62
    assert np.abs(middle[[12, 30, 40]]).max() <= 4


def test_outlines_of_labels_are_smooth():
    """A diagonal edge, four times enlarged, is nearer to the true line than squares are."""
    size, scale = 16, 4
    y, x = np.mgrid[:size, :size]
    small = np.where(x > y, 5, 0).astype(np.uint8)
    large = np.zeros((size * scale, size * scale), np.uint8)
    where = pasting.region(tf.zeros((size, size)), (0.0, 0.0, 64.0, 64.0), large.shape)
    made = pasting.paste_labels(tf.constant(large), tf.constant(small[None]), tf.ones((1, size, size, 1)), where)
    y, x = np.mgrid[: size * scale, : size * scale]
    true = np.where(x > y + scale / 2, 5, 0)
    assert (made[0].numpy() != true).sum() < (np.kron(small, np.ones((scale, scale))) != true).sum() * 0.6
