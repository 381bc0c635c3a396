"""The two stages: their names, what the thesis sets otherwise in each, and what a configuration of each can't ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ml_collections import ConfigDict

SHAPE: Final = "shape"
TEXTURE: Final = "texture"
STAGES: Final = (SHAPE, TEXTURE)
# What of a parsing the shape stage replaces: all that is erased, as the thesis, or the garment alone.
ERASED, GARMENT = REPLACES = ("erased", "garment")


class Settings(NamedTuple):
    """The thesis's of one stage: the last `output_scales` UpBlocks have an output."""

    output_scales: int
    discriminator: bool
    steps: int


THESIS: Final[Mapping[str, Settings]] = MappingProxyType(
    {SHAPE: Settings(1, False, 20_000), TEXTURE: Settings(4, True, 60_000)}
)


def validate(config: ConfigDict) -> None:
    """Raise ValueError, naming field and remedy, for what the configuration's own stage hasn't got."""
    _CHECKS[config.stage](config)


def _validate_shape(config: ConfigDict) -> None:
    model, train = config.model, config.train
    if model.discriminator:
        raise ValueError("config.model.discriminator: the shape stage has no discriminator; set it to False")
    if (model.latent_layout == "aligned" or model.encoder_context) and config.data.shape_frame != "box":
        raise ValueError(
            "config.model.latent_layout = 'aligned' and encoder_context need config.data.shape_frame = 'box' in the"
            " shape stage: at test time the garment's own box is unknown"
        )
    if not model.two_stage:
        raise ValueError("config.model.two_stage = False concerns the texture stage only")
    if train.shape_run or train.shape_fraction:
        raise ValueError("config.train.shape_run and shape_fraction concern the texture stage only")
    if config.loss.latent_regression:
        raise ValueError("config.loss.latent_regression concerns the texture stage only")


def _validate_texture(config: ConfigDict) -> None:
    train = config.train
    if config.model.replaces != ERASED:
        raise ValueError("config.model.replaces concerns the shape stage only: its parsing says what is replaced")
    if not 0 <= train.shape_fraction <= 1:
        raise ValueError(f"config.train.shape_fraction = {train.shape_fraction}: choose 0 to 1")
    if bool(train.shape_fraction) != bool(train.shape_run):
        raise ValueError(
            "config.train.shape_fraction and config.train.shape_run, the folder of a shape run, go together: give both"
            " or neither"
        )
    if train.shape_fraction and (train.networks == "prior" or not config.model.two_stage):
        raise ValueError(
            "config.train.shape_fraction: train.networks = 'prior' and model.two_stage = False take no parsings of a"
            " shape run; set it to 0"
        )


_CHECKS: Final[Mapping[str, Callable[[ConfigDict], None]]] = MappingProxyType(
    {SHAPE: _validate_shape, TEXTURE: _validate_texture}
)
