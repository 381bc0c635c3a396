"""What a task's result is made of, apart from where things lie: the same work in another folder has the same digest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tf_tryon.data.records import open_records
from tf_tryon.data.usable import fingerprint
from tf_tryon.training.run_inputs import weights_content

# Of the results of earlier tasks, whose digests a task's own digest holds.
_MADE: Final = ("shape", "reader")
_FIGURES: Final = ("figure_people", "figures", "figures_beside")


def identity(job: dict[str, Any]) -> dict[str, Any]:
    """The job with contents in place of paths, and without what its kind doesn't look at.

    Args:
      job: of `tasks.tasks`, with its "kind".
    """
    own = {name: _KINDS[name](value) if name in _KINDS else value for name, value in job.items()}
    own |= {name: bool(own[name]) for name in _MADE if name in own}
    if isinstance(own.get("texture"), list):  # a curve's: (step, file) each
        own["texture"] = [step for step, _ in own["texture"]]
    elif "texture" in own:
        own["texture"] = True
    if job["kind"] == "curve":
        own["evaluation"] = {name: value for name, value in own["evaluation"].items() if name not in _FIGURES}
    return own


def _configuration(text: str) -> Any:
    config = json.loads(text)
    config["loss"]["perceptual_weights"] = weights_content(config["loss"]["perceptual_weights"])
    return config


def _evaluation(settings: dict[str, Any]) -> dict[str, Any]:
    beside = settings["figures_beside"]
    return {
        **settings,
        "features_weights": weights_content(settings["features_weights"]),
        "figures_beside": fingerprint(open_records(beside)) if beside else "",
    }


def _frame(text: str) -> Any:
    return _configuration(text) if text else ""


# By a field of a job what makes it independent of its place.
_KINDS: Final[dict[str, Callable[[Any], Any]]] = {
    "config": _configuration, "frame": _frame, "evaluation": _evaluation, "weights": weights_content,
}  # fmt: skip
