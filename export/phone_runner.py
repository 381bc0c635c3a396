"""The reference runner of an exported shape stage: numpy and ai-edge-litert, without TensorFlow or this package's nets.

An app does what this file does: quantise, call `encode` once, `prior` once for each cell of a code, `generate` once for
each sample, and copy the visible pixels.
"""

from __future__ import annotations

import hashlib
import pathlib
from typing import Any

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.photo import read_photo
from tf_tryon.data.vocabulary import CLASSES
from tf_tryon.errors import BadFileError
from tf_tryon.export import phone_inputs
from tf_tryon.export.phone_inputs import Contract, Inputs
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value
from tf_tryon.files.regular import is_plain_name, read_bytes
from tf_tryon.models.replacing import garment_alone
from tf_tryon.stages import GARMENT

FORMAT, VERSION = "tf_tryon.phone", 3
_LARGEST = 1 << 31  # bytes; what a flatbuffer can be


class PhoneStage:
    """A .tflite file with its sidecar.

    Example:
      stage = PhoneStage("phone/shape_int8.tflite")
      inputs = stage.inputs(person, "top")
      labels = stage.labels(inputs, stage.sample(stage.encode(inputs), stage.noise(seed=7, sample=0)))

    The person is of the input's size, as `PersonCrop.person` makes one.
    """

    def __init__(self, path: str | pathlib.Path, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        path = pathlib.Path(path)
        content = read(path)
        sidecar = read_sidecar(path, content)
        self.sidecar: dict[str, Any] = sidecar.raw
        self.contract = Contract.of(sidecar["inputs"])
        self.means = read_means(path.parent / self.sidecar["means"]["file"], self.contract)
        try:
            interpreter = Interpreter(model_content=content, num_threads=threads)
            self._runners = {name: interpreter.get_signature_runner(name) for name in self.sidecar["signatures"]}
        except (ValueError, RuntimeError) as error:
            raise BadFileError(
                f"{path} is damaged, or its sidecar is another's ({error}): export both again"
            ) from error

    def inputs(self, person: Person, garment: str) -> Inputs:
        """One person as the networks' input, with `garment` erased."""
        return phone_inputs.build(person, garment, self.means, self.contract)

    def run(self, signature: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Calls a signature with float arrays (without the batch axis); returns float arrays likewise."""
        runner, described = self._runners[signature], self.sidecar["signatures"][signature]
        tensors = {name: quantised(value, described["inputs"][name])[None] for name, value in inputs.items()}
        outputs = runner(**tensors)
        return {name: restored(outputs[name], spec)[0] for name, spec in described["outputs"].items()}

    def encode(self, inputs: Inputs) -> dict[str, np.ndarray]:
        """What the prior knows of a person: `features`, or at once `mean` and `raw_std`; once for all samples."""
        return self.run("encode", context=inputs.context)

    def noise(self, seed: int, sample: int) -> np.ndarray:
        """(cells, channels) standard normal, a function of seed and sample."""
        generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, sample])))
        return generator.standard_normal((self.contract.cells, self.contract.grid[2]), np.float32)

    def sample(self, encoded: dict[str, np.ndarray], noise: np.ndarray, temperature: float = 1.0) -> np.ndarray:
        """Codes (cells, channels), in units of `code_scale`, drawn from the compatibility prior."""
        contract, own = self.contract, noise.shape[1] - self.contract.shared
        noise = noise * np.array(contract.temperatures, np.float32)
        if not contract.autoregressive:
            mean, std = encoded["mean"], self._std(encoded["raw_std"])
            codes = mean + temperature * std * noise
            shared = mean.mean(0) + temperature * std.mean(0) * noise[0]
            codes[:, own:] = shared[own:]
            return codes
        codes = np.zeros_like(noise)
        for cell in range(len(codes)):
            distribution = self.run("prior", features=encoded["features"], codes=codes)
            codes[cell] = (
                distribution["mean"][cell] + temperature * self._std(distribution["raw_std"][cell]) * noise[cell]
            )
            codes[cell, own:] = codes[0, own:]
        return codes

    def logits(self, inputs: Inputs, codes: np.ndarray) -> np.ndarray:
        """(H, W, 8) float32 of codes (cells, channels)."""
        laid = phone_inputs.lay(codes, inputs, self.contract)
        return self.run("generate", given=inputs.given, codes=laid)["logits"]

    def labels(self, inputs: Inputs, codes: np.ndarray) -> np.ndarray:
        """(H, W) uint8: the likeliest class where erased, without lone pixels; the given one where visible.

        Of a model that replaces the garment alone, as `garment_alone` has it.
        """
        visible = inputs.visible > 0
        labels = np.where(visible, inputs.labels, self.logits(inputs, codes).argmax(-1))
        labels = np.where(visible, labels, without_lone_pixels(labels, len(CLASSES)))
        if self.contract.replaces == GARMENT:
            before = inputs.labels.astype(labels.dtype)
            slot, keypoints = np.array([inputs.slot]), inputs.keypoints[None]
            labels = garment_alone(before[None], labels[None], slot, keypoints)[0]
        return labels.astype(np.uint8)

    def _std(self, raw: np.ndarray) -> np.ndarray:
        scale = np.array(self.contract.code_scale, np.float32)
        return (np.logaddexp(0, raw) + self.contract.std_floor) / scale


def without_lone_pixels(labels: np.ndarray, classes: int) -> np.ndarray:
    """(H, W) classes: a pixel whose class none of its eight neighbours has takes the one that most of them have."""
    height, width = labels.shape
    own = np.pad(np.arange(classes) == labels[..., None], ((1, 1), (1, 1), (0, 0)))
    offsets = [(y, x) for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    neighbours = np.sum([own[y : y + height, x : x + width] for y, x in offsets], axis=0)
    lone = np.take_along_axis(neighbours, labels[..., None], axis=-1)[..., 0] == 0
    return np.where(lone, neighbours.argmax(-1), labels)


def quantised(values: np.ndarray, spec: dict[str, Any]) -> np.ndarray:
    """Floats as the tensor that a sidecar's entry describes: round(x / scale) + zero_point, clipped."""
    dtype = np.dtype(spec["dtype"])
    if dtype.kind == "f":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    whole = np.rint(values / np.float32(spec["scale"])) + spec["zero_point"]
    return np.clip(whole, limits.min, limits.max).astype(dtype)


def restored(tensor: np.ndarray, spec: dict[str, Any]) -> np.ndarray:
    """The floats that a tensor stands for: (q - zero_point) * scale."""
    if tensor.dtype.kind == "f":
        return tensor
    return (tensor.astype(np.float32) - spec["zero_point"]) * np.float32(spec["scale"])


def read(path: pathlib.Path) -> bytes:
    """The file's bytes; MissingFileError or BadFileError if it is missing or no TFLite file."""
    content = read_bytes(path, "make it with `tf-tryon export tflite`", _LARGEST)
    if content[4:8] != b"TFL3":
        raise BadFileError(f"{path} is no TFLite file: make it with `tf-tryon export tflite`")
    return content


def read_sidecar(path: pathlib.Path, content: bytes) -> Value:
    """The JSON beside a .tflite file, checked against it: the parts that a runner needs are there and of their kinds.

    Raises:
      MissingFileError, BadFileError: there is none, it isn't one, or it belongs to another file.
    """
    source = path.with_suffix(".json")
    sidecar = json_file.read(source, f"export {path.name} and its sidecar again")
    if [value.raw if (value := sidecar.get(name)) else None for name in ("format", "version")] != [FORMAT, VERSION]:
        raise sidecar.wrong(f"is no sidecar of format {FORMAT}, version {VERSION}")
    if sidecar["sha256"].text() != hashlib.sha256(content).hexdigest():
        raise BadFileError(f"{source} belongs to another file than {path}: keep the files of one export together")
    if not is_plain_name(sidecar["means"]["file"].text()):
        raise sidecar["means"]["file"].wrong("is no name of a file beside it")
    for signature in sidecar["signatures"].members().values():
        for side in ("inputs", "outputs"):
            for tensor in signature[side].members().values():
                _check_tensor(tensor)
    return sidecar


def _check_tensor(tensor: Value) -> None:
    [side.whole(1) for side in tensor["shape"].entries()]
    if tensor["dtype"].choice(("int8", "float32")) == "int8":
        if tensor["scale"].number() <= 0:
            raise tensor["scale"].wrong("isn't positive")
        tensor["zero_point"].whole(-128, 127)


def read_means(path: pathlib.Path, contract: Contract) -> np.ndarray:
    """(4, H, W, 3) float32 in [-1, 1] of the picture with the four mean garments above one another."""
    wanted = (4 * contract.height, contract.width, 3)
    pixels = read_photo(path)
    if pixels.shape != wanted:
        raise BadFileError(f"{path}: of shape {pixels.shape}, the sidecar wants {wanted}: export the file again")
    return pixels.reshape(4, contract.height, contract.width, 3) / np.float32(127.5) - 1
