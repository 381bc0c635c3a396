"""From a pose to bone transforms on one person's skeleton, and linear blend skinning.

A bone's transform is a 3 x 4 matrix [R | t] that takes rest points to posed points, x' = R x + t. Rotations are
composed in the rest pose's axes, so no bone rolls are needed: R_bone = R_parent * L_bone, about the bone's head.
Limbs are solved as two-bone chains; the twist that brings the hinge into the wanted plane is given to the second half
of the upper limb, the hand's twist to the second half of the forearm, so that cloth and skin do not wring at the
joints.
"""

import math
from collections.abc import Callable

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.pose import Arm, Leg, Pose

Vector = np.ndarray


def unit(vector: Vector) -> Vector:
    """The vector (3,) at length 1."""
    return vector / max(math.sqrt(float(vector @ vector)), 1e-9)


def cross(a: Vector, b: Vector) -> Vector:
    """Cross product of two vectors (3,); numpy's is ten times slower on a single pair."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def turn(axis: Vector, angle: float) -> np.ndarray:
    """Rotation (3, 3) by `angle` radians about a unit axis (Rodrigues)."""
    x, y, z = axis
    c, s = math.cos(angle), math.sin(angle)
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + s * skew + (1 - c) * (skew @ skew)


def frame(first: Vector, second: Vector) -> np.ndarray:
    """Orthonormal columns: along `first`, along what of `second` is perpendicular to it, and their product."""
    a = unit(first)
    b = unit(second - a * (a @ second))
    return np.stack([a, b, cross(a, b)], axis=1)


def aim(source: Vector, target: Vector) -> np.ndarray:
    """The smallest rotation that takes the direction `source` to `target`."""
    a, b = unit(source), unit(target)
    axis = cross(a, b)
    sine = math.sqrt(float(axis @ axis))
    return np.eye(3) if sine < 1e-7 else turn(axis / sine, math.atan2(sine, float(a @ b)))


def two_bone(start: Vector, target: Vector, upper: float, lower: float, pole: Vector) -> tuple[Vector, Vector]:
    """Directions of the two bones that reach from `start` to `target`, the joint bending towards `pole`."""
    reach = target - start
    distance = min(max(math.sqrt(float(reach @ reach)), abs(upper - lower) + 1e-3), 0.9995 * (upper + lower))
    along = unit(reach)
    side = unit(pole - along * (along @ pole))
    cosine = (upper * upper + distance * distance - lower * lower) / (2 * upper * distance)
    joint = along * (upper * cosine) + side * (upper * math.sqrt(max(0.0, 1 - cosine * cosine)))
    return unit(joint), unit(along * distance - joint)


class Skeleton:
    """One person's bones while a pose is being built: world rotations and positions of bone heads so far."""

    def __init__(self, template: Template, person: Person) -> None:
        self.template = template
        self.rest = person.joints.astype(np.float64)
        self.tails = person.tails.astype(np.float64)
        count = len(self.rest)
        self.local = np.tile(np.eye(3), (count, 1, 1))
        self.rotation = self.local.copy()
        self.head = self.rest.copy()
        trunk = trunk_vertices(template)
        points = person.vertices[trunk]
        self.hip_y = float(self.rest[template.bone("upperleg01.L"), 1])
        self.waist_y = float(self.rest[template.bone("spine03"), 1])
        near_hip = abs(points[:, 1] - self.hip_y + 0.02) < 0.06
        near_waist = abs(points[:, 1] - self.waist_y) < 0.05
        near_chest = abs(points[:, 1] - self.rest[template.bone("spine01"), 1]) < 0.08
        self.hip_width = float(points[near_hip, 0].max())
        self.waist_width = float(points[near_waist, 0].max())
        self.back = float(points[near_hip, 2].min())
        self.chest = float(points[near_chest, 2].max())

    def index(self, name: str) -> int:
        """A bone's index."""
        return self.template.bone(name)

    def refresh(self, first: int = 0) -> None:
        """Composes local rotations down the tree; bones before `first` are taken as done."""
        parents = self.template.parents
        for bone in range(first, len(parents)):
            parent = parents[bone]
            if parent < 0:
                self.rotation[bone] = self.local[bone]
            else:
                self.rotation[bone] = self.rotation[parent] @ self.local[bone]
                self.head[bone] = self.head[parent] + self.rotation[parent] @ (self.rest[bone] - self.rest[parent])

    def place(self, bone: str, point: Vector) -> Vector:
        """Posed position of a rest point that hangs on a bone."""
        i = self.index(bone)
        return self.head[i] + self.rotation[i] @ (point - self.rest[i])

    def chain(self, side: str, names: tuple[str, str, str, str, str], upper: Vector, lower: Vector) -> None:
        """Points an arm or leg along two world directions; the hinge's plane is theirs, the twist is spread."""
        first, second, third, fourth, end = (self.index(f"{n}.{side}") for n in names)
        rest_upper, rest_lower = self.rest[third] - self.rest[first], self.rest[end] - self.rest[third]
        # at nearly straight limbs the plane is ill-defined: lean on the parent's idea of the hinge
        parent = self.rotation[self.template.parents[first]]
        rest_hinge = cross(unit(rest_upper), unit(rest_lower))
        if names[0].startswith("upperleg"):
            rest_hinge = np.array([1.0, 0.0, 0.0])  # straight at rest: knees bend about the sideways axis
            hinge = self.knee_hinge
        else:
            hinge = cross(upper, lower)
        whole = frame(upper, hinge) @ frame(rest_upper, rest_hinge).T
        lean = aim(parent @ rest_upper, upper) @ parent
        self.local[first] = parent.T @ lean
        self.local[second] = lean.T @ whole
        bent = aim(whole @ rest_lower, lower) @ whole
        self.local[third] = whole.T @ bent
        self.local[fourth] = np.eye(3)
        self.refresh(first)

    def arm(self, side: str, pose: Arm) -> None:
        """Solves one arm, its hand's orientation and the fingers."""
        sign = 1.0 if side == "L" else -1.0
        mirror = np.array([sign, 1.0, 1.0])
        shoulder = self.head[self.index(f"upperarm01.{side}")]
        rest = [self.rest[self.index(f"{n}.{side}")] for n in ("upperarm01", "lowerarm01", "wrist")]
        upper, lower = (float(np.linalg.norm(rest[i + 1] - rest[i])) for i in range(2))
        offset = np.asarray(pose.offset)
        pole = np.array([pose.elbow_out, -0.1, -1.0 + pose.elbow_out])
        if pose.place == "hanging":
            reach = 0.992 * (upper + lower) - offset[1]
            hip = self.place("root", np.array([sign * self.hip_width, self.hip_y, 0.0]))
            out = sign * (hip[0] - shoulder[0]) + 0.065 + offset[0]
            down = math.sqrt(max(reach**2 - out**2 - offset[2] ** 2, 0.01))
            target = shoulder + mirror * np.array([out, -down, offset[2]])
            hand, palm = np.array([-0.08, -1.0, 0.12 + offset[2]]), np.array([-1.0, 0.0, -0.2])
        else:
            base, hand, palm = self.spot(pose.place, sign)
            anchor = "spine02" if pose.place in ("folded", "lapel") else "root"
            target = self.place(anchor, mirror * (base + offset))
            if pose.place == "folded":
                pole = np.array([0.5, -1.0, -0.2])
        self.chain(
            side,
            ("upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist"),
            *two_bone(shoulder, target, upper, lower, mirror * pole),
        )
        self.hand(side, mirror * hand, mirror * palm, pose.curl)

    def spot(self, place: str, sign: float) -> tuple[Vector, Vector, Vector]:
        """Rest position of the wrist (left side), and directions of the hand and of the palm."""
        if place == "hip":
            y = 0.45 * self.hip_y + 0.55 * self.waist_y
            return (
                np.array([self.waist_width + 0.075, y + 0.01, -0.025]),
                np.array([-0.65, -0.35, 0.75]),
                np.array([-0.75, -0.3, -0.6]),
            )
        if place == "pocket":
            return (
                np.array([self.hip_width + 0.015, self.hip_y + 0.1, 0.045]),
                np.array([-0.3, -1.0, 0.25]),
                np.array([-0.8, 0.1, -0.6]),
            )
        if place == "behind":
            return (
                np.array([0.07, self.hip_y + 0.02, self.back - 0.055]),
                np.array([-0.8, -0.5, 0.0]),
                np.array([0.0, 0.0, -1.0]),
            )
        if place == "lapel":
            y = self.rest[self.index("spine02"), 1]
            return (
                np.array([0.15, y + 0.0, self.chest + 0.05]),
                np.array([-0.5, 0.85, 0.1]),
                np.array([-0.3, -0.2, -1.0]),
            )
        y = self.rest[self.index("spine02"), 1] - 0.02
        depth = 0.05 if sign > 0 else 0.1  # folded: the right forearm lies in front
        return (
            np.array([-0.09, y + (0.02 if sign > 0 else -0.02), self.chest + depth]),
            np.array([-1.0, 0.1, -0.25]),
            np.array([0.0, -0.2, -1.0]),
        )

    def hand(self, side: str, direction: Vector, palm: Vector, curl: float) -> None:
        """Orients a hand (within 70 degrees of the forearm's own line) and curls its fingers."""
        wrist, forearm = self.index(f"wrist.{side}"), self.index(f"lowerarm02.{side}")
        rest_dir, rest_palm = rest_hand(self, side)
        lower = unit(self.head[wrist] - self.head[self.index(f"lowerarm01.{side}")])
        direction = unit(direction)
        direction = unit(direction + lower * max(0.0, 0.35 - float(direction @ lower)))  # wrists bend only so far
        wanted = frame(direction, palm) @ frame(rest_dir, rest_palm).T
        before = self.rotation[forearm]
        relative = before.T @ wanted
        axis = before.T @ lower
        # the part of the relative rotation that is twist about the forearm (swing-twist decomposition)
        trace_axis = np.array(
            [relative[2, 1] - relative[1, 2], relative[0, 2] - relative[2, 0], relative[1, 0] - relative[0, 1]]
        )
        twist = 2 * math.atan2(float(trace_axis @ axis), 1.0 + float(np.trace(relative)))
        self.local[forearm] = turn(axis, 0.6 * math.remainder(twist, 2 * math.pi))
        self.refresh(forearm)
        self.local[wrist] = self.rotation[forearm].T @ wanted
        self.fingers(side, rest_dir, rest_palm, curl)
        self.refresh(wrist)

    def fingers(self, side: str, rest_dir: Vector, rest_palm: Vector, curl: float) -> None:
        """Closes the spread fingers of the rest pose, lays the thumb beside them and curls all joints."""
        bend = unit(cross(rest_dir, rest_palm))  # sideways across the hand

        def first_joint(finger: int, wanted: Callable[[Vector], Vector]) -> np.ndarray:
            start, end = (self.rest[self.index(f"finger{finger}-{joint}.{side}")] for joint in (1, 2))
            direction = unit(end - start)
            return aim(direction, wanted(direction))

        for finger in range(2, 6):
            for joint in range(1, 4):
                self.local[self.index(f"finger{finger}-{joint}.{side}")] = turn(
                    bend, curl * (0.8 + 0.12 * finger - 0.15 * (joint == 3))
                )
            root = self.index(f"finger{finger}-1.{side}")
            self.local[root] = self.local[root] @ first_joint(finger, lambda d: d - 0.7 * (d @ bend) * bend)
        self.local[self.index(f"finger1-1.{side}")] = first_joint(1, lambda d: d + 0.6 * rest_dir)
        self.local[self.index(f"finger1-2.{side}")] = turn(bend, 0.4 * curl)

    def leg(self, side: str, pose: Leg, floor_hip: Vector, heel: float) -> None:
        """Solves one leg with its foot flat on the floor, or its heel raised by the angle `pose.pitch + heel`."""
        sign = 1.0 if side == "L" else -1.0
        mirror = np.array([sign, 1.0, 1.0])
        hip = self.head[self.index(f"upperleg01.{side}")]
        rest = [self.rest[self.index(f"{n}.{side}")] for n in ("upperleg01", "lowerleg01", "foot", "toes")]
        upper, lower = (float(np.linalg.norm(rest[i + 1] - rest[i])) for i in range(2))
        heading = turn(np.array([0.0, 1.0, 0.0]), sign * pose.toe_out)
        pitch = turn(np.array([1.0, 0.0, 0.0]), pose.pitch + heel)
        # the toes stay where a flat foot would have them; the ankle turns about their joint
        flat = floor_hip + mirror * np.asarray(pose.offset)
        toes = flat + heading @ (rest[3] - rest[2])
        ankle = toes + heading @ pitch @ (rest[2] - rest[3])
        thigh, shin = two_bone(hip, ankle, upper, lower, heading @ np.array([0.0, 0.0, 1.0]))
        self.knee_hinge = heading @ np.array([1.0, 0.0, 0.0])
        self.chain(side, ("upperleg01", "upperleg02", "lowerleg01", "lowerleg02", "foot"), thigh, shin)
        foot, toe = self.index(f"foot.{side}"), self.index(f"toes.{side}")
        self.local[foot] = self.rotation[self.index(f"lowerleg02.{side}")].T @ heading @ pitch
        self.local[toe] = pitch.T
        self.refresh(foot)


