"""What a folder of weights can do, read from its configurations alone: no TensorFlow is loaded."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable
from typing import Final

from ml_collections import ConfigDict

from tf_tryon.data.vocabulary import DRESS, GARMENTS
from tf_tryon.derived import centred_channels
from tf_tryon.errors import TryOnError
from tf_tryon.inference import stage_files
from tf_tryon.inference.bundled import BUNDLES, model_folder
from tf_tryon.inference.request import check_channel, check_garment
from tf_tryon.inference.stage_files import CONFIG, read_config
from tf_tryon.stages import SHAPE, STAGES, TEXTURE

ONE_STAGE: Final = (
    "this model has one stage, texture, and exports are of models with both: their signatures and files begin with the "
    "shape stage. Complete with `tf-tryon complete --model` or `TryOn`, or bundle a texture run that has a shape run"
)


def given_folder(model: str | None) -> str | None:
    """The folder of his own that a user named as model; None for a bundled one."""
    return None if model in BUNDLES else model


class ModelFolder:
    """Configurations of the stages of a bundled model, by its name, or in a folder that `tf-tryon bundle` wrote.

    Attributes:
      configs: by stage, shape before texture; without shape in a model of one stage.

    Raises:
      TryOnError: the folder holds no stage, or a configuration is none; names the file.
    """

    def __init__(self, folder: str | pathlib.Path | None = None) -> None:
        folder = self._folder = model_folder(folder)
        stages = [stage for stage in STAGES if (folder / stage / CONFIG).exists()]
        self.configs: dict[str, ConfigDict] = {stage: read_config(folder / stage, stage) for stage in stages}
        if not self.configs:
            raise TryOnError(f"{folder} holds no model: make the folder with `tf-tryon bundle`")

    @property
    def garments(self) -> tuple[str, ...]:
        """What all stages complete."""
        return common_targets(trained_targets(config) for config in self.configs.values())

    @property
    def digest(self) -> str:
        """`TryOn.model` of what lies there."""
        first = stage_files.digest(self._folder / SHAPE) if SHAPE in self.configs else ""
        return stage_files.digest_of_both(first, stage_files.digest(self._folder / TEXTURE))

    def check_exportable(self) -> None:
        """Raise TryOnError unless there is a shape stage, which every export begins with."""
        if SHAPE not in self.configs:
            raise TryOnError(ONE_STAGE)

    def check_for_phones(self) -> None:
        """Raise TryOnError unless the shape stage is one of those that `export tflite` puts into a phone's file.

        That file's inputs are of the whole person, and its conversion knows the thesis's generator alone.
        """
        self.check_exportable()
        config = self.configs[SHAPE]
        wanted = {"model.family": "tryon", "data.crop": "person", "model.generator_pool": 1}
        for name, value in wanted.items():
            part, _, field = name.partition(".")
            if config[part][field] != value:
                raise TryOnError(
                    f"the shape stage has config.{name} = {config[part][field]!r}, and `export tflite` knows {value!r} "
                    "alone: `export lite` exports the whole completion of such a model"
                )

    def check(self, garment: str, walk: int | None = None, walk_stage: str = SHAPE) -> None:
        """Raise TryOnError or ValueError for a garment or a walk that the model doesn't know."""
        check_garment(garment, self.garments)
        if walk is None:
            return
        if walk_stage not in self.configs:
            raise ValueError(f"walk_stage = {walk_stage!r}: this model has one stage, {', '.join(self.configs)}")
        config = self.configs[walk_stage]
        check_channel(walk, config.model.latent_channels, centred_channels(config))


def trained_targets(config: ConfigDict) -> tuple[str, ...]:
    """What a configuration's stage completes: garments, and dresses where they are trained as bottoms."""
    targets = [name for name in GARMENTS if config.data.targets[name] > 0]
    return (*targets, DRESS) if config.data.dresses and "bottom" in targets else tuple(targets)


def common_targets(stages: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What every stage completes."""
    every = list(stages)
    return tuple(name for name in every[0] if all(name in targets for targets in every))
