"""One synthetic person: photo, parsing and keypoints as a pure function of (seed, index, VERSION).

Outfit, body, pose, head, camera and light draw from generators of their own, so that a change to one draw leaves the others
as they were. Photo and labels come from the same raster at twice the size: colours are averaged over 2 x 2
samples, labels take their majority.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tf_tryon.data.studio import garments, outfit_distribution
from tf_tryon.data.studio.body import Template, sample_body
from tf_tryon.data.studio.camera import Camera, sample_camera
from tf_tryon.data.studio.hair import build_hair, sample_hair
from tf_tryon.data.studio.head import bare_body, sample_complexion
from tf_tryon.data.studio.keypoints import project_keypoints, world_keypoints
from tf_tryon.data.studio.mesh import Mesh, merge
from tf_tryon.data.studio.pose import sample_pose
from tf_tryon.data.studio.raster import Raster, despeckle, halve_labels, interpolate, rasterise, smooth_normals
from tf_tryon.data.studio.shading import (
    Studio,
    backdrop,
    blur,
    develop,
    key_visibility,
    occlusion,
    relief,
    sample_studio,
    shade,
)
from tf_tryon.data.studio.skeleton import skin, transforms

VERSION = 1
VOCABULARY = "cihp20"
HEEL = 0.42  # pitch of feet in shoes with heels, radians
SPECK = 8  # pixels at 256 x 256


@dataclass(frozen=True)
class Picture:
    """One record's content.

    Attributes:
        photo: (H, W, 3) uint8 sRGB.
        parsing: (H, W) uint8, CIHP-20 classes.
        keypoints: (18, 3) float32: x, y in pixels, confidence 1; missing is all 0.
        metadata: the draw, ready for JSON: outfit, body, pose and camera.
    """

    photo: np.ndarray
    parsing: np.ndarray
    keypoints: np.ndarray
    metadata: dict[str, Any]


def render_person(seed: int, index: int, size: int) -> Picture:
    """Draws and photographs person `index` of the data set with this seed.

    Args:
        seed: of the data set.
        index: of the person, from 0.
        size: side of the square picture in pixels, at least 32.
    """
    if size < 32 or index < 0 or seed < 0:
        raise ValueError(f"size is {size}, index {index}, seed {seed}: need size >= 32 and the others >= 0")
    draws = [np.random.default_rng(s) for s in np.random.SeedSequence([seed, index, VERSION]).spawn(7)]
    outfit = outfit_distribution.sample_outfit(draws[0])
    masculine = outfit.presentation == "masculine"
    template = Template.load()
    person = template.person(sample_body(draws[1], masculine))
    pose = sample_pose(draws[2])
    look = sample_complexion(draws[3], masculine)
    hair = sample_hair(draws[4], masculine, look.monk, outfit.hat is not None)
    clothes, hidden = garments.build_outfit(outfit, template, person)
    parts = [bare_body(template, person, look, hair.colour, hidden), build_hair(hair, template, person), clothes]
    mesh = merge([part for part in parts if part is not None])

    matrices = transforms(template, person, pose, HEEL if outfit.shoes.kind == "heels" else 0.0)
    posed = skin(mesh.vertices, mesh.bones, mesh.weights, matrices)
    world = world_keypoints(template, person, matrices)
    floor = posed[:, 1].min()
    posed[:, 1] -= floor
    world[:, 1] -= floor
    camera = sample_camera(draws[5], posed)
    studio = sample_studio(draws[6])
    light, raster = photograph(mesh, posed, camera, studio, 2 * size)
    labels = np.append(mesh.label, np.uint8(0))[raster.triangle]
    return Picture(
        photo=develop(light, studio),
        parsing=despeckle(halve_labels(labels), max(round(SPECK * (size / 256) ** 2), 2)),
        keypoints=project_keypoints(world, camera, raster.depth, size),
        metadata={
            "generator": "studio",
            "version": VERSION,
            "seed": seed,
            "index": index,
            "outfit": outfit.to_dict(),
            "body": [round(float(c), 4) for c in person.coefficients],
            "masculinity": round(person.masculinity, 3),
            "pose": pose.name,
            "yaw": round(pose.yaw, 4),
            "hair": hair.style,
            "monk": round(look.monk, 2),
            "camera": asdict(camera),
        },
    )


def photograph(
    mesh: Mesh, posed: np.ndarray, camera: Camera, studio: Studio, fine: int
) -> tuple[np.ndarray, Raster]:
    """Linear light (fine / 2, fine / 2, 3) float32 of a posed mesh, and its raster at `fine` x `fine`.

    Args:
        mesh: the mesh at rest.
        posed: (n, 3) float32 world positions of its vertices.
        camera: the view.
        studio: lights and background.
        fine: side of the raster; an even number.
    """
    pixels = camera.project(camera.view(posed), fine)
    raster = rasterise(pixels, mesh.triangles, fine, fine)
    seen = raster.triangle >= 0
    owner = raster.triangle[seen]
    values = np.concatenate([posed, welded_normals(mesh, posed), mesh.vertices, mesh.uv], axis=1)
    spread = interpolate(raster, mesh.triangles, values)
    world, normal, rest, uv = spread[..., :3], spread[..., 3:6], spread[..., 6:9], spread[..., 9:11]
    normal = unit_rows(normal)
    distance = float(np.linalg.norm(np.asarray(camera.eye) - posed.mean(0)))
    metres = distance / (camera.focal * fine)  # of a pixel of the raster

    material = mesh.material[owner]
    albedo, roughness, height = paint(mesh, material, uv[seen], rest[seen], 2 * metres)
    if height.any():
        heights, groups = np.zeros(seen.shape, np.float32), np.zeros(seen.shape, np.uint8)
        heights[seen], groups[seen] = height, material
        normal = relief(raster.triangle, groups, world, normal, heights)
    normal, world = np.ascontiguousarray(normal[seen]), world[seen]
    toward_eye = unit_rows(np.asarray(camera.eye, np.float32) - world)
    outside = normal * np.sign((normal * toward_eye).sum(1, keepdims=True))
    lit = key_visibility(posed, mesh.triangles, world + 0.008 * outside, studio.key)
    ambient = occlusion(raster.depth, 0.045 / metres, metres)[seen] * occlusion(raster.depth, 0.014 / metres, metres)[seen]
    person = shade(studio, albedo, normal, toward_eye, roughness, lit, ambient)

    room = backdrop(studio, fine // 2) * floor_shadow(posed, camera, studio, fine // 2)[:, :, None]
    whole = np.repeat(np.repeat(room, 2, axis=0), 2, axis=1)
    whole[seen] = person
    rows = whole[0::2] + whole[1::2]
    return 0.25 * (rows[:, 0::2] + rows[:, 1::2]), raster


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
        surface = mesh.materials[index]
        albedo[here] = surface.albedo(uv[here], rest[here])
        roughness[here] = surface.roughness
        if hasattr(surface, "bump"):
            height[here] = surface.bump(uv[here])
    return albedo, roughness, height


def welded_normals(mesh: Mesh, posed: np.ndarray) -> np.ndarray:
    """Vertex normals (n, 3) in which vertices at one rest position (texture seams) count as one."""
    cell = np.round(mesh.vertices * 2e4).astype(np.int64)
    key = (cell[:, 0] * 73856093) ^ (cell[:, 1] * 19349663) ^ (cell[:, 2] * 83492791)
    _, first, shared = np.unique(key, return_index=True, return_inverse=True)
    welded = first[shared].astype(np.int32)
    return smooth_normals(posed, welded[mesh.triangles])[welded]


def floor_shadow(posed: np.ndarray, camera: Camera, studio: Studio, size: int) -> np.ndarray:
    """Share of light that the floor keeps beside the shoes: (size, size) float32, 1 where there is no shadow."""
    low = posed[posed[:, 1] < 0.35]
    weight = np.exp(-low[:, 1] / 0.07).astype(np.float32)
    # a shadow slides away from the key light as its caster rises
    slide = -studio.key[[0, 2]] / max(float(studio.key[1]), 0.3)
    spot = low[:, [0, 2]] + low[:, 1:2] * slide
    cells, span = 96, 2.4
    middle = np.array([np.median(posed[:, 0]), np.median(posed[:, 2])], np.float32)
    grid = ((spot - middle) / span + 0.5) * cells
    inside = ((grid >= 0) & (grid < cells)).all(1)
    column, row = grid[inside].astype(int).T
    density = np.bincount(row * cells + column, weight[inside], minlength=cells * cells).reshape(cells, cells)
    density = np.minimum(density / max(np.percentile(density[density > 0], 60), 1e-6), 1).astype(np.float32)
    dark = 0.65 * blur(density, 1) + 0.9 * blur(density, 4)
    # every pixel's ray meets the floor somewhere, if it looks down at all
    line = (np.arange(size, dtype=np.float32) + 0.5) / size
    right, down = (line - camera.centre[0]) / camera.focal, (line - camera.centre[1]) / camera.focal
    c, s = np.cos(camera.pitch), np.sin(camera.pitch)
    fall, ahead = -(c * down + s), -(c - s * down)
    with np.errstate(divide="ignore"):
        reach = np.where(fall < -1e-3, -camera.eye[1] / np.minimum(fall, -1e-3), 0)
    x = camera.eye[0] + reach[:, None] * right[None, :]
    z = np.broadcast_to((camera.eye[2] + reach * ahead)[:, None], x.shape)
    gx, gz = ((x - middle[0]) / span + 0.5) * cells - 0.5, ((z - middle[1]) / span + 0.5) * cells - 0.5
    ok = (gx >= 0) & (gx < cells - 1) & (gz >= 0) & (gz < cells - 1) & (reach[:, None] > 0)
    ix, iz = np.clip(gx, 0, cells - 2).astype(int), np.clip(gz, 0, cells - 2).astype(int)
    fx, fz = np.clip(gx - ix, 0, 1), np.clip(gz - iz, 0, 1)
    sample = (dark[iz, ix] * (1 - fx) + dark[iz, ix + 1] * fx) * (1 - fz)
    sample += (dark[iz + 1, ix] * (1 - fx) + dark[iz + 1, ix + 1] * fx) * fz
    return (1 - np.clip(studio.contact * np.where(ok, sample, 0), 0, 0.85)).astype(np.float32)
