"""A model of one stage is refused by every export, in a sentence, before anything is written."""

from pathlib import Path

import numpy as np
import pytest

from tf_tryon.cli import main as cli
from tf_tryon.config import baseline, to_json
from tf_tryon.errors import TryOnError
from tf_tryon.export import saved_model, tflite
from tf_tryon.inference.stage import Stage
from tf_tryon.inference.tryon import TryOn
from tf_tryon.models.build import build_networks


@pytest.fixture(scope="module")
def config():
    config = baseline("bicyclegan", "texture", 64)
    config.model.width = 0.125
    return config


@pytest.fixture(scope="module")
def folder(config, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("one_stage")
    (folder / "texture").mkdir()
    (folder / "texture" / "config.json").write_text(to_json(config))
    return folder


def test_the_library_refuses_it(config, folder, tmp_path):
    model = TryOn(None, Stage(config, build_networks(config), np.ones((4, 64, 64, 3), np.float32), "digest"))
    with pytest.raises(TryOnError, match="one stage"):
        saved_model.export(model, tmp_path)
    with pytest.raises(TryOnError, match="one stage"):
        tflite.export(folder, tmp_path, "float32")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", ["saved-model", "tflite"])
def test_the_verbs_refuse_it(folder, tmp_path, capsys, verb):
    assert cli.main(["export", verb, f"--model={folder}", f"--out={tmp_path / 'out'}"]) == 1
    assert "exports are of models with both" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
