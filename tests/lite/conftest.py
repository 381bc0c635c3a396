"""A tiny, untrained model as a bundle's folder, with its exported file in the folder `lite`."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="session")
def person_bundle(model: Any, once: Callable[[str, Callable[[Path], Any]], Path]) -> Path:
    from tf_tryon.config import to_json
    from tf_tryon.export import lite
    from tf_tryon.inference.detail_file import write_detail
    from tf_tryon.training.variables import named_variables
    from tf_tryon.training.weights import save_weights

    def export(folder: Path) -> None:
        rough = np.random.default_rng(0).integers(0, 256, (4, 4, 4, 3), np.uint8)
        for stage in (model.shape, model.texture):
            place = folder / stage.config.stage
            place.mkdir(parents=True)
            save_weights(stage.networks, place / "weights.npz", float16=True)
            (place / "config.json").write_text(to_json(stage.config))
            if stage.detail is not None:
                write_detail(place / "detail.npz", named_variables(stage.detail, "detail"), step=1)
            np.savez(place / "mean_garments.npz", means=rough.repeat(16, 1).repeat(16, 2))
        with pytest.MonkeyPatch.context() as patch:
            # The converter leaks, but not enough for a process of its own, which has TensorFlow to load.
            patch.setattr(lite, "apart", lambda function, *given, log: function(log, *given))
            lite.export(folder, folder / "lite")

    return once("person-bundle", export)


@pytest.fixture(scope="session")
def garment_bundle(person_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same networks, which see the crop around the garment."""
    from tf_tryon.config import to_json
    from tf_tryon.inference.bundled import weights_digest
    from tf_tryon.training.weights import load_run, save_weights

    folder = shutil.copytree(person_bundle, tmp_path_factory.mktemp("lite") / "garment")
    for stage in ("shape", "texture"):
        networks = load_run(folder / stage / "weights.npz").nets
        networks.config.data.crop = "garment"
        save_weights(networks, folder / stage / "weights.npz", float16=True)
        (folder / stage / "config.json").write_text(to_json(networks.config))
    sidecar = folder / "lite/completion_mixed.json"
    content = json.loads(sidecar.read_text())
    content["data"]["crop"] = "garment"
    for stage in content["weights"]:
        content["weights"][stage] = weights_digest(folder / stage)
    sidecar.write_text(json.dumps(content))
    return folder


@pytest.fixture(scope="session")
def pairs(person_bundle: Path, garment_bundle: Path) -> Callable[[str], tuple[Any, Any]]:
    """By crop: the runtime without TensorFlow, and TensorFlow's, each loaded once."""
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.lite.tryon import TryOn as Lite

    folders = {"person": person_bundle, "garment": garment_bundle}
    loaded: dict[str, tuple[Any, Any]] = {}

    def of(crop: str) -> tuple[Any, Any]:
        if crop not in loaded:
            loaded[crop] = Lite.load(folders[crop]), TryOn.load(folders[crop], compiled=False)
        return loaded[crop]

    return of


@pytest.fixture(scope="session")
def resized() -> Callable[[Any, int, int], Any]:
    """(person, height, width) -> the person in a photo of that size, keypoints with it."""

    def of(person: Any, height: int, width: int) -> Any:
        rows, columns = (np.arange(side) * old // side for side, old in zip((height, width), person.size, strict=True))
        points = person.keypoints * (width / person.size[1], height / person.size[0], 1)
        return dataclasses.replace(
            person, photo=person.photo[rows][:, columns], labels=person.labels[rows][:, columns],
            keypoints=points.astype(np.float32),
        )  # fmt: skip

    return of


@pytest.fixture(scope="session")
def alike() -> Callable[..., None]:
    """(ours, theirs, share) asserts that two completions are the same, at least in that share of pixels.

    Untrained logits are close to one another: some pixels take another class, and so another colour.
    """

    def check(ours: Any, theirs: Any, share: float = 0.995) -> None:
        np.testing.assert_array_equal(ours.erased, theirs.erased)
        gap = np.abs(ours.photos.astype(int) - theirs.photos)
        assert (gap.max(-1) <= 2).mean() >= share
        assert (ours.parsings == theirs.parsings).mean() >= share
        for stage in ("shape", "texture"):
            np.testing.assert_allclose(ours.codes[stage], theirs.codes[stage], atol=0.05)
            np.testing.assert_allclose(ours.scores[stage], theirs.scores[stage], atol=0.2)

    return check
