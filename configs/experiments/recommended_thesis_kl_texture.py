"""The recommended texture stage with the thesis's KL weight and nothing else changed: what the weight does."""

from ml_collections import ConfigDict

from tf_tryon.configs.texture import get_config as recommended
from tf_tryon.derived import thesis_beta


def get_config() -> ConfigDict:
    config = recommended()
    config.loss.kl_schedule = "constant"
    config.loss.beta = thesis_beta(config)
    return config
