"""The human body: a fixed template (MakeHuman's base mesh, CC0) and persons of any shape that share its vertex order.

A person is the template's mean plus a few principal components of ~500 sampled adults. Vertex i of every person is the
same anatomical point as vertex i of the template, so what is built from template vertex ids (garments, hair, landmarks)
follows the body's shape, and with `bones` and `weights` its pose.

Bones (68), L = the person's left (+x): root, spine05 (lowest) .. spine01 (chest), neck01 .. neck03, head, and for each
side clavicle, shoulder01, upperarm01/02, lowerarm01/02, wrist, finger1-1 (thumb) .. finger5-3 (little finger), pelvis,
upperleg01/02, lowerleg01/02, foot, toes. The second bone of a pair starts half-way down the limb and takes its twist.

Groups of triangles: `body` (skin), `tights` (a smooth close-fitting surface from neck to feet, without fingers and
face), `skirt` (waist to ankles, one tube), `hair` (a long bob) and `eyes` (two balls). All but the body are helpers:
MakeHuman puts them a little outside the skin so that clothes can be cut from them.
"""

import functools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tf_tryon.data.studio.mesh import vertex_normals

FILE = Path(__file__).with_name("body.npz")
GROUPS = ("body", "tights", "skirt", "hair", "eyes")


@dataclass(frozen=True)
class Person:
    """One body's rest shape.

    Attributes:
        vertices: (V, 3) float32, metres, in the template's vertex order; the soles stand on y = 0.
        joints: (B, 3) float32, heads of the bones.
        tails: (B, 3) float32, tails of the bones.
        masculinity: about 0 (female) to 1 (male), as the body's shape suggests.
        coefficients: (C,) float32, in standard deviations.
    """

    vertices: np.ndarray
    joints: np.ndarray
    tails: np.ndarray
    masculinity: float
    coefficients: np.ndarray


@dataclass(frozen=True)
class Template:
    """The average adult and the shape space around it.

    Attributes:
        vertices: (V, 3) float32, rest positions of the average body. Define fields for cuts on these.
        normals: (V, 3) float32, unit outward normals, computed per group.
        joints, tails: (B, 3) float32, heads and tails of the bones on the average body.
        triangles: group name -> (k, 3) int32 ids into `vertices`, counter-clockwise from outside.
        group: group name -> (n,) int32 sorted ids of the vertices it uses.
        bones, weights: (V, 4) int32 and (V, 4) float32, skin weights; rows sum to 1.
        bone_names: B names; `bone("head")` gives the index.
        parents: (B,) int32, -1 for the root; a parent comes before its children.
        landmarks: name -> vertex id (nose, l_ear, r_ear).
        components: (C, V + 2B, 3) float32, metres per standard deviation; vertices, then bone heads, then tails.
        scores: (N, C) float32, coefficients of the sampled adults.
    """

    vertices: np.ndarray
    normals: np.ndarray
    joints: np.ndarray
    tails: np.ndarray
    triangles: dict[str, np.ndarray]
    group: dict[str, np.ndarray]
    bones: np.ndarray
    weights: np.ndarray
    bone_names: tuple[str, ...]
    parents: np.ndarray
    landmarks: dict[str, int]
    components: np.ndarray = field(repr=False)
    scores: np.ndarray = field(repr=False)
    to_gender: np.ndarray = field(repr=False)

    @staticmethod
    def load() -> "Template":
        """The template, read once a process."""
        return _load()

    def bone(self, name: str) -> int:
        """Index of a bone; ValueError if there is none of that name."""
        return self.bone_names.index(name)

    def person(self, coefficients: np.ndarray) -> Person:
        """The body of the given shape coefficients (C,), in standard deviations; zeros give the template itself."""
        coefficients = np.asarray(coefficients, np.float32)
        if coefficients.shape != (len(self.components),):
            raise ValueError(f"coefficients have shape {coefficients.shape}, but must have ({len(self.components)},)")
        mean = np.concatenate([self.vertices, self.joints, self.tails])
        moved = np.einsum("c,cij->ij", coefficients, self.components)  # no BLAS: its threads slow parallel workers down
        points = (mean + moved).astype(np.float32)
        count, bones = len(self.vertices), len(self.bone_names)
        points[:, 1] -= points[self.group["body"], 1].min()
        return Person(
            vertices=points[:count],
            joints=points[count : count + bones],
            tails=points[count + bones :],
            masculinity=float(self.to_gender[:-1] @ coefficients + self.to_gender[-1]),
            coefficients=coefficients,
        )


@functools.lru_cache(maxsize=1)
def _load() -> Template:
    with np.load(FILE, allow_pickle=False) as baked:
        names = tuple(str(name) for name in baked["bone_names"])
        points = baked["mean"].astype(np.float32)
        count = len(points) - 2 * len(names)
        triangles = {group: baked[f"triangles_{group}"].astype(np.int32) for group in GROUPS}
        weights = baked["weights"].astype(np.float32)
        vertices = points[:count]
        normals = np.zeros_like(vertices)
        for faces in triangles.values():
            normals += vertex_normals(vertices, faces)  # groups share no vertex
        return Template(
            vertices=vertices,
            normals=normals,
            joints=points[count : count + len(names)],
            tails=points[count + len(names) :],
            triangles=triangles,
            group={group: np.unique(faces).astype(np.int32) for group, faces in triangles.items()},
            bones=baked["bones"].astype(np.int32),
            weights=weights / weights.sum(1, keepdims=True),
            bone_names=names,
            parents=baked["parents"].astype(np.int32),
            landmarks=dict(zip((str(n) for n in baked["landmark_names"]), baked["landmarks"].tolist(), strict=True)),
            components=baked["components"].astype(np.float32),
            scores=baked["scores"].astype(np.float32),
            to_gender=baked["to_gender"],
        )


def sample_body(rng: np.random.Generator, masculine: bool | None = None) -> np.ndarray:
    """Shape coefficients (C,) float32 of a random adult: one of the sampled adults, slightly varied.

    Drawing from the sampled adults keeps what a Gaussian would lose: two sexes, and builds that go with them.

    Args:
        rng: source of randomness.
        masculine: True for a man's build, False for a woman's, None for either.
    """
    template = Template.load()
    scores = template.scores
    if masculine is not None:
        gender = scores @ template.to_gender[:-1] + template.to_gender[-1]
        scores = scores[(gender > 0.5) == masculine]
    adult = scores[rng.integers(len(scores))]
    return (adult + 0.15 * rng.standard_normal(len(adult))).astype(np.float32)
