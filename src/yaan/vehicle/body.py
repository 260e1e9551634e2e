"""A rigid body: mass, centre of mass and inertia against the propellant left, air and engine.

Positions are in structural axes: parallel to the body axes (x forward, y right, z down), from an
origin that the file chooses and keeps.

Ignores: slosh, flexibility, the motion of the centre of mass within the body in the acceleration
(a stage of 30 m that burns for a minute moves it at 0.1 m/s).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.coefficients import Coefficients
from yaan.spacetime.frame import Vector

Scalar = Float[Array, "*batch"]


class Inertia(eqx.Module):
    """The inertia tensor about the centre of mass, body axes [kg m^2].

    Elements of the tensor: xy is minus the sum of m x y.
    """

    xx: Scalar
    yy: Scalar
    zz: Scalar
    xy: Scalar
    xz: Scalar
    yz: Scalar

    def apply(self, v: Vector) -> Vector:
        """Tensor times vector: of a rate [rad/s] the angular momentum."""
        return Vector(
            self.xx * v.x + self.xy * v.y + self.xz * v.z,
            self.xy * v.x + self.yy * v.y + self.yz * v.z,
            self.xz * v.x + self.yz * v.y + self.zz * v.z,
            v.frame,
        )

    def solve(self, v: Vector) -> Vector:
        """The vector that the tensor turns into `v`: of a torque [N m] the acceleration."""
        a = self.yy * self.zz - self.yz * self.yz
        b = self.xz * self.yz - self.xy * self.zz
        c = self.xy * self.yz - self.xz * self.yy
        inverse = Inertia(
            xx=a,
            yy=self.xx * self.zz - self.xz * self.xz,
            zz=self.xx * self.yy - self.xy * self.xy,
            xy=b,
            xz=c,
            yz=self.xy * self.xz - self.xx * self.yz,
        )
        return inverse.apply(v) / (self.xx * a + self.xy * b + self.xz * c)


class MassProperties(eqx.Module):
    """Mass [kg], centre of mass [m, structural axes] and inertia about it."""

    mass: Scalar
    centre: Vector
    inertia: Inertia


class Nozzle(eqx.Module):
    """An engine of constant vacuum thrust."""

    thrust: Scalar  # [N] in vacuum
    exit_area: Scalar  # [m^2]
    flow: Scalar  # [kg/s]
    position: Vector  # [m] of the exit, structural axes
    direction: Vector
    """Unit vector along the thrust, body axes."""


class Configuration(eqx.Module):
    """What flies in a phase; of a body of several, the leaves are stacked on their first axis."""

    empty: MassProperties
    full: MassProperties
    coefficients: Coefficients
    nozzle: Nozzle
    radiation_area: Scalar
    """Reflectivity times area that sunlight presses on [m^2]; zero for none."""

    @property
    def load(self) -> Scalar:
        """Propellant when full [kg]."""
        return self.full.mass - self.empty.mass

    def properties(self, propellant: Scalar) -> MassProperties:
        """Mass properties with `propellant` [kg] left: linear from empty to full."""
        part = jnp.where(self.load > 0.0, propellant / jnp.maximum(self.load, 1e-300), 0.0)
        return jax.tree.map(lambda a, b: a + part * (b - a), self.empty, self.full)

    def inertia_rate(self, flow: Scalar) -> Inertia:
        """Change of the inertia per second [kg m^2/s] while `flow` [kg/s] is burnt."""
        part = jnp.where(self.load > 0.0, flow / jnp.maximum(self.load, 1e-300), 0.0)
        return jax.tree.map(lambda a, b: part * (a - b), self.empty.inertia, self.full.inertia)
