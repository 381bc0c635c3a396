import numpy as np
import pytest

from tf_tryon.evaluation import texture_metrics as metrics

SIZE = 64


@pytest.fixture
def erased() -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[10:50, 12:60] = True
    return mask


@pytest.fixture
def photo() -> np.ndarray:
    """Smooth with a little noise."""
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE
    smooth = np.stack([rows, columns, (rows + columns) / 2], axis=-1) * 0.5 + 0.2
    return (smooth + np.random.default_rng(0).normal(0, 0.01, smooth.shape)).astype(np.float32)


def test_closeness_counts_the_box_only(photo: np.ndarray, erased: np.ndarray) -> None:
    picture = photo + 0.1
    assert metrics.l1(picture, photo, erased) == pytest.approx(0.1, abs=1e-6)
    assert metrics.psnr(picture, photo, erased) == pytest.approx(20, abs=1e-3)
    outside = np.where(erased[..., None], photo, 0)
    assert metrics.l1(outside, photo, erased) == 0
    assert metrics.psnr(outside, photo, erased) == 100


def test_ssim_is_one_for_the_truth_and_the_mean_of_its_map(photo: np.ndarray, erased: np.ndarray) -> None:
    flat = metrics.fill_box(photo, erased)
    everywhere = np.ones_like(erased)
    values = metrics.ssim(np.stack([photo, flat, flat]), np.stack([photo] * 3), np.stack([erased, erased, everywhere]))
    assert values[0] == pytest.approx(1)
    assert values[1] < values[2] < 1


def test_spread_is_the_root_of_the_trace_of_the_covariance() -> None:
    colours = np.random.default_rng(0).normal(size=(50, 3)) @ np.diag([1, 2, 3])
    assert metrics.spread(colours) == pytest.approx(np.sqrt(np.trace(np.cov(colours.T))))
    gap = np.concatenate([colours, [[np.nan] * 3]])
    assert metrics.spread(gap) == pytest.approx(metrics.spread(colours))
    assert np.isnan(metrics.spread(colours[:1]))


def test_skin_is_compared_with_limbs_and_the_face_near_the_nose(photo: np.ndarray, erased: np.ndarray) -> None:
    labels = np.zeros((SIZE, SIZE), np.uint8)
    labels[:10] = 1
    labels[20:40, 20:30] = 2
    labels[52:60, 20:30] = 3
    picture = np.zeros_like(photo)
    picture[:10] = 0.9  # hair
    picture[4:9, 28:36] = 0.5  # around the nose
    picture[52:60] = 0.5
    picture[20:40, 20:30] = 0.6
    points = np.zeros((18, 3), np.float32)
    points[0] = (32, 6.5, 1)
    reference = metrics.visible_skin(picture, labels, erased, points)
    np.testing.assert_allclose(reference, 0.5)
    assert metrics.skin_distance(picture, labels, erased, reference) == pytest.approx(0.1 * np.sqrt(3), abs=1e-6)
    assert np.isnan(metrics.skin_distance(picture, labels * 0, erased, reference))


def test_a_planted_seam_is_measured(photo: np.ndarray, erased: np.ndarray) -> None:
    own = metrics.seam(photo, erased)
    assert own.jump == pytest.approx(own.local, rel=0.2)
    shifted = np.where(erased[..., None], photo + 0.2, photo)
    planted = metrics.seam(shifted, erased)
    assert planted.jump == pytest.approx(0.2, abs=0.02)
    assert planted.local == pytest.approx(own.local, abs=1e-6)
    assert np.isnan(metrics.seam(photo, np.ones_like(erased)).jump)


def test_a_planted_halo_is_measured(photo: np.ndarray, erased: np.ndarray) -> None:
    background = np.ones_like(erased)
    glow = photo.copy()
    glow[10:12, 12:60] += 0.3  # the upper of four sides, band two pixels deep
    share = 2 * 48 / (2 * 48 * 2 + 2 * 36 * 2)
    assert metrics.halo(glow, photo, background, erased) == pytest.approx(0.3 * np.sqrt(3) * share, rel=1e-3)
    glow[14:40, 20:40] = 0  # deep inside
    assert metrics.halo(glow, photo, background, erased) == pytest.approx(0.3 * np.sqrt(3) * share, rel=1e-3)


@pytest.mark.parametrize("period", metrics.PERIODS)
def test_a_planted_weave_stands_out_at_its_period(photo: np.ndarray, erased: np.ndarray, period: int) -> None:
    wave = 0.05 * np.cos(2 * np.pi * np.arange(SIZE) / period)
    woven = photo + wave[:, None, None].astype(np.float32)
    own = dict(zip(metrics.PERIODS, metrics.weave(photo, erased), strict=True))
    actual = dict(zip(metrics.PERIODS, metrics.weave(woven, erased), strict=True))
    assert actual[period] == pytest.approx(np.var(wave), rel=0.3)
    assert actual[period] > 20 * own[period]
    for shorter in (p for p in metrics.PERIODS if p < period):
        assert actual[shorter] < 0.2 * actual[period]


def test_a_box_without_a_block_has_no_weave(photo: np.ndarray) -> None:
    small = np.zeros((SIZE, SIZE), bool)
    small[:10, :10] = True
    assert np.isnan(metrics.weave(photo, small)).all()
