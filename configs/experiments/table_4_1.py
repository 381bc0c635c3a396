"""The thesis's Table 4-1 and figures at 256 px: its own budget, 20,000 and 60,000 steps a row; needs GPUs and days."""

from ml_collections import ConfigDict

from tf_tryon.configs.experiments import (
    bicyclegan,
    finet_shape,
    finet_texture,
    no_attention,
    no_gan,
    no_spectral_norm,
    no_two_stage,
    recommended_thesis_kl_shape,
    recommended_thesis_kl_texture,
)
from tf_tryon.configs.shape import get_config as shape
from tf_tryon.configs.shape_thesis import get_config as shape_thesis
from tf_tryon.configs.texture import get_config as texture
from tf_tryon.configs.texture_thesis import get_config as texture_thesis
from tf_tryon.experiments.plan import add_row, experiment


def get_config(size: int = 256) -> ConfigDict:
    config = experiment("Table 4-1")
    add_thesis_rows(config, size)
    add_row(config, "recommended", "recommended", sized(texture(), size), sized(shape(), size))
    add_row(
        config, "recommended_thesis_kl", "recommended, thesis's KL weight",
        sized(recommended_thesis_kl_texture.get_config(), size), sized(recommended_thesis_kl_shape.get_config(), size),
    )  # fmt: skip
    return config


def sized(stage: ConfigDict, size: int) -> ConfigDict:
    """The stage's configuration, for pictures of so many pixels."""
    stage.data.height = stage.data.width = size
    return stage


def add_thesis_rows(config: ConfigDict, size: int) -> None:
    """The seven rows that the thesis prints."""
    # The ablations concern the second stage: they share the full model's first.
    add_row(
        config, "full", "full model", sized(texture_thesis(), size), sized(shape_thesis(), size),
        counts="full model (texture, k = 4)", thesis_fid=23.07,
    )  # fmt: skip
    add_row(
        config, "finet", "FiNet", finet_texture.get_config(size), finet_shape.get_config(size),
        counts="FiNet", thesis_fid=34.68,
    )  # fmt: skip
    add_row(
        config, "bicyclegan", "BicycleGAN", bicyclegan.get_config(size), counts="BicycleGAN", thesis_fid=28.02
    )  # fmt: skip
    add_row(
        config, "no_two_stage", "w/o two-stage", sized(no_two_stage.get_config(), size),
        counts="w/o two-stage (k = 1)", thesis_fid=24.28,
    )  # fmt: skip
    for name, title, module, counts, fid in (
        ("no_gan", "w/o GAN", no_gan, "w/o GAN (k = 1)", 35.90),
        ("no_attention", "w/o attention", no_attention, "w/o attention", 27.32),
        ("no_spectral_norm", "w/o spectral norm", no_spectral_norm, "w/o spectral norm", 29.78),
    ):
        add_row(config, name, title, sized(module.get_config(), size), shape_of="full", counts=counts, thesis_fid=fid)
