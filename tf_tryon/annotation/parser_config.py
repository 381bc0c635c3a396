"""The built-in parsing network's configuration: every field, commented, with the bundled weights' values."""

from __future__ import annotations

import ast
from typing import Any

from ml_collections import ConfigDict

from tf_tryon.config import update
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file


def default_config() -> ConfigDict:
    """Model, randomisation and training; probabilities are per picture unless said otherwise."""
    config: dict[str, Any] = {
        "model": {
            "size": 128,  # side of the square input in pixels, a multiple of 16
            "widths": (32, 64, 96, 128),  # channels at 1/2, 1/4, 1/8, 1/16
            "head": 24,  # channels at full size
            "keypoint_radius": 3 / 128,  # standard deviation of a keypoint's spot, of the side
        },
        "randomise": {
            "whole": 0.7,  # a whole person as the annotator frames one; else one of any scale, often cut
            "scale": (0.75, 2.0),  # then: the person's size, of Studio's
            "rotate": 12.0,  # degrees, each way
            "garment": 0.65,  # a garment gets another colour (per garment)
            "pattern": 0.3,  # and stripes, checks or blotches on it (per garment)
            "skin": 0.7,  # another skin tone, another hair colour
            "background": 0.9,  # anything else than the studio's backdrop
            "crowd": 0.2,  # other people in the background
            "occluder": 0.3,  # up to two things in front
            "blur": 0.35,  # lower resolution
            "jpeg": (35, 95),  # quality
            "noise": 0.05,  # largest standard deviation, of [0, 1]
            "no_mask": 0.05,  # the person mask is missing
            "no_pose": 0.05,  # all keypoints are missing
            "no_point": 0.1,  # one keypoint is missing (per keypoint)
            "jitter": 0.014,  # standard deviation of a keypoint's place, of the side
        },
        "train": {
            "seed": 0,
            "init_from": "",  # a weights file to start from
            "batch_size": 8,
            "steps": 6000,
            "learning_rate": 1.5e-3,  # falls to a hundredth along a cosine
            "warmup_steps": 100,
            "clip_norm": 1.0,
            "ema": 0.998,
            "precision": "mixed_bfloat16",
            "log_every": 20,
            "checkpoint_every": 200,
        },
    }
    return ConfigDict(config)


def with_changes(changes: list[str]) -> ConfigDict:
    """The default configuration with fields changed, each as "train.steps=100"; ValueError names a wrong one."""
    config = default_config()
    for change in changes:
        field, equals, text = change.partition("=")
        part, _, name = field.partition(".")
        if not equals or part not in config or name not in config[part]:
            known = ", ".join(f"{part}.{name}" for part in config for name in config[part])
            raise ValueError(f"--set {change}: FIELD=VALUE is expected, with a field among {known}")
        try:
            value = text if isinstance(config[part][name], str) else ast.literal_eval(text)
            config[part][name] = value
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValueError(f"--set {change}: {config[part][name]!r} can't become {text!r}") from error
    return config


def validate(config: ConfigDict) -> None:
    """Raise ValueError, naming the field, for values that can't work."""
    if config.model.size <= 0 or config.model.size % 16:
        raise ValueError(f"config.model.size = {config.model.size}: use a multiple of 16")
    if len(config.model.widths) != 4:
        raise ValueError(f"config.model.widths = {config.model.widths}: four numbers of channels are needed")
    for name in ("batch_size", "steps", "log_every", "checkpoint_every"):
        if config.train[name] < 1:
            raise ValueError(f"config.train.{name} = {config.train[name]}: must be at least 1")
    low, high = config.randomise.scale
    if not 0 < low <= high:
        raise ValueError(f"config.randomise.scale = {config.randomise.scale}: the smallest and the largest factor")
    for name in (
        "whole",
        "garment",
        "pattern",
        "skin",
        "background",
        "crowd",
        "occluder",
        "blur",
        "no_mask",
        "no_pose",
    ):
        if not 0 <= config.randomise[name] <= 1:
            raise ValueError(f"config.randomise.{name} = {config.randomise[name]}: a probability lies in [0, 1]")


def from_json(text: bytes, source: str) -> ConfigDict:
    """The configuration that `tf_tryon.config.to_json` wrote; BadFileError names what doesn't fit."""
    config = default_config()
    update(config, json_file.parse(text, source, "a file of `tf-tryon parser train` is expected"))
    try:
        validate(config)
    except ValueError as error:
        raise BadFileError(f"{source}: {error}") from error
    return config
