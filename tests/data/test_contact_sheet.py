import numpy as np
import pytest

from tf_tryon import config as config_lib
from tf_tryon.data import contact_sheet, records, vocabulary
from tf_tryon.data.person import Person


def test_pictures_show_what_they_say(data_set):
    person = Person.of(records.open_records(data_set), 0)
    config = config_lib.thesis("shape")
    config.data.height = config.data.width = 64
    shown = dict(zip(contact_sheet.COLUMNS, contact_sheet.pictures(person, "top", config), strict=True))
    assert all(picture.shape == (64, 64, 3) and picture.dtype == np.uint8 for picture in shown.values())
    np.testing.assert_array_equal(shown["parsing"], vocabulary.colour(person.labels))
    assert (shown["erased"][person.labels == vocabulary.TOP] == 128).all()
    assert (shown["x_c"][:32, 32:] == 128).all()  # the target's quarter
    assert (shown["x_s"] == vocabulary.PALETTE[vocabulary.TOP]).all(-1).any()


def test_sheets_of_any_count_are_equally_wide(data_set):
    opened = records.open_records(data_set)
    sheet = contact_sheet.contact_sheet(opened, count=3, cell=40)
    wide = contact_sheet.contact_sheet(opened, count=4, cell=40, garment="hat", split="test")
    assert sheet.shape == wide.shape
    with pytest.raises(ValueError, match="unknown garment"):
        contact_sheet.contact_sheet(opened, garment="sock")


def test_people_on_photos_of_their_own_sizes_are_cropped(photos_of_own_sizes):
    opened = records.open_records(photos_of_own_sizes)
    assert contact_sheet.contact_sheet(opened, count=3, cell=40).ndim == 3
    cropped = contact_sheet.cropped_to(Person.of(opened, 5), (64, 48))
    rows = np.flatnonzero(cropped.labels.any(axis=1))
    assert cropped.photo.shape == (64, 48, 3)
    assert rows[-1] + 1 - rows[0] == pytest.approx(0.97 * 64, abs=1.5)
    assert cropped.keypoints[0, 1] == pytest.approx((5 / 54 * 0.97 + 0.015) * 64, abs=1.5)  # the nose in the face
