"""From BlazePose's points to the 18; and MediaPipe itself, where it and its model are there."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from tf_tryon.annotation import model_files, pose
from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.annotation.pose import PoseAnnotator


def _points() -> np.ndarray:
    """33 points of an upright person in parts of the picture: column and row tell the number."""
    points = np.zeros((33, 3), np.float32)
    points[:, 0] = np.linspace(0.3, 0.7, 33)
    points[:, 1] = np.linspace(0.1, 0.9, 33)
    points[:, 2] = 0.9
    return points


def test_points_and_neck():
    actual = pose._pose(_points(), np.ones((200, 100), np.float32))
    np.testing.assert_allclose(actual.keypoints[0], (30, 20, 0.9), rtol=1e-5)  # the nose is BlazePose's first
    right, left, neck = actual.keypoints[[2, 5, 1]]
    np.testing.assert_allclose(neck[:2], (right + left)[:2] / 2, rtol=1e-5)
    assert right[0] > left[0]  # 12 is the right shoulder, 11 the left
    assert actual.beyond == ()
    assert actual.box == (0, 0, 200, 100)


def test_unseen_and_outside_points_are_missing():
    points = _points()
    points[27, 1] = 1.2  # an ankle
    points[15, 2] = 0.1  # a wrist
    actual = pose._pose(points, np.ones((200, 100), np.float32))
    assert not actual.keypoints[[13, 7]].any()


@pytest.mark.parametrize(("rows", "part"), [(range(11), "head"), (range(27, 33), "feet")])
def test_what_is_beyond_the_picture_is_told(rows, part):
    points = _points()
    points[list(rows), 1] = -0.3 if part == "head" else 1.3
    assert pose._pose(points, np.ones((200, 100), np.float32)).beyond == (part,)


def test_islands_of_the_mask_are_left_out():
    mask = np.zeros((200, 100), np.float32)
    mask[10:190, 25:75] = 1
    mask[10:60, 90:] = 1  # somebody else
    actual = pose._pose(_points(), mask)
    assert actual.mask[:, 80:].max() == 0
    assert actual.box[3] == 75


def test_who_is_found_only_with_a_margin_stands_where_he_is(monkeypatch):
    mask, looked = np.zeros((200, 100), np.float32), []
    mask[20:180, 30:70] = 1

    def detected(self, photo):
        looked.append(photo.shape)
        if len(looked) == 1:
            return []
        points = _points()
        points[:, :2] = (points[:, :2] * (100, 200) + 50) / (200, 300)
        return [(points, np.pad(mask, 50))]

    monkeypatch.setattr(PoseAnnotator, "_detected", detected)
    (actual,) = PoseAnnotator(None, None).annotate(np.zeros((200, 100, 3), np.uint8))
    assert looked == [(200, 100, 3), (300, 200, 3)]
    expected = pose._pose(_points(), mask)
    np.testing.assert_allclose(actual.keypoints, expected.keypoints, atol=1e-3)
    np.testing.assert_array_equal(actual.mask, mask)
    assert actual.beyond == ()


@pytest.mark.parametrize("size", [(3000, 200), (200, 3000)])
@pytest.mark.parametrize("look", [1, 2])
def test_a_long_photo_is_looked_at_shrunk_and_its_poses_are_of_all_of_it(monkeypatch, size, look):
    monkeypatch.setattr(pose, "_LONGEST", 300)
    looked = []

    def detected(self, photo):
        looked.append(photo.shape)
        if len(looked) < look:
            return []
        points = _points()
        if look == 2:
            inner = np.array(photo.shape[1::-1]) - 150
            points[:, :2] = (points[:, :2] * inner + 75) / (inner + 150)
        return [(points, np.ones(photo.shape[:2], np.float32))]

    monkeypatch.setattr(PoseAnnotator, "_detected", detected)
    (actual,) = PoseAnnotator(None, None).annotate(np.zeros((*size, 3), np.uint8))
    small = (300, 20) if size[0] > size[1] else (20, 300)
    assert looked == [(*small, 3), (small[0] + 150, small[1] + 150, 3)][:look]
    expected = pose._pose(_points(), np.ones(size, np.float32))
    np.testing.assert_allclose(actual.keypoints, expected.keypoints, atol=0.01)
    np.testing.assert_array_equal(actual.mask, expected.mask)
    assert actual.box == pytest.approx(expected.box)


def test_a_photo_of_usual_length_is_looked_at_as_it_is(monkeypatch):
    photo, mask, looked = np.zeros((4096, 8, 3), np.uint8), np.ones((4096, 8), np.float32), []
    monkeypatch.setattr(PoseAnnotator, "_detected", lambda self, seen: [looked.append(seen) or (_points(), mask)])
    (actual,) = PoseAnnotator(None, None).annotate(photo)
    assert looked[0] is photo
    assert actual.mask is mask


def _model_is_there() -> bool:
    folder = model_files._in_package(model_files.POSE_LANDMARKER)
    cached = model_files.cache_folder() / model_files.POSE_LANDMARKER.name
    return cached.is_file() or bool(folder and folder.is_file())


_needs_model = pytest.mark.skipif(
    not (importlib.util.find_spec("mediapipe") and _model_is_there()),
    reason="needs mediapipe and pose_landmarker_full.task (`make .venv/installed-dev` gets both)",
)


@_needs_model
@pytest.mark.filterwarnings("ignore")  # mediapipe's own
def test_a_rendered_person_is_found_where_it_is():
    from tf_tryon.data.studio.render import render_person

    picture = render_person(20_261_123, 1, 256)
    with PoseAnnotator.load() as annotator:
        (actual,) = annotator.annotate(picture.photo)
        assert annotator.annotate(np.full((64, 64, 3), 128, np.uint8)) == []
    both = (actual.keypoints[:, 2] > 0) & (picture.keypoints[:, 2] > 0)
    assert both.sum() >= 10
    distance = np.linalg.norm(actual.keypoints[both, :2] - picture.keypoints[both, :2], axis=1)
    assert np.median(distance) < 8
    truth, mask = picture.parsing > 0, actual.mask > 0.5
    assert (truth & mask).sum() / (truth | mask).sum() > 0.8


@_needs_model
def test_a_screenshot_of_a_whole_page_does_not_end_the_process():
    """By itself, as what MediaPipe's OpenCV refuses ends the process."""
    program = (
        "import numpy as np\n"
        "from tf_tryon.annotation.pose import PoseAnnotator\n"
        "with PoseAnnotator.load() as annotator:\n"
        "    assert annotator.annotate(np.full((22_000, 16, 3), 128, np.uint8)) == []\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=300)


def test_a_file_that_is_no_model_is_named(tmp_path):
    (tmp_path / "model.task").write_bytes(b"no model")
    with pytest.raises(AnnotationError, match=r"model\.task|pip install") as caught:
        PoseAnnotator.load(tmp_path / "model.task")
    assert caught.value.reason == "model missing"
