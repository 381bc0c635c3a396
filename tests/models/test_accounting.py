"""Parameter counts: Table 4-1 exactly, and each shipped configuration's, pinned."""

import importlib

import pytest

from tf_tryon.config import validate
from tf_tryon.models.accounting import count_trained, table_4_1, thesis_counts
from tf_tryon.models.build import build_networks

ROWS = {row.name: row for row in table_4_1()}
# Trained scalars of generator, encoder, context encoder and discriminator.
SHIPPED = {
    "shape": (2_620_738, 646_208, 955_888),
    "shape_128": (2_620_738, 646_208, 951_280),
    "shape_debug": (301_378, 45_968, 301_168),
    "shape_thesis": (2_833_610, 948_544, 952_064),
    "texture": (2_561_023, 643_648, 659_824, 1_097_793),
    "texture_128": (2_561_023, 643_648, 641_392, 1_097_793),
    "texture_debug": (261_943, 45_328, 282_064, 49_553),
    "texture_thesis": (2_848_768, 949_184, 952_064, 1_097_793),
}


@pytest.mark.parametrize("name", ROWS)
def test_counts_are_the_thesiss(name):
    validate(ROWS[name].config)
    assert thesis_counts(ROWS[name].config) == ROWS[name].printed


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_configurations(name):
    config = importlib.import_module(f"tf_tryon.configs.{name}").get_config()
    validate(config)
    counts = tuple(count_trained(model) for model in build_networks(config).models.values())
    assert counts == SHIPPED[name]
