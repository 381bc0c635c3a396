"""`annotate`, and `complete` of a photo that has nothing beside it."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from absl import flags
from PIL import Image

from tf_tryon.annotation.annotation import Annotation
from tf_tryon.annotation.annotator import Annotator
from tf_tryon.cli import complete_all
from tf_tryon.cli import main as cli
from tf_tryon.data.keypoints import to_openpose
from tf_tryon.data.label_picture import save_labels
from tf_tryon.data.person import Person
from tf_tryon.errors import MissingFileError


@pytest.fixture
def photo(tmp_path, make_person, monkeypatch):
    """A photo's file; the annotator that the command line loads knows its person."""
    made = make_person(1, 128)
    Image.fromarray(made["photo"]).save(tmp_path / "anna.png")
    sure = {"hat": 0.9, "top": 0.5, "bottom": 0.9, "shoes": 0.9}

    class Known(Annotator):
        calls: list = []  # noqa: RUF012

        def annotate(self, photo, person=None, source=None):
            self.calls.append((photo.shape, person))
            mask = (made["labels"] > 0).astype(np.float32)
            return Annotation(
                made["labels"], "cihp20", made["keypoints"], mask, sure, warnings=["uncertain of the top"]
            )

    def load(*args, **options):
        Known.options = (args, options)
        return Known(SimpleNamespace(close=lambda: None), None)

    monkeypatch.setattr(Annotator, "load", load)
    return SimpleNamespace(path=tmp_path / "anna.png", out=tmp_path / "out", known=Known)


def test_annotate_writes_what_complete_reads(photo, capsys):
    assert cli.main(["annotate", str(photo.path), f"--out={photo.out}", "--cut=allow", "--person=1"]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == str(photo.out / "report.json")
    assert "uncertain of the top" in printed.err
    assert photo.known.options[1]["allow_cut"]
    assert photo.known.calls == [((128, 128, 3), 1)]
    (entry,) = json.loads((photo.out / "report.json").read_text())["entries"]
    assert entry["mask_agreement"] == 1
    assert {path.name for path in photo.out.iterdir()} == {
        "anna.png", "anna_parsing.png", "anna_keypoints.json", "anna_preview.png", "report.json"
    }  # fmt: skip
    assert Person.from_files(photo.out / "anna.png").size == (128, 128)


def test_complete_annotates_on_the_way(photo, tmp_path, capsys):
    mask = np.zeros((128, 128), np.uint8)
    mask[40:70, 45:80] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    line = ["complete", str(photo.path), "--samples=1", f"--out={photo.out}", f"--mask={tmp_path / 'mask.png'}"]
    assert cli.main([*line, "--background=restore"]) == 0
    printed = capsys.readouterr()
    assert "uncertain of the top" in printed.err
    assert "anna_preview.png" in printed.err
    result = json.loads((photo.out / "anna" / "result.json").read_text())
    assert (result["mask"], result["background"]) == (True, "restore")
    before, after = (np.asarray(Image.open(p)) for p in (photo.path, photo.out / "anna" / "sample-1.png"))
    changed = (before != after).any(-1)
    assert changed[mask > 0].mean() > 0.5
    assert not changed[:, :20].any()
    assert cli.main([*line, str(photo.path)]) == 1
    assert "--mask is of one photo" in capsys.readouterr().err


def test_a_refused_photo_is_status_1(photo, tmp_path, capsys):
    (tmp_path / "bad.jpg").write_text("no picture")
    assert cli.main(["annotate", str(tmp_path / "bad.jpg"), str(photo.path), f"--out={photo.out}"]) == 1
    error = capsys.readouterr().err
    assert "bad.jpg: not a readable picture" in error
    assert "1 of 2 photos" in error


@pytest.fixture
def everybody(photo):
    """(arguments) -> the flags of `complete-all`; no test finds another's annotator."""

    def values(*args):
        flag_values = flags.FlagValues()
        complete_all.define_flags(flag_values)
        flag_values(["complete-all", f"--out={photo.out}", *args])
        return flag_values

    complete_all._people.cache_clear()
    yield values
    complete_all._people.cache_clear()


def test_complete_all_annotates_on_the_way(photo, everybody):
    """With what a process gets of the flags, which is not the flags themselves."""
    flag_values = everybody(f"--photos={photo.path}", "--cut=allow")
    (given,) = complete_all._given(flag_values)
    person = complete_all.reader(flag_values)(given.argument)
    assert person.size == (128, 128)
    assert photo.known.options[1]["allow_cut"]


def test_other_weights_in_the_same_file_are_another_parser(photo, everybody, tmp_path, monkeypatch):
    """For a process that outlives a run, and one that was started in another folder."""
    monkeypatch.chdir(tmp_path)
    loaded = []
    monkeypatch.setattr(complete_all, "People", lambda values, _: loaded.append(values) or SimpleNamespace(one=str))
    for content in ("first", "second", "second"):
        (tmp_path / "own.task").write_text(content)
        complete_all.reader(everybody("--photos=anna.png", "--pose_model=own.task"))("anna.png")
    assert [values.pose_model for values in loaded] == [str(tmp_path / "own.task")] * 2
    with pytest.raises(MissingFileError, match=r"none\.task is missing: name a file by --pose-model"):
        complete_all.reader(everybody("--photos=anna.png", "--pose_model=none.task"))


def test_what_lies_beside_a_link_is_read(photo, everybody, tmp_path, make_person):
    """A selection of links, or a folder that git-annex keeps: the parsing is beside the link."""
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "berta.png"
    link.symlink_to(photo.path)
    made = make_person(1, 128)
    save_labels(made["labels"], "cihp20", link.with_name("berta_parsing.png"))
    link.with_name("berta_keypoints.json").write_text(json.dumps(to_openpose(made["keypoints"])))
    flag_values = everybody(f"--photos={link}")
    (given,) = complete_all._given(flag_values)
    assert (given.name, given.origin) == ("berta", str(photo.path))
    assert complete_all.reader(flag_values)(given.argument).id == "berta"
    assert not photo.known.calls
