"""The verbs of a shop: a product is worn, and a catalogue of products is ranked."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tf_tryon.cli.main import main


@pytest.fixture
def worn(verb_runs: Any, tmp_path: Path, monkeypatch: Any) -> SimpleNamespace:
    """`complete`'s command line, and the requests that come of it."""
    from tf_tryon.inference.tryon import TryOn

    run = verb_runs["complete"](tmp_path)
    fake, requests = TryOn.load(), []
    answer = fake.answer

    def watched(person: Any, request: Any) -> Any:
        requests.append(request)
        return answer(person, request)

    fake.answer = watched
    monkeypatch.setattr(TryOn, "load", lambda *_, **__: fake)
    cut = np.full((40, 30, 4), 70, np.uint8)
    cut[:, :, 3] = 255
    cut[:, :5, 3] = 0
    Image.fromarray(cut).save(tmp_path / "shirt.png")
    monkeypatch.setattr("tf_tryon.annotation.pose.PoseAnnotator.load", _no_pose)
    return SimpleNamespace(run=run, requests=requests, product=tmp_path / "shirt.png")


def _no_pose(model: Any = None) -> Any:
    from tf_tryon.annotation.annotation import AnnotationError

    raise AnnotationError("model missing", "no network of poses")


def test_a_product_is_worn_as_what_it_is_named(worn: Any, capsys: Any) -> None:
    assert main([*worn.run.words, f"--wear={worn.product}", "--garment=bottom"]) == 0
    assert "nobody looks whether a person wears" in capsys.readouterr().err
    (request,) = worn.requests
    assert (request.garment, request.wear.garment, request.wear.name) == ("bottom", "bottom", "shirt")
    result = json.loads((worn.run.folder / "anna" / "result.json").read_text())
    assert (result["wear"], result["garment"]) == ("shirt", "bottom")


def test_without_a_name_it_is_recognised(worn: Any, monkeypatch: Any) -> None:
    from tf_tryon.products import kinds

    monkeypatch.setattr(kinds, "probabilities", lambda photo, mask: dict.fromkeys(kinds.NAMES, 0.0) | {"Pants": 1.0})
    assert main([*worn.run.words, f"--wear={worn.product}"]) == 0
    assert worn.requests[0].garment == "bottom"


@pytest.mark.parametrize(("targets", "label", "refused"), [("bottom", "Pants", ""), ("top", "Pants", "not bottom")])
def test_a_product_is_checked_as_what_it_is_not_as_the_default(
    targets: str, label: str, refused: str, worn: Any, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    from tf_tryon.config import thesis, to_json
    from tf_tryon.products import kinds

    for stage in ("shape", "texture"):
        config = thesis(stage)
        config.data.targets.update({name: float(name == targets) for name in config.data.targets})
        (tmp_path / "model" / stage).mkdir(parents=True)
        (tmp_path / "model" / stage / "config.json").write_text(to_json(config))
    monkeypatch.setattr(kinds, "probabilities", lambda photo, mask: dict.fromkeys(kinds.NAMES, 0.0) | {label: 1.0})
    line = [*worn.run.words, f"--wear={worn.product}", f"--model={tmp_path / 'model'}"]
    assert main(line) == (1 if refused else 0)
    assert refused in capsys.readouterr().err
    assert len(worn.requests) == (0 if refused else 1)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--wear=none.jpg"], "--wear none.jpg: there is no such photo"),
        (["--wear-mask=mask.png"], "and there is none"),
        (["--wear={product}", "--garment=top", "--walk=0"], "wear and walk exclude each other"),
    ],
)
def test_what_cannot_be_worn_is_refused(worn: Any, capsys: Any, flags: list[str], message: str) -> None:
    assert main([*worn.run.words, *(flag.format(product=worn.product) for flag in flags)]) == 1
    assert message in capsys.readouterr().err
    assert not worn.requests


@pytest.mark.parametrize("try_on", [True, False])
def test_products_are_ranked(verb_runs: Any, tmp_path: Path, monkeypatch: Any, capsys: Any, try_on: bool) -> None:
    pytest.importorskip("usearch")
    from tf_tryon.inference.model_folder import ModelFolder
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.shop import codes

    assert main(verb_runs["catalogue build"](tmp_path / "shop").words) == 0
    assert "2 products (2 top)" in capsys.readouterr().out
    run = verb_runs["recommend"](tmp_path / "asked")
    fake, worn = TryOn.load(), []
    complete = fake.complete
    fake.complete = lambda person, garment, **options: (worn.append(options), complete(person, garment, **options))[1]
    monkeypatch.setattr(TryOn, "load", lambda *_, **__: fake)
    monkeypatch.setattr(ModelFolder, "digest", fake.model)
    monkeypatch.setattr(codes, "sampled_codes", lambda *_: np.ones((24, 4), np.float32))
    words = [word for word in run.words if not word.startswith(("--catalogue", "--top", "--count"))]
    flags = [f"--catalogue={tmp_path / 'shop' / 'out'}", "--top=2", "--garment=top"]
    assert main([*words, *flags, "--try-on" if try_on else "--notry-on"]) == 0
    assert sorted(options["wear"].name for options in worn) == (["shirt-0", "shirt-1"] if try_on else [])
    table = json.loads((run.folder / "best.json").read_text())
    assert sorted(line["id"] for line in table["ranked"]) == ["shirt-0", "shirt-1"]
    assert [line["score"] for line in table["ranked"]] == sorted(
        (line["score"] for line in table["ranked"]), reverse=True
    )

    monkeypatch.setattr(ModelFolder, "digest", "another")
    assert main([*words, *flags]) == 1
    assert "was built with another model, not with" in capsys.readouterr().err
