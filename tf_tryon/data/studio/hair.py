"""Hair as geometry: a cap grown out of the scalp, and what hangs from it (bob, long hair, ponytail, bun).

The hairline is a field on the template, so it sits alike on every head; volumes are metres on the person. Hanging
hair is a curtain around the head's axis that falls straight from the head's widest place and gives way to neck,
shoulders and back, whose size is read off the person.
"""

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.garment_surface import Sheet, to_mesh, trim_to
from tf_tryon.data.studio.head import EYE_Y, HAIR
from tf_tryon.data.studio.mesh import Mesh, merge
from tf_tryon.data.studio.palette import linear

# Style -> share among (feminine, masculine) persons.
SHARES: Final = {
    "bald": (0.01, 0.07),
    "buzz": (0.02, 0.14),
    "short": (0.10, 0.42),
    "receding": (0.0, 0.09),
    "quiff": (0.03, 0.17),
    "afro": (0.06, 0.05),
    "bob": (0.20, 0.01),
    "long": (0.32, 0.03),
    "ponytail": (0.14, 0.01),
    "bun": (0.12, 0.01),
}
COLOURS: Final = {  # sRGB, share
    "#0f0d0c": 0.14, "#1d1512": 0.17, "#33211a": 0.18, "#4d3223": 0.15, "#6b4a30": 0.12, "#94703f": 0.08,
    "#bb9a62": 0.07, "#6a2f1b": 0.04, "#87878a": 0.03, "#c9c4bc": 0.015, "#b5527a": 0.008, "#3d5d8c": 0.007,
}  # fmt: skip
# Height of the hairline over the eyes by depth z, metres on the template: nape, ear, sideburn, temple, forehead.
LINE_Z: Final = (-0.06, -0.012, 0.0, 0.045, 0.052, 0.068, 0.09, 0.12, 0.15)
LINE_Y: Final = (-0.085, -0.05, 0.018, 0.018, -0.018, 0.022, 0.05, 0.062, 0.064)


@dataclass(frozen=True)
class Strands:
    """Hair's colour: fine streaks along `v`."""

    colour: np.ndarray
    seed: int
    curl: float
    roughness: float = 0.5

    def albedo(self, uv: np.ndarray, position: np.ndarray) -> np.ndarray:
        """uv (k, 2) metres around and along, position (k, 3) -> (k, 3) linear RGB."""
        phase = (self.seed % 97) * 0.37
        u, v = uv[:, 0], uv[:, 1]
        bent = u + (0.002 + 0.004 * self.curl) * np.sin(v * 60 + phase)
        streak = np.sin(bent * 700 + phase) + 0.8 * np.sin(bent * 1130 + 2 * phase) + 0.7 * np.sin(bent * 310 + v * 9)
        if self.curl > 0.5:
            streak = streak + 1.2 * np.sin(u * 420 + 3 * np.sin(v * 260)) * np.sin(v * 380 + phase)
        shiny = 0.004 * (streak > 1.2)
        return np.clip(self.colour * (1 + 0.16 * streak)[:, None] + shiny[:, None], 0, 1).astype(np.float32)

    def bump(self, uv: np.ndarray) -> np.ndarray:
        """uv (k, 2) -> (k,) metres."""
        u, v = uv[:, 0], uv[:, 1]
        phase = (self.seed % 97) * 0.37
        waves = np.sin(u * 380 + 2 * np.sin(v * 30 + phase)) + 0.6 * np.sin(u * 900 + phase)
        if self.curl > 0.5:
            waves = waves + 2 * np.sin(u * 330 + phase) * np.sin(v * 300)
        return (0.0006 * waves).astype(np.float32)


@dataclass(frozen=True)
class Hair:
    """A hairdo.

    Attributes:
        style: one of `SHARES`.
        colour: (3,) float32 linear RGB.
        volume: metres of hair over the scalp.
        length: metres that a curtain or tail hangs below the eyes.
        fringe: metres by which the hairline is lowered over the forehead.
        parting: x of the parting on the template.
        curl: 0 straight to 1 curly.
        front: True if the long hair lies in front of the shoulders.
        seed: of strands and ends.
    """

    style: str
    colour: np.ndarray
    volume: float
    length: float
    fringe: float
    parting: float
    curl: float
    front: bool
    seed: int


