"""The seam: soft inside, nothing outside, and nothing of the old garment."""

import numpy as np

from tf_tryon.inference.blending import blend_seam


def test_the_seam_fades_inwards_except_beside_what_is_gone():
    photo = np.full((40, 40, 3), 200, np.uint8)
    pasted = photo.copy()
    erased = np.zeros((40, 40), bool)
    erased[10:30, 10:30] = True
    pasted[erased] = 0
    gone = np.zeros((40, 40), bool)
    gone[10:30, 28:30] = True
    out = blend_seam(photo, pasted, erased, gone, 5.0)
    np.testing.assert_array_equal(out[~erased], photo[~erased])
    assert (out[gone] == 0).all()
    assert (out[15:25, 15:25] == 0).all()
    row = out[20, 10:16, 0].astype(int)
    np.testing.assert_array_equal(row, [160, 120, 80, 40, 0, 0])  # 200 * (1 - depth / 5)
    np.testing.assert_array_equal(blend_seam(photo, pasted, erased, gone, 0.0), pasted)
    np.testing.assert_array_equal(blend_seam(photo, pasted, np.zeros_like(erased), gone, 5.0), pasted)
