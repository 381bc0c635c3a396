"""`TryOn` without TensorFlow: the same `complete` as `inference.tryon`'s, over exported networks.

What a photo's pixels become and where a completion is pasted is the same code (`data.view`, `inference.erasure`,
`models.pasting`, on numpy arrays), and so are the networks (`export.lite_graph`), so the pictures are the same up to
rounding. Samples go through one by one, which keeps memory small.
"""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any, NamedTuple

import numpy as np

from tf_tryon.data import boxes, view
from tf_tryon.data.person import Person
from tf_tryon.data.vocabulary import slot_of
from tf_tryon.errors import TryOnError
from tf_tryon.geometry import crop
from tf_tryon.inference.completion import Completion, codes_of_all
from tf_tryon.inference.erasure import erased, stays, with_mask_as_garment, with_mask_seen
from tf_tryon.inference.noise import numpy_noise
from tf_tryon.inference.request import Request
from tf_tryon.lite.networks import Arrays, Networks
from tf_tryon.lite.sidecar import Data, Sidecar
from tf_tryon.models import background, pasting
from tf_tryon.stages import STAGES


class _Config(NamedTuple):
    """In place of a run's configuration, for `data.view`."""

    data: Data


class _Seen(NamedTuple):
    """A person as the networks see them.

    Attributes:
      crop: the part of the photo.
      person: what both stages' networks take.
      garments: what their encoders take besides.
      photo: (1, H, W, 3) uint8, which only the texture's take.
      shown: (1, H, W, 3) uint8, whose background is in the result.
    """

    crop: crop.Box
    person: Arrays
    garments: Arrays
    photo: np.ndarray
    shown: np.ndarray


class _Drawing(NamedTuple):
    """What codes are drawn: the request's, from sample `first` on, but for stages whose codes are given."""

    request: Request
    first: int
    given: dict[str, np.ndarray]


