"""Both stages for one person in the graph: samples in chunks of a fixed size, pictures in the photo's own size."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_tryon import keys
from tf_tryon.data.examples import to_bytes
from tf_tryon.data.vocabulary import CLASSES
from tf_tryon.export import pictures
from tf_tryon.export.person_graph import Seen
from tf_tryon.export.stage_graph import Codes, StageGraph
from tf_tryon.inference import wearing
from tf_tryon.inference.stage import repeat
from tf_tryon.models import pasting
from tf_tryon.models.completion import Made, behind_person, both_stages, composed, finish
from tf_tryon.models.compositing import complete_labels, shows, with_labels
from tf_tryon.models.contract import Batch
from tf_tryon.models.detail import shrunk

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


def draw_codes(stage: StageGraph, batch: Batch, samples: tf.Tensor, draw: Draw, context: Batch) -> Codes:
    """Codes of the samples (chunk,) int64; `context`: the batch, or where its people are one, this one."""
    noise = stage.noise(draw.seed, samples)

    def drawn() -> Codes:
        return stage.draw(context, noise, draw.temperature)

    if draw.codes is None:
        return drawn()
    given = tf.repeat(draw.codes[None], stage.chunk, axis=0)
    return tf.cond(draw.use, lambda: stage.around(batch, given, noise, draw.spread), drawn)


class Worn(NamedTuple):
    """A product that is worn.

    Attributes:
      cloth: (h, w, 3) uint8, `cloth_of` it.
      reach: () float32, how much of arms or legs it covers; negative: it is not known.
    """

    cloth: tf.Tensor
    reach: tf.Tensor


def _fitting(stage: StageGraph, samples: tf.Tensor, draw: Draw, context: Batch, reach: tf.Tensor) -> Made:
    """`_made` of the shape stage, for each sample the one of `ATTEMPTS` shapes that fits a product's reach."""

    def made(batch: Batch) -> tuple[Codes, tf.Tensor]:
        # A loop, so that the networks are in the graph once: a server prepares every copy at its start.
        def drawn(attempt: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
            codes = stage.draw(context, stage.noise(draw.seed, samples, attempt), draw.temperature)
            logits = stage.generate(batch, codes.values)
            labels = complete_labels(batch, logits, stage.config.model.replaces)
            return *codes, logits, wearing.misfit(labels, batch, reach)

        size = stage.config.data.height, stage.config.data.width
        shapes = stage.codes_shape, (), (*size, len(CLASSES)), ()
        specs = tuple(tf.TensorSpec((stage.chunk, *shape)) for shape in shapes)
        attempts = tf.range(tf.where(reach >= 0, tf.constant(wearing.ATTEMPTS, tf.int64), 1))
        *made_of_all, misfits = tf.map_fn(drawn, attempts, fn_output_signature=specs, parallel_iterations=1)
        index = tf.stack([tf.argmin(misfits, output_type=tf.int32), tf.range(stage.chunk)], axis=1)
        values, score, logits = (tf.gather_nd(of_all, index) for of_all in made_of_all)
        return Codes(values, score), logits

    return made


def _clothed(stage: StageGraph, cloth: tf.Tensor) -> Made:
    """What the texture stage encodes of a cloth, and generates of that."""

    def made(inputs: Batch) -> tuple[Codes, tf.Tensor]:
        labels = tf.cast(tf.argmax(inputs[keys.PARSING], axis=-1), tf.uint8)
        given, laid = wearing.with_cloth(inputs, labels, cloth)
        codes = stage.encode(given)
        return stage.scored(inputs, codes), wearing.with_detail(stage.generate(inputs, codes), labels, laid, inputs)

    return made


def _made(stage: StageGraph, samples: tf.Tensor, draw: Draw, context: Batch | None = None) -> Made:
    """A stage's codes of the samples (chunk,) int64, and what it generates of them.

    `context`: the inputs of the one person whom a batch repeats, so that his context is looked at once.
    """

    def made(batch: Batch) -> tuple[Codes, tf.Tensor]:
        codes = draw_codes(stage, batch, samples, draw, batch if context is None else context)
        return codes, stage.generate(batch, codes.values)

    return made


class Completion:
    """Completes one person.

    `shapes`, `textures`, `both` and `worn` return an answer's outputs, `ranked` adds to them, `erased` draws what
    was erased; the methods of the same names with an underscore say more.

    Args:
      shape: stage 1.
      texture: stage 2.
      width: how many samples an answer has room for; a multiple of the stages' chunk.
    """

    def __init__(self, shape: StageGraph, texture: StageGraph, width: int) -> None:
        self.shape, self.texture, self.width, self.chunk = shape, texture, width, shape.chunk
        # Each is traced once, and called by the signatures that need it.
        self.shapes, self.textures, self.both, self.worn, self.ranked, self.erased = (
            tf.function(method, autograph=False)
            for method in (self._shapes, self._textures, self._both, self._worn, self._ranked, self._erased)
        )

    def _shapes(self, person: Seen, first: tf.Tensor, count: tf.Tensor, draw: Draw) -> Outputs:
        """Parsings of samples first .. first + count - 1."""
        batch = repeat(person.shape_batch, self.chunk)

        def chunk(samples: tf.Tensor) -> Outputs:
            codes, logits = _made(self.shape, samples, draw, person.shape_batch)(batch)
            labels = complete_labels(batch, logits, self.shape.config.model.replaces)
            parsings = pasting.paste_labels(person.labels, labels, shows(batch, labels), person.where)
            return {
                "parsings_bytes": _encoded(parsings),
                "shape_codes": codes.values,
                "shape_score": codes.score,
            }

        return self._in_chunks(chunk, SHAPE_OUTPUTS, first, count)

    def _textures(self, person: Seen, labels: tf.Tensor, first: tf.Tensor, count: tf.Tensor, draw: Draw) -> Outputs:
        """Pictures of one given parsing (H, W) uint8 at the networks' input size."""
        given = tf.repeat(labels[None], self.chunk, axis=0)
        renewed = with_labels(repeat(person.texture_batch, self.chunk), given)

        def chunk(samples: tf.Tensor) -> Outputs:
            return self._pictures(person, given, *_made(self.texture, samples, draw)(renewed))[1]

        return self._in_chunks(chunk, TEXTURE_OUTPUTS, first, count)

    def _both(self, person: Seen, first: tf.Tensor, count: tf.Tensor, shape: Draw, texture: Draw) -> Outputs:
        """Parsings and pictures."""
        return self._both_of(
            person, first, count,
            lambda n: (_made(self.shape, n, shape, person.shape_batch), _made(self.texture, n, texture)),
        )  # fmt: skip

    def _worn(self, person: Seen, first: tf.Tensor, count: tf.Tensor, draw: Draw, worn: Worn) -> Outputs:
        """Parsings and pictures of a product worn."""
        return self._both_of(
            person, first, count,
            lambda n: (
                _fitting(self.shape, n, draw, person.shape_batch, worn.reach),
                _clothed(self.texture, worn.cloth),
            ),
            fine=False,
        )  # fmt: skip

    def _both_of(
        self,
        person: Seen,
        first: tf.Tensor,
        count: tf.Tensor,
        makers: Callable[[tf.Tensor], tuple[Made, Made]],
        fine: bool = True,
    ) -> Outputs:
        """Parsings and pictures of what both stages make of the samples (chunk,) int64; `fine` as for `_pictures`."""
        shape_batch = repeat(person.shape_batch, self.chunk)
        texture_batch = repeat(person.texture_batch, self.chunk)

        def chunk(samples: tf.Tensor) -> Outputs:
            made = both_stages(shape_batch, texture_batch, *makers(samples), self.shape.config.model.replaces)
            parsings, outputs = self._pictures(person, made.labels, made.texture_codes, made.rgb, fine)
            return {
                "parsings_bytes": _encoded(parsings),
                "shape_codes": made.shape_codes.values,
                "shape_score": made.shape_codes.score,
                **outputs,
            }

        return self._in_chunks(chunk, SHAPE_OUTPUTS + TEXTURE_OUTPUTS, first, count)

    def rows(self, shape_batch: Batch, texture_batch: Batch, samples: tf.Tensor, draw: Draw) -> Outputs:
        """A chunk of tensors at the input size, one sample of each person; nothing encoded or pasted."""
        makers = (_made(stage, samples, draw) for stage in (self.shape, self.texture))
        made = both_stages(shape_batch, texture_batch, *makers, self.shape.config.model.replaces)
        behind = behind_person(texture_batch)
        picture = composed(texture_batch, made.labels, made.rgb, behind)
        detail, fine = self.texture.detail_of(made.rgb, made.labels, texture_batch), picture
        if detail is not None:
            fine = composed(texture_batch, made.labels, made.rgb, behind, shrunk(detail))
        return {
            "photos": to_bytes(fine),
            "realism": self.texture.realism(picture),
            "parsings": made.labels,
            "shape_codes": made.shape_codes.values,
            "texture_codes": made.texture_codes.values,
            "shape_score": made.shape_codes.score,
            "texture_score": made.texture_codes.score,
        }

    def _ranked(self, outputs: Outputs, count: tf.Tensor) -> Outputs:
        """`outputs` with `score` and `order`, best first.

        The score is the sum of both stages' log-likelihoods per latent and of the discriminator's score.
        """
        total = outputs.get("realism", tf.zeros((self.width,)))
        for stage in (self.shape, self.texture):
            if f"{stage.name}_score" in outputs:
                total += outputs[f"{stage.name}_score"] / stage.latents
        wanted = tf.range(self.width) < count
        best = tf.argsort(tf.where(wanted, total, -float("inf")), direction="DESCENDING", stable=True)
        return {**outputs, "score": total, "order": tf.where(wanted, best, -1)}

    def _erased(self, person: Seen) -> tf.Tensor:
        """() string, a grey PNG of the photo's size: 255 where erased."""
        mask = pasting.erased_mask(person.photo, person.where)
        return pictures.encode_png(tf.cast(mask, tf.uint8) * 255)

    def _pictures(
        self, person: Seen, labels: tf.Tensor, codes: Codes, rgb: tf.Tensor, fine: bool = True
    ) -> tuple[tf.Tensor, Outputs]:
        """Parsings (chunk, h, w) and the texture's outputs for completed labels (chunk, H, W).

        `fine`: the detail network, where there is one, adds to the pictures; a product has its own detail.
        """
        original = repeat(person.texture_batch, self.chunk)
        detail = self.texture.detail_of(rgb, labels, original) if fine else None
        made = finish(person.photo, person.labels, original, labels, rgb, person.where, person.behind, detail)
        return made.parsings, {
            "photos_bytes": _encoded(made.photos),
            "texture_codes": codes.values,
            "texture_score": codes.score,
            "realism": self.texture.realism(composed(original, labels, rgb, behind_person(person.texture_batch))),
        }

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
        chunks = tf.map_fn(one, tf.range(steps), fn_output_signature=specs, parallel_iterations=1)
        return {name: self._filled(value, count) for name, value in chunks.items()}

    def _filled(self, values: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """(steps, chunk, ...) -> (width, ...), empty from `count` on."""
        flat = tf.reshape(values, [-1, *values.shape[2:]])[:count]
        left = tf.maximum(self.width - tf.cast(count, tf.int32), 0)  # too large a count is refused by its own check
        empty = tf.zeros([left, *flat.shape[1:]], flat.dtype)
        return tf.ensure_shape(tf.concat([flat, empty], axis=0), (self.width, *flat.shape[1:]))


def _encoded(made: tf.Tensor) -> tf.Tensor:
    """(n, h, w) or (n, h, w, 3) uint8 -> (n,) PNGs."""
    return tf.map_fn(pictures.encode_png, made, fn_output_signature=tf.string)
