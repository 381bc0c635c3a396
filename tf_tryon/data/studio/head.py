"""Skin and eyes: tones, brows, lips, lashes and beards painted by fields of the template, and the mesh of the bare
body.

On the body `uv` are the template's x and y (metres), so that a face's features sit on the same anatomical points of
every person. Face (13) ends at the jaw; neck and trunk are torso-skin (10), hands belong to the arms, bare feet to
the legs.
"""

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.mesh import Mesh
from tf_tryon.data.studio.palette import linear

TORSO_SKIN, HAIR, FACE = 10, 2, 13
LIMBS: Final = {"L": (14, 16), "R": (15, 17)}  # arm, leg
# Monk skin tone scale, E. Monk 2023 (skintone.google), anchors 1..10; colours between them are mixed.
MONK: Final = (
    "#f6ede4",
    "#f3e7db",
    "#f0dec8",
    "#e6cfae",
    "#d2b08c",
    "#a67b57",
    "#85593f",
    "#624336",
    "#43322a",
    "#30271f",
)
IRISES: Final = ("#3a2413", "#2a1a10", "#4f3417", "#5b4a2a", "#4d6272", "#5d7a8a", "#5c6b45")
EYE_X, EYE_Y, EYE_Z, EYE_RADIUS = 0.02905, 1.5674, 0.1188, 0.0145  # on the template
MOUTH_Y, MOUTH_X = 1.4993, 0.0232


@dataclass(frozen=True)
class Complexion:
    """Colours of one person: `monk` 0 to 9 on the scale; skin, lips and iris linear RGB (3,); the others in [0, 1]."""

    monk: float
    skin: np.ndarray
    lips: np.ndarray
    iris: np.ndarray
    brow_weight: float
    beard: float
    blush: float


def sample_complexion(rng: np.random.Generator, masculine: bool) -> Complexion:
    """A random complexion."""
    monk = float(np.clip(rng.choice(9, p=[0.1, 0.16, 0.18, 0.14, 0.12, 0.1, 0.08, 0.07, 0.05]) + rng.random(), 0, 9))
    low = min(int(monk), 8)
    first, second = linear(MONK[low]), linear(MONK[low + 1])
    # the scale's swatches include the light they were seen in: under studio light pale skin must be darker and redder
    balance = np.array([0.78, 0.50, 0.375]) + np.array([0.16, 0.32, 0.385]) * monk / 9
    skin = (first + (second - first) * (monk - low)) * balance * (0.92 + 0.12 * rng.random())
    made_up = not masculine and rng.random() < 0.55
    rose = np.array([0.42, 0.07, 0.08]) if rng.random() < 0.5 else np.array([0.55, 0.16, 0.15])
    natural = skin * np.array([0.82, 0.5, 0.5])
    return Complexion(
        monk=monk,
        skin=skin.astype(np.float32),
        lips=(natural if not made_up else 0.35 * natural + 0.65 * rose).astype(np.float32),
        iris=linear(IRISES[rng.integers(len(IRISES)) if monk < 4 else rng.integers(3)]),
        brow_weight=float(rng.uniform(0.6, 1.0) if masculine else rng.uniform(0.4, 0.85)),
        beard=float(rng.choice([0.0, 0.12, 0.35, 0.75], p=[0.45, 0.25, 0.15, 0.15])) if masculine else 0.0,
        blush=float(rng.uniform(0.05, 0.35) if not masculine else rng.uniform(0.0, 0.15)),
    )


def _bell(x: np.ndarray, width: float) -> np.ndarray:
    return np.exp(-np.square(x / width))


@dataclass(frozen=True)
class Skin:
    """The body's surface with a painted face.

    `brows` colours brows and beard; `front` is the person's own z (metres) from which the face is painted.
    """

    look: Complexion
    brows: np.ndarray
    front: float
    roughness: float = 0.58

    def albedo(self, uv: np.ndarray, position: np.ndarray) -> np.ndarray:
        """uv (k, 2) template x and y, position (k, 3) -> (k, 3) linear RGB."""
        look = self.look
        x, y = np.abs(uv[:, 0]), uv[:, 1]
        colour = np.broadcast_to(look.skin, (len(uv), 3)).copy()
        colour *= (1 + 0.03 * np.sin(61 * uv[:, :1] + 3) * np.sin(47 * uv[:, 1:] + 1)).astype(np.float32)
        face = np.flatnonzero((y > 1.42) & (position[:, 2] > self.front))
        if len(face):
            colour[face] = self._face(x[face], y[face], colour[face])
        return np.clip(colour, 0, 1).astype(np.float32)

    def _face(self, x: np.ndarray, y: np.ndarray, colour: np.ndarray) -> np.ndarray:
        look = self.look
        flush = look.blush * (
            _bell(x - 0.042, 0.022) * _bell(y - 1.53, 0.02) + 0.5 * _bell(x, 0.014) * _bell(y - 1.54, 0.015)
        )
        colour = colour * (1 - flush[:, None] * np.array([0.05, 0.38, 0.32], np.float32))
        if look.beard:
            jaw = np.clip((1.528 - 0.55 * np.maximum(0.05 - x, 0) - y) / 0.012, 0, 1) * np.clip(
                (y - 1.43) / 0.015, 0, 1
            )
            moustache = _bell((y - 1.5165), 0.006) * np.clip((0.03 - x) / 0.008, 0, 1)
            bare = np.clip(1 - _bell(x, 0.02) * _bell(y - 1.495, 0.011) * 1.2, 0, 1)
            cover = look.beard * np.clip(np.maximum(jaw * bare, moustache), 0, 1)
            colour = colour + (self.brows - colour) * cover[:, None]
        along = np.clip(1 - np.square(x / MOUTH_X), 0, None)
        upper = MOUTH_Y + 0.0098 * np.sqrt(along) - 0.0016 * _bell(x, 0.004)
        lower = MOUTH_Y - 0.0112 * along
        lips = np.clip(np.minimum(upper - y, y - lower) / 0.0012 + 0.5, 0, 1) * (along > 0)
        colour = colour + (look.lips - colour) * (0.85 * lips)[:, None]
        slit = _bell(y - MOUTH_Y - 0.0005, 0.0011) * (x < 0.021)
        colour = colour * (1 - 0.55 * slit[:, None])
        # a brow: an arch over the eye, thick inside and thin outside
        t = (x - 0.0135) / 0.036
        arch = 1.5852 + 0.0088 * np.sin(np.clip(t, 0, 1) * 2.1)
        half = 0.0040 * (1 - 0.6 * np.clip(t, 0, 1))
        brow = (
            np.clip((half - np.abs(y - arch)) / 0.0016 + 0.5, 0, 1)
            * np.clip(t / 0.1, 0, 1)
            * np.clip((1 - t) / 0.12, 0, 1)
        )
        colour = colour + (self.brows - colour) * (look.brow_weight * brow)[:, None]
        # lashes and the shade of the lid, around the opening of the eye
        away = np.hypot((x - EYE_X) / 1.12, (y - EYE_Y) * 1.75)
        above = np.clip((y - EYE_Y + 0.003) / 0.004, 0.25, 1)
        lash = _bell(away - 0.0148, 0.0030) * above
        return colour * (1 - 0.62 * lash[:, None])


