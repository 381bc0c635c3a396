"""Virtual try-on as fashion image completion.

    from tf_tryon import TryOn

    results = TryOn.load().complete(person, garment="top", samples=8, seed=7)

`import tf_tryon` is cheap; TensorFlow is imported when TryOn is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tf_tryon.inference.tryon import TryOn

__all__ = ["TryOn"]


def __getattr__(name: str) -> object:
    if name == "TryOn":
        from tf_tryon.inference.tryon import TryOn

        return TryOn
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
