"""Runs of the verbs that export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from verb_fakes import no_networks
from verb_run import VerbRun, run_to


def _saved_model(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import saved_model

    no_networks(given)

    def graph(model: Any, folder: Path, **_: int) -> dict[str, Any]:
        (folder / "variables").mkdir()
        (folder / "variables" / "variables.index").write_text("weights")
        return {}

    given.patch.setattr(saved_model, "write_graph", graph)
    given.patch.setattr(saved_model, "example_person", lambda *_: given.person)
    for module, name in (("parity", "expected"), ("parity", "check"), ("warmup", "requests"), ("warmup", "write")):
        given.patch.setattr(getattr(saved_model, module), name, lambda *_: {})
    given.patch.setattr(saved_model.manifest, "content", lambda *_: {})
    return run_to(root, "export", "saved-model")


def _tflite(root: Path, given: Any) -> VerbRun:
    from tf_tryon.config import thesis, to_json
    from tf_tryon.export import tflite
    from tf_tryon.export.phone_inputs import Contract

    grid = (1, 1, 1)
    one = (1.0,)
    contract = Contract(64, 64, ("top",), 1.0, 1, 0.0, False, 1, False, grid, 0, "erased", False, False, 0.0, one, one)
    (root / "model" / "shape").mkdir(parents=True)
    (root / "model" / "shape" / "weights.npz").write_text("weights")
    (root / "model" / "shape" / "config.json").write_text(to_json(thesis("shape")))
    for name, fake in {
        "read_stage": lambda folder: (None, np.zeros((4, 8, 8, 3), np.uint8)),
        "contract_of": lambda config: contract,
        "convert": lambda *_: ({}, [1.0]),
        "merge": lambda *_: b"model",
        "check": lambda *_: None,
        "_sidecar": lambda *_: {"format": "phone"},
    }.items():
        given.patch.setattr(tflite, name, fake)
    return run_to(root, "export", "tflite", "--quantize=float32", f"--model={root / 'model'}")


def _lite(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import lite

    given.patch.setattr(lite, "apart", lambda *_, log: ("digest", {}))
    given.patch.setattr(lite, "merge", lambda *_: b"model")
    return run_to(root, "export", "lite", "--model=studio")


def _lite_parser(root: Path, given: Any) -> VerbRun:
    from tf_tryon.export import lite_parser

    given.patch.setattr(lite_parser, "apart", lambda *_, log: ({}, None))
    given.patch.setattr(lite_parser, "merge", lambda *_: b"model")
    return run_to(root, "export", "parser")


RUNS: dict[str, Callable[[Path, Any], VerbRun]] = {
    "export saved-model": _saved_model,
    "export lite": _lite,
    "export parser": _lite_parser,
    "export tflite": _tflite,
}
