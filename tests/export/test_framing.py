"""The graph's placement is that of `tf_tryon.inference.placement`, to rounding."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.export import framing
from tf_tryon.inference.placement import place

SIZE = 64


def _shrunk(person: Any) -> Any:
    """Every second pixel: smaller than the frame, so that the frame enlarges it."""
    points = person.keypoints * (0.5, 0.5, 1)
    return dataclasses.replace(person, photo=person.photo[::2, ::2], labels=person.labels[::2, ::2], keypoints=points)


def _photo_like(person: Any) -> Any:
    """Rectangles of one colour say little of a resampling kernel."""
    noise = np.random.default_rng(0).integers(0, 60, person.photo.shape)
    return dataclasses.replace(person, photo=(person.photo // 2 + noise).astype(np.uint8))


@pytest.mark.parametrize("change", [lambda p: p, _shrunk], ids=["larger", "smaller"])
def test_into_the_frame_and_back(large_person: Any, change: Any) -> None:
    person = change(_photo_like(large_person))
    placement = place(person, SIZE, SIZE)
    window = framing.window_of(tf.constant(person.labels), SIZE, SIZE)
    assert [int(value) for value in window] == [placement.top, placement.left, *placement.window]
    framed = placement.to_frame(person)
    photo = framing.photo_to_frame(tf.constant(person.photo), window, SIZE, SIZE).numpy()
    gap = np.abs(photo.astype(int) - framed.photo)
    assert gap.max() <= 3
    assert gap.mean() < 0.25  # Pillow rounds between rows and columns
    labels = framing.labels_to_frame(tf.constant(person.labels), window, SIZE, SIZE).numpy()
    assert (labels == framed.labels).mean() > 0.998
    points = framing.keypoints_to_frame(tf.constant(person.keypoints, tf.float32), window, SIZE, SIZE)
    np.testing.assert_allclose(points, framed.keypoints, atol=1e-3)

    erased = np.zeros((SIZE, SIZE), bool)
    erased[20:41, 25:45] = True
    rectangle = framing.erased_rectangle(tf.constant(~erased, tf.float32), window, tf.constant(person.size))
    patch = framing.enlarged_photo(tf.constant(framed.photo), window, rectangle)
    pasted = framing.paste(tf.constant(person.photo), patch, rectangle).numpy()
    mask = placement.paste(np.zeros(person.size, np.uint8), np.ones((SIZE, SIZE), np.uint8), erased) > 0
    np.testing.assert_array_equal(pasted[~mask], person.photo[~mask])
    assert np.abs(pasted.astype(int) - placement.paste(person.photo, framed.photo, erased)).max() <= 2
    patch = framing.enlarged_labels(tf.constant(framed.labels), window, rectangle)
    pasted = framing.paste(tf.constant(person.labels), patch, rectangle).numpy()
    np.testing.assert_array_equal(pasted, placement.paste(person.labels, framed.labels, erased))


def test_a_person_of_the_frames_size_is_left_alone(someone: Any) -> None:
    window = framing.window_of(tf.constant(someone.labels), SIZE, SIZE)
    np.testing.assert_array_equal(framing.photo_to_frame(tf.constant(someone.photo), window, SIZE, SIZE), someone.photo)
    np.testing.assert_array_equal(
        framing.labels_to_frame(tf.constant(someone.labels), window, SIZE, SIZE), someone.labels
    )
