"""The tool that compares the phone's page with the reference runner: what it sends; the page itself needs a browser."""

import importlib.util
import json
import pathlib

import numpy as np

from tf_tryon.export.phone_inputs import Inputs


def test_what_the_page_reads_is_flat_numbers() -> None:
    path = pathlib.Path(__file__).parents[1] / "tools" / "check_browser.py"
    spec = importlib.util.spec_from_file_location("check_browser", path)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    maps = np.zeros((2, 3, 4), np.float32)
    box = np.array([0, 0.25, 0.5, 1], np.float32)
    labels, points = np.ones((2, 3), np.uint8), np.zeros((18, 3), np.float32)
    inputs = Inputs(labels, visible=maps[..., 0], box=box, slot=1, keypoints=points, given=maps, context=maps)
    actual = json.loads(tool.sent(inputs, [np.ones((1, 2), np.float32)]))
    assert (actual["labels"], actual["box"], actual["noise"]) == ([1] * 6, [0, 0.25, 0.5, 1], [[1, 1]])
    assert len(actual["context"]) == maps.size
