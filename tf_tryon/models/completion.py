"""A completion's steps: draw, shape, compose labels, draw, texture; then before its background, pasted into the photo.

Python's `TryOn`, the exported graph and evaluation all end here. How codes are drawn, and how many samples at a time,
is theirs: chunks of numpy arrays (`inference.chunks`), a loop in the graph, one sample of many people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.models import background, kept_colour, pasting
from tf_tryon.models.compositing import complete_labels, given_labels, shows, with_labels
from tf_tryon.models.contract import Batch

Made = Callable[[Batch], tuple[Any, tf.Tensor]]  # a stage's codes, and its last output of them


class Drawn(NamedTuple):
    """What both stages made of n people, at the networks' input size.

    Attributes:
      shape_codes: as `shape` gave them.
      labels: (n, H, W) uint8 completed classes.
      inputs: the texture stage's, of these labels.
      texture_codes: as `texture` gave them.
      rgb: (n, H, W, 3) in [-1, 1], the texture stage's.
    """

    shape_codes: Any
    labels: tf.Tensor
    inputs: Batch
    texture_codes: Any
    rgb: tf.Tensor


def both_stages(shape_batch: Batch, texture_batch: Batch, shape: Made, texture: Made, replaces: str) -> Drawn:
    """One sample of each of n people, the texture's on the completed labels.

    Args:
      shape_batch: the shape stage's inputs.
      texture_batch: the texture stage's, with the photo's own parsing.
      shape: draws the shape stage's codes and makes logits (n, H, W, 8).
      texture: draws the texture stage's and makes RGB (n, H, W, 3).
      replaces: the shape stage's `config.model.replaces`.
    """
    shape_codes, logits = shape(shape_batch)
    labels = complete_labels(shape_batch, logits, replaces)
    inputs = with_labels(texture_batch, labels)
    return Drawn(shape_codes, labels, inputs, *texture(inputs))


class Pictures(NamedTuple):
    """Completions at the photo's own size: photos (n, h, w, 3) and parsings (n, h, w), uint8."""

    photos: tf.Tensor
    parsings: tf.Tensor


def finish(
    photo: tf.Tensor,
    own_labels: tf.Tensor,
    batch: Batch,
    labels: tf.Tensor,
    rgb: tf.Tensor,
    where: pasting.Region,
    behind: tf.Tensor | None,
    detail: tf.Tensor | None = None,
) -> Pictures:
    """Paste n completions of one person into the photo.

    Args:
      photo: (h, w, 3) uint8.
      own_labels: (h, w) uint8 classes of the photo.
      batch: of n, the person's inputs with the photo's own parsing.
      labels: (n, H, W) uint8 classes of the completions.
      rgb: (n, H, W, 3) in [-1, 1], the texture stage's.
      where: `pasting.region` of the batch's erasure.
      behind: (1, H, W, 3), what is behind the completed person (`background.continued`); None: of a model of one stage,
        nothing tells what changed, and all that was erased is the texture stage's.
      detail: (n, 2H, 2W, 1), what a detail network adds; None: nothing.
    """
    if behind is None:
        opaque = 1.0 - batch[keys.VISIBLE]
    else:
        rgb, opaque = shown(batch, labels, rgb, behind), shows(batch, labels)
    return Pictures(
        pasting.paste_photos(photo, rgb, opaque, where, detail),
        pasting.paste_labels(own_labels, labels, opaque, where),
    )


def shown(batch: Batch, labels: tf.Tensor, rgb: tf.Tensor, behind: tf.Tensor) -> tf.Tensor:
    """(n, H, W, 3): the texture stage's pictures as they are shown where the completion is new.

    Skin and clothes that stay go on in their own colours, and the street is what is `behind` (n or 1, H, W, 3);
    arguments as for `finish`.
    """
    photo, visible, target = batch[keys.PHOTO], batch[keys.VISIBLE], batch[keys.TARGET]
    rgb = kept_colour.matched(rgb, photo, given_labels(batch), tf.cast(labels, tf.int32), visible, target)
    return background.before_background(rgb, labels, behind)


def behind_person(batch: Batch) -> tf.Tensor:
    """(n, H, W, 3) in [-1, 1]: the photos' own background, which goes on behind the people (`background.continued`).

    What the texture stage draws there is paler or darker than the photo's beside it, so nothing of that is shown.
    """
    return background.continued(batch[keys.PHOTO], given_labels(batch))


def composed(
    batch: Batch, labels: tf.Tensor, rgb: tf.Tensor, behind: tf.Tensor | None = None, detail: tf.Tensor | None = None
) -> tf.Tensor:
    """(n, H, W, 3) in [-1, 1]: a two-stage model's composition at the networks' input size, for measures.

    Args:
      batch, labels, rgb: as for `finish`.
      behind: `behind_person` of the batch, or of the one person who all of it shows; None: it is made here.
      detail: (n, H, W, 1), what a detail network adds, at this size (`models.detail.shrunk`); None: nothing.
    """
    behind = behind_person(batch) if behind is None else behind
    rgb = shown(batch, labels, rgb, behind)
    if detail is not None:
        rgb = rgb + detail
    return batch[keys.PHOTO] + shows(batch, labels) * (rgb - batch[keys.PHOTO])
