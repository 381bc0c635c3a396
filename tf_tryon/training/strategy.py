"""Which devices train together."""

from __future__ import annotations

import os

import tensorflow as tf

from tf_tryon.files import json_file


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
    """TF_CONFIG where it names several workers; {} where it is unset or empty, or names one process of any kind."""
    text = os.environ.get("TF_CONFIG", "")
    if not text.strip():
        return {}
    remedy = (
        "unset TF_CONFIG to train on this machine alone, or give each worker "
        '{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}'
    )
    given = json_file.parse(text, "TF_CONFIG", remedy)
    cluster = given.get("cluster")
    if cluster is None and not given.raw:
        return {}
    kinds = {
        name: [address.text() for address in found.entries()] for name, found in given["cluster"].members().items()
    }
    if sum(map(len, kinds.values())) <= 1:  # a launcher that names a lone chief, or this process only
        return {}
    others = sorted(name for name, found in kinds.items() if name != "worker" and found)
    if others:
        raise given["cluster"].wrong(f'has {", ".join(others)} besides workers, and all must be of the kind "worker"')
    given["task"]["type"].choice(("worker",))
    index = given["task"]["index"].whole(0, len(kinds["worker"]) - 1)
    return {"cluster": kinds, "task": {"type": "worker", "index": index}}
