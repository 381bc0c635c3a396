"""A triangle mesh with skin weights, parsing labels and materials: the one thing that bodies, hair and garments
become.

Conventions: metres, y up, the person faces +z, so the person's left is +x. Rest positions are in the template's rest
pose (arms about 45 degrees down). Triangles are drawn from both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np


class Material(Protocol):
    """What a surface looks like, as functions of pattern coordinates `uv` (metres) and rest positions (metres)."""

    @property
    def roughness(self) -> float:
        """0 mirror-like .. 1 matt."""
        ...

    def albedo(self, uv: np.ndarray, position: np.ndarray) -> np.ndarray:
        """uv (k, 2), position (k, 3) float32 -> (k, 3) float32 linear RGB in [0, 1]."""
        ...


@runtime_checkable
class Embossed(Protocol):
    """A material that is not flat."""

    def bump(self, uv: np.ndarray) -> np.ndarray:
        """uv (k, 2) -> (k,) height in metres."""
        ...


@dataclass(frozen=True)
class Mesh:
    """n vertices and m triangles.

    Attributes:
        vertices: (n, 3) float32, rest positions on this person's body.
        triangles: (m, 3) int32, vertex ids.
        bones: (n, 4) int32, bone ids.
        weights: (n, 4) float32, skin weights of those bones; each row sums to 1.
        label: (m,) uint8, CIHP-20 class of each triangle.
        material: (m,) uint8, index into `materials`.
        uv: (n, 2) float32, pattern coordinates in metres.
        materials: of the surfaces; some are `Embossed`.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    bones: np.ndarray
    weights: np.ndarray
    label: np.ndarray
    material: np.ndarray
    uv: np.ndarray
    materials: tuple[Material, ...]

    def __post_init__(self) -> None:
        n, m = len(self.vertices), len(self.triangles)
        wanted = {
            "vertices": ((n, 3), np.float32),
            "triangles": ((m, 3), np.int32),
            "bones": ((n, 4), np.int32),
            "weights": ((n, 4), np.float32),
            "label": ((m,), np.uint8),
            "material": ((m,), np.uint8),
            "uv": ((n, 2), np.float32),
        }
        for name, (shape, dtype) in wanted.items():
            array = getattr(self, name)
            if array.shape != shape or array.dtype != dtype:
                raise ValueError(
                    f"Mesh.{name} is {array.dtype}{array.shape}, but must be {np.dtype(dtype)}{shape}: convert it"
                )


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of all triangles, in order; vertices, materials and their indices are appended, none is shared."""
    vertex_offset = np.cumsum([0, *(len(m.vertices) for m in meshes)])
    material_offset = np.cumsum([0, *(len(m.materials) for m in meshes)])
    if material_offset[-1] > 255:
        raise ValueError(f"{material_offset[-1]} materials in one mesh; the limit is 255: share materials")
    return Mesh(
        vertices=np.concatenate([m.vertices for m in meshes]),
        triangles=np.concatenate([m.triangles + np.int32(o) for m, o in zip(meshes, vertex_offset, strict=False)]),
        bones=np.concatenate([m.bones for m in meshes]),
        weights=np.concatenate([m.weights for m in meshes]),
        label=np.concatenate([m.label for m in meshes]),
        material=np.concatenate([m.material + np.uint8(o) for m, o in zip(meshes, material_offset, strict=False)]),
        uv=np.concatenate([m.uv for m in meshes]),
        materials=tuple(material for m in meshes for material in m.materials),
    )


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(n, 3) float32 unit normals, area-weighted means of the faces' normals; zero where a vertex has no face."""
    corners = vertices[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = triangles.ravel()
    normals = np.stack(
        [np.bincount(flat, np.repeat(faces[:, axis], 3), minlength=len(vertices)) for axis in range(3)], axis=1
    )
    return (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)).astype(np.float32)
