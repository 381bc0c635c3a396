"""Stages that see the same of a person, and such that don't."""

import pytest

from tf_tryon.config import thesis
from tf_tryon.data.alike import SEEN, check_alike
from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundled import BUNDLES
from tf_tryon.inference.model_folder import ModelFolder


@pytest.mark.parametrize("name", list(BUNDLES))
def test_the_bundled_stages_see_alike(name: str) -> None:
    configs = ModelFolder(name).configs
    check_alike(configs["shape"], configs["texture"])


@pytest.mark.parametrize("field", SEEN)
def test_every_field_of_what_is_seen_counts(field: str) -> None:
    shape, texture = thesis("shape"), thesis("texture")
    texture.data[field] = "garment" if field == "crop" else 2 * texture.data[field]
    with pytest.raises(TryOnError, match=rf"config\.data\.{field} is .* for shape .* for texture; train both alike"):
        check_alike(shape, texture)


def test_others_count_where_they_are_asked_for() -> None:
    shape, texture = thesis("shape"), thesis("texture")
    texture.data.dresses, texture.data.shape_frame = True, "box"
    check_alike(shape, texture)
    with pytest.raises(TryOnError, match=r"config\.data\.dresses is False for shape and True"):
        check_alike(shape, texture, (*SEEN, "dresses"))
