"""Where files lie makes no other result: neither another folder's name, nor the same weights under another path."""

from pathlib import Path
from typing import Any

import pytest

from tf_tryon.config import thesis, to_json
from tf_tryon.experiments.identity import identity


@pytest.fixture
def job(tmp_path: Path):
    def of(folder: str, content: str = "weights", kind: str = "row", figures: str = "photos") -> dict[str, Any]:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        (place / f"{content}.h5").write_text(content)
        weights = str(place / f"{content}.h5")
        config = thesis("texture")
        config.loss.perceptual_weights = weights
        texture: Any = f"{place}/texture.npz"
        return {
            "kind": kind, "shape": f"{place}/shape.npz", "reader": "", "weights": weights, "config": to_json(config),
            "texture": [[120, texture]] if kind == "curve" else texture, "frame": to_json(config),
            "evaluation": {"people": 8, "features_weights": weights, "figures": figures, "figures_beside": ""},
        }  # fmt: skip

    return of


@pytest.mark.parametrize("kind", ["row", "curve"])
def test_the_same_work_elsewhere_is_the_same(job, kind: str) -> None:
    assert identity(job("here", kind=kind)) == identity(job("there", kind=kind))
    assert str(job("here")["weights"]) not in str(identity(job("here")))


def test_other_weights_are_other_work(job) -> None:
    first, second = identity(job("here")), identity(job("here", "others"))
    assert {name for name in first if first[name] != second[name]} == {"weights", "config", "frame", "evaluation"}


def test_figures_are_of_rows_alone(job) -> None:
    assert identity(job("here", kind="curve")) == identity(job("here", kind="curve", figures="garments"))
    assert identity(job("here")) != identity(job("here", figures="garments"))
