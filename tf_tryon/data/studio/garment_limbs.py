"""Where on an arm or a leg a point of the template is: the coordinates in which sleeves and trouser legs are cut.

`arm` (metres on the template) runs from the armhole (0) to the wrist and beyond and is negative on the torso; `leg`
runs from the hip joint (0) down the leg and is negative above.
"""

import numpy as np

from tf_tryon.data.studio.body import Template

ARMPIT = np.array([0.172, 1.250])  # x, y on the template
ARMHOLE = np.array([0.97, -0.24])  # normal of the armhole's plane, in x and y
ARM_LENGTH = 0.485  # shoulder joint to wrist along the bones
KNEE, ANKLE = 0.395, 0.815  # `leg` at the joints
CROTCH = 0.085  # `leg` where the legs part


def limb_coordinate(points: np.ndarray, joints: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Arc length (n,) along the polyline of joints, extended at both ends, and (n, 3) the nearest point on it."""
    start = 0.0
    best = np.full(len(points), np.inf)
    along = np.zeros(len(points))
    foot = np.zeros((len(points), 3))
    for k in range(len(joints) - 1):
        axis = joints[k + 1] - joints[k]
        length = float(np.linalg.norm(axis))
        axis = axis / length
        t = (points - joints[k]) @ axis
        low = -np.inf if k == 0 else 0.0
        high = np.inf if k == len(joints) - 2 else length
        t = np.clip(t, low, high)
        near = joints[k] + t[:, None] * axis
        distance = np.linalg.norm(points - near, axis=1)
        nearer = distance < best
        best = np.where(nearer, distance, best)
        along = np.where(nearer, start + t, along)
        foot = np.where(nearer[:, None], near, foot)
        start += length
    return along, foot


def arm_joints(template: Template, joints: np.ndarray, side: str) -> list[np.ndarray]:
    """Shoulder, elbow, wrist of side "L" or "R" out of (B, 3) joints."""
    names = ("upperarm01", "lowerarm01", "wrist")
    return [joints[template.bone(f"{name}.{side}")].astype(np.float64) for name in names]


def leg_joints(template: Template, joints: np.ndarray, side: str) -> list[np.ndarray]:
    """Hip, knee, ankle of side "L" or "R" out of (B, 3) joints."""
    names = ("upperleg01", "lowerleg01", "foot")
    return [joints[template.bone(f"{name}.{side}")].astype(np.float64) for name in names]


def ramp(x: np.ndarray | float) -> np.ndarray:
    """Smooth step from 0 at x <= 0 to 1 at x >= 1."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


def arm_field(template: Template, points: np.ndarray) -> np.ndarray:
    """(n,) the `arm` coordinate of points on the template (tights or skin of torso and arms)."""
    mirrored = points * np.where(points[:, :1] < 0, [-1.0, 1.0, 1.0], 1.0)
    beyond = (mirrored[:, :2] - ARMPIT) @ ARMHOLE
    # Below the armpit the torso's flank also lies beyond the plane: the arm is what is further out than 45 degrees.
    flank = mirrored[:, 0] < ARMPIT[0] + 0.9 * np.maximum(ARMPIT[1] - 0.004 - mirrored[:, 1], 0.0)
    flank &= mirrored[:, 1] < ARMPIT[1] - 0.004
    along, _ = limb_coordinate(mirrored, arm_joints(template, template.joints, "L"))
    mixed = beyond + (along - beyond) * ramp(beyond / 0.10)
    return np.where(flank, np.minimum(beyond, -0.01), mixed)


def leg_field(template: Template, points: np.ndarray) -> np.ndarray:
    """(n,) the `leg` coordinate of points on the template (tights or skin from the waist down)."""
    mirrored = points * np.where(points[:, :1] < 0, [-1.0, 1.0, 1.0], 1.0)
    return limb_coordinate(mirrored, leg_joints(template, template.joints, "L"))[0]
