"""The built-in parsing network's configuration: every field, commented, with the bundled weights' values."""

from __future__ import annotations

import ast
from typing import Any

from ml_collections import ConfigDict

from tf_tryon.config import PRECISIONS
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.files.saved_config import update


def default_config() -> ConfigDict:
    """Model, randomisation and training; probabilities are per picture unless said otherwise."""
    config: dict[str, Any] = {
        "model": {
            "height": 384,  # of the input in pixels, a multiple of 32
            "width": 256,  # likewise
            "widths": (96, 64, 48, 24),  # channels on the way up at 1/16, 1/8, 1/4, 1/2
            "blocks": (1, 2, 2, 3, 3, 4),  # of each of the encoder's stages; ImageNet's weights have these
            "keypoint_radius": 3 / 128,  # standard deviation of a keypoint's spot, of the height
        },
        "randomise": {
            "whole": 0.75,  # a whole person as the annotator crops one, but for
            "whole_scale": (0.87, 1.1),  # this factor; else one of any scale, often cut:
            "scale": (0.7, 1.9),  # the person's size, of that in the annotator's crop
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
            "jitter": 0.014,  # standard deviation of a keypoint's place, of the height
        },
        # What differs for photos: their colours, light and backgrounds are real, and their outlines less exact.
        "photos": {
            "garment": 0.2,
            "pattern": 0.1,
            "skin": 0.2,
            "background": 0.12,
            "occluder": 0.25,
            "rotate": 8.0,
            "no_mask": 0.1,
        },
        "train": {
            "seed": 0,
            "init_from": "",  # a weights file to start from
            "imagenet": "",  # efficientnet-lite0-57934424.pth, for the encoder to start from
            "batch": (8,),  # people of each data set in a batch, in their order
            "kept_back": 60,  # the last photos of a split "train", at most half, are for calibrating confidences
            "rare": 3,  # photos with a hat are shown as often as this many others
            "steps": 3000,
            "learning_rate": 8e-4,  # falls to a hundredth along a cosine
            "overlap": 0.5,  # weight of 1 - soft IoU of the eight classes and of bags beside the cross entropy
            "warmup_steps": 100,
            "clip_norm": 1.0,
            "ema": 0.997,
            "precision": "auto",  # bfloat16 where processor or GPU has it, else float32; or one by name
            "precision_auto": False,  # in a run's folder: "auto" was asked for, and the value above is what it became
            "log_every": 20,
            "evaluate_every": 0,  # steps between looks at the loss of held-out people (the splits "test"); 0: none
            "evaluate_people": 100,  # of each data set
            "checkpoint_every": 250,
        },
    }
    return ConfigDict(config)


def with_changes(changes: list[str], given: ConfigDict | None = None) -> ConfigDict:
    """A configuration with fields changed, each as "train.steps=100"; ValueError names a field or a value that is none.

    Args:
      changes: of the fields.
      given: what they are changed of: some or all of the default's fields; None: the default.
    """
    config = default_config()
    if given is not None:
        for field, value in _fields(given):
            part, _, name = field.partition(".")
            if part not in config or name not in config[part]:
                raise ValueError(f"--config has the field {field}, which the parser's configuration lacks")
            try:
                config[part][name] = _like(config[part][name], value)
            except TypeError as error:
                raise ValueError(f"--config: {field} is {config[part][name]!r} and can't become {value!r}") from error
    for change in changes:
        field, equals, text = change.partition("=")
        part, _, name = field.partition(".")
        if not equals or part not in config or name not in config[part]:
            known = ", ".join(f"{part}.{name}" for part in config for name in config[part])
            raise ValueError(f"--set {change}: FIELD=VALUE is expected, with a field among {known}")
        try:
            value = text if isinstance(config[part][name], str) else ast.literal_eval(text)
            config[part][name] = _like(config[part][name], value)
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValueError(f"--set {change}: {config[part][name]!r} can't become {text!r}") from error
    return config


def _like(default: object, value: object) -> object:
    """The value, with the default's type; TypeError: it has another, or one of a tuple's has."""
    if isinstance(default, tuple) and isinstance(value, (tuple, list)):
        return tuple(_like(default[0], each) for each in value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(default, bool) != isinstance(value, bool) or not isinstance(value, type(default)):
        raise TypeError(f"{value!r} is no {type(default).__name__}")
    return value


def _fields(config: ConfigDict) -> list[tuple[str, Any]]:
    """Each field of each part, by part.name; what isn't in a part, by its name."""
    flat: list[tuple[str, Any]] = []
    for part, fields in config.items():
        flat += [(f"{part}.{n}", v) for n, v in fields.items()] if isinstance(fields, ConfigDict) else [(part, fields)]
    return flat


def validate(config: ConfigDict) -> None:
    """Raise ValueError, naming the field, for values that can't work."""
    for name in ("height", "width"):
        if config.model[name] <= 0 or config.model[name] % 32:
            raise ValueError(f"config.model.{name} = {config.model[name]}: use a multiple of 32")
    if len(config.model.widths) != 4:
        raise ValueError(f"config.model.widths = {config.model.widths}: four numbers of channels are needed")
    if len(config.model.blocks) != 6 or min(config.model.blocks) < 1:
        raise ValueError(f"config.model.blocks = {config.model.blocks}: six numbers, each at least 1")
    if not config.train.batch or min(config.train.batch) < 1:
        raise ValueError(f"config.train.batch = {config.train.batch}: one number or more, each at least 1")
    if config.train.precision not in PRECISIONS[:-1]:  # there is no loss scale for float16
        raise ValueError(f"config.train.precision = {config.train.precision!r}: choose one of {PRECISIONS[:-1]}")
    if config.train.evaluate_every < 0:
        raise ValueError(f"config.train.evaluate_every = {config.train.evaluate_every}: must not be negative; 0: never")
    for name in ("rare", "steps", "log_every", "checkpoint_every", "evaluate_people"):
        if config.train[name] < 1:
            raise ValueError(f"config.train.{name} = {config.train[name]}: must be at least 1")
    for name in ("scale", "whole_scale", "jpeg"):
        pair = config.randomise[name]
        if len(pair) != 2 or not 0 < pair[0] <= pair[1]:
            raise ValueError(f"config.randomise.{name} = {pair}: two numbers above 0, the smallest and the largest")
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
    update(config, json_file.parse(text, source, "a file of `tf-tryon parser train` is expected; choose another"))
    try:
        validate(config)
    except ValueError as error:
        raise BadFileError(f"{source}: {error}") from error
    return config
