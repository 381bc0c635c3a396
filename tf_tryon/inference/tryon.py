"""`TryOn`: complete a person whose garment is erased, many times (docs/method.md, section 6).

Both stages sample their compatibility prior: z_s ~ E_sc(x_c) gives a parsing, z_a ~ E_ac(x_c) its texture. Visible
pixels are always copied from the photo, bit for bit, and so is what the erasure took along without a change.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data import examples, view
from tf_tryon.data.alike import check_alike
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import slot_of
from tf_tryon.derived import centred_channels
from tf_tryon.errors import TryOnError
from tf_tryon.geometry import crop
from tf_tryon.inference import wearing
from tf_tryon.inference.bundled import model_folder
from tf_tryon.inference.chunks import in_chunks
from tf_tryon.inference.completion import Completion, codes_of_all
from tf_tryon.inference.erasure import erased, stays, with_mask_as_garment, with_mask_seen
from tf_tryon.inference.model_folder import common_targets
from tf_tryon.inference.request import Request
from tf_tryon.inference.stage import Stage, repeat
from tf_tryon.inference.stage_files import digest_of_both
from tf_tryon.models import background, pasting
from tf_tryon.models.completion import finish
from tf_tryon.models.compositing import complete_labels, with_labels
from tf_tryon.models.contract import Batch
from tf_tryon.products.cloth import cloth_of
from tf_tryon.stages import SHAPE, TEXTURE

_CHUNK = 8  # samples that go through the nets at once: memory stays bounded


class _Seen(NamedTuple):
    """A person as the networks see them: the crop, its view, and what is behind the person in the result."""

    crop: crop.Box
    view: view.Person
    behind: tf.Tensor | None  # of a model of two stages

    @property
    def scale(self) -> float:
        """Pixels of the photo for one of the input."""
        return float(self.crop[2] - self.crop[0]) / int(self.view["labels"].shape[0])


class TryOn:
    """Two trained stages, or one that needs no parsing (`shape` is None; its completions' parsings are 0 where erased).

    Example:
      TryOn.load().complete(person, garment="top", samples=8, seed=7).photos
    """

    def __init__(self, shape: Stage | None, texture: Stage) -> None:
        if texture.config.model.two_stage != (shape is not None):
            needed = "needs a first stage" if shape is None else "works without a first stage"
            raise ValueError(f"this texture stage {needed}: bundle it so")
        if shape is not None:
            check_alike(shape.config, texture.config)
        self.shape, self.texture = shape, texture
        self._finish = tf.function(finish, autograph=False, reduce_retracing=True)
        self._completed = tf.function(complete_labels, autograph=False, reduce_retracing=True)
        self._behind = tf.function(background.continued, autograph=False)
        self.model = digest_of_both(shape.digest if shape is not None else "", texture.digest)

    @classmethod
    def load(cls, model: str | pathlib.Path | None = None, compiled: bool = True, folded: bool = True) -> TryOn:
        """A bundled model ("street", the default for photos, or "studio"), or a folder that `tf-tryon bundle` wrote.

        `compiled=False` answers a first and only request sooner, and `folded=False` is for exports (see `Stage`).
        """
        folder = model_folder(model)
        texture = Stage.load(folder / TEXTURE, compiled, folded)
        shape = Stage.load(folder / SHAPE, compiled, folded) if texture.config.model.two_stage else None
        return cls(shape, texture)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the networks' input."""
        return self.texture.size

    def walkable(self, person: Person, garment: str, stage: str) -> dict[int, float]:
        """What each channel that can be walked tells of the garment beyond its context, in nats, the most first.

        Walking along a channel of few nats shows little, and along one whose mean is 0 over the cells nothing.
        """
        chosen = {SHAPE: self.shape, TEXTURE: self.texture}[stage]
        if chosen is None:
            raise ValueError("stage 'shape': this model has one stage, 'texture'")
        nats = chosen.channel_nats(chosen.batch(person, garment))
        first = centred_channels(chosen.config)
        return {int(channel): float(nats[channel]) for channel in np.argsort(-nats) if channel >= first}

    @property
    def garments(self) -> tuple[str, ...]:
        """What all stages complete: garments, and dresses."""
        return common_targets(stage.garments for stage in (self.shape, self.texture) if stage is not None)

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
        seen = self._look(masked, request)
        if request.background == background.STUDIO:
            person = dataclasses.replace(person, photo=background.photo_on_grey(masked.photo, masked.labels))
        batch = _erase(self.texture.batch_of_view(seen.view, request.garment), request, seen.scale, person.id)
        codes, scores = {}, {}
        if self.shape is None:
            labels = _without_shape(batch, seen, request)
        else:
            shape_batch = _erase(self.shape.batch_of_view(seen.view, request.garment), request, seen.scale, person.id)
            codes[SHAPE], scores[SHAPE], labels = self._shapes(self.shape, shape_batch, request)
        carried = stays(masked, request)
        carried = None if carried is None else tf.constant(carried)
        where = pasting.region(batch[keys.VISIBLE][0, ..., 0], seen.crop, person.size, carried)
        codes[TEXTURE], scores[TEXTURE], photos, parsings = self._pictures(person, seen, where, batch, labels, request)
        return Completion(
            person=person,
            erased=pasting.erased_mask(tf.constant(person.photo), where).numpy(),
            photos=photos,
            parsings=parsings,
            codes=codes,
            scores=scores,
            request=request,
            model=self.model,
        )

    def _shapes(self, stage: Stage, batch: Batch, request: Request) -> list[np.ndarray]:
        """Codes, scores and labels (n, H, W) of the first stage; of a product those that fit it, among more."""
        reach = None if request.wear is None else request.wear.reach()
        attempts = 1 if reach is None else wearing.ATTEMPTS
        draw = _Codes(stage, lambda index: batch, request, attempts)

        def chunk(index: np.ndarray) -> tuple[np.ndarray, ...]:
            part = repeat(batch, len(index))
            codes, nats = draw(batch, index)
            labels = self._completed(part, tf.constant(stage.generate(part, codes)), stage.config.model.replaces)
            return codes, nats, labels.numpy()

        drawn = in_chunks(chunk, attempts * request.samples, _CHUNK)
        if reach is None:
            return drawn
        codes, scores, labels = (array.reshape(attempts, request.samples, *array.shape[1:]) for array in drawn)
        looked_at = {name: batch[name] for name in (keys.TARGET, keys.KEYPOINTS)}  # the rest is large, many times over
        kept = wearing.fitting(tf.constant(labels), repeat(looked_at, request.samples), tf.constant(reach, tf.float32))
        return [array[kept.numpy(), np.arange(request.samples)] for array in (codes, scores, labels)]

    def _pictures(
        self, person: Person, seen: _Seen, where: pasting.Region, batch: Batch, labels: np.ndarray, request: Request
    ) -> list[np.ndarray]:
        """Codes and scores of the texture stage, photos and parsings of given labels (n, H, W)."""
        stage, two_stage = self.texture, self.shape is not None
        photo, own = tf.constant(person.photo), tf.constant(person.labels)

        def inputs(index: np.ndarray) -> Batch:
            part = repeat(batch, len(index))
            return with_labels(part, tf.constant(labels[index])) if two_stage else part

        draw = _Codes(stage, inputs, request)
        cloth = None if request.wear is None else tf.constant(cloth_of(request.wear))

        def chunk(index: np.ndarray) -> tuple[np.ndarray, ...]:
            detail = None
            if cloth is None:
                given = inputs(index)
                codes, nats = draw(given, index)
                rgb = stage.generate(given, codes)
                detail = stage.detail_of(rgb, labels[index], batch)
            else:
                some, rows = np.unique(index), index - index[0]  # laying cloth is dear: not for what fills the chunk up
                given, laid = wearing.with_cloth(inputs(some), tf.constant(labels[some]), cloth)
                given, laid = {name: tf.gather(value, rows) for name, value in given.items()}, tf.gather(laid, rows)
                codes = stage.encode(given)
                nats = stage.log_prior(given, codes)
                drawn = tf.constant(stage.generate(given, codes))
                rgb = wearing.with_detail(drawn, tf.constant(labels[index]), laid, given)
            # One at a time, at the photo's own size: what fills the chunk up isn't pasted.
            made = [
                self._finish(
                    photo, own, batch, tf.constant(labels[k : k + 1]), tf.constant(rgb[i : i + 1]), where,
                    seen.behind, None if detail is None else tf.constant(detail[i : i + 1]),
                )
                for i, k in enumerate(np.unique(index))
            ]  # fmt: skip
            photos, parsings = ([picture.numpy()[0] for picture in pictures] for pictures in zip(*made, strict=True))
            return codes, nats, np.stack(photos), np.stack(parsings)

        return in_chunks(chunk, request.samples, _CHUNK)

    def _look(self, person: Person, request: Request) -> _Seen:
        """The person's view, before grey if the request wants that."""
        config, given = self.texture.config, examples.tensors(person)
        box = view.crop_of(given, tf.constant(slot_of(request.garment)), config)

        def within(photo: tf.Tensor) -> view.Person:
            seen = view.within({**given, "photo": photo}, box, config)
            marked = with_mask_seen(seen["labels"].numpy(), box, request)
            return {**seen, "labels": tf.constant(marked)}

        keep = request.background == background.KEEP
        seen = within(given["photo"] if keep else background.photo_on_grey(given["photo"], given["labels"]))
        shown = within(given["photo"]) if request.background == background.RESTORE else seen
        rgb, labels = examples.to_rgb(shown["photo"])[tf.newaxis], shown["labels"][tf.newaxis]
        return _Seen(box, seen, None if self.shape is None else self._behind(rgb, labels))


class _Codes:
    """One stage's codes, as a request wants them.

    Args:
      stage: the stage.
      inputs: its inputs for (n,) numbers of samples.
      request: what is wanted.
      attempts: how many for each sample, all samples' first ones first; more than one for a product only.
    """

    def __init__(
        self, stage: Stage, inputs: Callable[[np.ndarray], Batch], request: Request, attempts: int = 1
    ) -> None:
        name = stage.config.stage
        self._stage, self._temperature = stage, request.temperature
        self._noise = np.concatenate([stage.noise(request.seed, request.samples, k) for k in range(attempts)])
        if request.like is not None and name in request.like_stages:
            own = stage.encode(stage.batch(request.like, request.garment))
            self._given: np.ndarray | None = np.repeat(own, request.samples, axis=0)
        else:
            first = np.zeros(_CHUNK, np.int64)
            self._given = codes_of_all(
                request, name, lambda: self._drawn(inputs(first), first)[0][0], centred_channels(stage.config)
            )

    def __call__(self, batch: Batch, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, h, w, c) of (n,) samples with these inputs, of each or of one person, and their log p in nats, (n,)."""
        if self._given is None:
            return self._drawn(batch, index)
        codes, people = self._given[index], batch[keys.VISIBLE].shape[0]
        return codes, self._stage.log_prior(repeat(batch, len(index) // people), codes)

    def _drawn(self, batch: Batch, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._stage.draw(batch, self._noise[index], self._temperature)


def _without_shape(batch: Batch, seen: _Seen, request: Request) -> np.ndarray:
    """(n, H, W) uint8 of a model of one stage: 0 where erased."""
    if request.wear is not None:
        raise TryOnError(f"{request.wear.name}: a model of one stage can't wear a given garment: choose another")
    if request.walk is not None and request.walk_stage != TEXTURE:
        raise ValueError("walk_stage = 'shape': this model has one stage, 'texture'")
    if request.background == background.RESTORE:
        raise ValueError(
            "background = 'restore': this model has one stage, and nothing tells where the new person ends"
        )
    if request.keep_shape:
        raise ValueError("keep_shape: this model has one stage, 'texture', whose code tells the shape, too")
    if request.like is not None and TEXTURE not in request.like_stages:
        raise ValueError("like_stages = ('shape',): this model has one stage, 'texture'")
    erased = batch[keys.VISIBLE].numpy()[0, ..., 0] == 0
    labels = np.where(erased, np.uint8(0), seen.view["labels"].numpy())
    return np.repeat(labels[np.newaxis], request.samples, axis=0)


def _erase(batch: Batch, request: Request, scale: float, person: str) -> Batch:
    """The batch of one person with what the request erases in place of the plain box."""
    labels = np.argmax(batch[keys.PARSING].numpy()[0], axis=-1)
    visible, box = erased(labels, batch[keys.BOX].numpy()[0], request, scale, person)
    return {**batch, keys.VISIBLE: tf.constant(visible[None]), keys.BOX: tf.constant(box[None])}
