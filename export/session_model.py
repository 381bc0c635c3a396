"""A SavedModel in a session of its own: loaded by the session loader, which is what TF-Serving uses.

`tf.saved_model.load` restores more than a server has, so a model that works there can still fail in production.
"""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import rewriter_config_pb2

SERVE = "serve"
DEFAULT = "serving_default"


class SessionModel:
    """Loads and runs; `run` may be called from several threads at once.

    Args:
      folder: of one version.
      threads: that one operation and that several operations may use; 0: all cores.
    """

    def __init__(self, folder: str | pathlib.Path, threads: int = 0) -> None:
        config = tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads, allow_soft_placement=True
        )
        config.gpu_options.allow_growth = True
        # To look for memory that training could save is a tenth of what comes before a signature's first answer, and
        # changes no byte of it. Fewer passes over the graph would be ready sooner still, but round otherwise.
        config.graph_options.rewrite_options.memory_optimization = rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
        self._session = tf.compat.v1.Session(graph=tf.Graph(), config=config)
        with self._session.graph.as_default():
            self.meta_graph = tf.compat.v1.saved_model.load(self._session, [SERVE], str(folder))
        self.signatures: dict[str, Any] = {
            name: signature for name, signature in self.meta_graph.signature_def.items() if not name.startswith("__")
        }

        if DEFAULT in self.signatures and "complete" in self.signatures:
            # One function under two names; by one of them it has to be prepared only once.
            self.signatures[DEFAULT] = self.signatures["complete"]

    @property
    def graph(self) -> tf.Graph:
        return self._session.graph

    def run(
        self,
        signature: str,
        inputs: dict[str, np.ndarray],
        outputs: list[str] | None = None,
        timeout: float | None = None,
    ) -> dict[str, np.ndarray]:
        """Arrays by name in, arrays by name out.

        Args:
          signature: one of `signatures`.
          inputs: exactly its inputs.
          outputs: which to return; None: all.
          timeout: seconds after which the run is given up (tf.errors.DeadlineExceededError).
        """
        definition = self.signatures[signature]
        names = outputs or list(definition.outputs)
        feeds = {definition.inputs[name].name: value for name, value in inputs.items()}
        options = tf.compat.v1.RunOptions(timeout_in_ms=max(1, int(timeout * 1000))) if timeout is not None else None
        fetched = self._session.run([definition.outputs[name].name for name in names], feeds, options=options)
        return dict(zip(names, fetched, strict=True))

    def close(self) -> None:
        self._session.close()
