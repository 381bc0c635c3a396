"""The signatures of an exported model: names, inputs, outputs (docs/serving.md has the table).

All inputs and outputs have the batch of requests as their first dimension. An input that a caller leaves out doesn't
exist for TF-Serving, so every one has to be sent; `tf_tryon.serving.client` fills in what isn't given. Requests of a
batch are answered one by one, so no answer depends on its neighbours. Names that end in `_bytes` travel as base64
through REST.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import view
from tf_tryon.data.vocabulary import CLASSES
from tf_tryon.export import pictures
from tf_tryon.export.completion_graph import SHAPE_OUTPUTS, TEXTURE_OUTPUTS, Completion, Draw, Outputs, Worn
from tf_tryon.export.person_graph import (
    Seen,
    check_worn,
    clean_keypoints,
    derive,
    from_bytes,
    target_slot,
)
from tf_tryon.export.pictures import require
from tf_tryon.export.stage_graph import StageGraph
from tf_tryon.geometry import crop, resampling
from tf_tryon.geometry import tensor_arrays as xp
from tf_tryon.inference.stage import repeat
from tf_tryon.models.background import KEEP
from tf_tryon.products.cloth import LARGEST

PERSON = ("photo_bytes", "parsing_bytes", "vocabulary", "keypoints", "garment")
DRAW = ("seed", "first", "samples", "temperature", "background")
INPUTS: dict[str, tuple[str, ...]] = {
    "complete": (*PERSON, *DRAW),
    "complete_shape": (*PERSON, *DRAW),
    "complete_texture": (*PERSON, *DRAW, "shape_bytes"),
    "encode": PERSON,
    "transfer": (*PERSON, *DRAW, "shape_codes", "texture_codes", "use_shape", "use_texture", "spread"),
    "wear": (*PERSON, *DRAW, "cloth_bytes", "reach"),
    "complete_tensors": ("photo", "parsing", "dress", "keypoints", "garment", "seed", "sample", "temperature"),
}
_MAX_TEMPERATURE = 10.0
_MAX_CODE = 1e4


class Signature(NamedTuple):
    """A function of tensors in the order of `specs`."""

    function: Callable[..., Outputs]
    specs: list[tf.TensorSpec]


class Signatures:
    """All of them, over two stages.

    Args:
      shape: stage 1.
      texture: stage 2.
      garments: that both were trained on.
      width: most samples of one request; answers have room for as many.
      max_pixels: of a photo.
    """

    def __init__(
        self, shape: StageGraph, texture: StageGraph, garments: tuple[str, ...], width: int, max_pixels: int
    ) -> None:
        self._shape, self._texture, self._garments = shape, texture, garments
        self._width, self._max_pixels = width, max_pixels
        self._completion = Completion(shape, texture, width)
        self._from_bytes = tf.function(
            lambda request: from_bytes(request, shape, texture, garments, max_pixels), autograph=False
        )
        self._size = view.input_size(shape.config)
        self._kinds: dict[str, tuple[tf.DType, tuple[int, ...]]] = {
            **dict.fromkeys(
                ("photo_bytes", "parsing_bytes", "shape_bytes", "cloth_bytes", "vocabulary", "garment", "background"),
                (tf.string, ()),
            ),
            **dict.fromkeys(("seed", "first", "sample"), (tf.int64, ())),
            **dict.fromkeys(("use_shape", "use_texture", "dress"), (tf.bool, ())),
            **dict.fromkeys(("temperature", "spread", "reach"), (tf.float32, ())),
            "samples": (tf.int32, ()),
            "keypoints": (tf.float32, (18, 3)),
            "shape_codes": (tf.float32, shape.codes_shape),
            "texture_codes": (tf.float32, texture.codes_shape),
            "photo": (tf.uint8, (*self._size, 3)),
            "parsing": (tf.uint8, self._size),
        }

    def all(self) -> dict[str, Signature]:
        """By name; `complete` first, which is thus the default one."""
        by_request = {
            "complete": (self._complete, (*SHAPE_OUTPUTS, *TEXTURE_OUTPUTS, "score", "order", "erased_bytes")),
            "complete_shape": (self._complete_shape, (*SHAPE_OUTPUTS, "score", "order", "erased_bytes")),
            "complete_texture": (self._complete_texture, (*TEXTURE_OUTPUTS, "score", "order", "erased_bytes")),
            "encode": (self._encode, ("shape_codes", "texture_codes")),
            "transfer": (self._transfer, (*SHAPE_OUTPUTS, *TEXTURE_OUTPUTS, "score", "order", "erased_bytes")),
            "wear": (self._wear, (*SHAPE_OUTPUTS, *TEXTURE_OUTPUTS, "score", "order", "erased_bytes")),
        }
        signatures = {name: self._per_request(name, *parts) for name, parts in by_request.items()}
        if self._shape.config.data.crop == crop.PERSON:
            # A crop around the garment comes with pictures of the other garments, which these tensors don't have.
            specs = [self._spec(name) for name in INPUTS["complete_tensors"]]
            signatures["complete_tensors"] = Signature(self._complete_tensors, specs)
        return signatures

    def _spec(self, name: str) -> tf.TensorSpec:
        kind, shape = self._kinds[name]
        return tf.TensorSpec((None, *shape), kind, name=name)

    def _per_request(
        self, name: str, answer: Callable[[dict[str, tf.Tensor]], Outputs], outputs: tuple[str, ...]
    ) -> Signature:
        """A signature that answers one request after the other."""
        inputs = INPUTS[name]
        width = () if name == "encode" else (self._width,)
        kinds: dict[str, tf.TensorSpec] = {}
        for output in outputs:
            if output == "erased_bytes":
                kinds[output] = tf.TensorSpec((), tf.string)
            elif output.endswith("_bytes"):
                kinds[output] = tf.TensorSpec(width, tf.string)
            elif output == "order":
                kinds[output] = tf.TensorSpec(width, tf.int32)
            else:
                codes = self._kinds[output][1] if output.endswith("_codes") else ()
                kinds[output] = tf.TensorSpec((*width, *codes), tf.float32)

        def call(*tensors: tf.Tensor) -> Outputs:
            requests = dict(zip(inputs, tensors, strict=True))
            return tf.map_fn(answer, requests, fn_output_signature=kinds, parallel_iterations=1)

        return Signature(call, [self._spec(name) for name in inputs])

    def _complete(self, request: dict[str, tf.Tensor]) -> Outputs:
        person, first, count = self._begin(request)
        draw = Draw(request["seed"], request["temperature"])
        return self._end(person, self._completion.both(person, first, count, draw, draw), count)

    def _complete_shape(self, request: dict[str, tf.Tensor]) -> Outputs:
        person, first, count = self._begin(request)
        draw = Draw(request["seed"], request["temperature"])
        return self._end(person, self._completion.shapes(person, first, count, draw), count)

    def _complete_texture(self, request: dict[str, tf.Tensor]) -> Outputs:
        person, first, count = self._begin(request)
        edited = pictures.decode_labels(request["shape_bytes"], self._max_pixels, "shape_bytes")
        same = require(
            tf.reduce_all(tf.shape(edited) == tf.shape(person.labels)), "shape_bytes: of another size than the photo"
        )
        with tf.control_dependencies([same]):
            classes = pictures.to_classes(edited, tf.constant("tryon8"), "shape_bytes").labels
        config = self._shape.config
        _, beyond = view.BEYOND[config.data.crop]
        seen = resampling.resample_labels(xp, classes, person.crop, self._size, len(CLASSES), beyond)
        visible = person.shape_batch[keys.VISIBLE][0, ..., 0] > 0
        given = tf.cast(tf.argmax(person.shape_batch[keys.PARSING][0], axis=-1), tf.uint8)
        labels = tf.where(visible, given, seen)
        draw = Draw(request["seed"], request["temperature"])
        return self._end(person, self._completion.textures(person, labels, first, count, draw), count)

    def _transfer(self, request: dict[str, tf.Tensor]) -> Outputs:
        person, first, count = self._begin(request)
        spread = request["spread"]
        sane = [
            require(
                (spread >= 0) & (spread <= _MAX_TEMPERATURE),
                "spread: choose 0 (the codes themselves) to 10; got",
                spread,
            ),
            *(
                require(  # nor is NaN
                    tf.reduce_all(tf.abs(request[name]) <= _MAX_CODE),
                    f"{name}: must be finite numbers from -{_MAX_CODE:g} to {_MAX_CODE:g}",
                )
                for name in ("shape_codes", "texture_codes")
            ),
        ]
        with tf.control_dependencies(sane):
            seed = tf.identity(request["seed"])
        draws = [
            Draw(seed, request["temperature"], codes=request[f"{s}_codes"], use=request[f"use_{s}"], spread=spread)
            for s in ("shape", "texture")
        ]
        return self._end(person, self._completion.both(person, first, count, *draws), count)

    def _wear(self, request: dict[str, tf.Tensor]) -> Outputs:
        person, first, count = self._begin(request)
        cloth = pictures.decode_photo(request["cloth_bytes"], LARGEST**2, "cloth_bytes")
        known = require(request["reach"] <= 1, "reach: choose 0 to 1, or -1 if it is not known; got", request["reach"])
        with tf.control_dependencies([known]):  # nor is NaN
            worn = Worn(cloth, tf.identity(request["reach"]))
        draw = Draw(request["seed"], request["temperature"])
        return self._end(person, self._completion.worn(person, first, count, draw, worn), count)

    def _encode(self, request: dict[str, tf.Tensor]) -> Outputs:
        person = self._person(request)
        return {
            "shape_codes": self._shape.encode(person.shape_batch)[0],
            "texture_codes": self._texture.encode(person.texture_batch)[0],
        }

    def _complete_tensors(
        self, photo: tf.Tensor, parsing: tf.Tensor, dress: tf.Tensor, keypoints: tf.Tensor, garment: tf.Tensor,
        seed: tf.Tensor, sample: tf.Tensor, temperature: tf.Tensor,
    ) -> Outputs:  # fmt: skip
        """Tensors of the input size, one sample a row; rows go through the nets one after the other."""

        def answer(row: dict[str, tf.Tensor]) -> Outputs:
            known = require(tf.reduce_all(row["parsing"] < 8), "parsing: classes are 0 to 7")
            target = target_slot(row["garment"], self._garments)
            checks = check_worn(row["parsing"], row["dress"], row["garment"], target)
            with tf.control_dependencies([known, *checks, *_sane(row)]):
                labels = tf.identity(row["parsing"])
            people = {
                "photo": row["photo"][None],
                "labels": labels[None],
                "dress": row["dress"][None],
                "keypoints": clean_keypoints(row["keypoints"])[None],
                "id": tf.constant([""]),
            }
            derived = derive(people, target[None], self._shape, self._texture)
            batches = [repeat(batch, self._completion.chunk) for batch in derived]
            samples = tf.repeat(row["sample"][None], self._completion.chunk)
            rows = self._completion.rows(*batches, samples, Draw(row["seed"], row["temperature"]))
            return {name: value[0] for name, value in rows.items()}

        given = (photo, parsing, dress, keypoints, garment, seed, sample, temperature)
        rows = dict(zip(INPUTS["complete_tensors"], given, strict=True))
        kinds = {
            "photos": tf.TensorSpec((*self._size, 3), tf.uint8),
            "parsings": tf.TensorSpec(self._size, tf.uint8),
            **{f"{stage.name}_codes": tf.TensorSpec(stage.codes_shape) for stage in (self._shape, self._texture)},
            **{f"{stage.name}_score": tf.TensorSpec(()) for stage in (self._shape, self._texture)},
            "realism": tf.TensorSpec(()),
        }
        return tf.map_fn(answer, rows, fn_output_signature=kinds, parallel_iterations=1)

    def _person(self, request: dict[str, tf.Tensor]) -> Seen:
        background = request.get("background", tf.constant(KEEP))
        return self._from_bytes({**{name: request[name] for name in PERSON}, "background": background})

    def _begin(self, request: dict[str, tf.Tensor]) -> tuple[Seen, tf.Tensor, tf.Tensor]:
        """The person, the first sample () int64 and how many () int32, all checked."""
        count, first = request["samples"], request["first"]
        sane = [
            *_sane(request, "first"),
            require(
                (count >= 1) & (count <= self._width), f"samples: ask for 1 to {self._width} at a time; got", count
            ),
        ]
        with tf.control_dependencies(sane):
            request = {**request, "photo_bytes": tf.identity(request["photo_bytes"])}
        return self._person(request), first, count

    def _end(self, person: Seen, outputs: Outputs, count: tf.Tensor) -> Outputs:
        return {**self._completion.ranked(outputs, count), "erased_bytes": self._completion.erased(person)}


def _sane(request: dict[str, tf.Tensor], index: str = "sample") -> list[tf.Operation]:
    """Asserts on what every way of sampling has."""
    temperature, sample = request["temperature"], request[index]
    return [
        require(request["seed"] >= 0, "seed: a whole number from 0 on; got", request["seed"]),
        require(
            (temperature >= 0) & (temperature <= _MAX_TEMPERATURE),
            "temperature: choose 0 (the mean) to 10; got",
            temperature,
        ),
        require((sample >= 0) & (sample < 2**31 - 2**16), f"{index}: samples are numbered from 0; got", sample),
    ]
