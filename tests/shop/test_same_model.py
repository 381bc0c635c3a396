"""A catalogue and a model that don't belong together are told before anything is loaded."""

import json
from pathlib import Path

import pytest

from tf_tryon.errors import TryOnError
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.inference.tryon import TryOn
from tf_tryon.shop.same_model import check_model


def test_the_bundled_model_that_it_was_built_with_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.json").write_text(json.dumps({"model": ModelFolder("studio").digest}))
    check_model(str(tmp_path), "studio")
    with pytest.raises(TryOnError, match="built with the model studio, not with street: give --model studio, or build"):
        check_model(str(tmp_path), None)


def test_of_another_model_no_name_is_known(tmp_path: Path) -> None:
    (tmp_path / "catalogue.json").write_text(json.dumps({"model": "of nobody"}))
    with pytest.raises(TryOnError, match="another model, not with studio: give that model's folder as --model, or"):
        check_model(str(tmp_path), "studio")


def test_the_digest_is_that_of_the_loaded_model() -> None:
    assert ModelFolder("studio").digest == TryOn.load("studio", compiled=False).model
