"""TensorFlow is given as many threads as asked for, and none is asked for by 0."""

import pytest
import tensorflow as tf

from tf_tryon.training import threads


@pytest.mark.parametrize(("count", "expected"), [(0, []), (3, [("within", 3), ("between", 3)])])
def test_limit(monkeypatch, count, expected):
    calls = []
    monkeypatch.setattr(
        tf.config.threading, "set_intra_op_parallelism_threads", lambda given: calls.append(("within", given))
    )
    monkeypatch.setattr(
        tf.config.threading, "set_inter_op_parallelism_threads", lambda given: calls.append(("between", given))
    )
    threads.limit(count)
    assert calls == expected
