"""The 18 OpenPose (COCO) keypoints of a posed person, with visibility from the z-buffer.

Order: nose, neck, right shoulder, elbow, wrist, left shoulder, elbow, wrist, right hip, knee, ankle, left hip, knee,
ankle, right eye, left eye, right ear, left ear. Left and right are the person's. A joint lies inside the body, so it
counts as visible when what its pixel shows is no farther in front of it than its limb, sleeve or trouser leg is
thick.
"""

from typing import Final

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.camera import Camera
from tf_tryon.data.studio.skeleton import skin

# Name -> metres between the joint and the surface in front of it, clothes included.
THICKNESS: Final = {
    "nose": 0.03, "neck": 0.16, "shoulder": 0.13, "elbow": 0.1, "wrist": 0.08, "hip": 0.2, "knee": 0.17, "ankle": 0.11,
    "eye": 0.035, "ear": 0.05,
}  # fmt: skip
JOINTS: Final = {
    "shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist",
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot",
}  # fmt: skip
ORDER: Final = (
    ("nose", ""), ("neck", ""), ("shoulder", "R"), ("elbow", "R"), ("wrist", "R"), ("shoulder", "L"), ("elbow", "L"),
    ("wrist", "L"), ("hip", "R"), ("knee", "R"), ("ankle", "R"), ("hip", "L"), ("knee", "L"), ("ankle", "L"),
    ("eye", "R"), ("eye", "L"), ("ear", "R"), ("ear", "L"),
)  # fmt: skip


def world_keypoints(template: Template, person: Person, matrices: np.ndarray) -> np.ndarray:
    """Positions (18, 3) float32 in the world; the neck is the middle of the shoulders."""
    out = np.zeros((len(ORDER), 3), np.float32)
    balls = template.group["eyes"]
    for row, (name, side) in enumerate(ORDER):
        if name in JOINTS:
            bone = template.bone(f"{JOINTS[name]}.{side}")
            out[row] = matrices[bone, :, :3] @ person.joints[bone] + matrices[bone, :, 3]
        elif name == "neck":
            continue
        else:
            if name == "eye":
                # the pupil's place on the ball, not its centre
                ids = balls[(template.vertices[balls, 0] > 0) == (side == "L")]
                point = person.vertices[ids].mean(0)
                point[2] = person.vertices[ids, 2].max()
            else:
                point = person.vertices[template.landmarks["nose" if name == "nose" else f"{side.lower()}_ear"]]
            head = np.array([[template.bone("head"), 0, 0, 0]], np.int32)
            out[row] = skin(point[None].astype(np.float32), head, np.array([[1, 0, 0, 0]], np.float32), matrices)[0]
    out[1] = (out[2] + out[5]) / 2
    return out


def project_keypoints(world: np.ndarray, camera: Camera, depth: np.ndarray, size: int) -> np.ndarray:
    """Keypoints (18, 3) float32: x, y in pixels of a picture of side `size`, confidence 1; hidden or outside is all 0.

    Args:
        world: (18, 3) from `world_keypoints`.
        camera: the picture's camera.
        depth: (H, W) float32 z-buffer of the same view, of any resolution.
        size: side of the picture in pixels.
    """
    pixels = camera.project(camera.view(world), size)
    scale = depth.shape[0] / size
    out = np.zeros((len(ORDER), 3), np.float32)
    for row, (name, _) in enumerate(ORDER):
        x, y, distance = pixels[row]
        if 0 <= x < size and 0 <= y < size:
            surface = depth[int(y * scale), int(x * scale)]
            if distance <= surface + THICKNESS[name]:
                out[row] = x, y, 1.0
    return out
