"""People who must not be shown: garments alone."""

import numpy as np

from tf_tryon.data import vocabulary
from tf_tryon.experiments.pictures import garment_alone


def test_a_garment_alone_shows_nothing_of_the_person() -> None:
    rng = np.random.default_rng(0)
    photo = rng.uniform(0, 0.5, size=(2, 12, 12, 3)).astype(np.float32)
    labels = rng.integers(1, 8, size=(2, 12, 12)).astype(np.uint8)  # skin, hair and others all around
    top = vocabulary.slot_of("top")
    labels[:, 3:9, 3:9] = vocabulary.GARMENT_CLASSES[top]
    within = np.ones((2, 12, 12), bool)
    within[1, :6] = False
    alone = garment_alone(photo, labels, top, within)
    ground = alone[0, 0, 0]
    assert ground.min() == ground.max() > 0.9
    shown = (alone != ground).any(axis=-1)
    assert not shown[:, :4].any()  # the outline's own pixels may be the neighbour's: left out
    assert (labels[shown] == vocabulary.GARMENT_CLASSES[top]).all()
    np.testing.assert_array_equal(alone[0, 4:8, 4:8], photo[0, 4:8, 4:8])
    assert shown[1].sum() < shown[0].sum()
    assert not shown[1, :6].any()
