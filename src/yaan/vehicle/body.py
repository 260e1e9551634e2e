"""A rigid body: mass, centre of mass and inertia against the propellant left, air and motors.

Positions are in structural axes: parallel to the body axes (x forward, y right, z down), from an
origin that the file chooses and keeps.

Ignores: slosh, flexibility, the motion of the centre of mass within the body in the acceleration
(a stage of 30 m that burns for a minute moves it at 0.1 m/s).
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.coefficients import Coefficients
from yaan.base.lanes import held
from yaan.base.tables import Table
from yaan.spacetime.frame import Vector

Scalar = Float[Any, "*batch"]
Motors = Float[Array, "*motors"]


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


NEVER = 1e30
"""An instant [s] that does not come; finite, since the error of a step is a difference."""


def steady() -> Table:
    """The level of an engine of constant thrust."""
    return Table(jnp.asarray([0.0, 1e9]), jnp.asarray([1.0, 1.0]))


class Nozzle(eqx.Module):
    """The motors of a configuration, which burn its propellant together; most have one.

    Thrust and flow of each are a level times their largest. The level is a function of the time
    since ignition, linear between its knots, which all share: constant for a liquid engine, the
    thrust curve of a motor, zero until one that waits. Below `full_flow` of it a nozzle does not
    flow full, and back pressure falls with thrust (as `propulsion.Engines`). Leaves are scalars of
    one motor, or have the motors on their last axis.
    """

    thrust: Motors  # [N] in vacuum, the largest
    exit_area: Motors  # [m^2]
    flow: Motors  # [kg/s] at that thrust
    position: Vector  # [m] of each exit, structural axes
    direction: Vector
    """Unit vectors along the thrusts, body axes."""
    level: Table = eqx.field(default_factory=steady)
    """Of thrust and flow, against the time since ignition [s]; values are [motors, knots]."""
    lasts: Scalar = eqx.field(default=NEVER, converter=held)
    """Time since ignition [s] after which all curves are over; `NEVER` where a last level holds."""
    full_flow: Motors = eqx.field(default=0.0, converter=held)
    """The least level at which each flows full."""

    def push(self, age: Scalar, pressure: Scalar) -> Motors:
        """Thrust of each [N] at `age` [s] since ignition under ambient `pressure` [Pa]."""
        level = self.level(age)
        flowing = jnp.minimum(level / jnp.maximum(self.full_flow, 1e-300), 1.0)
        return self.thrust * level - self.exit_area * pressure * flowing

    def burnt(self, age: Scalar) -> Motors:
        """Propellant that each burns at `age` [kg/s]."""
        return self.flow * self.level(age)

    def lasting(self, age: Scalar, burning: Scalar, left: Scalar, others: Scalar) -> Scalar:
        """How long `left` [kg] lasts [s] from `age` on, while `others` [kg/s] are burnt beside.

        `burning` is 1 while the motors are on. Within the curves' interval at `age`; infinite where
        it lasts longer than that.
        """
        knots = self.level.nodes
        ahead = jnp.min(jnp.where(knots > age + 1e-9, knots, NEVER))
        now = jnp.sum(self.burnt(age)) * burning
        slope = (jnp.sum(self.burnt(ahead)) * burning - now) / (ahead - age)
        now = now + others
        # left = now dt + slope dt^2 / 2, in a form that holds without a slope.
        root = now * now + 2.0 * slope * left
        divisor = now + jnp.sqrt(jnp.maximum(root, 0.0))
        lasting = 2.0 * left / jnp.maximum(divisor, 1e-300)
        return jnp.where((root >= 0.0) & (divisor > 0.0), lasting, jnp.inf)

    def age(self, burnt: Scalar) -> Scalar:
        """The first time since ignition [s] at which these motors have burnt `burnt` [kg] alone."""
        knots, levels = self.level.nodes, self.flow[..., None] * self.level.values
        levels = jnp.sum(levels.reshape(-1, knots.shape[0]), axis=0)
        span, first, last = jnp.diff(knots), levels[:-1], levels[1:]
        whole = 0.5 * (first + last) * span
        over = burnt - jnp.concatenate([jnp.zeros(1), jnp.cumsum(whole)[:-1]])
        within = jnp.clip(over, 0.0, whole)
        root = jnp.sqrt(jnp.maximum(first**2 + 2.0 * (last - first) / span * within, 0.0))
        part = 2.0 * within / jnp.maximum(first + root, 1e-300)
        return jnp.sum(jnp.where(over > whole, span, part))


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

    def lit(self, t: Scalar, propellant: Scalar) -> Scalar:
        """When the engine was lit [s] that has left `propellant` [kg] at `t`, if it was.

        Of its motors alone: those handed over while they burn go on along their curves. While none
        of them burns the propellant does not tell how long: then it is the first such instant.
        """
        burnt = self.load - propellant
        return jnp.where(burnt > 1e-9 * self.load, t - self.nozzle.age(burnt), NEVER)

    def inertia_rate(self, flow: Scalar) -> Inertia:
        """Change of the inertia per second [kg m^2/s] while `flow` [kg/s] is burnt."""
        part = jnp.where(self.load > 0.0, flow / jnp.maximum(self.load, 1e-300), 0.0)
        return jax.tree.map(lambda a, b: part * (a - b), self.empty.inertia, self.full.inertia)
