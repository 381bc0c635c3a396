import json

import pytest
import tensorflow as tf

from tf_tryon.training.cluster import worker
from tf_tryon.training.strategy import choose_strategy


def test_one_device_needs_no_strategy(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert choose_strategy() is tf.distribute.get_strategy()
    assert worker() == (0, 1)


@pytest.mark.parametrize("kind", ["worker", "chief", "", "empty"])
def test_a_cluster_of_one_is_none(monkeypatch, kind):
    """Launchers set {} or a lone chief."""
    lone = {"cluster": {kind: ["localhost:1"]}, "task": {"type": kind, "index": 0}}
    text = {"": "{}", "empty": '{"cluster": {}, "task": {}}'}.get(kind, json.dumps(lone))
    monkeypatch.setenv("TF_CONFIG", text)
    assert worker() == (0, 1)
    assert choose_strategy() is tf.distribute.get_strategy()


def test_workers_are_numbered(monkeypatch):
    cluster = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(cluster))
    assert worker() == (1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"cluster": []}', '{"task": {"type": "worker", "index": 0}}',
        '{"cluster": {"chief": ["a:1"], "worker": ["b:1"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 2}}',
        '{"cluster": {"worker": ["a:1", "b"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:0"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": "0"}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "evaluator", "index": 0}}',
    ],
)  # fmt: skip
def test_a_wrong_cluster_says_what_is_expected_and_what_to_unset(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match=r"TF_CONFIG: .*unset TF_CONFIG to train on this machine alone, or give"):
        worker()
