"""Both stages for one person in the graph: samples in chunks of a fixed size, pictures in the photo's own size."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.export import framing, pictures
from tf_tryon.export.person_graph import Framed
from tf_tryon.export.stage_graph import Batch, StageGraph
from tf_tryon.models.compositing import complete_labels, with_labels

Outputs = dict[str, tf.Tensor]
SHAPE_OUTPUTS = ("parsings_bytes", "shape_codes", "shape_score")
TEXTURE_OUTPUTS = ("photos_bytes", "texture_codes", "texture_score", "realism")


class Draw(NamedTuple):
    """How one stage's codes come about.

    Attributes:
      seed: () int64.
      temperature: () float32, of the prior.
      codes: (h, w, c) or None: given codes.
      use: () bool: take `codes` instead of drawing.
      spread: () float32: noise added to given codes, in the prior's standard deviations.
    """

    seed: tf.Tensor
    temperature: tf.Tensor
    codes: tf.Tensor | None = None
    use: tf.Tensor | None = None
    spread: tf.Tensor | None = None


def draw_codes(stage: StageGraph, batch: Batch, samples: tf.Tensor, draw: Draw) -> tf.Tensor:
    """Codes (chunk, h, w, c) of the samples (chunk,) int64."""
    noise = stage.noise(draw.seed, samples)

    def drawn() -> tf.Tensor:
        return stage.sample(batch, noise, draw.temperature)

    if draw.codes is None:
        return drawn()
    given = tf.repeat(draw.codes[None], stage.chunk, axis=0)
    return tf.cond(draw.use, lambda: stage.around(batch, given, noise, draw.spread), drawn)


def to_bytes(rgb: tf.Tensor) -> tf.Tensor:
    """[-1, 1] -> uint8."""
    return tf.cast(tf.clip_by_value(tf.round((rgb + 1.0) * 127.5), 0.0, 255.0), tf.uint8)


class Completion:
    """Completes one framed person.

    `shapes`, `textures` and `both` return an answer's outputs, `ranked` adds to them, `erased` draws what was erased;
    the methods of the same names with an underscore say more.

    Args:
      shape: stage 1.
      texture: stage 2.
      width: how many samples an answer has room for; a multiple of the stages' chunk.
    """

    def __init__(self, shape: StageGraph, texture: StageGraph, width: int) -> None:
        self.shape, self.texture, self.width, self.chunk = shape, texture, width, shape.chunk
        # Each is traced once, and called by the signatures that need it.
        self.shapes, self.textures, self.both, self.ranked, self.erased = (
            tf.function(method, autograph=False)
            for method in (self._shapes, self._textures, self._both, self._ranked, self._erased)
        )

    def _shapes(self, person: Framed, first: tf.Tensor, count: tf.Tensor, draw: Draw) -> Outputs:
        """Parsings of samples first .. first + count - 1."""

        def chunk(samples: tf.Tensor) -> Outputs:
            codes, labels = self._shape(self._repeated(person.shape_batch), samples, draw)
            return {
                "parsings_bytes": tf.map_fn(lambda x: self._labels(person, x), labels, fn_output_signature=tf.string),
                "shape_codes": codes,
                "shape_score": self.shape.log_prior(self._repeated(person.shape_batch), codes),
            }

        return self._in_chunks(chunk, SHAPE_OUTPUTS, first, count)

    def _textures(self, person: Framed, labels: tf.Tensor, first: tf.Tensor, count: tf.Tensor, draw: Draw) -> Outputs:
        """Pictures of one given parsing (H, W) uint8 of the frame."""
        batch = with_labels(self._repeated(person.texture_batch), tf.repeat(labels[None], self.chunk, axis=0))

        def chunk(samples: tf.Tensor) -> Outputs:
            codes = draw_codes(self.texture, batch, samples, draw)
            return self._pictures(person, batch, codes)

        return self._in_chunks(chunk, TEXTURE_OUTPUTS, first, count)

    def _both(self, person: Framed, first: tf.Tensor, count: tf.Tensor, shape: Draw, texture: Draw) -> Outputs:
        """Parsings and pictures."""
        shape_batch = self._repeated(person.shape_batch)
        texture_batch = self._repeated(person.texture_batch)

        def chunk(samples: tf.Tensor) -> Outputs:
            shape_codes, labels = self._shape(shape_batch, samples, shape)
            batch = with_labels(texture_batch, labels)
            codes = draw_codes(self.texture, batch, samples, texture)
            return {
                "parsings_bytes": tf.map_fn(lambda x: self._labels(person, x), labels, fn_output_signature=tf.string),
                "shape_codes": shape_codes,
                "shape_score": self.shape.log_prior(shape_batch, shape_codes),
                **self._pictures(person, batch, codes),
            }

        return self._in_chunks(chunk, SHAPE_OUTPUTS + TEXTURE_OUTPUTS, first, count)

    def rows(self, shape_batch: Batch, texture_batch: Batch, samples: tf.Tensor, draw: Draw) -> Outputs:
        """A chunk of tensors in the frame, one sample of each person; nothing encoded or pasted."""
        codes, labels = self._shape(shape_batch, samples, draw)
        batch = with_labels(texture_batch, labels)
        texture_codes = draw_codes(self.texture, batch, samples, draw)
        picture = tf.where(batch[keys.VISIBLE] > 0, batch[keys.PHOTO], self.texture.generate(batch, texture_codes))
        return {
            "photos": to_bytes(picture),
            "realism": self.texture.realism(picture),
            "parsings": labels,
            "shape_codes": codes,
            "texture_codes": texture_codes,
            "shape_score": self.shape.log_prior(shape_batch, codes),
            "texture_score": self.texture.log_prior(batch, texture_codes),
        }

    def _ranked(self, outputs: Outputs, count: tf.Tensor) -> Outputs:
        """`outputs` with `score` and `order`, best first.

        The score is the sum of both stages' log-likelihoods per latent and of the discriminator's score.
        """
        total = outputs.get("realism", tf.zeros((self.width,)))
        for stage in (self.shape, self.texture):
            if f"{stage.name}_score" in outputs:
                total += outputs[f"{stage.name}_score"] / stage.latents
        asked = tf.range(self.width) < count
        best = tf.argsort(tf.where(asked, total, -float("inf")), direction="DESCENDING", stable=True)
        return {**outputs, "score": total, "order": tf.where(asked, best, -1)}

    def _erased(self, person: Framed) -> tf.Tensor:
        """() string, a grey PNG of the photo's size: 255 where erased."""
        box = person.rectangle
        patch = tf.fill(tf.stack([box.y1 - box.y0, box.x1 - box.x0]), tf.constant(255, tf.uint8))
        return pictures.encode_png(framing.paste(tf.zeros_like(person.labels), patch, box))

    def _shape(self, batch: Batch, samples: tf.Tensor, draw: Draw) -> tuple[tf.Tensor, tf.Tensor]:
        codes = draw_codes(self.shape, batch, samples, draw)
        return codes, complete_labels(batch, self.shape.generate(batch, codes))

    def _pictures(self, person: Framed, batch: Batch, codes: tf.Tensor) -> Outputs:
        output = self.texture.generate(batch, codes)
        photos = to_bytes(output)

        def encode(picture: tf.Tensor) -> tf.Tensor:
            patch = framing.enlarged_photo(picture, person.window, person.rectangle)
            return pictures.encode_png(framing.paste(person.photo, patch, person.rectangle))

        return {
            "photos_bytes": tf.map_fn(encode, photos, fn_output_signature=tf.string),
            "texture_codes": codes,
            "texture_score": self.texture.log_prior(batch, codes),
            "realism": self.texture.realism(tf.where(batch[keys.VISIBLE] > 0, batch[keys.PHOTO], output)),
        }

    def _labels(self, person: Framed, labels: tf.Tensor) -> tf.Tensor:
        patch = framing.enlarged_labels(labels, person.window, person.rectangle)
        return pictures.encode_png(framing.paste(person.labels, patch, person.rectangle))

    def _repeated(self, batch: Batch) -> Batch:
        return {key: tf.repeat(value, self.chunk, axis=0) for key, value in batch.items()}

    def _in_chunks(
        self, chunk: Callable[[tf.Tensor], Outputs], names: tuple[str, ...], first: tf.Tensor, count: tf.Tensor
    ) -> Outputs:
        """`chunk` over all samples, filled up to `width`: zeros and empty strings after the last one asked for."""
        count = tf.cast(count, tf.int64)
        steps = -(-count // self.chunk)

        def one(step: tf.Tensor) -> Outputs:
            offsets = step * self.chunk + tf.range(self.chunk, dtype=tf.int64)
            return chunk(first + tf.minimum(offsets, count - 1))

        kinds = {"parsings_bytes": tf.string, "photos_bytes": tf.string}
        shapes = {"shape_codes": self.shape.codes_shape, "texture_codes": self.texture.codes_shape}
        specs = {
            name: tf.TensorSpec((self.chunk, *shapes.get(name, ())), kinds.get(name, tf.float32)) for name in names
        }
        found = tf.map_fn(one, tf.range(steps), fn_output_signature=specs, parallel_iterations=1)
        return {name: self._filled(value, count) for name, value in found.items()}

    def _filled(self, values: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """(steps, chunk, ...) -> (width, ...), empty from `count` on."""
        flat = tf.reshape(values, [-1, *values.shape[2:]])[:count]
        left = tf.maximum(self.width - tf.cast(count, tf.int32), 0)  # too large a count is refused by its own check
        empty = tf.zeros([left, *flat.shape[1:]], flat.dtype)
        return tf.ensure_shape(tf.concat([flat, empty], axis=0), (self.width, *flat.shape[1:]))