def sample_hair(rng: np.random.Generator, masculine: bool, monk: float, hat: bool) -> Hair:
    """A random hairdo, mostly of a colour that grows with the skin tone `monk` (0 to 9); flat under a hat, no bun."""
    shares = np.array([pair[int(masculine)] for pair in SHARES.values()])
    style = str(rng.choice(list(SHARES), p=shares / shares.sum()))
    names = list(COLOURS)
    weights = np.array([COLOURS[n] for n in names])
    if monk > 3.5 and rng.random() < 0.93:
        weights[3:8] = 0.0  # browns, blonds and reds
    colour = linear(names[rng.choice(len(names), p=weights / weights.sum())]) * rng.uniform(0.8, 1.25)
    volume = {"bald": 0.0, "buzz": 0.004, "short": 0.014, "receding": 0.01, "quiff": 0.026, "afro": 0.05, "bob": 0.02,
              "long": 0.018, "ponytail": 0.009, "bun": 0.01}[style] * rng.uniform(0.8, 1.25)  # fmt: skip
    length = {"bob": rng.uniform(0.07, 0.15), "long": rng.uniform(0.2, 0.42), "ponytail": rng.uniform(0.16, 0.34)}
    fringe = rng.uniform(0.012, 0.03) if rng.random() < 0.22 else 0.0
    parting = float(rng.choice([-0.03, 0.0, 0.03]) + rng.normal(0, 0.004))
    curl = 1.0 if style == "afro" else float(rng.random() ** 2)
    front = bool(rng.random() < 0.5)
    seed = int(rng.integers(2**31))
    if hat:
        style = {"afro": "short", "bun": "ponytail", "quiff": "short"}.get(style, style)
        volume = min(volume, 0.006)
    hanging = float(length.get(style, 0.0))
    return Hair(style, colour.astype(np.float32), volume, hanging, fringe, parting, curl, front, seed)


def build_hair(hair: Hair, template: Template, person: Person) -> Mesh | None:
    """The hair's mesh on a person, or None for a bald head."""
    if hair.style == "bald":
        return None
    material = Strands(hair.colour, hair.seed, hair.curl, 0.85 if hair.curl > 0.5 or hair.style == "buzz" else 0.5)
    parts = [to_mesh(_cap(hair, template, person), HAIR, (material, material))]
    if hair.style in ("bob", "long"):
        parts.append(to_mesh(_curtain(hair, template, person), HAIR, (material, material)))
    elif hair.style in ("ponytail", "bun"):
        parts.append(to_mesh(_tail(hair, template, person), HAIR, (material, material)))
    return merge(parts)


def hairline(template: Template, hair: Hair) -> np.ndarray:
    """Field (V,) on the template: metres above the hairline, positive where hair grows."""
    x, y, z = template.vertices.T
    line = np.interp(template.vertices[:, 2], LINE_Z, LINE_Y)
    forehead = np.clip((z - 0.075) / 0.03, 0, 1)
    line = line - hair.fringe * forehead * np.clip((0.062 - np.abs(x)) / 0.02, 0, 1)
    if hair.style == "receding":
        line = line + np.clip((z - 0.05) / 0.03, 0, 1) * (0.012 + 0.016 * np.clip(np.abs(x) / 0.04, 0, 1))
    if hair.style in ("short", "buzz", "quiff", "receding"):
        line = line + np.clip((0.0 - z) / 0.02, 0, 1) * 0.015  # shaved nape
    return y - EYE_Y - line


def _cap(hair: Hair, template: Template, person: Person) -> Sheet:
    faces = template.triangles["body"]
    field = hairline(template, hair)
    scalp = (template.vertices[faces, 1] > EYE_Y - 0.12).all(1) & (field[faces] > -0.03).any(1)
    scalp &= (np.abs(template.vertices[faces, 0]) < 0.1).all(1) & (template.vertices[faces, 2] > -0.09).all(1)
    scalp &= ~_inner()
    used, compact = np.unique(faces[scalp], return_inverse=True)
    rest = template.vertices[used].astype(np.float64)
    above, base = field[used].astype(np.float64), person.vertices[used].astype(np.float64)
    normal = template.normals[used].astype(np.float64)
    grown = np.clip(above / 0.018, 0, 1)
    thick = hair.volume * (3 * grown**2 - 2 * grown**3) + 0.0022
    crown = np.clip((rest[:, 1] - EYE_Y - 0.02) / 0.08, 0, 1)
    if hair.style in ("short", "receding"):
        thick = thick * (0.55 + 0.7 * crown)
    elif hair.style == "quiff":
        thick = thick * (0.25 + crown * (0.8 + 0.5 * np.clip((rest[:, 2] - 0.04) / 0.06, 0, 1)))
    elif hair.style == "afro":
        thick = thick * (0.75 + 0.35 * crown)
    rng = np.random.default_rng(hair.seed)
    wobble = np.sin(rest @ rng.normal(0, 60, (3, 3)) + rng.uniform(0, 6, 3)).sum(1)
    thick = thick * (1 + (0.08 + 0.1 * hair.curl) * wobble / 2)
    parted = np.exp(-np.square((rest[:, 0] - hair.parting) / 0.004)) * (rest[:, 2] > 0.02)
    if hair.style in ("bob", "long", "bun", "ponytail"):
        thick = thick * (1 - 0.45 * parted)
    angle = np.arctan2(rest[:, 0] - hair.parting * crown, np.abs(rest[:, 2] - 0.03) + 0.02)
    uv = np.stack([0.1 * angle + 0.3 * rest[:, 2] * (1 - crown), rest[:, 1] + rest[:, 2]], 1)
    if hair.style in ("bob", "long", "bun", "ponytail"):
        uv = np.stack([rest[:, 2] + 0.2 * rest[:, 1], np.abs(rest[:, 0] - hair.parting) - rest[:, 1]], 1)
    sheet = Sheet(
        base + normal * thick[:, None], compact.reshape(-1, 3).astype(np.int32), template.bones[used],
        template.weights[used].astype(np.float64), uv, np.arange(len(used), dtype=np.int32),
    )  # fmt: skip
    return trim_to(sheet, above, hem=False)


