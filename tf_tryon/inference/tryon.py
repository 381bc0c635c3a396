"""`TryOn`: complete a person whose garment is erased, many times (docs/method.md, section 6).

Both stages sample their compatibility prior: z_s ~ E_sc(x_c) gives a parsing, z_a ~ E_ac(x_c) its texture. Visible
pixels are
always copied from the photo, bit for bit.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data.person import Person
from tf_tryon.inference.background import on_studio_grey, with_own_background
from tf_tryon.inference.blending import blend_seam
from tf_tryon.inference.erasure import erase, erased_labels, with_mask_as_garment
from tf_tryon.inference.model_folder import BUNDLED, check_channel
from tf_tryon.inference.placement import Placement, place
from tf_tryon.inference.request import Request
from tf_tryon.inference.stage import Batch, Stage, repeat
from tf_tryon.models.compositing import complete_labels, with_labels

WALK_REACH = 3.0  # standard deviations each way
_SEAM = 3.0  # width of the blended seam in pixels of the frame
_CHUNK = 8  # samples that go through the nets at once: memory stays bounded


@dataclasses.dataclass
class Completion:
    """What `TryOn.complete` returns; all pictures have the photo's size.

    Attributes:
      person: the photo's own.
      erased: (h, w) bool, the pixels that were erased.
      photos: (n, h, w, 3) uint8.
      parsings: (n, h, w) uint8 classes.
      codes: by stage, (n, h, w, c) float32.
      scores: by stage, (n,) log-likelihood of the codes under the compatibility prior, in nats.
      request: what was asked.
      model: hash of the weights.
    """

    person: Person
    erased: np.ndarray
    photos: np.ndarray
    parsings: np.ndarray
    codes: dict[str, np.ndarray]
    scores: dict[str, np.ndarray]
    request: Request
    model: str

    @property
    def erased_photo(self) -> np.ndarray:
        """(h, w, 3) uint8, the photo with the erased pixels grey: the nets' input."""
        return np.where(self.erased[..., None], np.uint8(128), self.person.photo)


