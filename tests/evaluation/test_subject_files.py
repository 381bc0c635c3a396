"""Stages and their configurations, wherever they lie."""

import shutil
from pathlib import Path

import pytest

from tf_tryon.config import thesis, to_json
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation import subject_files


def read(model: Path) -> list[str]:
    return [subject_files.config_of(part).stage for part in subject_files.parts(model)]


def test_of_a_bundle_a_stages_folder_a_weights_file_and_a_run(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(to_json(thesis("shape")))
    assert read(bundle) == ["shape", "texture"]
    assert read(bundle / "texture") == read(bundle / "texture" / "weights.npz") == ["texture"]
    assert read(tmp_path) == ["shape"]


def test_what_is_none_is_told(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(TryOnError, match="nowhere does not exist: give a run's folder"):
        subject_files.parts(tmp_path / "nowhere")
    with pytest.raises(TryOnError, match="neither a run's folder nor a weights file"):
        read(tmp_path)
    shutil.copy(bundle / "shape" / "weights.npz", tmp_path / "weights.npz")
    assert read(tmp_path) == ["shape"]
    (tmp_path / "weights.npz").write_bytes(b"damaged")
    with pytest.raises(TryOnError, match=r"weights\.npz.*give a run's folder"):
        read(tmp_path)
