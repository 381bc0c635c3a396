"""What a training step asks of a loss, whatever it teaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import tensorflow as tf

from tf_tryon.models.contract import Batch, Networks
from tf_tryon.training import metric_names
from tf_tryon.training.kl_weight import KLWeight
from tf_tryon.training.terms import Terms


class Objective(Protocol):
    """A loss. Make it inside the strategy's scope.

    Attributes:
      kl: name of the term by which `KLWeight` steers beta, in nats a person.
    """

    kl: str

    def constants(self) -> dict[str, tf.Variable]:
        """What is set once, before the first step, and belongs into checkpoints."""
        ...

    def calibrate(self, people: Callable[[], Batch]) -> None:
        """Set the constants by people, which are only drawn where there is something to measure."""
        ...

    def __call__(
        self, nets: Networks, batch: Batch, kl_weight: KLWeight, step: tf.Tensor, adversarial: bool
    ) -> tuple[Terms, Terms | None]:
        """Losses of generator and encoders, and of the discriminator (None unless `adversarial`).

        Args:
          nets: of the objective's stage.
          batch: see docs/architecture.md.
          kl_weight: state of beta.
          step: scalar integer.
          adversarial: whether the GAN's terms take part; never True without a discriminator.
        """
        ...


class Uncalibrated:
    """An objective without constants."""

    kl: str = metric_names.KL

    def constants(self) -> dict[str, tf.Variable]:
        """None."""
        return {}

    def calibrate(self, people: Callable[[], Batch]) -> None:
        """There is nothing to measure."""
        del people
