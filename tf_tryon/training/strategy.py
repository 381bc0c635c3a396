"""Which devices train together."""

from __future__ import annotations

import tensorflow as tf

from tf_tryon.training import cluster

# What TensorFlow raises where another worker is gone: within a second of its death, some 8 s where it hangs.
WORKER_LOST: tuple[type[Exception], ...] = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
)


def choose_strategy() -> tf.distribute.Strategy:
    """The strategy for what there is.

    MultiWorkerMirroredStrategy if TF_CONFIG names a cluster, MirroredStrategy over several GPUs or logical CPUs, or the
    default strategy of one device.

    Raises:
      ValueError: TF_CONFIG is not what TensorFlow expects.
    """
    if cluster.given() is not None:
        return tf.distribute.MultiWorkerMirroredStrategy()
    for kind in ("GPU", "CPU"):
        devices = tf.config.list_logical_devices(kind)
        if len(devices) > 1:
            return tf.distribute.MirroredStrategy([device.name for device in devices])
        if devices:
            break
    return tf.distribute.get_strategy()
