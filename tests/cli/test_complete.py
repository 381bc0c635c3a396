"""`tf-tryon complete`: what is refused before anything is read."""

from tf_tryon.cli import main


def test_people_of_one_name_would_overwrite_each_other(tmp_path, capsys):
    people = [str(tmp_path / folder / "anna.png") for folder in ("one", "two")]
    assert main.main(["complete", *people, f"--out={tmp_path / 'out'}"]) == 1
    assert "several people are called 'anna'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
