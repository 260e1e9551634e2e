"""From a point to a rigid body and back, between legs that are flown by different motions.

What is conserved both ways: time, position, velocity, sums, what is aboard, and the propellant of
each tank, to the last digit; so momentum and energy of the flight are, as long as the body has the
mass of the vehicle (`mass_of` tells it; nothing here makes the two agree). A point has no angular
momentum: what a rigid body is given as it begins to turn comes from its `Facing`, and what it has
when it becomes a point again is dropped (`to_point`), or waits in the state for whoever goes on
from there.
"""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.dynamics.body import BodyState, Pulses, Scene, instant
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.state import State
from yaan.gnc.pointing import Against, Facing
from yaan.motion.base import Legs
from yaan.motion.body import turning_state
from yaan.spacetime.attitude import orbital_rate
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import NEVER, Configuration

_BESIDE = 1e-3  # [s] before and after, between which an attitude that follows a path turns


def to_rigid(
    world: World, body: Configuration, facing: Facing, start: State, tanks: Sequence[int | None]
) -> State:
    """The lanes of `start` as a body that turns begins with them: what `fly_body` flies from.

    `body` has its configurations on the first axis, of which the first flies; `tanks` says which
    tank of `start` each of them has: None for one that carries nothing of the vehicle's, which is
    then as its file loads it. Attitude and rate are those of `facing`; where it keeps them they
    must be known: those of a point are NaN, and so is then the whole flight. A rate that follows a
    path takes the body's own acceleration there, engine and pulses off, over 1 ms before and after:
    within 1e-9 rad/s in the air.
    """

    def lane(state: State) -> State:
        held = [
            body.empty.mass[k] * 0.0 + (body.load[k] if tank is None else state.tanks[tank])
            for k, tank in enumerate(tanks)
        ]
        begun = eqx.tree_at(lambda s: s.tanks, state, jnp.stack(held))
        attitude, rate = _faced(world, jax.tree.map(lambda leaf: leaf[0], body), facing, begun)
        return eqx.tree_at(lambda s: (s.attitude, s.rate), begun, (attitude, rate))

    return jax.vmap(lane)(start)


def ended(start: State, legs: Legs) -> State:
    """Where the phases of `fly_body` came to from `start`: the end of those that flew."""
    last, t = jax.tree.map(lambda leaf: leaf[-1], (legs.inner, legs.stop))
    tanks = last.propellant.shape[-1]
    return eqx.tree_at(
        lambda s: (s.t, s.position, s.velocity, s.attitude, s.rate, s.tanks),
        start,
        (
            *(t, last.position, last.velocity, last.attitude, last.rate),
            jnp.asarray(start.tanks).at[:, :tanks].set(last.propellant),
        ),
    )


def from_rigid(start: State, flown: State, tanks: Sequence[int | None]) -> State:
    """The vehicle of `start`, which was made a body by `to_rigid`, as that has `flown`.

    It has the tanks of the vehicle again, with what the body left in its own.
    """
    left = jnp.asarray(start.tanks)
    for k, tank in enumerate(tanks):
        if tank is not None:
            left = left.at[:, tank].set(flown.tanks[:, k])
    return eqx.tree_at(lambda s: s.tanks, flown, left)


def to_point(state: State) -> State:
    """The same without attitude and rate: what goes on as a point is turned by its own law."""
    unknown = jnp.full_like(state.t, jnp.nan)
    return eqx.tree_at(
        lambda s: (s.attitude, s.rate),
        state,
        (
            Rotation(unknown, unknown, unknown, unknown, Frame.GCRS, Frame.BODY),
            Vector(unknown, unknown, unknown, Frame.BODY),
        ),
    )


def mass_of(body: Configuration, propellant: Float[Array, "*lanes"]) -> Float[Array, "*lanes"]:
    """Mass [kg] of one configuration with `propellant` [kg] left."""
    return body.properties(propellant).mass


def _faced(
    world: World, body: Configuration, facing: Facing, state: State
) -> tuple[Rotation, Vector]:
    """Attitude and rate of one lane, of the configuration `body`."""
    t, r, v, own = state.t, state.position, state.velocity, state.attitude
    around = surroundings(world, t, r, v)
    attitude = facing.attitude(around, r, v, own)
    kept = facing.against == int(Against.KEPT)
    spin = attitude.apply(around.to_fixed.inverse().apply(world.earth.spin(t)))
    none = spin * 0.0
    turning = {
        Against.AXES: _following(world, body, facing, state, attitude),
        Against.ITRS: spin,
        Against.VVLH: attitude.apply(orbital_rate(r, v)),
    }
    carried = none
    for against, rate in turning.items():
        carried = where(facing.against == int(against), rate, carried)
    return attitude, where(kept, state.rate, carried + facing.rate)


def _following(
    world: World, body: Configuration, facing: Facing, state: State, attitude: Rotation
) -> Vector:
    """The rate at which the axes of `facing` turn on the path [rad/s, BODY]."""
    t, r, v, own = state.t, state.position, state.velocity, state.attitude
    around = surroundings(world, t, r, v)
    scene = Scene(world, body, jnp.asarray(0), _no_pulses(), gradient=False)
    inner: BodyState = turning_state(state, jnp.full(state.tanks.shape, NEVER), scene.pulses)
    inner = eqx.tree_at(lambda s: s.rate, inner, Vector(0.0 * t, 0.0 * t, 0.0 * t, Frame.BODY))
    now = instant(around, t, inner, scene, attitude)
    pushed = attitude.inverse().apply(now.force) / now.properties.mass
    pull = around.gravity + pushed

    def turned(dt: Array) -> Rotation:
        place, moving = r + v * dt + pull * (0.5 * dt * dt), v + pull * dt
        return facing.attitude(surroundings(world, t + dt, place, moving), place, moving, own)

    told = jax.lax.map(turned, jnp.asarray([-_BESIDE, _BESIDE]))
    before, after = (jax.tree.map(lambda leaf, i=i: leaf[i], told) for i in (0, 1))
    step = before.inverse().then(after)
    sense = jnp.where(step.w < 0.0, -1.0, 1.0)
    return Vector(step.x, step.y, step.z, Frame.BODY) * (sense / _BESIDE)


def _no_pulses() -> Pulses:
    none = jnp.zeros(0)
    nowhere = Vector(none, none, none, Frame.BODY)
    return Pulses(none, none, nowhere, nowhere, nowhere, none, none)
