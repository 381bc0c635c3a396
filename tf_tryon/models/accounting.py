"""Parameter counts as the thesis counts them (Table 4-1): what PyTorch registers.

That is the trained weights, the u and v vectors of each spectral norm (u: kernel rows, v: kernel columns), and what the
original code built but never ran: the generator trunk's distribution ResBlock(128 -> 16), and in the discriminator's
attention the fusion block and gamma_e. We build no dead block; its size is added here. Baselines have none of these:
what is trained is what counts, of BicycleGAN's two discriminators one.
"""

from __future__ import annotations

import dataclasses
import math

import keras
from ml_collections import ConfigDict

from tf_tryon.baselines import BASELINES
from tf_tryon.config import baseline, thesis
from tf_tryon.layers.blocks import ResBlock
from tf_tryon.layers.spectral_norm import spectral_layers
from tf_tryon.models.build import build_networks


@dataclasses.dataclass(frozen=True)
class Counts:
    """Parameters of one variant's networks; None where it has no such network."""

    generator: int
    encoder: int
    context_encoder: int | None
    discriminator: int | None = None


@dataclasses.dataclass(frozen=True)
class Row:
    """A variant of Table 4-1: its configuration and the printed counts."""

    name: str
    config: ConfigDict
    printed: Counts
    note: str = ""


def count_trained(model: keras.Model) -> int:
    """Scalars that training changes by gradients."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def count_registered(model: keras.layers.Layer) -> int:
    """Trained scalars and both vectors of every spectral norm."""
    vectors = 0
    for layer in spectral_layers(model):
        *columns, rows = layer.layer.kernel.shape
        vectors += rows + math.prod(columns)
    return sum(math.prod(weight.shape) for weight in model.trainable_weights) + vectors


def _unbuilt(in_channels: int, filters: int, spectral: bool | str) -> int:
    """Registered parameters of a ResBlock(in -> filters, hidden 128) that the original built and never ran."""
    block = ResBlock(filters, 128, spectral=spectral)
    block.build((None, 8, 8, in_channels))
    return count_registered(block)


def thesis_counts(config: ConfigDict) -> Counts:
    """Counts of a thesis-style configuration, by the thesis's rules."""
    nets = build_networks(config)
    if config.model.family in BASELINES:
        own = {name: count_trained(model) for name, model in nets.models.items() if name != "discriminator"}
        judged = None if nets.discriminator is None else count_trained(nets.discriminator.encoded)
        return Counts(own["generator"], own["encoder"], own.get("context_encoder"), judged)
    spectral = config.model.spectral_norm != "none"
    discriminator = None
    if nets.discriminator is not None:
        discriminator = count_registered(nets.discriminator)
        if config.model.attention:
            discriminator += _unbuilt(256, 128, spectral=True) + 1
    return Counts(
        generator=count_registered(nets.generator) + _unbuilt(128, 16, spectral),
        encoder=count_registered(nets.encoder),
        context_encoder=count_registered(nets.context_encoder),
        discriminator=discriminator,
    )


def _variant(stage: str = "texture", **model: object) -> ConfigDict:
    config = thesis(stage)
    config.model.update(model)
    return config


def table_4_1() -> list[Row]:
    """The rows of Table 4-1, and the shape stage."""
    return [
        Row("full model (texture, k = 4)", _variant(), Counts(3_050_562, 960_126, 963_096, 1_589_345)),
        Row("shape stage (k = 1)", _variant("shape"), Counts(3_032_560, 959_466, 963_096)),
        Row(
            "w/o two-stage (k = 1)",
            _variant(two_stage=False, output_scales=1),
            Counts(3_030_120, 960_126, 963_096, 1_589_345),
        ),
        Row(
            "w/o GAN (k = 1)",
            _variant(discriminator=False, output_scales=1),
            Counts(3_026_820, 960_126, 963_096),
        ),
        Row("w/o attention", _variant(attention=False), Counts(2_567_232, 960_126, 963_096, 1_106_015)),
        Row(
            "w/o spectral norm",
            _variant(spectral_norm="none"),
            Counts(3_020_800, 949_184, 952_064, 1_578_179),
            note="the thesis prints 0.9402M for E, a misprint of 0.9492M",
        ),
        Row("FiNet", baseline("finet", "texture"), Counts(96_079_840, 40_916_688, 40_921_872)),
        Row(
            "BicycleGAN",
            baseline("bicyclegan", "texture"),
            Counts(54_794_627, 2_590_032, None, 3_458_978),
            note="it has a second discriminator of the same size",
        ),
    ]
