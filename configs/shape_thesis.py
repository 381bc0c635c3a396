"""Shape stage, the thesis's settings: 256 px, lambda_KL = 20 (beta = 2560), batch 16, 20,000 steps.

Two are otherwise: half of the examples are mirrored (`data.augment.flip`), which the thesis doesn't say, and a dress is
no bottom to erase (`data.dresses`), which it is in the thesis.
Its posterior collapses: all samples of a person are alike (docs/method.md, section 8). `shape.py` is the one to use.
"""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    return thesis("shape")
