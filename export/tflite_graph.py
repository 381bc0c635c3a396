"""The shape stage as a phone runs it: the networks' own layers in three functions of fixed size, batch 1.

    encode(context)         -> features                  once for a person; or mean, raw_std where cells are independent
    prior(features, codes)  -> mean, raw_std             once for each cell of a code, which it then tells
    generate(given, codes)  -> logits                    once for each sample

Their inputs are what `export.phone_inputs` makes. For eight bits the layers compute the same in another form
(`layers.eight_bits`), and weights are rescaled (`tflite_equalise.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf_tryon.config import latent_shape
from tf_tryon.layers.eight_bits import BEHIND, Standardize
from tf_tryon.layers.normalization import InstanceNormalization
from tf_tryon.layers.spectral_norm import spectral_layers
from tf_tryon.models.contract import Networks
from tf_tryon.models.tasks import CLASSES, ShapeTask

Function = tf.types.experimental.PolymorphicFunction
Outputs = dict[str, tf.Tensor]


def prepare(networks: Networks, integer: bool) -> None:
    """Makes a shape stage's networks ready for `functions`; they are for nothing else afterwards.

    Args:
      networks: of a stage whose spectral norms are folded.
      integer: for eight bits.
    """
    models = networks.generator, networks.context_encoder
    for layer in spectral_layers(*models):
        layer.layer.compact = True
    if not integer:
        return
    for up in networks.generator.ups:
        for norm in (up.norm_1, up.norm_2):
            norm.eight_bits = Standardize(_channels(norm))
    cells = networks.context_encoder.cells
    if cells is not None:
        cells.norm.eight_bits = True
        for block in cells.blocks:
            block.behind, block.norm_1.eight_bits, block.norm_2.eight_bits = BEHIND, True, True


def functions(networks: Networks) -> dict[str, Function]:
    """Each function with its fixed signature, ready to be traced, of networks that were prepared."""
    config, (rows, columns, channels) = networks.config, latent_shape(networks.config)
    height, width, pool = config.data.height, config.data.width, config.model.context_pool
    given, prior = ShapeTask.given_channels(config), networks.context_encoder.cells
    context = 12 + (given if config.model.encoder_context else 0)

    def of(call: Callable[..., Outputs], **inputs: tuple[int, ...]) -> Function:
        specs = [tf.TensorSpec((1, *shape), name=name) for name, shape in inputs.items()]
        return tf.function(lambda *arrays: call(networks, *arrays), input_signature=specs, autograph=False)

    made = {
        "encode": of(encode, context=(height // pool, width // pool, context)),
        "generate": of(generate, given=(height, width, given), codes=(height, width, channels)),
    }
    if prior is not None:
        cells = rows * columns
        made["prior"] = of(next_cells, features=(cells, prior.width), codes=(cells, channels))
    return made


def encode(networks: Networks, context: tf.Tensor) -> Outputs:
    """(1, h, w, C) context -> features (1, cells, D), or mean and raw_std (1, cells, channels)."""
    encoder = networks.context_encoder
    features = encoder.features(context)
    if encoder.cells is not None:
        return {"features": encoder.cells.embed(features)}
    mean, raw = tf.split(tf.reshape(features, (1, -1, 2 * encoder.channels)), 2, axis=-1)
    return {"mean": mean, "raw_std": raw}


def next_cells(networks: Networks, features: tf.Tensor, codes: tf.Tensor) -> Outputs:
    """What each cell may be, given the codes of those before it: mean and raw_std (1, cells, channels)."""
    cells = networks.context_encoder.cells
    tokens = cells.tokens(features, codes)[0]
    # Two products, so that each half keeps a scale of its own.
    kernels, biases = (
        tf.split(tf.convert_to_tensor(part), 2, axis=-1) for part in (cells.head.kernel, cells.head.bias)
    )
    mean, raw = (tf.matmul(tokens, kernel) + bias for kernel, bias in zip(kernels, biases, strict=True))
    return {"mean": mean[None], "raw_std": raw[None]}


def generate(networks: Networks, given: tf.Tensor, codes: tf.Tensor) -> Outputs:
    """(1, H, W, C) given and (1, H, W, c) laid codes -> logits (1, H, W, 8)."""
    # The erased parsing sums to 1 where a pixel is visible: no mask of its own is needed.
    visible = tf.reduce_sum(given[..., :CLASSES], axis=-1, keepdims=True)
    return {"logits": networks.generator(tf.concat([given, codes], axis=-1), visible)[-1]}


def _channels(norm: Any) -> int:
    return int(norm.gamma.shape[0] if isinstance(norm, InstanceNormalization) else norm.modulation.filters // 2)
