"""Table 4-1 on photos of real people: windows of 64 px around the top (docs/experiments.md).

The thesis's networks at their own width, and as many steps as `table_4_1_64` has, so that the two tables differ by
their people and their frame; more is what a machine with bfloat16 or a GPU allows. The rows that the thesis compares
by one part have three seeds of the second stage. The recommended settings are those of `street_shape_128.py` and
`street_texture_128.py`; six more rows each lack one of their changes, in both stages.
"""

from collections.abc import Callable

from ml_collections import ConfigDict

from tf_tryon.configs.experiments.table_4_1 import add_thesis_rows, sized
from tf_tryon.configs.experiments.table_4_1_64 import short
from tf_tryon.configs.street_shape_128 import get_config as street_shape
from tf_tryon.configs.street_texture_128 import get_config as street_texture
from tf_tryon.derived import thesis_beta
from tf_tryon.experiments.plan import add_row, experiment

SIZE, STEPS = 64, 600
_SEEDED = ("full", "no_gan", "no_attention", "no_spectral_norm")
_STREET = {"shape": street_shape, "texture": street_texture}


def get_config() -> ConfigDict:
    config = experiment("Table 4-1 on photos of real people")
    config.budget.shape = config.budget.texture = float(STEPS)
    config.curves.points = 5
    config.evaluation.update(people=100, samples=4, garments=("top",), batch=25)
    config.evaluation.figures = "garments"  # nobody in the photos has asked to be shown
    add_thesis_rows(config, SIZE)
    for name in _SEEDED:
        config.rows[name].seeds = (0, 1, 2)
    add_row(config, "recommended", "recommended", _recommended("texture"), _recommended("shape"))
    for name, remove in _REMOVED.items():
        stages = [remove(_recommended(stage)) for stage in ("texture", "shape")]
        words = name.replace("_", " ")
        add_row(config, f"recommended_no_{name}", f"recommended w/o {words}", *stages, removed=words)
    for name in config.names:
        for stage in (config.rows[name].shape, config.rows[name].texture):
            if len(stage):
                _of_people(stage, window=name != "recommended_no_window")
    # What is most wanted first: a stopped experiment has it.
    config.names = (*_SEEDED, "recommended", *(name for name in config.names if name not in (*_SEEDED, "recommended")))
    short(config)
    for name in config.names:
        if name.startswith("recommended"):
            config.rows[name].texture.loss.adversarial_start = STEPS // 2
    return config


def _recommended(stage: str) -> ConfigDict:
    config = sized(_STREET[stage](), SIZE)
    config.data.dresses = False  # the table's garment is the top
    config.model.replaces = "erased"  # as in all rows: what a completion keeps of the photo says nothing of a model
    if config.loss.perceptual_crop:
        config.loss.perceptual_crop = 48  # all of the box at this size
    return config


def _of_people(stage: ConfigDict, window: bool) -> None:
    """The same people, the same garment and the same augmentation in all rows."""
    photos = street_shape().data
    stage.data.crop = "garment" if window else "person"
    stage.data.min_garments = photos.min_garments
    stage.data.augment = photos.augment
    stage.data.targets.update(hat=0.0, top=1.0, bottom=0.0, shoes=0.0)
    stage.train.checkpoint_minutes = 3.0


def _no_input_skips(stage: ConfigDict) -> ConfigDict:
    stage.model.input_skips = False
    return stage


def _no_modulation(stage: ConfigDict) -> ConfigDict:
    stage.model.decoder_norm = "instance"
    return stage


def _no_kl_steering(stage: ConfigDict) -> ConfigDict:
    stage.loss.kl_schedule = "constant"
    stage.loss.beta = thesis_beta(stage)
    return stage


def _no_autoregressive_prior(stage: ConfigDict) -> ConfigDict:
    stage.model.prior = "independent"
    return stage


def _no_shared_channels(stage: ConfigDict) -> ConfigDict:
    stage.model.latent_shared = 0
    stage.model.latent_centred = False  # what is centred needs shared channels to tell the rest
    return stage


# By what the row "recommended" has and this one has not; the window is taken away with the people's own settings.
_REMOVED: dict[str, Callable[[ConfigDict], ConfigDict]] = {
    "window": lambda stage: stage,
    "input_skips": _no_input_skips,
    "modulation": _no_modulation,
    "KL_steering": _no_kl_steering,
    "autoregressive_prior": _no_autoregressive_prior,
    "shared_channels": _no_shared_channels,
}
