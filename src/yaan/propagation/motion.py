"""What is integrated of one craft in orbit: its centre, its mass, and how both answer to a change.

The columns of the answer are carried in forward mode beside the state: each is the derivative of
the state after a change of one number, so that they are right for every force that is flown, air
and burns included. With none of them nothing of it is compiled.

The thrust of a step is a state, set where the step begins: a burn starts and ends on steps, so no
stage of a step sees the other side of the switch.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Problem
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.local import local_axes
from yaan.spacetime.rotation import Rotation

CLOSE = 1e-9
"""Instants nearer than this are one [s]."""


class Burns(eqx.Module):
    """Finite burns of constant thrust, in the order of their starts; none may overlap another."""

    start: Float[Array, " burns"]  # [s]
    stop: Float[Array, " burns"]  # [s]
    thrust: Float[Array, " burns"]  # [N]
    flow: Float[Array, " burns"]  # [kg/s]
    direction: tuple[Vector, ...]
    """Unit vectors, each in the frame that the thrust is kept to."""


class Kicks(eqx.Module):
    """Impulsive burns: the velocity changes at an instant, and the mass with it."""

    time: Float[Array, " kicks"]  # [s]
    delta_v: Float[Array, " kicks"]  # [m/s]
    exhaust: Float[Array, " kicks"]
    """Effective exhaust velocity [m/s]; infinite where the mass stays."""
    direction: tuple[Vector, ...]
    """Unit vectors, each in the frame of its own."""


class Craft(eqx.Module):
    """What air and sunlight press on, and what it does of its own."""

    drag_area: Float[Array, ""]
    """Area times coefficient of drag [m^2]."""
    radiation_area: Float[Array, ""]
    """Area times coefficient of radiation pressure [m^2]."""
    burns: Burns
    kicks: Kicks


class Centre(eqx.Module):
    """Where a craft is and what it weighs; or the derivative of that after some number."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    mass: Float[Array, "*batch"]  # [kg]


class Flown(eqx.Module):
    """What is integrated, and what a step holds."""

    centre: Centre
    thrusting: Float[Array, "*batch burns"]
    """1 for each burn that is on, from here to the end of the next step."""
    columns: Centre | None
    """Derivatives of the centre, one a number on the last axis; None: nothing is asked."""


class Flight(eqx.Module):
    """The parameters of an arc; the world and the craft are shared by all lanes."""

    world: World
    craft: Craft
    changed: Craft | None
    """Of each column the change of the craft, on the last axis; None with no columns."""
    floor: Float[Array, ""]
    """Height at which the arc ends [m]."""
    begun: Float[Array, "*lanes"]
    """Specific energy at the start [m^2/s^2]."""
    given: Float[Array, ""]
    """All that the burns may add [m/s]."""
    stops: Float[Array, "*lanes stops"]
    """Instants at which a step must end [s]: edges of burns, and what divides short pieces."""


def begin(t: Array, centre: Centre, columns: Centre | None, flight: Flight) -> Flown:
    """The state at the start of an arc, kicks of that instant made; of one lane."""
    started = Flown(centre, _thrusting(t, flight.craft.burns), columns)
    now = jnp.abs(flight.craft.kicks.time - t) <= CLOSE
    return _kicked(t, started, now, flight)


def _evaluate(t: Array, state: Flown, flight: Flight) -> tuple[Flown, Array]:
    rate, height = _rate(t, state.centre, state.thrusting, flight.craft, flight.world)
    columns = None
    if state.columns is not None and flight.changed is not None:

        def along(column: Centre, changed: Craft) -> Centre:
            def turned(centre: Centre, craft: Craft) -> Centre:
                return _rate(t, centre, state.thrusting, craft, flight.world)[0]

            at = (state.centre, flight.craft)
            return jax.jvp(turned, at, (column, changed))[1]

        columns = jax.vmap(along, in_axes=-1, out_axes=-1)(state.columns, flight.changed)
    burns, kicks = flight.craft.burns, flight.craft.kicks
    edges = jnp.concatenate([burns.start, burns.stop, kicks.time])
    down = (flight.floor - height) * 1e-3
    return Flown(rate, jnp.zeros_like(state.thrusting), columns), jnp.append(down, t - edges)


