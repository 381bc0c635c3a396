"""Pictures of one crop shown in another."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import thesis
from tf_tryon.data.records import open_records
from tf_tryon.evaluation import sampling
from tf_tryon.evaluation.frame import Frame, frames


def batch(size: int, erased: bool = True) -> dict[str, tf.Tensor]:
    visible = np.full((1, size, size, 1), not erased, np.float32)
    parsing = np.zeros((1, size, size, 8), np.float32)
    parsing[..., 3] = 1
    return {
        keys.PHOTO: tf.zeros((1, size, size, 3)), keys.VISIBLE: tf.constant(visible), keys.PARSING: tf.constant(parsing)
    }  # fmt: skip


def test_a_quarter_is_enlarged_about_pixels_centres() -> None:
    ramp = np.tile(np.arange(8, dtype=np.float32)[:, None, None], (1, 8, 3))[None]
    places = np.array([[0.5, 0.0, 1.0, 0.5]])
    seen = Frame(batch(8), batch(8), places).pictures(ramp)
    # Output pixel i has its centre at 4 + (i + 0.5) / 2 of the picture, whose pixel j has it at j + 0.5.
    expected = np.minimum(4 + (np.arange(8) + 0.5) / 2 - 0.5, 7)  # beyond the last centre its value goes on
    np.testing.assert_allclose(seen[0, :, 0, 0], expected, atol=1e-5)
    beyond = Frame(batch(8), batch(8), np.array([[1.5, 0.0, 2.5, 1.0]])).pictures(ramp)
    assert (beyond == 0).all()


def test_the_same_crop_is_the_same_picture() -> None:
    picture = np.random.default_rng(0).normal(size=(1, 8, 8, 3)).astype(np.float32)
    np.testing.assert_array_equal(Frame(batch(8)).pictures(picture), picture)
    whole = Frame(batch(8), batch(8), np.array([[0.0, 0.0, 1.0, 1.0]]))
    np.testing.assert_allclose(whole.pictures(picture), picture, atol=1e-5)


def test_labels_are_classes_where_erased_and_the_photos_elsewhere() -> None:
    labels = np.zeros((1, 8, 8), np.uint8)
    labels[:, 4:] = 5
    places = np.array([[0.25, 0.25, 0.75, 0.75]])
    seen = Frame(batch(8), batch(8), places).labels(labels)
    assert set(np.unique(seen)) == {0, 5}
    assert (Frame(batch(8), batch(8, erased=False), places).labels(labels) == 3).all()
    np.testing.assert_array_equal(Frame(batch(8)).labels(labels), labels)


@pytest.mark.slow
def test_a_whole_persons_own_photo_is_the_windows_photo(people) -> None:
    """What the model of whole people would make if it gave the photo back is what the window shows."""
    records, config, window = open_records(people), thesis("texture"), thesis("texture")
    for each in (config, window):
        each.data.height = each.data.width = 64
    window.data.crop = "garment"
    first, own, frame = next(frames(records, "test", "top", config, window, 4, 4))
    assert first == 0
    assert [bytes(name) for name in own[keys.ID].numpy()] == [bytes(name) for name in frame.people[keys.ID].numpy()]
    shown, expected = frame.pictures(own[keys.PHOTO].numpy()), frame.people[keys.PHOTO].numpy()
    inside = sampling.erased(frame.people)
    # Enlarged by two kinds of interpolation: alike but for the edges of the rectangles.
    assert np.median(np.abs(shown - expected)[inside]) < 0.02
    assert np.abs(shown - expected)[inside].mean() < 0.25 * np.abs(expected - expected.mean())[inside].mean()
