"""Writing a SavedModel version: `models/tryon/<version>/`, whole or not at all.

A version is written under a hidden name, tried out as TF-Serving would load it, and renamed. So a server that watches
the folder never sees half a model.
"""

from __future__ import annotations

import pathlib

import tensorflow as tf

from tf_tryon.errors import TryOnError
from tf_tryon.export import manifest, parity, warmup
from tf_tryon.export.deployment import MODEL_NAME
from tf_tryon.export.example_person import example_garment, example_person
from tf_tryon.export.session_model import DEFAULT
from tf_tryon.export.signatures import Signatures
from tf_tryon.export.stage_graph import StageGraph
from tf_tryon.inference.model_folder import ONE_STAGE
from tf_tryon.inference.tryon import TryOn
from tf_tryon.writing.results import new_files

WIDTH, CHUNK, MAX_PIXELS = 16, 1, 16_000_000


def export(
    model: TryOn,
    folder: str | pathlib.Path,
    *,
    version: int | None = None,
    width: int = WIDTH,
    chunk: int = CHUNK,
    max_pixels: int = MAX_PIXELS,
    revision: str = "",
) -> pathlib.Path:
    """Exports a model as the next version (or the given one) of `folder`/tryon.

    Args:
      model: trained.
      folder: TF-Serving's model base folder.
      version: whole number; None: one more than the newest there.
      width: most samples of one request.
      chunk: samples that go through the nets at once: 1 on CPUs, 8 or so fills a GPU.
      max_pixels: of a photo.
      revision: of the source code, for the manifest.

    Returns:
      The version's folder.

    Raises:
      TryOnError: the model has one stage only, the version exists, or the written model answers otherwise than `model`.
      ValueError: an argument is out of range.
    """
    if model.shape is None:
        raise TryOnError(ONE_STAGE)
    if not 1 <= chunk <= width or width % chunk:
        raise ValueError(f"width = {width}, chunk = {chunk}: a chunk is 1 or more samples and divides the width")
    base = pathlib.Path(folder) / MODEL_NAME
    number = next_version(base) if version is None else version
    target = base / str(number)
    if number < 1:
        raise ValueError(f"version = {number}: versions are whole numbers from 1 on")
    if target.exists():
        raise TryOnError(f"{target} exists: versions are never overwritten; leave --version out for the next one")
    garment = example_garment(model.garments)
    # Larger than the networks' input, so that the way into the photo and back is compared, too.
    person = example_person(model.shape.size[0] * 5 // 4, (garment,))
    least = person.size[0] * person.size[1]
    if max_pixels < least:
        raise ValueError(f"max_pixels = {max_pixels}: at least {least}, the pixels of the person it is tried with")
    samples = min(warmup.SAMPLES, width)
    expected = parity.expected(model, person, garment, samples)
    settings = {"width": width, "chunk": chunk, "max_pixels": max_pixels}
    with new_files(target, manifest.FILE, by="tf-tryon export saved-model", never=True) as new:
        signatures = write_graph(model, new.path, **settings)
        requests = warmup.requests(signatures, person, MODEL_NAME, garment, samples)
        warmup.write(requests, new.path)
        difference = parity.check(new.path, requests, expected)
        new.content = manifest.content(new.path, model, settings, difference, revision)
    return target


def write_graph(
    model: TryOn, folder: pathlib.Path, *, width: int, chunk: int, max_pixels: int
) -> dict[str, list[tf.TensorSpec]]:
    """The SavedModel itself into an empty folder; returns each signature's inputs."""
    stages = [StageGraph(stage, chunk) for stage in (model.shape, model.texture)]
    signatures = Signatures(*stages, model.garments, width, max_pixels).all()
    # Keras' ExportArchive would trace each signature twice, which takes as long as all else that is done here.
    traced = {
        name: tf.function(signature.function, autograph=False).get_concrete_function(*signature.specs)
        for name, signature in signatures.items()
    }
    root = tf.Module()
    root.used = list({id(variable): variable for one in traced.values() for variable in one.variables}.values())
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)  # nobody trains it: a smaller graph
    tf.saved_model.save(root, str(folder), {**traced, DEFAULT: traced["complete"]}, options)
    return {name: signature.specs for name, signature in signatures.items()}


def next_version(base: pathlib.Path) -> int:
    """One more than the newest version there, 1 if there is none."""
    versions = [int(path.name) for path in base.glob("*") if path.name.isdecimal()] if base.is_dir() else []
    return max(versions, default=0) + 1