@functools.lru_cache(maxsize=1)
def _inner() -> np.ndarray:
    """(k,) bool, the body's faces in mouth, nostrils and eye sockets, which lie inside the head."""
    template = Template.load()
    faces = template.triangles["body"]
    corners = template.vertices[faces]
    centre = corners.mean(1)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = centre - np.array([0.0, EYE_Y + 0.01, 0.04])
    return (across * out).sum(1) < 0


def _head_axis(template: Template, person: Person) -> tuple[np.ndarray, np.ndarray]:
    """Middle of the person's head at the height of the eyes, and that height's points of the head (k, 3)."""
    body = template.group["body"]
    rest = template.vertices[body]
    skull = body[(rest[:, 1] > EYE_Y - 0.02) & (np.abs(rest[:, 0]) < 0.095) & (rest[:, 2] > -0.06)]
    points = person.vertices[skull].astype(np.float64)
    eye = float(person.vertices[template.group["eyes"], 1].mean())
    middle = np.array([0.0, eye, 0.5 * (points[:, 2].min() + points[:, 2].max()) - 0.012])
    return middle, points


def _clearance(
    template: Template, person: Person, middle: np.ndarray, angles: np.ndarray, heights: np.ndarray
) -> np.ndarray:
    """Distance (rows, columns) from the head's axis to the skin, by height and direction."""
    body = template.group["body"]
    rest = template.vertices[body]
    near = body[(rest[:, 1] > EYE_Y - 0.55) & (np.abs(rest[:, 0]) < 0.2)]
    points = person.vertices[near].astype(np.float64) - [0, 0, middle[2]]
    bearing: np.ndarray = np.mod(np.arctan2(points[:, 0], points[:, 2]), 2 * np.pi)
    radius = np.hypot(points[:, 0], points[:, 2])
    step_a, step_h = angles[1] - angles[0], heights[0] - heights[1]
    column = np.rint((bearing - angles[0]) / step_a).astype(int)
    row = np.rint((heights[0] - points[:, 1]) / step_h).astype(int)
    out = np.zeros((len(heights), len(angles)))
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            r, c = row + dr, column + dc
            ok = (r >= 0) & (r < len(heights)) & (c >= 0) & (c < len(angles))
            np.maximum.at(out, (r[ok], c[ok]), radius[ok])
    return out