def rest_hand(skeleton: Skeleton, side: str) -> tuple[Vector, Vector]:
    """Rest directions of a hand: wrist to knuckles, and out of the palm."""
    wrist, index, middle, little = (
        skeleton.rest[skeleton.index(f"{n}.{side}")] for n in ("wrist", "finger2-1", "finger3-1", "finger5-1")
    )
    direction = unit(middle - wrist)
    palm = cross(direction, index - little) * (1.0 if side == "L" else -1.0)
    return direction, unit(palm)


def trunk_vertices(template: Template) -> np.ndarray:
    """Ids of body vertices that hang on spine, pelvis or thighs: the trunk without arms, head and shins."""
    main = template.bones[np.arange(len(template.bones)), np.argmax(template.weights, 1)]
    names = [i for i, n in enumerate(template.bone_names) if n.startswith(("root", "spine", "pelvis", "upperleg"))]
    body = template.group["body"]
    return body[np.isin(main[body], names)]


def transforms(template: Template, person: Person, pose: Pose, heel: float = 0.0) -> np.ndarray:
    """Bone transforms (B, 3, 4) float32 of a pose on a person; the soles (or their toes) stay near y = 0.

    Args:
        template: the template.
        person: the body whose bones are posed.
        pose: what to take on.
        heel: pitch of both feet in radians, for shoes with heels.
    """
    s = Skeleton(template, person)
    x, y, z = np.eye(3)
    roll, twist = pose.pelvis
    s.local[0] = turn(y, twist) @ turn(z, roll)
    s.refresh()
    lowest, leg_length = 1e9, list[float]()
    for side, leg in zip("LR", pose.legs, strict=True):
        sign = 1.0 if side == "L" else -1.0
        hip, knee, ankle = (s.rest[s.index(f"{n}.{side}")] for n in ("upperleg01", "lowerleg01", "foot"))
        length = (np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee)) * (1 - pose.knee_slack)
        lift = (math.sin(leg.pitch + heel)) * 0.11
        posed = s.head[s.index(f"upperleg01.{side}")] + np.array([pose.shift[0], 0, pose.shift[1]])
        across = hip[0] + sign * leg.offset[0] - posed[0]
        height = math.sqrt(max(length**2 - across**2 - (leg.offset[2]) ** 2, 0.1)) + ankle[1] + lift
        leg_length.append(height - posed[1])
        lowest = min(lowest, height - posed[1])
    s.head[0] = s.rest[0] + np.array([pose.shift[0], lowest, pose.shift[1]])
    forward, sideways, wring = pose.spine
    for bone in ("spine05", "spine04", "spine03", "spine02", "spine01"):
        s.local[s.index(bone)] = turn(y, wring / 5) @ turn(z, -sideways / 5) @ turn(x, forward / 5)
    down, tilt, look = pose.head
    for bone in ("neck01", "neck02", "neck03", "head"):
        s.local[s.index(bone)] = turn(y, look / 4) @ turn(z, -tilt / 4) @ turn(x, down / 4)
    for side, raised in zip("LR", pose.shoulders, strict=True):
        s.local[s.index(f"clavicle.{side}")] = turn(z, (1 if side == "L" else -1) * raised)
    s.refresh()
    for side, leg in zip("LR", pose.legs, strict=True):
        hip, ankle = s.rest[s.index(f"upperleg01.{side}")], s.rest[s.index(f"foot.{side}")]
        s.leg(side, leg, np.array([hip[0], ankle[1], hip[2]]), heel)
    for side, arm in zip("LR", pose.arms, strict=True):
        s.arm(side, arm)
    whole = turn(y, pose.yaw)
    rotation = whole @ s.rotation
    shift = s.head @ whole.T - np.einsum("bij,bj->bi", rotation, s.rest)
    return np.concatenate([rotation, shift[:, :, None]], axis=2).astype(np.float32)


@compiled
def _blend(
    vertices: np.ndarray, bones: np.ndarray, weights: np.ndarray, matrices: np.ndarray
) -> np.ndarray:  # pragma: no cover - compiled
    out = np.empty_like(vertices)
    for i in range(vertices.shape[0]):
        x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        a = b = c = np.float32(0)
        for k in range(4):
            w = weights[i, k]
            if w > 0:
                m = matrices[bones[i, k]]
                a += w * (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3])
                b += w * (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3])
                c += w * (m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3])
        out[i, 0], out[i, 1], out[i, 2] = a, b, c
    return out


def skin(vertices: np.ndarray, bones: np.ndarray, weights: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Posed positions (n, 3) float32 by linear blend skinning.

    Args:
        vertices: (n, 3) float32 rest positions.
        bones: (n, 4) int32.
        weights: (n, 4) float32.
        matrices: (B, 3, 4) float32 from `transforms`.
    """
    return _blend(vertices, bones, weights, matrices)
