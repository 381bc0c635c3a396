import json

import pytest
import tensorflow as tf

from tf_tryon.training.strategy import choose_strategy, worker


def test_one_device_needs_no_strategy(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert choose_strategy() is tf.distribute.get_strategy()
    assert worker() == (0, 1)


def test_a_cluster_of_one_is_none(monkeypatch):
    cluster = {"cluster": {"worker": ["localhost:1"]}, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(cluster))
    assert choose_strategy() is tf.distribute.get_strategy()


def test_workers_are_numbered(monkeypatch):
    cluster = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(cluster))
    assert worker() == (1, 2)


@pytest.mark.parametrize("text", ["{", "{}", '{"cluster": {"ps": []}, "task": {"type": "ps", "index": 0}}'])
def test_a_wrong_cluster_says_what_is_expected(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match=r"TF_CONFIG: .*expected"):
        worker()
