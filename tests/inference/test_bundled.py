"""Which folder a model's name is."""

import shutil
from pathlib import Path

import pytest

from tf_tryon.inference.bundled import BUNDLES, STREET, STUDIO, model_folder
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.lite.folders import lite_folder


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's called "street", in which the other bundled model lies; its parent is the working one."""
    for stage in ("shape", "texture"):
        shutil.copytree(BUNDLES[STUDIO] / stage, tmp_path / STREET / stage)
    monkeypatch.chdir(tmp_path)
    return tmp_path / STREET


def test_a_bundle_s_name_is_the_bundle_and_a_path_is_a_folder(own: Path) -> None:
    assert model_folder() == model_folder(STREET) == BUNDLES[STREET]
    folder = model_folder(f"./{STREET}")
    assert folder == model_folder(folder)
    assert folder.samefile(own)


def test_what_is_asked_for_a_folder_again_is_the_same_one(own: Path) -> None:
    """As exports do, which read a model's configurations, means and networks each from the folder."""
    folder = model_folder(f"./{STREET}")
    assert ModelFolder(folder).digest == ModelFolder(STUDIO).digest != ModelFolder(STREET).digest
    assert lite_folder(folder).samefile(own)
