"""The workers that train one model together, as TF_CONFIG names them."""

from __future__ import annotations

import os
from typing import NamedTuple

from tf_tryon.files import json_file


class Cluster(NamedTuple):
    """Several workers.

    Attributes:
      addresses: host:port of each.
      index: this process's place among them.
    """

    addresses: tuple[str, ...]
    index: int  # pyright: ignore[reportIncompatibleMethodOverride]  # nobody looks for an address's place by index()


def given() -> Cluster | None:
    """The cluster of TF_CONFIG; None where it is unset or empty, or names one process of any kind.

    Raises:
      ValueError: TF_CONFIG is not what TensorFlow expects.
    """
    text = os.environ.get("TF_CONFIG", "")
    if not text.strip():
        return None
    remedy = (
        "unset TF_CONFIG to train on this machine alone, or give each worker "
        '{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}'
    )
    value = json_file.parse(text, "TF_CONFIG", remedy)
    if value.get("cluster") is None and not value.raw:
        return None
    kinds = {
        name: [address.text() for address in items.entries()] for name, items in value["cluster"].members().items()
    }
    if sum(map(len, kinds.values())) <= 1:  # a launcher that names a lone chief, or this process only
        return None
    others = sorted(name for name, items in kinds.items() if name != "worker" and items)
    if others:
        raise value["cluster"].wrong(f'has {", ".join(others)} besides workers, and all must be of the kind "worker"')
    value["task"]["type"].choice(("worker",))
    addresses = kinds["worker"]
    for number, address in enumerate(addresses):
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise value["cluster"]["worker"].entries()[number].wrong("is no host:port")
    return Cluster(tuple(addresses), value["task"]["index"].whole(0, len(addresses) - 1))


def worker() -> tuple[int, int]:
    """(this worker's index, number of workers); (0, 1) without a cluster."""
    cluster = given()
    return (0, 1) if cluster is None else (cluster.index, len(cluster.addresses))