def _curtain(hair: Hair, template: Template, person: Person) -> Sheet:
    middle, _ = _head_axis(template, person)
    rng = np.random.default_rng(hair.seed)
    opening = rng.uniform(1.05, 1.3)  # radians between the face's middle and the first strand
    angles = np.linspace(opening, 2 * np.pi - opening, 41)
    count = max(int((hair.length + 0.055) / 0.016), 6)
    heights = np.linspace(float(middle[1]) + 0.055, float(middle[1]) - hair.length, count)
    skin = _clearance(template, person, middle, angles, heights)
    drop = (middle[1] - heights)[:, None]
    head_rows = drop[:, 0] < 0.04
    top = np.maximum.accumulate(skin, axis=0)
    widest = top[head_rows][-1]
    hang = np.where(head_rows[:, None], top, widest)
    curl_in = 0.035 if hair.style == "bob" else 0.02
    hang = hang - curl_in * np.clip(drop / max(hair.length, 0.1), 0, 1) ** 2
    wave = 0.009 * hair.curl * np.sin(drop * 75 + 3 * np.sin(2 * angles)[None, :]) * np.clip(drop / 0.06, 0, 1)
    # long hair lies on chest and back, not outside the shoulders
    sideways = np.abs(np.abs(np.mod(angles, 2 * np.pi) - np.pi) - np.pi / 2)
    limit = widest + 0.07
    over = np.maximum(skin + 0.02, hang)
    radius = np.minimum(over, limit[None, :]) + hair.volume * np.clip(0.35 + drop / 0.08, 0.2, 1) + wave
    radius -= 0.03 * np.clip((-drop - 0.012) / 0.04, 0, 1)  # the rim hides under the cap
    for _ in range(2):
        radius[:, 1:-1] = 0.25 * radius[:, :-2] + 0.5 * radius[:, 1:-1] + 0.25 * radius[:, 2:]
        radius[1:-1] = 0.25 * radius[:-2] + 0.5 * radius[1:-1] + 0.25 * radius[2:]
    blocked = (skin > limit[None, :] + 0.005) & (drop > 0.08)
    front = np.abs(np.mod(angles, 2 * np.pi) - np.pi) > np.pi / 2 + 0.1
    if not hair.front:
        blocked |= (front[None, :] & (drop > 0.13)) | ((sideways < 0.7)[None, :] & (drop > 0.16))
    ends = hair.length * (1 - 0.07 * rng.random(len(angles)) - 0.1 * (front & (hair.style == "long")))
    tip = drop > ends[None, :]
    dead = np.maximum.accumulate(blocked | tip, axis=0)
    x, z = radius * np.sin(angles), radius * np.cos(angles) + middle[2]
    y = np.broadcast_to(heights[:, None], x.shape)
    rows, columns = len(x), len(x[0])
    ids = np.arange(rows * columns).reshape(rows, columns)
    quads = np.stack([ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]], -1)
    alive = ~(dead[1:, :-1] & dead[1:, 1:])
    quads = quads[alive]
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    position = np.stack([x, y, z], -1).reshape(-1, 3)
    # below the chin the hair rests on the shoulders and follows the chest
    share = np.clip((drop - 0.1) / 0.1, 0, 1) * np.ones_like(x)
    count = len(position)
    bones = np.zeros((count, 4), np.int32)
    bones[:, 0], bones[:, 1] = template.bone("head"), template.bone("spine01")
    weights = np.zeros((count, 4))
    weights[:, 0], weights[:, 1] = 1 - share.ravel(), share.ravel()
    uv = np.stack([np.broadcast_to(0.1 * angles, x.shape), y], -1).reshape(-1, 2)
    return Sheet(position, triangles, bones, weights, uv, np.arange(count, dtype=np.int32))


def _tail(hair: Hair, template: Template, person: Person) -> Sheet:
    """A ponytail's tube behind the head, or a bun on it."""
    middle, points = _head_axis(template, person)
    rng = np.random.default_rng(hair.seed)
    back = float(points[:, 2].min())
    high = rng.uniform(0.0, 1.0)  # from the nape to the crown
    if hair.style == "bun":
        start = np.array([0.0, middle[1] + 0.03 + 0.085 * high, back + 0.005 + 0.06 * high])
        radius, rows = rng.uniform(0.03, 0.042), 9
        t = np.linspace(0, np.pi, rows)
        centre = start + np.outer(-np.cos(t) * radius, np.array([0, 0.35 + 0.6 * high, -0.8]))
        size = np.maximum(np.sin(t), 0.02) * radius * 1.1
    else:
        start = np.array([0.0, middle[1] + 0.01 + 0.07 * high, back + 0.005])
        rows = 14
        t = np.linspace(0, 1, rows)
        side = rng.choice([-1.0, 1.0]) * rng.uniform(0.0, 0.05)
        behind = -0.055 * np.sin(np.minimum(t * 3, 1.5)) - 0.03 * t
        centre = start + np.stack([side * t, -hair.length * t**1.2, behind], 1)
        size = 0.03 * np.sqrt(np.clip(np.minimum(t * 6 + 0.2, (1.02 - t) * 3), 0, 1)) * (1 + 0.1 * np.sin(9 * t))
    ring = np.linspace(0, 2 * np.pi, 13)
    position = centre[:, None, :] + size[:, None, None] * np.stack(
        [np.cos(ring), np.zeros_like(ring), np.sin(ring)], -1
    )
    if hair.style == "bun":
        axis = np.array([0, 0.35 + 0.6 * high, -0.8])
        axis = axis / np.linalg.norm(axis)
        upward = np.cross(axis, [1.0, 0.0, 0.0])
        position = centre[:, None, :] + size[:, None, None] * (
            np.cos(ring)[:, None] * np.array([1.0, 0, 0]) + np.sin(ring)[:, None] * upward
        )
    columns = len(ring)
    ids = np.arange(rows * columns).reshape(rows, columns)
    quads = np.stack([ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]], -1).reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    count = rows * columns
    bones = np.full((count, 4), template.bone("head"), np.int32)
    weights = np.zeros((count, 4))
    weights[:, 0] = 1.0
    uv = np.stack(np.broadcast_arrays(0.02 * ring[None, :], t[:, None] * max(hair.length, 0.1)), -1).reshape(-1, 2)
    return Sheet(position.reshape(-1, 3), triangles, bones, weights, uv, np.arange(count, dtype=np.int32))
