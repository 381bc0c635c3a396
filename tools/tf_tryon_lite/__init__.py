"""tf_tryon_lite: virtual try-on as fashion image completion, without TensorFlow.

from tf_tryon_lite import Person, TryOn, save
completion = TryOn.load().complete(Person.from_files("photo.jpg"), garment="top", samples=8, seed=7)
save(completion, "completed")

Its modules are those of tf_tryon that numpy, Pillow and ai-edge-litert are enough for. `Annotator`, for photos alone,
needs `pip install 'tf-tryon-lite[photos]'`.
"""

from typing import TYPE_CHECKING, Any

from tf_tryon.data.person import Person
from tf_tryon.errors import TryOnError
from tf_tryon.inference.completion import Completion
from tf_tryon.inference.saving import save
from tf_tryon.lite.tryon import TryOn

if TYPE_CHECKING:
    from tf_tryon.annotation.annotator import Annotator

__all__ = ["Annotator", "Completion", "Person", "TryOn", "TryOnError", "save"]


def __getattr__(name: str) -> Any:
    """`Annotator`, imported when it is asked for: who has all files beside his photos needs none of its packages."""
    if name != "Annotator":
        raise AttributeError(f"tf_tryon_lite has no {name}")
    try:
        from tf_tryon.annotation.annotator import Annotator
    except ImportError as error:
        raise TryOnError(f"Annotator needs {error.name}: pip install 'tf-tryon-lite[photos]'") from error
    return Annotator
