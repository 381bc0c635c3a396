import json

import numpy as np
import pytest

from tf_tryon.data import keypoints as k

ONES = np.stack([np.arange(18) + 1.0, np.arange(18) + 2.0, np.ones(18)], 1)


def test_swapping_twice_changes_nothing_and_swaps_sides():
    assert [k.SWAP[i] for i in k.SWAP] == list(range(18))
    for name, other in zip(k.NAMES, (k.NAMES[i] for i in k.SWAP), strict=True):
        assert other == name.replace("right", "?").replace("left", "right").replace("?", "left")


@pytest.mark.parametrize("key", ["pose_keypoints", "pose_keypoints_2d"])
@pytest.mark.parametrize("nested", [True, False])
def test_openpose_layouts(tmp_path, key, nested):
    person = {key: ONES.ravel().tolist()}
    path = tmp_path / "a_keypoints.json"
    path.write_text(json.dumps({"people": [person]} if nested else person))
    np.testing.assert_allclose(k.read_people(path), [ONES])


def test_writing_and_reading_agree():
    np.testing.assert_allclose(k.from_openpose(k.to_openpose(ONES)), [ONES])


def test_no_people_and_zeros_are_missing():
    assert k.from_openpose({"people": []}) == []
    assert k.from_openpose(k.to_openpose(0 * ONES)) == []
    points = ONES.copy()
    points[3] = (0, 0, 0.9)
    points[4, 2] = 0
    cleaned = k.from_points(points)
    assert not cleaned[[3, 4]].any()
    assert cleaned[[2, 5]].all()


def test_the_surest_of_several_people_comes_first():
    faint = ONES * (1, 1, 0.2)
    data = {"people": [{"pose_keypoints_2d": p.ravel().tolist()} for p in (faint, ONES)]}
    np.testing.assert_allclose(k.from_openpose(data), [ONES, faint])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-8"])
def test_any_unicode_is_read(tmp_path, encoding):
    path = tmp_path / "a_keypoints.json"
    path.write_bytes(json.dumps(k.to_openpose(ONES)).encode(encoding))
    np.testing.assert_allclose(k.read_people(path), [ONES])


def test_a_canvas_of_another_size_is_converted():
    data = {**k.to_openpose(ONES), "canvas_height": 100, "canvas_width": 50}
    for given in (data, [data]):  # ControlNet's tools write a list of pictures
        (points,) = k.from_openpose(given, size=(200, 200))
        np.testing.assert_allclose(points, ONES * (4, 2, 1), rtol=1e-5)
    np.testing.assert_allclose(k.from_openpose({**data, "canvas_width": None}, size=(100, 50)), [ONES])


def test_body25_skips_the_middle_hip():
    points = np.stack([np.arange(25) + 1.0, np.ones(25), np.ones(25)], 1)
    assert (k.from_body25(points)[:, 0] - 1).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]


def test_coco17_makes_the_neck():
    points = np.stack([np.arange(17) + 1.0, 2 * np.arange(17) + 1.0, np.full(17, 0.5)], 1)
    out = k.from_coco17(points)
    np.testing.assert_allclose(out[1], [(6 + 7) / 2, (11 + 13) / 2, 0.5])
    np.testing.assert_allclose(out[[2, 5, 14, 15, 16, 17], 0] - 1, [6, 5, 2, 1, 4, 3])
    points[5] = 0
    assert not k.from_coco17(points)[1].any()


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "b.json"
    wrong = {
        "{": "not JSON", "[]": "object of one photo", "{}": "neither", '{"people": [{}]}': "triples",
        '{"people": [[1, 2, 3]]}': r"people\[0\] is no object",
        '{"people": [], "canvas_width": "a", "canvas_height": 2}': "canvas_width",
    }  # fmt: skip
    for text, message in wrong.items():
        path.write_text(text)
        with pytest.raises(ValueError, match=rf"b\.json.*{message}"):
            k.read_people(path, (64, 64))
    with pytest.raises(ValueError, match=r"\(5, 3\)"):
        k.from_points(np.ones((5, 3)))


def test_drawing_marks_present_points_only():
    points = np.zeros((18, 3), np.float32)
    points[0] = (20, 10, 1)
    drawn = k.draw(np.zeros((40, 40, 3), np.uint8), points)
    rows, columns = np.nonzero(drawn.any(-1))
    assert abs(rows.mean() - 10) < 1
    assert abs(columns.mean() - 20) < 1
