"""What a server refuses of a person, told by the graph itself."""

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data.vocabulary import BOTTOM, FACE
from tf_tryon.export.person_graph import check_worn, target_slot


@pytest.mark.parametrize("pixels", [0, 1])
def test_a_speck_is_not_worn(pixels: int) -> None:
    labels = np.full((40, 40), FACE, np.uint8)
    labels[0, :pixels] = BOTTOM
    garment = tf.constant("bottom")
    given = tf.constant(False), garment, target_slot(garment, ("bottom",))
    with pytest.raises(tf.errors.InvalidArgumentError, match="no more than a speck"):
        check_worn(tf.constant(labels), *given)
    labels[0, :4] = BOTTOM
    check_worn(tf.constant(labels), *given)
