"""What of a stage is measured: all that it and the stage before it learned, and somebody shows."""

import logging
from pathlib import Path

import pytest
from ml_collections import ConfigDict

from tf_tryon.cli.garments_flag import measured_garments
from tf_tryon.config import thesis
from tf_tryon.data.records import open_records


def trained_on(*garments: str) -> ConfigDict:
    config = thesis("texture")
    config.data.targets.update({name: float(name in garments) for name in config.data.targets})
    return config


@pytest.mark.parametrize(
    ("before", "measured", "warned"),
    [
        (None, ("hat", "top"), []),
        (trained_on("top"), ("top",), ["hat is not measured of the texture stage: the texture stage before it"]),
    ],
)
def test_what_the_stage_before_never_learned_is_left_out(
    before: ConfigDict | None,
    measured: tuple[str, ...],
    warned: list[str],
    data_set: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        assert measured_garments(None, trained_on("hat", "top"), before, open_records(data_set), "test") == measured
    assert [message[: len(start)] for message, start in zip(caplog.messages, warned, strict=True)] == warned


def test_a_split_that_nobody_can_be_measured_of_is_told(data_set: Path) -> None:
    config = trained_on("hat", "top")
    config.data.min_garments = 5
    with pytest.raises(ValueError, match="shows hat or top and at least 5 garments"):
        measured_garments(None, config, None, open_records(data_set), "test")
    with pytest.raises(ValueError, match="has no split 'tset'"):
        measured_garments(None, config, None, open_records(data_set), "tset")
