"""From a posed mesh to light: raster, materials, shadows and background put together.

The raster has twice the photo's resolution; each photo pixel is the mean of its 2 x 2 samples.
"""

from collections.abc import Callable

import numpy as np

from tf_tryon.data.studio.camera import Camera
from tf_tryon.data.studio.fabric_cloth import FabricCloth
from tf_tryon.data.studio.lighting import Studio, backdrop, floor_shadow
from tf_tryon.data.studio.mesh import Embossed, Mesh
from tf_tryon.data.studio.raster import Raster, gather, rasterise, smooth_normals
from tf_tryon.data.studio.shading import compose, key_visibility, occlusion, relief, shade

Wrinkles = Callable[[np.ndarray, np.ndarray, float], np.ndarray]


def photograph(
    mesh: Mesh, posed: np.ndarray, camera: Camera, studio: Studio, fine: int, wrinkles: Wrinkles
) -> tuple[np.ndarray, Raster]:
    """Linear light (fine / 2, fine / 2, 3) float32 of a posed mesh, and its raster at `fine` x `fine`.

    Args:
        mesh: the mesh at rest.
        posed: (n, 3) float32 world positions of its vertices.
        camera: the view.
        studio: lights and background.
        fine: side of the raster; an even number.
        wrinkles: (rest positions, labels, metres per photo pixel) -> relief (k,) that is added to the materials' own.
    """
    pixels = camera.project(camera.view(posed), fine)
    raster = rasterise(pixels, mesh.triangles, fine, fine)
    values = np.concatenate([posed, welded_normals(mesh, posed), mesh.vertices, mesh.uv], axis=1)
    place, spread = gather(raster, mesh.triangles, values)
    world, normal, rest, uv = (np.ascontiguousarray(spread[:, a:b]) for a, b in ((0, 3), (3, 6), (6, 9), (9, 11)))
    normal = unit_rows(normal)
    seen = place >= 0
    distance = float(np.linalg.norm(np.asarray(camera.eye) - posed.mean(0)))
    metres = distance / (camera.focal * fine)  # of a pixel of the raster

    material = mesh.material[raster.triangle[seen]]
    albedo, roughness, height = paint(mesh, material, uv, rest, 2 * metres)
    height += wrinkles(rest, mesh.label[raster.triangle[seen]], 2 * metres)
    normal = relief(place, material, world, normal, height)
    toward_eye = unit_rows(np.asarray(camera.eye, np.float32) - world)
    outside = normal * np.sign(np.einsum("ki,ki->k", normal, toward_eye))[:, None]
    lit = key_visibility(posed, mesh.triangles, world + 0.008 * outside, studio.key)
    ambient = occlusion(raster.depth, 0.045 / metres, metres) * occlusion(raster.depth, 0.014 / metres, metres)
    person = shade(studio, albedo, normal, toward_eye, roughness, lit, ambient[seen])
    room = backdrop(studio, fine // 2) * floor_shadow(posed, camera, studio, fine // 2)[:, :, None]
    return compose(place, person, room), raster


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) scaled to length 1; zeros stay zeros."""
    length = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return vectors / np.maximum(length, 1e-9)[..., None]


def paint(
    mesh: Mesh, material: np.ndarray, uv: np.ndarray, rest: np.ndarray, footprint: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Albedo (k, 3), roughness (k,) and relief (k,) of k seen points of the given materials."""
    albedo = np.zeros((len(material), 3), np.float32)
    roughness, height = np.zeros(len(material), np.float32), np.zeros(len(material), np.float32)
    for index in np.unique(material):
        here = np.flatnonzero(material == index)
        surface = mesh.materials[int(index)]
        if isinstance(surface, FabricCloth):
            surface = surface.at(footprint)
        albedo[here] = surface.albedo(uv[here], rest[here])
        roughness[here] = surface.roughness
        if isinstance(surface, Embossed):
            height[here] = surface.bump(uv[here])
    return albedo, roughness, height


def welded_normals(mesh: Mesh, posed: np.ndarray) -> np.ndarray:
    """Vertex normals (n, 3) in which vertices at one rest position (texture seams) count as one."""
    cell = np.round(mesh.vertices * 2e4).astype(np.int64)
    key = (cell[:, 0] * 73856093) ^ (cell[:, 1] * 19349663) ^ (cell[:, 2] * 83492791)
    _, first, shared = np.unique(key, return_index=True, return_inverse=True)
    welded = first[shared].astype(np.int32)
    return smooth_normals(posed, welded[mesh.triangles])[welded]
