"""Rotation of a rigid body of varying mass about its centre of mass.

    I dw/dt = M - w x (I w) - (dI/dt) w - sum of f e x (w x e)

all in body axes. What is left of the inertia takes its angular momentum along (the third term);
each jet of exhaust, a flow f that leaves at e from the centre of mass, carries away that of its
turning with the body (the last term, jet damping). Both are of one size and of opposite sense: a
model that keeps one alone spins a burning rocket up or down.

Source: Thomson, Introduction to Space Dynamics (1986), section 7.7 (not re-read); the law itself is
the balance of angular momentum of body and exhaust.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.spacetime.frame import Vector
from yaan.vehicle.body import Inertia

Scalar = Float[Array, "*batch"]


class Exhaust(eqx.Module):
    """Mass that leaves, in jets."""

    flow: Float[Array, " jets"]  # [kg/s]
    exit: Vector  # [m] of each jet from the centre of mass, body axes
    inertia_rate: Inertia  # [kg m^2/s] of the body they leave


def angular_acceleration(
    inertia: Inertia, rate: Vector, torque: Vector, exhaust: Exhaust | None = None
) -> Vector:
    """How fast `rate` [rad/s, body axes, against an inertial frame] changes [rad/s^2].

    `torque` [N m] is of all forces from outside, thrust among them.
    """
    torque = torque - rate.cross(inertia.apply(rate))
    if exhaust is not None:
        growing = exhaust.inertia_rate.apply(rate)
        carried = exhaust.exit.cross(rate.cross(exhaust.exit)) * exhaust.flow
        torque = torque - growing - jax.tree.map(jnp.sum, carried)
    return inertia.solve(torque)


def gravity_gradient(mu: Scalar, position: Vector, inertia: Inertia) -> Vector:
    """Torque of the central field [N m] on a body at `position` [m], both in body axes.

    Ignores the harmonics (1e-3 of it) and the body's size against the radius.
    Source: Markley and Crassidis (2014), section 3.3.6 (equation number not re-read).
    """
    square = position.dot(position)
    lean = position.cross(inertia.apply(position))
    return lean * (3.0 * mu / (square * square * square**0.5))