class TryOn:
    """Both stages of an exported model.

    Example:
      TryOn.load().complete(person, garment="top", samples=8, seed=7).photos
    """

    def __init__(self, sidecar: Sidecar, threads: int | None = None) -> None:
        self._sidecar, self._networks = sidecar, Networks(sidecar, threads)
        self.garments, self.model = sidecar.garments, sidecar.model
        self.size = sidecar.data.height, sidecar.data.width

    @classmethod
    def load(cls, model: str | pathlib.Path | None = None, threads: int | None = None) -> TryOn:
        """A bundled model ("street", the default for photos, or "studio"), or a folder of `tf-tryon export lite`.

        Raises:
          MissingFileError, BadFileError: a file is missing or damaged; the message names it.
          TryOnError: the file was made of other weights than the model's.
        """
        from tf_tryon.lite.folders import sidecar_of_model

        return cls(sidecar_of_model(model), threads)

    def complete(
        self, person: Person, garment: str = "top", samples: int = 8, seed: int = 0, **options: Any
    ) -> Completion:
        """Erases `garment` and completes the person `samples` times; `options` are `Request`'s other fields.

        Raises:
          ValueError: an option is out of range.
          TryOnError: the person doesn't wear the garment, the model doesn't know it, or `like` is asked for.
        """
        return self.answer(person, Request(garment=garment, samples=samples, seed=seed, **options))

    def rest(self) -> None:
        """Gives up the memory that is kept for the next completion, some 300 MB; that one takes it anew, in 0.3 s."""
        self._networks.rest()

    def answer(
        self, person: Person, request: Request, first: int = 0, given: dict[str, np.ndarray] | None = None
    ) -> Completion:
        """`complete` for a request made beforehand.

        Args:
          person: whose garment.
          request: what is wanted.
          first: number of the first sample: 8 goes on after eight. What is kept is sample 0's, whatever it is.
          given: by stage, codes (h, w, c) that all samples take in place of drawn ones.

        Raises:
          ValueError: a walk is to go on, whose samples are one row from its first to its last shift.
          TryOnError: as for `complete`.
        """
        request.check_person(person, self.garments)
        if first and request.walk is not None:
            raise ValueError(f"walk and first = {first} exclude each other: ask for all samples of a walk at once")
        if request.like is not None:
            raise TryOnError("`like` needs the posterior encoder, which is left out here: use tf_tryon with TensorFlow")
        if request.wear is not None:
            raise TryOnError("`wear` needs the posterior encoder, which is left out here: use tf_tryon with TensorFlow")
        given = {**self._kept(person, request, first, given or {}), **(given or {})}
        masked = with_mask_as_garment(person, request)
        seen = self._look(masked, request)
        if request.background == background.STUDIO:
            person = dataclasses.replace(person, photo=background.photo_on_grey(masked.photo, masked.labels))
        visible = seen.person["visible"][0, ..., 0]
        where = pasting.region(visible, seen.crop, person.size, stays(masked, request))
        features = self._networks.encode("shape", seen.person, seen.garments)
        codes: dict[str, list[np.ndarray]] = {"shape": [], "texture": []}
        scores: dict[str, list[float]] = {"shape": [], "texture": []}
        photos, parsings = list[np.ndarray](), list[np.ndarray]()
        drawing = _Drawing(request, first, given)
        for code in self._codes("shape", drawing, [features] * request.samples):
            codes["shape"].append(code)
            scores["shape"].append(self._networks.score("shape", features, code))
        made = [self._networks.shape(seen.person, code) for code in codes["shape"]]
        behind = self._networks.behind({**seen.person, "photo": seen.shown})
        renewed = [{**seen.person, "photo": seen.photo, "behind": behind, "completed": labels} for labels, _ in made]
        known = [self._networks.encode("texture", one, seen.garments) for one in renewed]
        codes["texture"] = self._codes("texture", drawing, known)
        for (labels, opacity), one, context, code in zip(made, renewed, known, codes["texture"], strict=True):
            scores["texture"].append(self._networks.score("texture", context, code))
            picture = self._networks.texture(one, code)
            photos.append(pasting.paste_photos(person.photo, picture.rgb, opacity, where, picture.detail)[0])
            classes = labels.astype(np.uint8)
            parsings.append(pasting.paste_labels(person.labels, classes, opacity, where)[0])
        return Completion(
            person=person,
            erased=pasting.erased_mask(person.photo, where),
            photos=np.stack(photos),
            parsings=np.stack(parsings),
            codes={stage: np.stack(drawn) for stage, drawn in codes.items()},
            scores={stage: np.array(drawn, np.float32) for stage, drawn in scores.items()},
            request=request,
            model=self.model,
        )

    def _kept(
        self, person: Person, request: Request, first: int, given: dict[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """By stage, sample 0's codes (h, w, c) of what is kept, where it is not among the samples to be made."""
        kept = [stage for stage in STAGES if request.keeps(stage) and stage not in given]
        if not first or not kept:
            return {}
        alone = dataclasses.replace(request, samples=1, keep_shape=False, keep_texture=False)
        codes = self.answer(person, alone, given=given).codes
        return {stage: codes[stage][0] for stage in kept}

    def _codes(self, stage: str, drawing: _Drawing, features: list[np.ndarray]) -> list[np.ndarray]:
        """Each sample's codes (h, w, c), as the request wants them; `features` are each sample's."""
        request = drawing.request
        if stage in drawing.given:
            return [drawing.given[stage].astype(np.float32)] * request.samples

        def drawn(sample: int) -> np.ndarray:
            noise = numpy_noise(request.seed, stage, drawing.first + sample, self._sidecar.codes[stage])
            return self._networks.draw(stage, features[sample], noise, request.temperature)

        codes = codes_of_all(request, stage, lambda: drawn(0), self._sidecar.centred.get(stage, 0))
        return [drawn(sample) for sample in range(request.samples)] if codes is None else list(codes)

    def _look(self, person: Person, request: Request) -> _Seen:
        """The person's view, before grey if the request wants that, with what is erased."""
        config: Any = _Config(self._sidecar.data)
        given = {
            "photo": person.photo,
            "labels": person.labels,
            "dress": np.array(person.dress),
            "keypoints": person.keypoints.astype(np.float32),
        }
        target = np.array([slot_of(request.garment)], np.int32)
        box = view.crop_of(given, target[0], config)

        def within(photo: np.ndarray) -> view.Person:
            seen = view.within({**given, "photo": photo}, box, config)
            return {**seen, "labels": with_mask_seen(seen["labels"], box, request)}

        keep = request.background == background.KEEP
        person_view = within(person.photo if keep else background.photo_on_grey(person.photo, person.labels))
        if "garments" not in person_view:
            person_view["garments"], person_view["shown"] = view.garment_pictures(person_view, self.size)
        batch = {name: np.asarray(value)[None] for name, value in person_view.items()}
        own = boxes.erased_boxes(boxes.label_boxes(batch["labels"]), batch["dress"], *self.size, config.data.box_widen)
        scale = float(box[2] - box[0]) / self.size[0]
        visible, erased_box = erased(person_view["labels"], own[0, target[0]], request, scale, person.id)
        seen = {
            "labels": batch["labels"].astype(np.int32),
            "keypoints": batch["keypoints"].astype(np.float32),
            "dress": batch["dress"],
            "target": target,
            "visible": visible[None],
            "box": erased_box[None].astype(np.float32),
        }
        garments = {"garments": batch["garments"].astype(np.float32), "shown": batch["shown"]}
        restore = request.background == background.RESTORE
        shown = within(person.photo)["photo"][None] if restore else batch["photo"]
        return _Seen(box, seen, garments, batch["photo"], shown)
