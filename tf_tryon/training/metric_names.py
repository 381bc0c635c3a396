"""Names of what a training step measures, as in log.jsonl and TensorBoard."""

from __future__ import annotations

from typing import Final

LOSS: Final = "loss"
DISCRIMINATOR_LOSS: Final = "discriminator_loss"
GRADIENT_NORM: Final = "gradient_norm"
DISCRIMINATOR_GRADIENT_NORM: Final = "discriminator_gradient_norm"
BETA: Final = "beta"
LEARNING_RATE: Final = "learning_rate"
LOSS_SCALE: Final = "loss_scale"
# What other terms spoil when they aren't finite, and which of these an overflow in float16 reaches first.
NORMS: Final = (GRADIENT_NORM, DISCRIMINATOR_GRADIENT_NORM)
TOTALS: Final = (LOSS, DISCRIMINATOR_LOSS, *NORMS)

KL: Final = "kl"  # nats a person, KL(q || p)
KL_COST: Final = "kl_cost"  # the part that counts
KL_STANDARD: Final = "kl_standard"  # KL(N(0, I) || q)

CROSS_ENTROPY: Final = "cross_entropy"
BOX_ACCURACY: Final = "box_accuracy"
PIXEL: Final = "pixel"
PIXEL_RANDOM: Final = "pixel_random"
BOX_L1: Final = "box_l1"
CONTENT: Final = "content"
STYLE: Final = "style"
CONTENT_RANDOM: Final = "content_random"
STYLE_RANDOM: Final = "style_random"
LATENT_REGRESSION: Final = "latent_regression"
ADVERSARIAL: Final = "adversarial"  # and what it is of
ADVERSARIAL_MATCH: Final = "adversarial_match"
ADVERSARIAL_RANDOM: Final = "adversarial_random"
DISCRIMINATOR: Final = "discriminator"  # and what it is of
DISCRIMINATOR_REAL: Final = "discriminator_real"
DISCRIMINATOR_POSTERIOR: Final = "discriminator_posterior"
DISCRIMINATOR_RANDOM: Final = "discriminator_random"

HELD_OUT: Final = "held_out"  # of these, by name below it

# The few that a run's line shows, as far as it has them.
SHOWN: Final = (LOSS, CROSS_ENTROPY, BOX_L1, KL, f"{HELD_OUT}/{LOSS}")


def of(name: str, part: str | int) -> str:
    """The metric of a part: of a garment, of an output's height, of a half of the batch."""
    return f"{name}_{part}"
