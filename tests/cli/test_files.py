"""No verb touches what it did not write, and docs/files.md tells what each writes."""

import fnmatch
import re
from pathlib import Path

import pytest

from tf_tryon.cli.main import VERBS, main

TABLE = Path(__file__).parents[2] / "docs" / "files.md"
# Share a module and all they do with files with `data viton`; write nothing; or run until they are stopped.
ALIKE = {name for name, verb in VERBS.items() if verb.module == "data_load" and name != "data viton"}
WITHOUT = {"doctor", "models", "serve"}
CHANGES_ITS_INPUT = {"parser calibrate"}  # what it is there for; tests/annotation/test_parser_training.py
RUN = sorted(VERBS.keys() - ALIKE - WITHOUT - CHANGES_ITS_INPUT - {"web"})


def rows() -> dict[str, list[str]]:
    """The globs of what each verb writes."""
    collected = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and (names := re.findall(r"`([^`]+)`", cells[0])):
            for name in names:
                collected[name] = [glob for glob in re.findall(r"`([^`]+)`", cells[1]) if glob not in VERBS]
    return collected


def written(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}


def test_the_table_lists_every_verb():
    assert rows().keys() == VERBS.keys()
    assert {name for name, globs in rows().items() if not any("/" in g or g.isupper() for g in globs)} == WITHOUT


@pytest.mark.parametrize("verb", RUN)
def test_a_verb_touches_nothing_but_what_it_wrote(verb, verb_runs, tmp_path, untouched, capsys):
    run = verb_runs[verb](tmp_path / "first")
    before = written(tmp_path / "first")
    assert main(run.words) == 0, capsys.readouterr().err
    own = written(tmp_path / "first") - before
    assert own

    # The table tells what it writes.
    globs = []
    for glob in rows()[verb]:
        for name, stands in run.places.items():
            stands = stands if "/" not in stands or glob in (name, f"{name}/*") else stands.rsplit(".", 1)[0]
            glob = glob.replace(name, stands)
        globs.append(glob)
    strange = [name for name in own if not any(fnmatch.fnmatch(name, glob) for glob in globs)]
    assert not strange, f"not in docs/files.md: {strange}, which has {globs}"

    # What a user puts beside it stays, and so does everything else, when the same command runs again.
    for folder in {Path(name).parent for name in own}:
        (tmp_path / "first" / folder / "notes.txt").write_text("mine")

    def may_change(name: str) -> bool:
        return Path(name).name != "notes.txt" and any(fnmatch.fnmatch(name, glob) for glob in globs)

    with untouched(tmp_path / "first", may_change):
        assert main(run.words) == 0, capsys.readouterr().err

    # Where a user's own files have all of these names it refuses, and changes nothing.
    second = verb_runs[verb](tmp_path / "second")
    for name in own:
        path = tmp_path / "second" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    capsys.readouterr()
    with untouched(tmp_path / "second"):
        assert main(second.words) == 1
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    assert "move" in printed or "choose another" in printed


# What takes long, and the files besides the mark.
SECOND = {
    "evaluate": ("evaluation.subject.load", ["report.md"]),
    "recommend": ("inference.recommend.recommend", ["best.png"]),
    "catalogue build": (
        "shop.build.read_product", ["items.json", "rejected.json", "codes.npz", "top.usearch", "cuts/000001.png"],
    ),
    "data check": ("data.checking.check.check", ["check.txt", "contact_sheet.png", "problems.png"]),
    "data viton": ("data.sources.build._built", ["rejections.txt"]),
    "export lite": (
        "export.lite.apart",
        ["completion_mixed.tflite", "completion_mixed_shape.png", "completion_mixed_texture.png"],
    ),
    "export parser": ("export.lite_parser.apart", ["parser_float16.tflite"]),
    "export tflite": ("export.tflite.convert", ["shape_float32.tflite", "shape_float32_means.png"]),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "name"), [(verb, name) for verb, (_, names) in SECOND.items() for name in names])
def test_a_file_in_the_way_is_told_before_the_work(verb, name, verb_runs, tmp_path, untouched, capsys, monkeypatch):
    run = verb_runs[verb](tmp_path)
    monkeypatch.setattr(f"tf_tryon.{SECOND[verb][0]}", lambda *_, **__: pytest.fail("the work has begun"))
    (run.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (run.folder / name).write_text("mine")
    with untouched(tmp_path):
        assert main(run.words) == 1
    assert f"{run.folder / name} is there and was not written by this command" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["complete", "request", "tflite run"])
def test_a_folder_of_the_photos_name_is_not_deleted(verb, verb_runs, tmp_path, untouched, capsys):
    run = verb_runs[verb](tmp_path)
    (run.folder / "anna").mkdir(parents=True)
    (run.folder / "anna" / "holiday.jpg").write_text("mine")
    with untouched(tmp_path):
        assert main(run.words) == 1
    assert "anna holds files that tf-tryon did not write (holiday.jpg)" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["complete", "request", "tflite run"])
def test_two_photos_of_one_name_get_a_folder_each(verb, verb_runs, tmp_path, capsys):
    run = verb_runs[verb](tmp_path)
    photo = next(Path(word) for word in run.words if word.endswith("anna.png"))
    (tmp_path / "others").mkdir()
    others = [tmp_path / "others" / path.name for path in photo.parent.iterdir()]
    for path in others:
        path.write_bytes((photo.parent / path.name).read_bytes())
    both = [*run.words, str(tmp_path / "others" / "anna.png")]
    assert main(both) == 0, capsys.readouterr().err
    first = sorted(path.name for path in run.folder.iterdir())
    assert len(first) == 2
    assert all(re.fullmatch("anna-[0-9a-f]{8}", name) for name in first)
    assert main(run.words) == 0  # alone it has the plain name
    assert main(both) == 0
    assert sorted(path.name for path in run.folder.iterdir()) == ["anna", *first]


def test_a_bundle_never_takes_its_runs_place(verb_runs, tmp_path, untouched, capsys):
    """`bundle --shape runs/shape --texture runs/texture --out runs` deleted both runs."""
    run = verb_runs["bundle"](tmp_path)
    for stage in ("shape", "texture"):
        (tmp_path / "runs" / stage / "checkpoints").mkdir(parents=True)
        (tmp_path / "runs" / stage / "checkpoints" / "step-00000001.npz").write_text("weeks of work")
    words = [word for word in run.words if not word.startswith("--out")]
    for out in ("runs", "runs/shape", "runs/texture/model", "."):
        with untouched(tmp_path):
            assert main([*words, f"--out={tmp_path / out}"]) == 1
        assert "apart from what they are made of" in capsys.readouterr().err
