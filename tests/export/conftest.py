"""A tiny, untrained shape stage as a bundle's folder, and the files exported from it; what they promise holds for any
weights.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="session")
def write_stage() -> Callable[..., Path]:
    """(folder, changes of config.model) -> the folder, with an untrained stage at 64 px in folder/shape."""
    from tf_tryon.config import thesis, to_json
    from tf_tryon.models.build import build_networks
    from tf_tryon.training.weights import save_weights

    def write(folder: Path, **model: Any) -> Path:
        config = thesis("shape")
        config.data.height = config.data.width = 64
        config.data.shape_frame = "box"
        config.model.update(width=0.25, latent_channels=3, encoder_head_std=0.3, **model)
        networks = build_networks(config)
        draw = np.random.default_rng(0)
        for network in networks.inference_models.values():
            for weight in network.trainable_weights:  # biases and gammas of 0 would hide what is done to them
                if len(weight.shape) == 4:
                    weight.assign(6 * weight)  # maps as large as a trained net's: the norms' epsilon is nothing
                if len(weight.shape) < 2:
                    weight.assign_add(0.1 * draw.standard_normal(weight.shape))
        target = folder / "shape"
        target.mkdir(parents=True)
        save_weights(networks, target / "weights.npz", 0)
        (target / "config.json").write_text(to_json(config))
        means = draw.integers(0, 256, (4, 64, 64, 3), np.uint8)
        np.savez(target / "mean_garments.npz", means=means)
        return folder

    return write


RECOMMENDED = {
    "latent_layout": "aligned", "prior": "autoregressive", "encoder_context": True, "encoder_pool": 2,
    "context_pool": 2, "input_skips": True, "decoder_norm": "spade", "upsample": "resize", "latent_shared": 1,
}  # fmt: skip


@pytest.fixture(scope="session")
def bundle(once: Callable[[str, Callable[[Path], Any]], Path], write_stage: Callable[..., Path]) -> Path:
    """The recommended configuration."""
    return once("bundle", lambda folder: write_stage(folder, **RECOMMENDED))


@pytest.fixture(scope="session")
def stage(bundle: Path) -> Any:
    from tf_tryon.inference.stage import Stage

    return Stage.load(bundle / "shape")


@pytest.fixture(scope="session")
def in_process() -> Callable[..., Any]:
    """`convert` without its process, which would load TensorFlow once more for each file."""
    from tf_tryon.export import tflite_convert

    return lambda *arguments: tflite_convert._convert(arguments[-1], *arguments[:-1])


@pytest.fixture(scope="session")
def phone(
    once: Callable[[str, Callable[[Path], Any]], Path], bundle: Path, data_set: Path, in_process: Callable[..., Any]
) -> dict[str, Path]:
    """Exported files by quantisation; int8 by the real process."""
    from tf_tryon.export import tflite

    def export(folder: Path) -> None:
        files = {"int8": tflite.export(bundle, folder, "int8", str(data_set), people=4).name}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tflite, "convert", in_process)
            for quantize in ("dynamic", "float16", "float32"):
                files[quantize] = tflite.export(bundle, folder, quantize).name
        (folder / "files.json").write_text(json.dumps(files))

    folder = once("phone", export)
    return {kind: folder / name for kind, name in json.loads((folder / "files.json").read_text()).items()}


@pytest.fixture(scope="session")
def people(data_set: Path) -> list[Any]:
    """Six people of the shared data set."""
    from tf_tryon.data.person import Person
    from tf_tryon.data.records import open_records

    records = open_records(data_set)
    return [Person.of(records, i) for i in range(6)]
