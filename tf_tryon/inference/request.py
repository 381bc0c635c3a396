"""What may be asked of a completion, checked before anything expensive starts."""

from __future__ import annotations

import dataclasses
import operator
from typing import TYPE_CHECKING

import numpy as np

from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import CLASSES, DRESS, GARMENT_CLASSES, TARGETS, garments_shown, slot_of, worn_targets
from tf_tryon.errors import TryOnError
from tf_tryon.inference.noise import MAX_SEED
from tf_tryon.models.background import BACKGROUNDS, KEEP
from tf_tryon.stages import SHAPE, STAGES, TEXTURE

if TYPE_CHECKING:
    from tf_tryon.products.product import Product

ERASE = ("box", "silhouette")
MAX_SAMPLES = 1024


class NotWornError(TryOnError):
    """The person does not wear the garment that is to be erased."""

    reason = "not worn"  # in reports of many photos


@dataclasses.dataclass(frozen=True)
class Request:
    """One completion.

    Attributes:
      garment: hat, top, bottom, shoes or dress.
      samples: how many pictures.
      seed: of all latent noise; sample k is the same whatever `samples` is.
      temperature: multiplies the prior's spread; 0 gives its mean.
      keep_shape: one shape for all samples, many textures.
      keep_texture: one texture code for all samples, many shapes.
      like: another person, whose garment's codes are transferred.
      like_stages: which of shape and texture come from `like`.
      wear: a product: its cloth is worn, in a shape of the prior that fits its sleeves or hem.
      walk: a latent channel: samples differ only by a shift of it, from -3 to 3 standard deviations.
      walk_stage: the stage whose channel that is.
      mask: (h, w) bool of the photo's size, True where the user erases; the garment need not be seen then.
      erase: without a mask, "box" around garment and skin, as in training, or their "silhouette".
      dilate: the erased region grows by that many pixels of the photo.
      background: "keep" it; "studio": grey instead; "restore": grey for the nets, the photo's own in the result.
    """

    garment: str = "top"
    samples: int = 8
    seed: int = 0
    temperature: float = 1.0
    keep_shape: bool = False
    keep_texture: bool = False
    like: Person | None = None
    like_stages: tuple[str, ...] = STAGES
    wear: Product | None = None
    walk: int | None = None
    walk_stage: str = SHAPE
    mask: np.ndarray | None = None
    erase: str = "box"
    dilate: int = 0
    background: str = KEEP

    def __post_init__(self) -> None:
        if self.garment not in TARGETS:
            raise ValueError(f"garment {self.garment!r}: choose one of {', '.join(TARGETS)}")
        for name in ("samples", "seed", "dilate", "walk"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, _whole(name, value))
        object.__setattr__(self, "temperature", float(self.temperature))
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ValueError(f"samples = {self.samples}: ask for 1 to {MAX_SAMPLES}")
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"seed = {self.seed}: a seed is a whole number from 0 to {MAX_SEED}")
        if not 0 <= self.temperature <= 10:
            raise ValueError(f"temperature = {self.temperature}: choose 0 (the mean) to 10")
        if self.walk is not None and self.walk_stage not in STAGES:
            raise ValueError(f"walk_stage {self.walk_stage!r}: choose shape or texture")
        if not self.like_stages or set(self.like_stages) - set(STAGES):
            raise ValueError(f"like_stages {self.like_stages!r}: choose shape, texture or both")
        if self.erase not in ERASE:
            raise ValueError(f"erase {self.erase!r}: choose box or silhouette")
        if self.background not in BACKGROUNDS:
            raise ValueError(f"background {self.background!r}: choose one of {', '.join(BACKGROUNDS)}")
        if self.dilate < 0:
            raise ValueError(f"dilate = {self.dilate}: a number of pixels, from 0 on")
        if self.walk is not None and self.like is not None:
            raise ValueError("walk and like exclude each other: a walk starts from a code of this person's context")
        if self.wear is not None:
            self._check_wear(self.wear)

    def _check_wear(self, product: Product) -> None:
        for name, given in (("like", self.like), ("walk", self.walk)):
            if given is not None:
                raise ValueError(f"wear and {name} exclude each other: the garment is either the product's or not")
        if self.keep_texture:
            raise ValueError("wear and keep_texture exclude each other: the texture is the product's")
        if self.keep_shape:
            raise ValueError("wear and keep_shape exclude each other: only their shapes tell a product's samples apart")
        if product.garment != self.garment:
            raise ValueError(f"{product.name} is a {product.garment}, and a {self.garment} is to be completed")

    def keeps(self, stage: str) -> bool:
        """Whether one code of that stage serves all samples."""
        return {SHAPE: self.keep_shape, TEXTURE: self.keep_texture}[stage]

    def check_person(self, person: Person, trained: tuple[str, ...]) -> None:
        """Raise TryOnError unless `person` wears the garment and the model was trained on it."""
        check_garment(self.garment, trained)
        if self.mask is None:
            check_wears(person, self.garment)
        if self.like is not None:
            check_wears(self.like, self.garment)


def _whole(name: str, value: int) -> int:
    """A whole number of Python's, of numpy's too, as it is written to JSON; ValueError: it is another."""
    try:
        return operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name} = {value!r}: give a whole number") from error


def check_garment(garment: str, trained: tuple[str, ...]) -> None:
    """Raise TryOnError unless the model was trained on the garment."""
    if garment not in trained:
        raise TryOnError(f"this model completes {', '.join(trained)}, not {garment}: choose one of those")


def check_channel(channel: int, channels: int, centred: int) -> None:
    """Raise ValueError unless the stage's codes have that channel, and a shift of it changes something.

    Args:
      channel: to walk along.
      channels: of the codes.
      centred: so many of them, the first ones, lose their mean over the cells before they are read.
    """
    if not 0 <= channel < channels:
        raise ValueError(f"walk = {channel}: this stage's codes have channels 0 to {channels - 1}")
    if channel < centred:
        raise ValueError(
            f"walk = {channel}: this stage's channels 0 to {centred - 1} tell how cells differ from one another, so"
            f" that a shift of all cells changes nothing: choose one of {centred} to {channels - 1}"
        )


def check_wears(person: Person, garment: str) -> None:
    """Raise TryOnError, saying what the person wears, if `garment` isn't among it, or no more than a speck."""
    worn = worn_targets(person.labels, person.dress)
    if garment in worn:
        return
    shown = ", ".join(worn) or "no garment at all"
    advice = "choose another garment"
    if garment == "bottom" and DRESS in worn:
        advice = "a dress covers top and bottom in one: ask for the dress, or choose another garment or person"
    label = GARMENT_CLASSES[slot_of(garment)]
    speck = bool((person.labels == label).any()) and CLASSES[label] not in garments_shown(person.labels)
    none = f"no {garment} but a speck" if speck else f"no {garment}"
    raise NotWornError(f"{person.id}: the parsing shows {none} (it shows {shown}); {advice}")
