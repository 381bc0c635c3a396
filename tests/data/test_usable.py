import numpy as np
import pytest

from tf_tryon import config as config_lib
from tf_tryon.data import records, usable


def test_the_table_says_who_shows_what_and_is_cached(data_set):
    opened = records.open_records(data_set)
    shown, dress = usable.garment_table(opened)
    index = np.arange(18)
    expected = np.stack([index % 3 == 0, index >= 0, index >= 0, index % 7 != 6], 1)
    np.testing.assert_array_equal(shown, expected)
    np.testing.assert_array_equal(dress, index % 5 == 4)
    assert (data_set / "usable.npz").exists()
    np.testing.assert_array_equal(usable.garment_table(opened)[0], shown)


def test_usable_people_by_split_target_and_dress(data_set):
    opened, config = records.open_records(data_set), config_lib.thesis("shape")
    # Number 6 wears a hat but no shoes, number 13 neither.
    assert usable.usable(opened, "train", config).tolist() == list(range(13))
    assert usable.usable(opened, "test", config).tolist() == [14, 15, 16, 17]
    assert usable.usable(opened, "test", config, "hat").tolist() == [15]
    assert usable.usable(opened, "test", config, "bottom").tolist() == [15, 16, 17]
    assert not len(usable.usable_if_any(opened, "test", config, "dress"))
    config.data.dresses = True
    assert usable.usable(opened, "test", config, "bottom").tolist() == [15, 16, 17]
    assert usable.usable(opened, "test", config, "dress").tolist() == [14]
    config.data.min_garments = 5
    with pytest.raises(ValueError, match="nobody in split 'train'"):
        usable.usable(opened, "train", config)
    with pytest.raises(ValueError, match="unknown garment 'sock'"):
        usable.usable(opened, "train", config, "sock")


def test_a_new_data_set_makes_the_cache_stale(tmp_path, make_data_set, make_person):
    folder = make_data_set(tmp_path / "people", 6, 2)
    usable.garment_table(records.open_records(folder))
    cache = (folder / "usable.npz").read_bytes()
    with records.RecordWriter(folder, (64, 64), overwrite=True) as writer:
        writer.write(records.encode(**make_person(6)))
    assert (folder / "usable.npz").read_bytes() == cache
    assert usable.garment_table(records.open_records(folder))[0].tolist() == [[True, True, True, False]]


def test_a_garment_is_measured_by_its_own_picture(tmp_path, make_person):
    """The hat has 55 pixels: enough of 64x64, a speck of 64x6400."""
    with records.RecordWriter(tmp_path) as writer:
        for width in (64, 6400):
            person = make_person(0)
            for name in ("photo", "labels"):
                more = [(0, 0), (0, width - 64)] + [(0, 0)] * (person[name].ndim - 2)
                person[name] = np.pad(person[name], more)
            writer.write(records.encode(**person))
    shown, _ = usable.garment_table(records.open_records(tmp_path))
    assert shown.tolist() == [[True, True, True, True], [False, True, True, False]]
    again, _ = usable.garment_table(records.open_records(tmp_path))
    assert again.tolist() == shown.tolist()
