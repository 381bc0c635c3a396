"""Shape stage, recommended, but 64 px, narrow and 20 steps: tells within a minute whether a set-up works at all."""

from ml_collections import ConfigDict

from tf_tryon.configs.shape import get_config as recommended


def get_config() -> ConfigDict:
    config = recommended()
    config.data.height = config.data.width = 64
    config.model.width = 0.25
    config.train.batch_size = 4
    config.train.steps = 20
    config.train.warmup_steps = 2
    config.train.log_every = 5
    config.train.picture_every = 10
    config.train.precision = "float32"  # bf16 gains nothing at this size
    return config
