"""Which devices train together."""

from __future__ import annotations

import json
import os

import tensorflow as tf


def choose_strategy() -> tf.distribute.Strategy:
    """The strategy for what there is.

    MultiWorkerMirroredStrategy if TF_CONFIG names a cluster, MirroredStrategy over several GPUs or logical CPUs, or the
    default strategy of one device.

    Raises:
      ValueError: TF_CONFIG is not what TensorFlow expects.
    """
    if _cluster():
        return tf.distribute.MultiWorkerMirroredStrategy()
    for kind in ("GPU", "CPU"):
        devices = tf.config.list_logical_devices(kind)
        if len(devices) > 1:
            return tf.distribute.MirroredStrategy([device.name for device in devices])
        if devices:
            break
    return tf.distribute.get_strategy()


def worker() -> tuple[int, int]:
    """(this worker's index, number of workers); (0, 1) without a cluster."""
    cluster = _cluster()
    if not cluster:
        return 0, 1
    workers = cluster["cluster"]["worker"]
    return int(cluster["task"]["index"]), len(workers)


def _cluster() -> dict:
    text = os.environ.get("TF_CONFIG", "")
    if not text:
        return {}
    try:
        found = json.loads(text)
        known = set(found["cluster"])
        if known != {"worker"} or found["task"]["type"] != "worker":
            raise ValueError("only workers are supported, no chief, evaluator or parameter server")
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"TF_CONFIG: {error}; expected "
            '{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}'
        ) from error
    return found if len(found["cluster"]["worker"]) > 1 else {}
