"""Both stages as TFLite runs them: the networks' own layers in functions of fixed size, batch 1.

    shape_encode(person, garments)            -> features           once for a person
    shape_draw(features, noise, temperature)  -> codes              once for each sample, as all that follow
    shape_score(features, codes)              -> score
    shape_generate(person, codes)             -> completed, opacity
    texture_behind(person)                     -> behind            once for a person
    texture_encode(person, garments, completed) -> features
    texture_draw, texture_score                    as for the shape
    texture_generate(person, completed, behind, codes) -> rgb, and detail where the model has a detail network

A person is what `data.view` shows, and `inference.erasure` erases. Everything from there on is the code of training and
completion (`examples.derive`, `Networks`, `compositing`), traced; nothing of it is written again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.config import latent_shape
from tf_tryon.data import examples
from tf_tryon.inference.stage import Stage
from tf_tryon.inference.tryon import TryOn
from tf_tryon.layers.gaussian import Gaussian
from tf_tryon.layers.spectral_norm import spectral_layers
from tf_tryon.models.background import continued
from tf_tryon.models.completion import shown
from tf_tryon.models.compositing import complete_labels, shows, with_labels
from tf_tryon.models.contract import Batch
from tf_tryon.models.detail import added
from tf_tryon.models.tasks import ShapeTask

Inputs = dict[str, tf.Tensor]  # a function's, by name
Function = tf.types.experimental.PolymorphicFunction
_PERSON: Final = ("labels", "keypoints", "dress", "target", "visible", "box")
_GARMENTS: Final = ("garments", "shown", "means")


def functions(model: TryOn) -> dict[str, Function]:
    """Every function with its fixed signature, ready to be traced. `model` is for nothing else afterwards.

    Args:
      model: of two stages of the family "tryon".
    """
    made: dict[str, Function] = {}
    for stage in (model.shape, model.texture):
        assert stage is not None
        for layer in spectral_layers(*stage.networks.inference_models.values()):
            layer.scale_inputs()
            layer.layer.boxed = True
        made |= {f"{stage.config.stage}_{name}": made_of for name, made_of in _of_stage(stage).items()}
    return made


def _of_stage(stage: Stage) -> dict[str, Function]:
    specs, networks = _specs(stage), stage.networks
    shape = isinstance(networks, ShapeTask)
    seen = _PERSON if shape else (*_PERSON, "photo", "completed")

    def batch(given: Inputs) -> Batch:
        inputs = _batch(stage, given)
        return inputs if shape else with_labels(inputs, given["completed"])

    def encode(given: Inputs) -> dict[str, tf.Tensor]:
        return {"features": networks.context_encoder.features(networks.prior_inputs(batch(given)))}

    def draw(given: Inputs) -> dict[str, tf.Tensor]:
        return {"codes": networks.context_encoder.draw(given["features"], given["noise"], given["temperature"])}

    def score(given: Inputs) -> dict[str, tf.Tensor]:
        prior: Gaussian = networks.context_encoder.gaussian(given["features"], networks.share(given["codes"]))
        return {"score": prior.log_density(given["codes"], stage.config.model.latent_shared)}

    def generate(given: Inputs) -> dict[str, tf.Tensor]:
        person = batch(given)
        made = networks.generate(person, given["codes"])[-1]
        if shape:
            labels = complete_labels(person, made, stage.config.model.replaces)
            return {"completed": tf.cast(labels, tf.int32), "opacity": shows(person, labels)}
        outputs = {"rgb": shown(_batch(stage, given), given["completed"], made, given["behind"])}
        if stage.detail is not None:
            outputs["detail"] = added(stage.detail, made, given["completed"], given["target"])
        return outputs

    def behind(given: Inputs) -> dict[str, tf.Tensor]:
        return {"behind": continued(_batch(stage, given)[keys.PHOTO], given["labels"])}

    once = {} if shape else {"behind": _function(behind, specs, (*_PERSON, "photo"))}
    return once | {
        "encode": _function(encode, specs, (*seen, *_GARMENTS)),
        "draw": _function(draw, specs, ("features", "noise", "temperature")),
        "score": _function(score, specs, ("features", "codes")),
        "generate": _function(generate, specs, (*seen, *once, "codes")),
    }


def _function(
    call: Callable[[Inputs], dict[str, tf.Tensor]], specs: dict[str, Any], names: tuple[str, ...]
) -> Function:
    return tf.function(
        lambda *given: call(dict(zip(names, given, strict=True))),
        input_signature=[tf.TensorSpec(*specs[name], name=name) for name in names],
        autograph=False,
    )


def _specs(stage: Stage) -> dict[str, Any]:
    """Shape and type of every input, by name."""
    (height, width), codes = stage.size, latent_shape(stage.config)
    cells = stage.networks.context_encoder.cells
    features = 2 * codes[2] if cells is None else stage.networks.context_encoder.head.filters
    return {
        "photo": ((1, height, width, 3), tf.uint8),
        "labels": ((1, height, width), tf.int32),
        "keypoints": ((1, 18, 3), tf.float32),
        "dress": ((1,), tf.bool),
        "target": ((1,), tf.int32),
        "visible": ((1, height, width, 1), tf.float32),
        "box": ((1, 4), tf.float32),
        "garments": ((1, 4, height, width, 3), tf.float32),
        "shown": ((1, 4), tf.bool),
        "means": ((4, height, width, 3), tf.float32),
        "completed": ((1, height, width), tf.int32),
        "features": ((1, *codes[:2], features), tf.float32),
        "noise": ((1, *codes), tf.float32),
        "temperature": ((), tf.float32),
        "behind": ((1, height, width, 3), tf.float32),
        "codes": ((1, *codes), tf.float32),
    }


def _batch(stage: Stage, given: Inputs) -> Batch:
    """The batch of docs/architecture.md; what a function isn't given it doesn't use, and the converter drops it."""
    height, width = stage.size
    pictures = tf.zeros((1, 4, height, width, 3))
    people = {
        "photo": given.get("photo", tf.zeros((1, height, width, 3), tf.uint8)),
        "labels": given["labels"],
        "dress": given["dress"],
        "keypoints": given["keypoints"],
        "id": tf.constant([""]),
        "garments": given.get("garments", pictures),
        "shown": given.get("shown", tf.zeros((1, 4), tf.bool)),
    }
    noise, means = tf.zeros((1, *examples.noise_shape(stage.config))), given.get("means", pictures[0])
    batch = examples.derive(people, given["target"], noise, means, stage.config)
    return {**batch, keys.VISIBLE: given["visible"], keys.BOX: given["box"]}
