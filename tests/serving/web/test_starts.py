"""The six people to begin with are whole, and are those that the tool renders."""

import numpy as np
import pytest

from tf_tryon.data.vocabulary import BOTTOM, TOP
from tf_tryon.serving.web import starts


@pytest.mark.parametrize("name", starts.NAMES)
def test_they_wear_what_can_be_replaced(name: str) -> None:
    person = starts.subject(name)
    assert person.size == (256, 192)
    assert not person.dress
    assert all((person.labels == garment).mean() > 0.01 for garment in (TOP, BOTTOM))
    shown = person.keypoints[person.keypoints[:, 2] > 0]
    assert len(shown) > 12
    assert ((shown[:, :2] >= 0) & (shown[:, :2] <= (192, 256))).all()


def test_they_are_small() -> None:
    assert sum(len(path.read_bytes()) for path in starts.FOLDER.iterdir()) < 300_000


def test_they_can_be_rendered_again() -> None:
    import runpy
    from pathlib import Path

    from tf_tryon.data.studio.render import render_person
    from tf_tryon.data.vocabulary import to_classes

    tool = runpy.run_path(str(Path(__file__).parents[3] / "tools/page_starts.py"))
    made = render_person(tool["SEED"], tool["PEOPLE"][1], tool["SIZE"])
    labels, person = to_classes(made.parsing, "cihp20"), starts.subject("2")
    columns = [labels[:, left : left + 192] for left in range(256 - 192 + 1)]
    assert any(np.array_equal(part, person.labels) for part in columns)
