"""Warm-up requests, one for each signature: a server replays them before a version takes traffic.

TF-Serving finds them in `assets.extra/tf_serving_warmup_requests`, a TFRecord file of PredictionLog messages.
"""

from __future__ import annotations

import io
import pathlib

import numpy as np
import tensorflow as tf
from PIL import Image
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from tf_tryon.data.person import Person
from tf_tryon.data.person_crop import PersonCrop
from tf_tryon.export.session_model import DEFAULT
from tf_tryon.models.background import KEEP
from tf_tryon.products.cloth import LARGEST

FILE = pathlib.PurePosixPath("assets.extra/tf_serving_warmup_requests")
SEED, SAMPLES = 7, 2


def requests(
    signatures: dict[str, list[tf.TensorSpec]], person: Person, model: str, garment: str, samples: int
) -> dict[str, predict_pb2.PredictRequest]:
    """One request of so many samples by signature, the default one included, of a person who wears `garment`."""
    inputs = {}
    for name, specs in signatures.items():
        request = predict_pb2.PredictRequest()
        request.model_spec.name = model
        request.model_spec.signature_name = name
        sizes = [tuple(spec.shape[1:]) for spec in specs if spec.name == "parsing"]  # tensors are of the input size
        seen = PersonCrop.around(person.labels, *sizes[0]).person(person) if sizes else person
        for spec in specs:
            value = _value(spec, seen, garment, samples)
            request.inputs[spec.name].CopyFrom(tf.make_tensor_proto(value, dtype=spec.dtype))
        inputs[name] = request
    default = inputs[DEFAULT] = predict_pb2.PredictRequest()
    default.CopyFrom(inputs["complete"])
    default.model_spec.signature_name = DEFAULT  # TF-Serving prepares it apart
    return inputs


def arrays(request: predict_pb2.PredictRequest) -> dict[str, np.ndarray]:
    """A request's inputs."""
    return {name: tf.make_ndarray(proto) for name, proto in request.inputs.items()}


def write(messages: dict[str, predict_pb2.PredictRequest], folder: pathlib.Path) -> None:
    """Into the folder of a version."""
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for request in messages.values():
            log = prediction_log_pb2.PredictionLog(predict_log=prediction_log_pb2.PredictLog(request=request))
            writer.write(log.SerializeToString(deterministic=True))


def read(folder: pathlib.Path) -> list[predict_pb2.PredictRequest]:
    """The requests of a version's folder; none if it has no file."""
    path = folder / FILE
    if not path.is_file():
        return []
    records = tf.compat.v1.io.tf_record_iterator(str(path))
    return [prediction_log_pb2.PredictionLog.FromString(record).predict_log.request for record in records]


def _value(spec: tf.TensorSpec, person: Person, garment: str, samples: int) -> np.ndarray:
    """A valid value of one input, batch size 1."""
    fixed = {
        "photo_bytes": lambda: np.array([_png(person.photo)], object),
        "parsing_bytes": lambda: np.array([_png(person.labels)], object),
        "shape_bytes": lambda: np.array([_png(person.labels)], object),
        "cloth_bytes": lambda: np.array([_png(person.photo[:LARGEST, :LARGEST])], object),
        "vocabulary": lambda: np.array([b"tryon8"], object),
        "garment": lambda: np.array([garment.encode()], object),
        "background": lambda: np.array([KEEP.encode()], object),
        "keypoints": lambda: person.keypoints[None].astype(np.float32),
        "photo": lambda: person.photo[None],
        "parsing": lambda: person.labels[None],
        "seed": lambda: np.array([SEED]),
        "samples": lambda: np.array([samples]),
        "temperature": lambda: np.ones(1, np.float32),
    }
    if spec.name in fixed:
        return fixed[spec.name]()
    return np.zeros((1, *spec.shape[1:]), spec.dtype.as_numpy_dtype)


def _png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()
