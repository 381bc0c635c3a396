"""Natural catalogue poses, drawn from a small library with jitter. `skeleton.py` turns them into bone transforms.

A pose says where hands and feet go relative to the body (hand on the hip, ankle under the hip joint) and how the
trunk leans; the angles follow by inverse kinematics on each person's own bones, so a hand on the hip touches it on
every body. Lengths are metres on an average body; angles are radians. "out" means away from the body's middle, for
both sides.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

HANGING, HIP, POCKET, FOLDED, LAPEL, BEHIND = "hanging", "hip", "pocket", "folded", "lapel", "behind"


@dataclass(frozen=True)
class Arm:
    """Where a hand is.

    Attributes:
        place: one of hanging, hip, pocket, folded (forearms crossed), lapel, behind (the back).
        offset: (out, up, forward) metres added to the place's own position of the wrist.
        elbow_out: how far the elbow points outwards rather than backwards, 0 to 1.
        curl: flexion of each finger joint.
    """

    place: str
    offset: tuple[float, float, float]
    elbow_out: float
    curl: float


@dataclass(frozen=True)
class Leg:
    """Where a foot stands: ankle's offset (out, up, forward) in metres from below the hip joint, and the foot's angles.

    `toe_out` turns the foot outwards, `pitch` lifts the heel with the toes on the floor.
    """

    offset: tuple[float, float, float]
    toe_out: float
    pitch: float


@dataclass(frozen=True)
class Pose:
    """A whole pose; index 0 of `arms` and `legs` is the person's left.

    Attributes:
        name: the library entry.
        yaw: turn of the whole person about the vertical axis, positive to the person's left.
        shift: (left, forward) metres of the pelvis relative to the middle of the hip joints' rest place.
        pelvis: (roll, twist) of the pelvis: roll raises the left hip.
        spine: (forward, sideways to the left, twist to the left) bend, spread over five bones.
        head: (down, sideways to the left, turn to the left), spread over neck and head.
        shoulders: raise of the two shoulders.
        knee_slack: how much the standing legs stay short of straight, 0 to 1 of the leg's length.
    """

    name: str
    yaw: float
    shift: tuple[float, float]
    pelvis: tuple[float, float]
    spine: tuple[float, float, float]
    head: tuple[float, float, float]
    shoulders: tuple[float, float]
    arms: tuple[Arm, Arm]
    legs: tuple[Leg, Leg]
    knee_slack: float


SHARES: Final = {
    "relaxed": 0.24,
    "contrapposto": 0.22,
    "hand on hip": 0.12,
    "hands on hips": 0.05,
    "hand in pocket": 0.12,
    "walking": 0.12,
    "arms out": 0.05,
    "hand at lapel": 0.04,
    "hands behind": 0.02,
    "arms folded": 0.02,
}


def hanging(rng: np.random.Generator, out: float = 0.0, forward: float = 0.02) -> Arm:
    """An arm that hangs beside the hip."""
    offset = (out + rng.uniform(0.0, 0.06), rng.uniform(0.0, 0.015), forward + rng.normal(0, 0.025))
    return Arm(HANGING, offset, rng.uniform(0.15, 0.5), rng.uniform(0.0, 0.2))


def placed(rng: np.random.Generator, place: str, elbow_out: float, curl: float = 0.25, jitter: float = 0.012) -> Arm:
    """A hand at a place of the body."""
    a, b, c = rng.normal(0, jitter, 3)
    return Arm(place, (a, b, c), float(np.clip(elbow_out + rng.normal(0, 0.1), 0, 1)), curl * rng.uniform(0.7, 1.3))


def standing(rng: np.random.Generator, out: float = 0.0) -> Leg:
    """A foot flat on the floor under its hip."""
    offset = (out + rng.uniform(-0.015, 0.05), 0.0, rng.normal(0, 0.02))
    return Leg(offset, rng.uniform(0.08, 0.35), 0.0)


def sample_pose(rng: np.random.Generator) -> Pose:
    """A random catalogue pose. Most persons face the camera within 15 degrees, some turn by up to 40."""
    name = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    yaw = float(np.clip(rng.normal(0, 0.14) if rng.random() < 0.65 else rng.normal(0, 0.4), -0.7, 0.7))
    look = -0.6 * yaw * rng.random() + rng.normal(0, 0.15)  # faces tend to turn back to the camera
    pose = Pose(
        name=name,
        yaw=yaw,
        shift=(rng.normal(0, 0.008), rng.normal(0, 0.006)),
        pelvis=(rng.normal(0, 0.012), rng.normal(0, 0.05)),
        spine=(rng.normal(0.0, 0.03), rng.normal(0, 0.015), rng.normal(0, 0.04)),
        head=(rng.normal(0.02, 0.06), rng.normal(0, 0.05), look),
        shoulders=(rng.normal(0, 0.02), rng.normal(0, 0.02)),
        arms=(hanging(rng), hanging(rng)),
        legs=(standing(rng), standing(rng)),
        knee_slack=rng.uniform(0.001, 0.004),
    )
    lead = int(rng.integers(2))  # the side that does the talking
    sign = 1 if lead == 0 else -1  # +1 when that is the left
    if name in ("contrapposto", "hand on hip", "hand in pocket", "hand at lapel") and rng.random() < 0.85:
        pose = contrapposto(rng, pose, sign * (1 if rng.random() < 0.7 else -1))
    if name == "walking":
        return walking(rng, pose, sign)
    if name == "arms out":
        return replace(pose, arms=(hanging(rng, rng.uniform(0.06, 0.2)), hanging(rng, rng.uniform(0.06, 0.2))))
    if name in ("hands on hips", "hands behind", "arms folded"):
        place, elbow = {"hands on hips": (HIP, 0.75), "hands behind": (BEHIND, 0.5), "arms folded": (FOLDED, 0.5)}[name]
        return replace(pose, arms=(placed(rng, place, elbow), placed(rng, place, elbow)))
    if name == "hand in pocket" and rng.random() < 0.4:
        return replace(pose, arms=(placed(rng, POCKET, 0.55), placed(rng, POCKET, 0.55)))
    one_hand = {"hand on hip": (HIP, 0.8), "hand in pocket": (POCKET, 0.55), "hand at lapel": (LAPEL, 0.5)}
    if name in one_hand:
        arms = [hanging(rng), hanging(rng)]
        arms[lead] = placed(rng, *one_hand[name])
        pose = replace(pose, arms=(arms[0], arms[1]))
    return pose


def contrapposto(rng: np.random.Generator, pose: Pose, side: int) -> Pose:
    """Weight on one leg (side +1: left), that hip high and out, the other knee loose and its foot forward."""
    much = rng.uniform(0.4, 1.0)
    free = Leg((rng.uniform(0.0, 0.08), 0.0, rng.uniform(0.03, 0.14) * much), rng.uniform(0.2, 0.6), 0.0)
    firm = Leg((rng.uniform(-0.03, 0.0) - 0.02 * much, 0.0, rng.uniform(-0.02, 0.01)), rng.uniform(0.05, 0.3), 0.0)
    return replace(
        pose,
        shift=(side * 0.035 * much, pose.shift[1]),
        pelvis=(side * 0.11 * much, side * 0.1 * much),
        spine=(pose.spine[0], side * 0.13 * much, pose.spine[2] - side * 0.08 * much),
        head=(pose.head[0], pose.head[1] - side * 0.06 * much, pose.head[2]),
        legs=(firm, free) if side > 0 else (free, firm),
    )


def walking(rng: np.random.Generator, pose: Pose, side: int) -> Pose:
    """A step towards the camera: the foot of `side` (+1: left) in front, the opposite arm swings forward."""
    step = rng.uniform(0.12, 0.26)
    front = Leg((rng.uniform(-0.06, -0.02), 0.0, step), rng.uniform(0.0, 0.2), 0.0)
    back = Leg((rng.uniform(-0.05, 0.0), 0.0, -step), rng.uniform(0.05, 0.25), rng.uniform(0.5, 0.9) * step / 0.26)
    swing = rng.uniform(0.06, 0.18)
    left, right = hanging(rng, forward=-side * swing), hanging(rng, forward=side * swing)
    return replace(
        pose,
        pelvis=(side * 0.03, -side * 0.12),
        spine=(pose.spine[0] + 0.02, 0.0, side * 0.16),
        arms=(left, right),
        legs=(front, back) if side > 0 else (back, front),
        knee_slack=rng.uniform(0.002, 0.008),
    )
