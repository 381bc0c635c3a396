import numpy as np

from tf_tryon.data.vocabulary import CIHP20
from tf_tryon.data.window import Window


def test_labels_and_their_classes_are_framed_alike(make_person):
    """A record keeps fine labels, a photo of one's own only classes: both must give the nets the same picture."""
    labels = np.pad(make_person(0, 128)["labels"], ((9, 3), (40, 5)))
    window = Window.around(labels, 64, 64)
    table = CIHP20.table()
    fine = window.frame_labels(labels, table)
    assert set(np.unique(fine)) <= set(np.unique(labels))
    assert (table[fine] == window.frame_labels(table[labels])).mean() > 0.999
    np.testing.assert_array_equal(window.frame_labels(labels) > 0, fine > 0)