@dataclass(frozen=True)
class Eye:
    """Two eyeballs: white, iris and pupil; `uv` are offsets from the eye's centre on the template, in radii."""

    iris: np.ndarray
    roughness: float = 0.2

    def albedo(self, uv: np.ndarray, position: np.ndarray) -> np.ndarray:
        """uv (k, 2), position (k, 3) -> (k, 3) linear RGB."""
        radius = np.hypot(uv[:, 0], uv[:, 1])
        shade = (0.6 - 0.3 * np.clip(uv[:, 1] * 1.4, 0, 1))[:, None]  # the upper lid's shadow
        white = shade * np.array([0.95, 0.92, 0.9], np.float32)
        ring = np.clip((0.62 - radius) / 0.06, 0, 1)[:, None]
        pupil = np.clip((0.28 - radius) / 0.06, 0, 1)[:, None]
        colour = white + (self.iris - white) * ring
        return (colour * (1 - 0.95 * pupil)).astype(np.float32)


@functools.lru_cache(maxsize=1)
def _body_parts() -> tuple[np.ndarray, np.ndarray]:
    """CIHP-20 label of each body triangle (k,), and of each bone."""
    template = Template.load()
    labels = np.full(len(template.bone_names), TORSO_SKIN, np.uint8)
    for index, name in enumerate(template.bone_names):
        base, _, side = name.partition(".")
        if base == "head":
            labels[index] = FACE
        elif base.startswith(("upperarm", "lowerarm", "wrist", "finger")):
            labels[index] = LIMBS[side][0]
        elif base.startswith(("upperleg", "lowerleg", "foot", "toes")):
            labels[index] = LIMBS[side][1]
    faces = template.triangles["body"]
    votes = np.zeros((len(faces), 20), np.float32)
    for corner in range(3):
        ids = faces[:, corner]
        for k in range(4):
            np.add.at(votes, (np.arange(len(faces)), labels[template.bones[ids, k]]), template.weights[ids, k])
    parts = votes.argmax(1).astype(np.uint8)
    centre: np.ndarray = template.vertices[faces].mean(1)
    # the jaw's edge rises from the chin to the ears
    jaw: np.ndarray = np.interp(centre[:, 2], [-0.02, 0.03, 0.06, 0.125], [1.56, 1.515, 1.48, 1.452])
    high = (centre[:, 1] > 1.42) & (np.abs(centre[:, 0]) < 0.12)
    parts[high] = np.where(centre[high, 1] > jaw[high], FACE, TORSO_SKIN)
    return parts, labels


def bare_body(template: Template, person: Person, look: Complexion, hair: np.ndarray, hidden: np.ndarray) -> Mesh:
    """Skin and eyes of a person.

    Args:
        template: the template.
        person: the body.
        look: its colours.
        hair: (3,) linear RGB, colours brows and beard.
        hidden: (k,) bool, triangles of `template.triangles["body"]` that clothes cover; they are left out.
    """
    body, eyes = template.triangles["body"][~hidden], template.triangles["eyes"]
    parts = _body_parts()[0][~hidden]
    uv = template.vertices[:, :2].copy()
    balls = template.group["eyes"]
    centre = np.stack([np.sign(template.vertices[balls, 0]) * EYE_X, np.full(len(balls), EYE_Y)], 1)
    uv[balls] = (template.vertices[balls, :2] - centre) / EYE_RADIUS
    triangles = np.concatenate([body, eyes])
    used, compact = np.unique(triangles, return_inverse=True)
    front = float(person.vertices[balls, 2].mean()) - 0.045
    return Mesh(
        vertices=person.vertices[used],
        triangles=compact.reshape(-1, 3).astype(np.int32),
        bones=template.bones[used],
        weights=template.weights[used],
        label=np.concatenate([parts, np.full(len(eyes), FACE, np.uint8)]),
        material=np.repeat(np.array([0, 1], np.uint8), [len(body), len(eyes)]),
        uv=uv[used].astype(np.float32),
        materials=(Skin(look, np.minimum(hair * 0.55, look.skin * 0.4), front), Eye(look.iris)),
    )
