"""A folder with broken files among its photos: all good ones are annotated, all bad ones reported, nothing twice."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.annotation.batch import REPORT, annotate_all
from tf_tryon.data.person import Person
from tf_tryon.data.photo import photos_of
from tf_tryon.data.upright import turned_points

GOOD, BROKEN = 15, 5


@pytest.fixture
def folder(tmp_path, made) -> Path:
    photos = tmp_path / "photos"
    photos.mkdir()
    for i in range(GOOD):
        Image.fromarray(np.roll(made["photo"], i, axis=1)).save(photos / f"good-{i:02d}.jpg", quality=90)
    image = Image.fromarray(made["photo"])
    (photos / "bad-text.jpg").write_text("no picture")
    (photos / "bad-empty.png").touch()
    image.save(photos / "bad-cut.jpg")
    (photos / "bad-cut.jpg").write_bytes((photos / "bad-cut.jpg").read_bytes()[:1500])
    image.save(photos / "bad-moving.gif", save_all=True, append_images=[Image.fromarray(255 - made["photo"])])
    Image.new("RGB", (64, 64)).save(photos / "bad-nobody.png")
    (photos / "notes.txt").write_text("not named like a picture")
    return photos


@pytest.fixture
def counting(annotator):
    """The annotator, which finds nobody in black pictures and counts how often it was asked."""
    plain, annotator.calls = annotator.annotate, 0

    def annotate(photo, *args):
        annotator.calls += 1
        if not photo.any():
            raise AnnotationError("no person", "no person is found")
        return plain(photo, *args)

    annotator.annotate = annotate
    return annotator


def test_good_ones_are_annotated_and_bad_ones_reported(folder, counting, tmp_path):
    out = tmp_path / "out"
    report = annotate_all(counting, photos_of([folder]), out, {})
    assert len(report.entries) == GOOD + BROKEN
    reasons = {Path(entry["photo"]).name: entry["reason"] for entry in report.failed}
    assert reasons == {
        "bad-text.jpg": "unreadable", "bad-empty.png": "unreadable", "bad-cut.jpg": "truncated",
        "bad-moving.gif": "animated", "bad-nobody.png": "no person",
    }  # fmt: skip
    written = json.loads((out / REPORT).read_text())
    assert (written["photos"], written["annotated"], sum(written["refused"].values())) == (20, GOOD, BROKEN)
    assert len(list(out.iterdir())) == 4 * GOOD + 1
    person = Person.from_files(out / "good-03.jpg")
    assert set(np.unique(person.labels)) == set(range(8))
    with Image.open(out / "good-03_preview.png") as preview:
        assert preview.width > 512


def test_what_was_done_is_not_done_again(folder, counting, tmp_path):
    out, photos = tmp_path / "out", photos_of([folder])
    annotate_all(counting, photos, out, {"cut": "refuse"})
    calls = counting.calls
    assert calls == GOOD + 1  # unreadable files never reach it
    (out / "good-04_parsing.png").unlink()
    Image.fromarray(np.full((256, 256, 3), 9, np.uint8)).save(folder / "good-05.jpg")
    annotate_all(counting, photos, out, {"cut": "refuse"})
    assert counting.calls == calls + 2
    annotate_all(counting, photos, out, {"cut": "allow"})
    assert counting.calls == 2 * calls + 2
    (out / REPORT).write_text("no report")
    with pytest.raises(ValueError, match="it is no report"):
        annotate_all(counting, photos, out, {})


def test_what_is_found_in_a_folder(folder, tmp_path):
    names = [path.name for path in photos_of([folder])]
    assert len(names) == GOOD + BROKEN
    assert "notes.txt" not in names
    (tmp_path / "empty").mkdir()
    for wrong in ("empty", "nowhere"):
        with pytest.raises(FileNotFoundError, match=wrong):
            photos_of([tmp_path / wrong])


def test_equal_names_do_not_overwrite_each_other(folder, counting, tmp_path):
    other = tmp_path / "others" / "good-00.jpg"
    other.parent.mkdir()
    shutil.copy(folder / "good-01.jpg", other)
    first = folder / "good-00.jpg"
    annotate_all(counting, [first], tmp_path / "out", {})
    for photos in ([other], [other, first]):  # in one run or two
        annotate_all(counting, photos, tmp_path / "out", {})
    copies = sorted((tmp_path / "out").glob("good-00*.jpg"))
    assert [path.read_bytes() for path in copies] == [other.read_bytes(), first.read_bytes()]
    assert counting.calls == 2


def test_mended_annotations_are_kept(folder, counting, tmp_path, untouched):
    out = tmp_path / "out"
    photo = folder / "good-00.jpg"
    annotate_all(counting, [photo], out, {"cut": "refuse"})
    with Image.open(out / "good-00_parsing.png") as labels:
        labels.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(out / "good-00_parsing.png")
    for _ in range(2):
        with untouched(out, lambda name: name == REPORT):
            (entry,) = annotate_all(counting, [photo], out, {"cut": "allow"}).entries
        assert entry["reason"] == "in the way"
        assert "good-00_parsing.png was changed since" in entry["message"]
    assert counting.calls == 1  # nobody looks at the photo for that
    (out / "good-00_parsing.png").rename(tmp_path / "mine.png")
    assert annotate_all(counting, [photo], out, {"cut": "allow"}).failed == []


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (AnnotationError("feet cut", "the feet are cut off"), False),
        (AnnotationError("model missing", "no such package"), True),
        (FileNotFoundError("the label picture is missing"), True),
        (ValueError("a HEIC photo, which needs a package"), True),
    ],
)
def test_a_refusal_lasts_if_it_follows_from_what_the_photo_shows(folder, counting, tmp_path, error, again):
    plain, asked = counting.annotate, []

    def refuse(*_):
        asked.append(1)
        raise error

    counting.annotate = refuse
    for _ in range(2):
        assert len(annotate_all(counting, [folder / "good-00.jpg"], tmp_path / "out", {}).failed) == 1
    assert len(asked) == 1 + again
    counting.annotate = plain
    assert len(annotate_all(counting, [folder / "good-00.jpg"], tmp_path / "out", {}).failed) == 1 - again


@pytest.mark.parametrize("option", ["parser_weights", "pose_model"])
def test_other_weights_of_the_same_name_annotate_again(folder, counting, tmp_path, option):
    model, photo = tmp_path / "model", folder / "good-00.jpg"
    for text in ("first", "first", "other"):
        model.write_text(text)
        annotate_all(counting, [photo], tmp_path / "out", {option: str(model)})
    assert counting.calls == 2


def test_a_mended_label_picture_is_read_again(folder, counting, tmp_path):
    photo, parsings = folder / "good-00.jpg", tmp_path / "parsings"
    parsings.mkdir()
    for text in ("", "first", "first", "mended"):  # before the first there is none
        if text:
            (parsings / "good-00_segm.png").write_text(text)
            os.utime(parsings / "good-00_segm.png", ns=(0, len(text)))
        annotate_all(counting, [photo], tmp_path / "out", {"parsings": str(parsings)})
    assert counting.calls == 3


def test_the_report_goes_on_listing_what_earlier_runs_put_there(folder, counting, tmp_path):
    first, second, *_ = photos_of([folder])
    for photo in (first, second, first):
        assert len(annotate_all(counting, [photo], tmp_path / "out", {}).entries) == 1
    listed = json.loads((tmp_path / "out" / REPORT).read_text())["entries"]
    assert sorted(entry["photo"] for entry in listed) == sorted([str(first), str(second)])


@pytest.mark.parametrize("turns", [0, 1])
def test_a_turned_photo_is_written_upright(tmp_path, made, annotator, turns):
    (pose,) = annotator.pose.annotate(made["photo"])
    lying = turned_points(pose.keypoints, (256, 256), turns)
    photo = np.rot90(made["photo"], turns)
    Image.fromarray(photo).save(tmp_path / "anna.webp", lossless=True)
    annotator.pose = type(annotator.pose)(
        lambda seen: [dataclasses.replace(pose, keypoints=lying) if np.array_equal(seen, photo) else pose]
    )
    for _ in range(2):  # the second time it is known to be done
        report = annotate_all(annotator, [tmp_path / "anna.webp"], tmp_path / "out", {})
        assert report.entries[0]["turned"] == -turns % 4 * 90
        annotator.pose = None
    person = Person.from_files(tmp_path / "out" / ("anna.png" if turns else "anna.webp"))
    np.testing.assert_array_equal(person.photo, made["photo"])
