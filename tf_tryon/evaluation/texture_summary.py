"""What the texture stage's measures of each person come to: means, spreads and ratios to photos, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from tf_tryon.evaluation import bootstrap, texture_metrics

_PAIRED = ("skin", "seam", *(f"weave_{period}" for period in texture_metrics.PERIODS))


def texture_summary(arrays: dict[str, np.ndarray], samples: int, seed: int) -> dict[str, Any]:
    """Measure -> {value, low, high, people}.

    Args:
      arrays: values of each person by name, as `texture_report.texture_columns` collects them.
      samples: of each person; stands in the names.
      seed: of the bootstrap.
    """
    colours = arrays["truth_colour"]
    estimates: dict[str, bootstrap.Estimate] = {}
    estimates["truth_colour_spread"] = bootstrap.estimate(texture_metrics.spread, colours, seed=seed)
    for name in ("kl_nats", "posterior_l1_box", "posterior_psnr_box", "posterior_ssim_box"):
        estimates[name] = bootstrap.mean(arrays[name], seed)
    for kind in ("posterior", "prior", "end_to_end"):
        if f"{kind}_seam" not in arrays:
            continue
        if f"{kind}_colour_spread" in arrays:
            spreads = arrays[f"{kind}_colour_spread"]
            estimates[f"{kind}_colour_spread_of_{samples}"] = bootstrap.mean(spreads, seed)
            estimates[f"{kind}_colour_spread_ratio_of_{samples}"] = bootstrap.estimate(
                lambda own, all_: float(np.mean(own) / max(texture_metrics.spread(all_), 1e-12)),
                spreads,
                colours,
                seed=seed,
            )
        for name in _PAIRED:
            estimates[f"{kind}_{name}_ratio"] = bootstrap.ratio(arrays[f"{kind}_{name}"], arrays[f"truth_{name}"], seed)
        estimates[f"{kind}_seam_relative_ratio"] = bootstrap.estimate(
            _relative,
            *(arrays[f"{who}_{what}"] for who in (kind, "truth") for what in ("seam", "seam_local")),
            seed=seed,
        )
        estimates[f"{kind}_skin_distance"] = bootstrap.mean(arrays[f"{kind}_skin"], seed)
        estimates[f"{kind}_halo"] = bootstrap.mean(arrays[f"{kind}_halo"], seed)
    for name in [name for name in arrays if "_perceptual_" in name]:
        estimates[name] = bootstrap.mean(arrays[name], seed)
    estimates["truth_skin_distance"] = bootstrap.mean(arrays["truth_skin"], seed)
    estimates["truth_seam"] = bootstrap.mean(arrays["truth_seam"], seed)
    return {name: estimate.to_dict() for name, estimate in estimates.items()}


def _relative(jump: np.ndarray, local: np.ndarray, true_jump: np.ndarray, true_local: np.ndarray) -> float:
    """How many times the seam, in units of the detail beside it, is the photo's own."""
    made = np.mean(jump) / max(np.mean(local), 1e-12)
    return float(made / max(np.mean(true_jump) / max(np.mean(true_local), 1e-12), 1e-12))
