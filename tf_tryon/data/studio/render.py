"""One synthetic person: photo, parsing and keypoints as a pure function of (seed, index, VERSION).

Outfit, body, pose, head, camera and light draw from generators of their own, so that a change to one draw leaves the
others as they were. Photo and labels come from the same raster at twice the size: colours are averaged over 2 x 2
samples, labels take their majority.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tf_tryon.data.studio import garments, outfit_distribution
from tf_tryon.data.studio.body import Template, sample_body
from tf_tryon.data.studio.camera import sample_camera
from tf_tryon.data.studio.fabric_choice import wear_fabrics
from tf_tryon.data.studio.fabrics import Wardrobe
from tf_tryon.data.studio.hair import build_hair, sample_hair
from tf_tryon.data.studio.head import bare_body, sample_complexion
from tf_tryon.data.studio.keypoints import project_keypoints, world_keypoints
from tf_tryon.data.studio.labels import despeckle, halve_labels
from tf_tryon.data.studio.lighting import sample_studio
from tf_tryon.data.studio.mesh import merge
from tf_tryon.data.studio.photograph import photograph
from tf_tryon.data.studio.pose import sample_pose
from tf_tryon.data.studio.shading import develop
from tf_tryon.data.studio.skeleton import skin, transforms
from tf_tryon.data.studio.wrinkles import wrinkle_height

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


def render_person(seed: int, index: int, size: int, wardrobe: Wardrobe | None = None) -> Picture:
    """Draws and photographs person `index` of the data set with this seed.

    Args:
        seed: of the data set.
        index: of the person, from 0.
        size: side of the square picture in pixels, at least 32.
        wardrobe: cloth from photos for some of the garments; people, poses, kinds and cuts stay the same.
    """
    if size < 32 or index < 0 or seed < 0:
        raise ValueError(f"size is {size}, index {index}, seed {seed}: need size >= 32 and the others >= 0")
    draws = [np.random.default_rng(s) for s in np.random.SeedSequence([seed, index, VERSION]).spawn(8)]
    outfit = outfit_distribution.sample_outfit(draws[0])
    if wardrobe is not None:
        outfit = wear_fabrics(draws[7], outfit, wardrobe.fabrics(), wardrobe.share)
    masculine = outfit.presentation == "masculine"
    template = Template.load()
    person = template.person(sample_body(draws[1], masculine))
    pose = sample_pose(draws[2])
    look = sample_complexion(draws[3], masculine)
    hair = sample_hair(draws[4], masculine, look.monk, outfit.hat is not None)
    clothes, hidden = garments.build_outfit(outfit, template, person)
    parts = [bare_body(template, person, look, hair.colour, hidden), build_hair(hair, template, person), clothes]
    mesh = merge([part for part in parts if part is not None])
    if wardrobe is not None:
        mesh = wardrobe.fabrics().worn(mesh)

    matrices = transforms(template, person, pose, HEEL if outfit.shoes.kind == "heels" else 0.0)
    posed = skin(mesh.vertices, mesh.bones, mesh.weights, matrices)
    world = world_keypoints(template, person, matrices)
    floor = posed[:, 1].min()
    posed[:, 1] -= floor
    world[:, 1] -= floor
    camera = sample_camera(draws[5], posed)
    studio = sample_studio(draws[6])

    def wrinkles(rest: np.ndarray, label: np.ndarray, footprint: float) -> np.ndarray:
        return wrinkle_height(rest, label, template, person, outfit.fold_seed, footprint)

    light, raster = photograph(mesh, posed, camera, studio, 2 * size, wrinkles)
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
