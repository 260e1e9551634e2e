"""Where flights begin: each kind of start makes the state that the first leg is entered with."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.dynamics.forces import World
from yaan.dynamics.state import State, nothing_added
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation


class AbstractStart(eqx.Module):
    """A kind of start; its fields may have lanes, its method is of one."""

    @abc.abstractmethod
    def state(self, world: World, loads: Float[Array, " tanks"]) -> State:
        """The state at t = 0, with `loads` [kg] in the tanks."""


class OnPad(AbstractStart):
    """At rest on a pad, turning with the Earth."""

    place: Geodetic

    @override
    def state(self, world: World, loads: Array) -> State:
        zero = jnp.asarray(0.0)
        fixed = self.place.position(world.shape)
        to_inertial = world.earth.rotation(zero).inverse()
        turning = world.earth.spin(zero).cross(fixed)
        return moving(to_inertial.apply(fixed), to_inertial.apply(turning), loads)


def moving(position: Vector, velocity: Vector, loads: Float[Array, " tanks"]) -> State:
    """A state in GCRS [m, m/s] at t = 0 of which no attitude is known; one lane."""
    zero = jnp.zeros(())
    unknown = jnp.full_like(zero, jnp.nan)
    return State(
        t=zero,
        position=position,
        velocity=velocity,
        attitude=Rotation(unknown, unknown, unknown, unknown, Frame.GCRS, Frame.BODY),
        rate=Vector(unknown, unknown, unknown, Frame.BODY),
        tanks=loads,
        aboard=jnp.ones(0, dtype=bool),
        sums=nothing_added(zero),
    )
