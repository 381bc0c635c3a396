"""Table 4-1's "w/o GAN": appearance and KL losses only."""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    config = thesis("texture")
    config.model.discriminator = False
    config.model.output_scales = 1  # as the table's parameter counts have it
    return config
