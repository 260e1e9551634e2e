"""Where flights begin: each kind of start makes the state that the first leg is entered with."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.dynamics.forces import World
from yaan.dynamics.state import State, nothing_added
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation


def on_pad(world: World, place: Geodetic, loads: Float[Array, " tanks"]) -> State:
    """At rest on a pad at t = 0, turning with the Earth, `loads` [kg] in the tanks; one lane."""
    zero = jnp.asarray(0.0)
    fixed = place.position(world.shape)
    to_inertial = world.earth.rotation(zero).inverse()
    turning = world.earth.spin(zero).cross(fixed)
    return moving(zero, to_inertial.apply(fixed), to_inertial.apply(turning), loads)


def moving(
    t: Float[Array, ""],
    position: Vector,
    velocity: Vector,
    loads: Float[Array, " tanks"],
    aboard: Bool[Array, " parts"] | None = None,
) -> State:
    """A state in GCRS [m, m/s] at `t` [s] of which no attitude is known; one lane."""
    unknown = jnp.full_like(t, jnp.nan)
    return State(
        t=t,
        position=position,
        velocity=velocity,
        attitude=Rotation(unknown, unknown, unknown, unknown, Frame.GCRS, Frame.BODY),
        rate=Vector(unknown, unknown, unknown, Frame.BODY),
        tanks=loads,
        aboard=jnp.ones(0, dtype=bool) if aboard is None else aboard,
        sums=nothing_added(t),
    )
