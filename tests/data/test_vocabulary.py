import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.data import vocabulary as v
from tf_tryon.data.schema import carried, dress_in


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("cihp20", "torso-skin", v.UPPER_SKIN),
        ("lip20", "jumpsuits", v.BOTTOM),
        ("lip20", "coat", v.TOP),
        ("cihp20", "right-leg", v.LOWER_SKIN),
        ("cihp20", "sunglasses", v.FACE),
        ("cihp20", "socks", v.BACKGROUND),
        ("atr18", "skirt", v.BOTTOM),
        ("atr18", "left-shoe", v.SHOES),
        ("atr18", "face", v.FACE),
        ("atr18", "bag", v.BACKGROUND),
        ("tryon8", "hat", v.HAT),
    ],
)
def test_labels_become_classes(name, source, expected):
    label = v.named(name).labels.index(source)
    assert v.to_classes(np.full((2, 2), label, np.uint8), name).tolist() == [[expected] * 2] * 2


def test_every_vocabulary_reaches_every_class_and_names_its_dresses():
    for name, known in v.RECORD_VOCABULARIES.items():
        assert len(known.labels) == len(known.classes), name
        assert set(known.classes) == set(range(8)), name
        for label in known.dress_labels:
            assert known.labels[label] in ("dress", "jumpsuits")
            assert known.classes[label] == v.BOTTOM


def test_what_is_carried_is_background_in_every_vocabulary():
    names = {"lip20": ["glove", "scarf"], "cihp20": ["glove", "scarf"], "atr18": ["bag", "scarf"], "tryon8": []}
    for name, known in v.RECORD_VOCABULARIES.items():
        assert [known.labels[label] for label in known.carried_labels] == names[name]
        assert {known.classes[label] for label in known.carried_labels} <= {v.BACKGROUND}
        every = np.arange(len(known.labels), dtype=np.uint8)[None]
        number = tf.constant(list(v.RECORD_VOCABULARIES).index(name))
        told = known.carried(every)
        np.testing.assert_array_equal(carried(tf.constant(every, tf.int32), number), told if names[name] else 0 * every)
        assert (told is None) == (not names[name])
        assert told is None or told.sum() == len(names[name])
    bags = np.full((1, 2), v.MM24_LABELS.index("bag"), np.uint8)
    assert v.CIHP20.carried(v.mm24_to_cihp20(bags, np.zeros((18, 3)))).all()


@pytest.mark.parametrize(("dresses", "pants", "wanted"), [(0, 0, False), (4, 0, True), (4, 4, True), (3, 4, False)])
def test_a_few_pixels_of_a_dress_are_none(dresses, pants, wanted):
    picture = labels(*[6] * dresses, *[9] * pants, 5)
    assert v.CIHP20.shows_dress(picture) is wanted
    assert bool(dress_in(tf.constant(picture == 6), tf.constant(v.to_classes(picture, "cihp20")))) is wanted


def test_a_speck_is_not_worn():
    """Beside the person, however much of the photo that is."""
    classes = np.zeros((200, 200), np.uint8)
    classes[20:70, 20:40] = v.BOTTOM
    classes[20, 20] = v.HAT
    assert v.worn_targets(classes, dress=False) == ("bottom",)
    classes[20, 20:22] = v.HAT
    assert v.worn_targets(classes, dress=True) == ("hat", "dress")
    assert v.worn_targets(np.zeros((4, 4), np.uint8), dress=False) == ()


def labels(*values):
    return np.array([values], np.uint8)


def test_detection():
    assert v.detect(labels(0, 5, 7)) == "tryon8"
    assert v.detect(labels(0, 13, 22)) == "mm24"
    assert v.detect(labels(0, 5, 13, 19)) == "cihp20"
    with pytest.raises(ValueError, match=r"x\.png: label 10 is jumpsuits in LIP-20 and torso skin"):
        v.detect(labels(0, 10, 19), source="x.png")
    with pytest.raises(ValueError, match=r"fit several.*face has.*11 in atr18, 13 in lip20.*--vocabulary"):
        v.detect(labels(0, 13))
    neck = labels(10, *[5] * 19, 19)
    with pytest.raises(ValueError, match=r"Here it is 5% of the person, as skin.*give --vocabulary cihp20"):
        v.detect(neck)
    with pytest.raises(ValueError, match=r"Here it is 50% of the person, as a garment.*give --vocabulary lip20"):
        v.detect(labels(10, 19))
    with pytest.raises(ValueError, match="colours or grey"):
        v.detect(labels(0, 200))


def test_lips_palette_tells_even_without_shoes():
    palette = np.zeros((20, 3), np.uint8)
    palette[[2, 5, 13]] = [(255, 0, 0), (255, 85, 0), (0, 0, 255)]
    assert v.detect(labels(0, 2, 5, 13), palette) == "cihp20"
    assert v.detect(labels(0, 2, 5), palette) == "cihp20"


def test_wrong_vocabularies_are_refused():
    with pytest.raises(ValueError, match="label 19 is not in atr18"):
        v.to_classes(labels(19), "atr18", "x.png")
    with pytest.raises(ValueError, match="choose one of lip20"):
        v.to_classes(labels(0), "voc")
    with pytest.raises(ValueError, match="uint8"):
        v.to_classes(np.zeros((2, 2), np.int64), "lip20")


def test_multimodal_skin_splits_at_the_hips_but_hanging_hands_stay_upper():
    points = np.zeros((18, 3), np.float32)
    points[[3, 4, 8, 9, 10]] = [(8, 20, 1), (8, 50, 1), (30, 50, 1), (30, 75, 1), (30, 98, 1)]
    picture = np.zeros((100, 60), np.uint8)
    picture[10:60, 6:10] = 15  # arm, with a hand that reaches below the hip
    picture[60:95, 28:33] = 15  # leg
    picture[20:50, 25:35] = 21  # rompers
    classes = v.to_classes(v.mm24_to_cihp20(picture, points), "cihp20")
    assert (classes[10:60, 6:10] == v.UPPER_SKIN).all()
    assert (classes[60:95, 28:33] == v.LOWER_SKIN).all()
    assert (classes[20:50, 25:35] == v.BOTTOM).all()
    upper_body = v.to_classes(v.mm24_to_cihp20(picture, np.zeros((18, 3))), "cihp20")
    assert not (upper_body == v.LOWER_SKIN).any()


def test_multimodal_names_agree_with_cihp():
    table = v.mm24_to_cihp20(np.arange(24, dtype=np.uint8)[None], np.zeros((18, 3)))[0]
    classes = v.to_classes(table[None], "cihp20")[0]
    by_name = dict(zip(v.MM24_LABELS, classes.tolist(), strict=True))
    assert by_name["headwear"] == v.HAT
    assert by_name["footwear"] == v.SHOES
    assert by_name["outer"] == by_name["top"] == v.TOP
    assert by_name["leggings"] == by_name["skirt"] == by_name["dress"] == v.BOTTOM
    assert by_name["hair"] == by_name["face"] == by_name["eyeglass"] == v.FACE
    assert by_name["bag"] == by_name["gloves"] == v.BACKGROUND