def _switch(t: Array, state: Flown, events: Array, fired: Array, flight: Flight) -> Flown:
    del events
    burning = eqx.tree_at(lambda s: s.thrusting, state, _thrusting(t, flight.craft.burns))
    return _kicked(t, burning, fired[1 + 2 * flight.craft.burns.start.shape[0] :], flight)


def _deadline(t: Array, state: Flown, flight: Flight) -> Array:
    del state
    return jnp.min(jnp.where(flight.stops > t + CLOSE, flight.stops, jnp.inf), initial=jnp.inf)


def _possible(t: Array, state: Flown, flight: Flight) -> Array:
    del t
    centre, mu = state.centre, flight.world.mu
    return can_be(centre.position, centre.velocity, mu, flight.begun, flight.given)


PROBLEM = Problem(evaluate=_evaluate, switch=_switch, deadline=_deadline, possible=_possible)
"""An arc, as the loop sees it; its first event is the floor, the others are edges of burns."""


def _thrusting(t: Array, burns: Burns) -> Array:
    """Which burns are on in the step that begins at `t`."""
    return jnp.where((t >= burns.start - CLOSE) & (t < burns.stop - CLOSE), 1.0, 0.0)


def _rate(
    t: Array, centre: Centre, thrusting: Array, craft: Craft, world: World
) -> tuple[Centre, Array]:
    """The rate of the centre at `t` [s], and its geodetic height [m]."""
    around = surroundings(world, t, centre.position, centre.velocity)
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    drag = around.stream * (-0.5 * around.air.density * speed * craft.drag_area)
    force = drag
    if world.radiation is not None:
        light = world.radiation.pressure(t, centre.position)
        force = force + light * craft.radiation_area
    flow = jnp.zeros_like(t)
    for i, direction in enumerate(craft.burns.direction):
        ahead = _inertial(direction, centre, around.to_fixed)
        force = force + ahead * (craft.burns.thrust[i] * thrusting[i])
        flow = flow + craft.burns.flow[i] * thrusting[i]
    pull = around.gravity + force / centre.mass
    return Centre(centre.velocity, pull, -flow), around.place.height


def _kicked(t: Array, state: Flown, now: Bool[Array, " kicks"], flight: Flight) -> Flown:
    """The state after the kicks that are `now`; its columns answer to them too."""
    kicks = flight.craft.kicks
    if not kicks.direction:
        return state

    def kicked(centre: Centre, craft: Craft) -> Centre:
        for i, direction in enumerate(kicks.direction):
            to_fixed = flight.world.earth.rotation(t)
            size = jnp.where(now[i], craft.kicks.delta_v[i], 0.0)
            velocity = centre.velocity + _inertial(direction, centre, to_fixed) * size
            mass = centre.mass * jnp.exp(-jnp.abs(size) / kicks.exhaust[i])
            centre = Centre(centre.position, velocity, mass)
        return centre

    if state.columns is None or flight.changed is None:
        return eqx.tree_at(lambda s: s.centre, state, kicked(state.centre, flight.craft))

    def along(column: Centre, changed: Craft) -> Centre:
        return jax.jvp(kicked, (state.centre, flight.craft), (column, changed))[1]

    columns = jax.vmap(along, in_axes=-1, out_axes=-1)(state.columns, flight.changed)
    return Flown(kicked(state.centre, flight.craft), state.thrusting, columns)


def _inertial(direction: Vector, centre: Centre, to_fixed: Rotation) -> Vector:
    """A unit vector in GCRS, kept to the frame it is given in."""
    if direction.frame is Frame.GCRS:
        return direction
    if direction.frame is Frame.ITRS:
        return to_fixed.inverse().apply(direction)
    x, y, z = local_axes(direction.frame, centre.position, centre.velocity)
    return x * direction.x + y * direction.y + z * direction.z
