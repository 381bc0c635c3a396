"""tf_tryon: virtual try-on as fashion image completion, in TensorFlow/Keras.

from tf_tryon import Person, TryOn
completion = TryOn.load().complete(Person.from_files("photo.jpg"), garment="top", samples=8, seed=7)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tf_tryon.data.person import Person
    from tf_tryon.inference.tryon import Completion, TryOn

__all__ = ["Completion", "Person", "TryOn"]

_HOMES = {
    "Completion": "tf_tryon.inference.tryon",
    "Person": "tf_tryon.data.person",
    "TryOn": "tf_tryon.inference.tryon",
}


def __getattr__(name: str) -> Any:
    """Imports TensorFlow only when a class that needs it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tf_tryon' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
