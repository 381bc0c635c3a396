"""Table 4-1's "w/o two-stage": one stage, with keypoint maps where the full model has the first stage's parsing."""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    config = thesis("texture")
    config.model.two_stage = False
    config.model.output_scales = 1  # as the table's parameter counts have it
    return config
