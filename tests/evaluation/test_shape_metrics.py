import numpy as np
import pytest

from tf_tryon.evaluation import shape_metrics as metrics


def disc(x: float, y: float = 100, radius: float = 50, size: int = 200) -> np.ndarray:
    rows, columns = np.ogrid[:size, :size]
    return np.hypot(rows + 0.5 - y, columns + 0.5 - x) <= radius


@pytest.mark.parametrize("distance", [0.0, 20.0, 50.0, 90.0, 100.0])
def test_two_discs_have_the_lens_s_iou(distance: float) -> None:
    radius = 50.0
    half = distance / (2 * radius)
    lens = 2 * radius**2 * np.arccos(half) - distance / 2 * np.sqrt(4 * radius**2 - distance**2)
    expected = lens / (2 * np.pi * radius**2 - lens)
    assert metrics.iou(disc(60), disc(60 + distance)) == pytest.approx(expected, abs=0.01)


def test_empty_masks_agree_with_each_other_only() -> None:
    empty = np.zeros((200, 200), bool)
    assert metrics.iou(empty, empty) == 1
    assert metrics.iou(empty, disc(60)) == 0


def test_diversity_is_the_mean_over_pairs() -> None:
    samples = np.stack([disc(60), disc(60), disc(90), disc(140)])
    pairs = [1 - float(metrics.iou(samples[i], samples[j])) for i in range(4) for j in range(i)]
    assert metrics.diversity(samples) == pytest.approx(np.mean(pairs), abs=1e-6)
    assert metrics.diversity(samples[:2]) == 0
    assert np.isnan(metrics.diversity(samples[:1]))
    assert metrics.best_iou(samples, disc(90)) == 1


def test_box_accuracy_looks_at_the_box_only() -> None:
    truth = np.zeros((2, 10, 10), np.uint8)
    erased = np.zeros((2, 10, 10), bool)
    erased[0, :4, :5] = True
    labels = truth.copy()
    labels[0, 0, :5] = 5
    labels[0, 9] = 5
    accuracy = metrics.box_accuracy(labels, truth, erased)
    assert accuracy[0] == pytest.approx(0.75)
    assert np.isnan(accuracy[1])


def test_planted_components_are_found() -> None:
    mask = np.zeros((128, 128), bool)
    mask[10:40, 10:40] = True  # 900
    mask[40, 40] = True  # touches by a corner: the same component
    mask[60, 60] = True  # a speck
    mask[80, 80:82] = True  # two pixels are 8 at 256: no speck
    sizes = metrics.component_sizes(mask)
    assert sizes.tolist() == [901, 2, 1]
    assert metrics.specks(sizes, 128, 128) == 1
    assert metrics.specks(sizes, 256, 256) == 2
    assert metrics.is_whole(sizes)
    mask[90:94, 90:100] = True  # 40 of 944
    assert not metrics.is_whole(metrics.component_sizes(mask))


def test_an_empty_garment_is_a_failure() -> None:
    sizes = metrics.component_sizes(np.zeros((8, 8), bool))
    assert not metrics.is_whole(sizes)
    assert metrics.specks(sizes, 8, 8) == 0


@pytest.mark.parametrize(("right", "left"), [(1.0, 1.0), (0.25, 0.75), (0.0, 0.5)])
def test_a_trouser_leg_s_length_is_its_limb_cover(right: float, left: float) -> None:
    points = np.zeros((18, 3), np.float32)
    points[[8, 9, 10]] = [(40, 20, 1), (40, 60, 1), (40, 100, 1)]
    points[[11, 12, 13]] = [(80, 20, 1), (80, 60, 1), (80, 100, 1)]
    mask = np.zeros((128, 128), bool)
    mask[20 : 20 + round(80 * right), 35:45] = True
    mask[20 : 20 + round(80 * left), 75:85] = True
    cover = metrics.limb_cover(mask, points, slot=2)
    np.testing.assert_allclose(cover, [right, left], atol=0.02)
    assert metrics.asymmetry(cover) == pytest.approx(abs(right - left), abs=0.02)


def test_limbs_that_cannot_be_seen_tell_nothing() -> None:
    mask = np.ones((128, 128), bool)
    points = np.zeros((18, 3), np.float32)
    points[[2, 3, 4]] = [(40, 20, 1), (40, 22, 1), (40, 24, 1)]  # points at the camera
    points[[5, 6, 7]] = [(80, 20, 1), (80, 60, 0), (80, 100, 1)]  # the elbow is missing
    assert np.isnan(metrics.limb_cover(mask, points, slot=1)).all()
    assert np.isnan(metrics.asymmetry(metrics.limb_cover(mask, points, slot=0)))


def test_mean_iou_is_over_the_classes_inside_the_box() -> None:
    truth = np.array([[5, 5, 2, 0], [5, 5, 2, 0]], np.uint8)
    made = np.array([[5, 2, 2, 7], [5, 2, 2, 7]], np.uint8)
    erased = np.array([[True, True, True, False]] * 2)
    assert metrics.mean_iou(made, truth, erased) == (0.5 + 0.5) / 2
    assert metrics.mean_iou(truth, truth, erased) == 1
    assert np.isnan(metrics.mean_iou(made, truth, ~(erased | True)))
