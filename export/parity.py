"""Whether an exported model answers as the Keras networks do: the same request to both."""

from __future__ import annotations

import io
import pathlib
from typing import Any

import numpy as np
from PIL import Image

from tf_tryon.data.person import Person
from tf_tryon.errors import TryOnError
from tf_tryon.export.session_model import SessionModel
from tf_tryon.export.warmup import SEED, arrays
from tf_tryon.inference.tryon import Completion, TryOn

# The mean is what counts: one pixel on the edge between two classes may tip, and its colour changes wholly.
LIMITS = {
    "photos": 0.5, "parsings": 0.005, "shape_codes": 1e-3, "texture_codes": 1e-2,
    "shape_score": 0.1, "texture_score": 1.0,
}  # fmt: skip


def expected(model: TryOn, person: Person, garment: str, samples: int) -> Completion:
    """What the networks answer to the first warm-up request."""
    return model.complete(person, garment, samples=samples, seed=SEED)


def check(folder: pathlib.Path, requests: dict[str, Any], wanted: Completion) -> dict[str, dict[str, float]]:
    """Loads the written model with the session loader, answers every request, compares `complete` with the networks.

    Returns:
      Largest and mean difference by output: photos in levels of 255, parsings in the part of pixels, codes,
      scores in nats.

    Raises:
      TryOnError: a mean is beyond LIMITS.
    """
    loaded = SessionModel(folder)
    try:
        answers = {name: loaded.run(name, arrays(request)) for name, request in requests.items()}
    finally:
        loaded.close()
    answer, count = answers["complete"], len(wanted.photos)
    answered = {name: value[0, :count] for name, value in answer.items() if name != "erased_bytes"}
    pairs = {
        "photos": (decoded(answered["photos_bytes"]), wanted.photos),
        "parsings": (decoded(answered["parsings_bytes"]), wanted.parsings),
        **{f"{stage}_codes": (answered[f"{stage}_codes"], codes) for stage, codes in wanted.codes.items()},
        **{f"{stage}_score": (answered[f"{stage}_score"], scores) for stage, scores in wanted.scores.items()},
    }
    differences = {}
    for name, (here, there) in pairs.items():
        gap = here != there if name == "parsings" else np.abs(here.astype(np.float64) - there)
        differences[name] = {"max": float(gap.max()), "mean": float(gap.mean())}
        if not gap.mean() <= LIMITS[name]:
            raise TryOnError(
                f"the exported model's {name} differ from the networks' by {gap.mean():.3g} in the mean"
                f" (at most {LIMITS[name]:.3g} is right): nothing was exported"
            )
    return differences


def decoded(pictures: np.ndarray) -> np.ndarray:
    """(n,) encoded pictures -> (n, h, w[, 3]) uint8."""
    return np.stack([np.asarray(Image.open(io.BytesIO(encoded))) for encoded in pictures])
