"""What all garments of one outfit share: the person's measures, made once, and what lies under what."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tf_tryon.data.studio.body import Person, Template
from tf_tryon.data.studio.garment_drape import Silhouette, person_height, silhouette, template_height
from tf_tryon.data.studio.garment_limbs import arm_joints, leg_joints, limb_coordinate
from tf_tryon.data.studio.garment_shell import Shell, leg_shell, top_shell
from tf_tryon.data.studio.garment_surface import normals_of

ARMPIT_HEIGHT = 1.250  # on the template
JOIN = 1.200  # below it a top is a tube, above it a shell


@dataclass(frozen=True)
class Fitting:
    """A person being dressed.

    Attributes:
        template, person: see `body`.
        rng: source of the folds.
    """

    template: Template
    person: Person
    rng: np.random.Generator

    @cached_property
    def top(self) -> Shell:
        """The shell of torso and arms."""
        return top_shell()

    @cached_property
    def legs(self) -> Shell:
        """The shell of hips, legs and feet."""
        return leg_shell()

    @cached_property
    def top_points(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions and normals (n, 3) of the top shell on the person."""
        points = self.top.positions(self.person)
        return points, normals_of(self.top.sheet(points))

    @cached_property
    def leg_points(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions and normals (n, 3) of the leg shell on the person."""
        points = self.legs.positions(self.person)
        return points, normals_of(self.legs.sheet(points))

    @cached_property
    def arm_axis(self) -> np.ndarray:
        """(n, 3) nearest point on the arm's bones of each top shell vertex; meaningless on the torso."""
        return self._axis(self.top, self.top_points[0], arm_joints)

    @cached_property
    def leg_axis(self) -> np.ndarray:
        """(n, 3) nearest point on the leg's bones of each leg shell vertex."""
        return self._axis(self.legs, self.leg_points[0], leg_joints)

    def _axis(self, shell: Shell, points: np.ndarray, joints: Callable[..., list[np.ndarray]]) -> np.ndarray:
        near = np.empty_like(points)
        left = shell.fields["x"] > 0
        for side, mine in (("L", left), ("R", ~left)):
            near[mine] = limb_coordinate(points[mine], joints(self.template, self.person.joints, side))[1]
        return near

    @cached_property
    def body(self) -> Silhouette:
        """Hulls of torso and legs."""
        return silhouette(self.template, self.person)

    @cached_property
    def levels(self) -> np.ndarray:
        """(R,) template heights of the silhouette's rows."""
        return template_height(self.template, self.person, self.body.heights)

    @cached_property
    def _heights(self) -> tuple[np.ndarray, np.ndarray]:
        grid = np.arange(0.0, 1.76, 0.01)
        return grid, person_height(self.template, self.person, grid)

    def tall(self, height: float) -> float:
        """The person's height of what is at `height` on the template."""
        return float(np.interp(height, *self._heights))

    def talls(self, heights: np.ndarray) -> np.ndarray:
        """The person's heights (k,) of what is at `heights` (k,) on the template."""
        return np.interp(heights, *self._heights)


def bump(x: np.ndarray, middle: float, width: float) -> np.ndarray:
    """Bell of height 1."""
    return np.exp(-(((x - middle) / width) ** 2))
