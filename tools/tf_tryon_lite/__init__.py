"""tf_tryon_lite: virtual try-on as fashion image completion, without TensorFlow.

from tf_tryon_lite import Person, TryOn, save
completion = TryOn.load().complete(Person.from_files("photo.jpg"), garment="top", samples=8, seed=7)
save(completion, "completed")

Its modules are those of tf_tryon that numpy, Pillow and ai-edge-litert are enough for.
"""

from tf_tryon.data.person import Person
from tf_tryon.errors import TryOnError
from tf_tryon.inference.completion import Completion
from tf_tryon.inference.saving import save
from tf_tryon.lite.tryon import TryOn

__all__ = ["Completion", "Person", "TryOn", "TryOnError", "save"]