class TryOn:
    """Two trained stages, or one that needs no parsing (`shape` is None; its completions' parsings are 0 where erased).

    Example:
      TryOn.load().complete(person, garment="top", samples=8, seed=7).photos
    """

    def __init__(self, shape: Stage | None, texture: Stage) -> None:
        if texture.config.model.two_stage != (shape is not None):
            needed = "needs a first stage" if shape is None else "works without a first stage"
            raise ValueError(f"this texture stage {needed}: bundle it so")
        if shape is not None and shape.size != texture.size:
            raise ValueError(f"the stages work on {shape.size} and {texture.size} (height, width): train both alike")
        self.shape, self.texture = shape, texture
        first = shape.digest if shape is not None else ""
        self.model = hashlib.sha256((first + texture.digest).encode()).hexdigest()

    @classmethod
    def load(cls, model: str | pathlib.Path | None = None, compiled: bool = True) -> TryOn:
        """The bundled weights, or a folder that `tf-tryon bundle` wrote (`shape/` and `texture/` in it).

        `compiled=False` answers a first and only request sooner (see `Stage`).
        """
        folder = pathlib.Path(model) if model else BUNDLED
        texture = Stage.load(folder / "texture", compiled)
        return cls(Stage.load(folder / "shape", compiled) if texture.config.model.two_stage else None, texture)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the nets' frame."""
        return self.texture.size

    def walkable(self, person: Person, garment: str, stage: str) -> dict[int, float]:
        """What each channel of a stage's code tells of the garment beyond its context, in nats, the most first.

        Walking along a channel of few nats shows little.
        """
        chosen = self.shape if stage == "shape" else self.texture
        if chosen is None:
            raise ValueError("stage 'shape': this model has one stage, 'texture'")
        framed = place(person, *self.size).to_frame(person)
        nats = chosen.channel_nats(chosen.batch(framed, garment))
        return {int(channel): float(nats[channel]) for channel in np.argsort(-nats)}

    @property
    def garments(self) -> tuple[str, ...]:
        """Garments that all stages complete."""
        known = self.texture.garments
        return known if self.shape is None else tuple(name for name in self.shape.garments if name in known)

    def complete(
        self, person: Person, garment: str = "top", samples: int = 8, seed: int = 0, **options: Any
    ) -> Completion:
        """Erases `garment` and completes the person `samples` times; `options` are `Request`'s other fields.

        Raises:
          ValueError: an option is out of range.
          TryOnError: the person doesn't wear the garment, or the model doesn't know it.
        """
        return self.answer(person, Request(garment=garment, samples=samples, seed=seed, **options))

    def answer(self, person: Person, request: Request) -> Completion:
        """`complete` for a request made beforehand."""
        request.check_person(person, self.garments)
        masked = with_mask_as_garment(person, request)
        if request.background != "keep":
            masked = dataclasses.replace(masked, photo=on_studio_grey(person.photo, person.labels))
        if request.background == "studio":
            person = dataclasses.replace(person, photo=masked.photo)
        placement = place(masked, *self.size)
        framed = placement.to_frame(masked)
        request.check_person(framed, self.garments)
        other = place(request.like, *self.size).to_frame(request.like) if request.like else None
        if self.shape is None:
            return self._one_stage(person, placement, request, framed, other)
        batch = erase(self.shape.batch(framed, request.garment), framed.labels, request, placement.scale)
        shape_codes, shape_scores = self._codes(self.shape, repeat(batch, request.samples), request, other)
        labels = self._in_chunks(
            lambda part, codes: complete_labels(part, self.shape.generate(part, codes)).numpy(),
            repeat(batch, request.samples),
            shape_codes,
        )
        texture_batch = erase(self.texture.batch(framed, request.garment), framed.labels, request, placement.scale)
        texture_batch = with_labels(repeat(texture_batch, request.samples), tf.constant(labels))
        codes, scores = self._codes(self.texture, texture_batch, request, other)
        pictures = self._in_chunks(self.texture.generate, texture_batch, codes)
        return self._completion(
            person, placement, request, batch, labels, pictures,
            {"shape": shape_codes, "texture": codes}, {"shape": shape_scores, "texture": scores},
        )  # fmt: skip

    def _one_stage(
        self, person: Person, placement: Placement, request: Request, framed: Person, other: Person | None
    ) -> Completion:
        if request.walk is not None and request.walk_stage == "shape":
            raise ValueError("walk_stage = 'shape': this model has one stage, 'texture'")
        batch = erase(self.texture.batch(framed, request.garment), framed.labels, request, placement.scale)
        codes, scores = self._codes(self.texture, repeat(batch, request.samples), request, other)
        pictures = self._in_chunks(self.texture.generate, repeat(batch, request.samples), codes)
        erased = batch[keys.VISIBLE].numpy()[0, ..., 0] == 0
        labels = np.repeat(np.where(erased, np.uint8(0), framed.labels)[np.newaxis], request.samples, axis=0)
        return self._completion(
            person, placement, request, batch, labels, pictures, {"texture": codes}, {"texture": scores}
        )

    def _codes(
        self, stage: Stage, batch: Batch, request: Request, other: Person | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """One stage's codes (n, h, w, c) and their scores, as the request wants them."""
        name, samples = stage.config.stage, request.samples
        if other is not None and name in request.like_stages:
            codes = np.repeat(stage.encode(stage.batch(other, request.garment)), samples, axis=0)
        else:
            keep = request.keep_shape if name == "shape" else request.keep_texture
            one = keep or request.walk is not None  # the first sample's code serves all, whatever its context
            noise = stage.noise(request.seed, 1 if one else samples)
            codes = self._in_chunks(lambda part, z: stage.draw(part, z, request.temperature), batch, noise)
            codes = np.repeat(codes, samples, axis=0) if one else codes
        if request.walk is not None and request.walk_stage == name:
            codes = _walked(codes, request.walk)
        return codes, self._in_chunks(stage.log_prior, batch, codes)

    @staticmethod
    def _in_chunks(function: Callable[[Batch, np.ndarray], np.ndarray], batch: Batch, codes: np.ndarray) -> np.ndarray:
        """`function(batch, codes)` over slices of the samples; the last is filled up, so that one graph serves all."""
        parts = []
        for start in range(0, len(codes), _CHUNK):
            index = np.minimum(np.arange(start, start + _CHUNK), len(codes) - 1)
            part = {key: tf.gather(value, index) for key, value in batch.items()}
            parts.append(function(part, codes[index])[: len(codes) - start])
        return np.concatenate(parts)

    def _completion(
        self,
        person: Person,
        placement: Placement,
        request: Request,
        batch: Batch,
        labels: np.ndarray,
        pictures: np.ndarray,
        codes: dict[str, np.ndarray],
        scores: dict[str, np.ndarray],
    ) -> Completion:
        erased = batch[keys.VISIBLE].numpy()[0, ..., 0] == 0
        rgb = np.clip(np.rint((pictures + 1) * 127.5), 0, 255).astype(np.uint8)
        ones, zeros = np.ones_like(erased, np.uint8), np.zeros(person.size, np.uint8)
        where = placement.paste(zeros, ones, erased) > 0
        parsings = np.stack([placement.paste(person.labels, picture, erased) for picture in labels])
        photos = [placement.paste(person.photo, picture, erased) for picture in rgb]
        before = with_mask_as_garment(person, request).labels
        if request.background == "restore":
            photos = [
                with_own_background(photo, parsing, person.photo, before, where, placement.scale)
                for photo, parsing in zip(photos, parsings, strict=True)
            ]
        if not placement.identity:
            gone = erased_labels(before, request.garment)
            photos = [blend_seam(person.photo, photo, where, gone, _SEAM * placement.scale) for photo in photos]
        return Completion(
            person=person,
            erased=where,
            photos=np.stack(photos),
            parsings=parsings,
            codes=codes,
            scores=scores,
            request=request,
            model=self.model,
        )


def _walked(codes: np.ndarray, channel: int) -> np.ndarray:
    """Codes (n, h, w, c) with one channel shifted by -3 .. 3 over the samples, in all cells."""
    check_channel(channel, codes.shape[-1])
    shifted = codes.copy()
    shifted[..., channel] += np.linspace(-WALK_REACH, WALK_REACH, len(codes), dtype=np.float32)[:, None, None]
    return shifted
