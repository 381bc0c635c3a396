"""One formula, two array libraries: what a graph samples is what numpy samples on a phone."""

import tracemalloc

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_tryon.geometry import numpy_arrays, resampling, tensor_arrays

SIZES = [(97, 61), (211, 140), (64, 64), (75, 113), (50, 201)]
BEYOND = [resampling.REFLECT, resampling.EDGE, resampling.ZERO]


def picture(height, width):
    rough = np.random.default_rng(height).integers(0, 256, (height // 6 + 1, width // 6 + 1, 3), np.uint8)
    return np.asarray(Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize("size", SIZES)
def test_tensors_and_numpy_make_the_same_pixels(size, beyond):
    photo, box = picture(*size), (-10.3, 5.2, size[0] * 0.8, size[1] * 1.1)
    for kernel in (resampling.LANCZOS, resampling.CUBIC, resampling.TRIANGLE):
        ours, theirs = (
            xp.to_bytes(resampling.resample(xp, given, box, (64, 48), kernel, beyond))
            for xp, given in ((numpy_arrays, photo), (tensor_arrays, tf.constant(photo)))
        )
        assert np.abs(ours.astype(int) - theirs.numpy()).max() <= 1
    labels = photo[..., 0] // 32
    ours = resampling.resample_labels(numpy_arrays, labels, box, (64, 48), 8, beyond)
    theirs = resampling.resample_labels(tensor_arrays, tf.constant(labels), box, (64, 48), 8, beyond).numpy()
    assert (ours == theirs).mean() > 0.999


@pytest.mark.parametrize("size", SIZES)
def test_a_whole_picture_is_scaled_as_pillow_does(size):
    photo = picture(*size)
    ours = resampling.resample(numpy_arrays, photo, (0, 0, *size), (40, 50), resampling.LANCZOS, resampling.EDGE)
    theirs = np.asarray(Image.fromarray(photo).resize((50, 40), Image.Resampling.LANCZOS))
    gap = np.abs(numpy_arrays.to_bytes(ours).astype(int) - theirs)
    assert np.quantile(gap, 0.99) <= 2  # Pillow rounds, and clips, between rows and columns
    assert gap.mean() < 0.3


def test_several_maps_are_sampled_as_each_alone():
    maps, box = np.stack([picture(40, 30), picture(40, 30)[::-1]]), (-3.0, 2.5, 36.0, 31.0)
    for xp, given in ((numpy_arrays, maps), (tensor_arrays, tf.constant(maps))):
        made = resampling.resample_maps(xp, given, box, (50, 25), resampling.CUBIC, resampling.EDGE)
        alone = [resampling.resample(xp, one, box, (50, 25), resampling.CUBIC, resampling.EDGE) for one in given]
        np.testing.assert_allclose(made, np.stack(alone), atol=1e-3)


def test_the_same_pixels_stay_the_same_bit_for_bit():
    photo = picture(64, 48)
    for kernel in (resampling.BOX, resampling.TRIANGLE, resampling.CUBIC, resampling.LANCZOS):
        same = resampling.resample(numpy_arrays, photo, (0, 0, 64, 48), (64, 48), kernel, resampling.EDGE)
        np.testing.assert_array_equal(numpy_arrays.to_bytes(same), photo)
    labels = photo[..., 0] // 32
    same = resampling.resample_labels(numpy_arrays, labels, (0, 0, 64, 48), (64, 48), 8, resampling.ZERO)
    np.testing.assert_array_equal(same, labels)


def test_what_lies_beyond():
    row = np.array([10, 20, 30], np.float32)[None, :, None]
    actual = {
        beyond: resampling.resample(numpy_arrays, row, (0, -2, 1, 5), (1, 7), resampling.BOX, beyond)[0, :, 0].tolist()
        for beyond in BEYOND
    }
    assert actual[resampling.REFLECT] == [20, 10, 10, 20, 30, 30, 20]
    assert actual[resampling.EDGE] == [10, 10, 10, 20, 30, 30, 30]
    assert actual[resampling.ZERO] == [0, 0, 10, 20, 30, 0, 0]


@pytest.mark.parametrize("size", SIZES)
def test_labels_are_shares_of_them_all(size):
    """They are sampled one by one, which is the same as all at once."""
    labels, box = picture(*size)[..., 0] // 32, (-10.3, 5.2, size[0] * 0.8, size[1] * 1.1)
    actual = resampling.resample_labels(numpy_arrays, labels, box, (64, 48), 8, resampling.REFLECT)
    at_once = resampling.resample(
        numpy_arrays, numpy_arrays.one_hot(labels, 8), box, (64, 48), resampling.BOX, resampling.REFLECT
    )
    np.testing.assert_array_equal(actual, numpy_arrays.largest(np.rint(at_once * 255)))


def test_labels_of_a_large_photo_take_little_memory():
    labels = np.arange(8, dtype=np.uint8).repeat(125)[:, None].repeat(1000, 1)
    tracemalloc.start()
    resampling.resample_labels(numpy_arrays, labels, (0, 0, *labels.shape), (32, 32), 8, resampling.ZERO)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * labels.size


def test_labels_go_by_their_share_and_to_the_smaller_of_equal_ones():
    labels = np.array([[3, 3, 5, 5], [3, 5, 1, 1]], np.uint8)
    actual = resampling.resample_labels(numpy_arrays, labels, (0, 0, 2, 4), (1, 2), 8, resampling.ZERO)
    assert actual.tolist() == [[3, 1]]
