"""Flight in orbit: gravity, the thin air, and finite burns along the motion, or pitched off it.

The thrust of a step is a state, set where the step begins: a burn starts and ends on steps, so no
stage of a step sees the other side of the switch. A burn ends by the clock, or by the velocity that
it has gained: flow and thrust are known, so that instant is one too, and nothing is searched.

Ignores: the pull of the Moon and the Sun unless the world has them (1.2e-6 and 0.5e-6 m/s^2 at
400 km), radiation pressure, tides, thrust build-up and attitude errors, propellant for attitude.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import DOP853, AbstractMethod
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.motion.base import AbstractMotion, chosen
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector
from yaan.vehicle.spacecraft import Spacecraft

STEP = 60.0
"""Default step [s]: halving it moves the end of three days by 0.1 mm (tests/physics)."""

MAX_STEPS = 100_000
"""Of one leg: 69 days at the default step."""

FLOOR = 0
"""Which event is the coming down to the floor."""

_AIR = 140e3  # [m] above the equatorial radius: below it the air changes within a step
_AIR_STEP = 10.0  # [s]
_CLOSE = 1e-6  # [s] instants nearer than this are one
_VERTICAL = 1e-3  # [m] of a path this near to vertical the plane is not known
_EDGE = 1e-3  # [s] a recorded row stands this long before a switch, so that thrust shows its steps


class Burns(eqx.Module):
    """Finite burns of full thrust along or against the inertial velocity, tracked all the while.

    With a `pitch` each is turned from there by it, upwards in the plane of the orbit: towards the
    zenith whatever its sense, so that +90 deg is across the velocity.

    They must not overlap; one that is not used has no duration, and no velocity to gain. One that
    ends by velocity and whose ignition lies before a leg begins is under way there, and has all of
    its `delta_v` before it.
    """

    start: Float[Any, "*batch burns"] = eqx.field(converter=held)
    """Ignition [s]."""
    duration: Float[Any, "*batch burns"] = eqx.field(converter=held)
    """Length [s]; it ends sooner where the propellant does."""
    sense: Float[Any, "*batch burns"] = eqx.field(converter=held)
    """+1 along the velocity, -1 against it."""
    delta_v: Float[Any, "*batch burns"] | None = None
    """Thrust over mass [m/s] at which each ends, whatever its `duration`; None: by the clock."""
    pitch: Float[Any, "*batch burns"] | None = None
    """Of the thrust above its line along the velocity [rad]; None: none, and nothing turns."""


class Coasting(eqx.Module):
    """What is integrated and recorded."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    propellant: Float[Array, "*batch"]  # [kg]
    thrusting: Float[Array, "*batch burns"]
    """Sense of each burn from here to the end of the next step; zero when it is off."""
    delta_v: Float[Array, "*batch burns"]
    """Thrust over mass so far, by burn [m/s]."""
    drag: Float[Array, "*batch"]
    """Drag over mass so far [m/s]."""
    short: Float[Array, "*batch"]
    """1 once a burn has lacked propellant."""


class _Forces(eqx.Module):
    around: Surroundings
    mass: Array
    thrust: Vector  # [m/s^2]
    drag: Vector  # [m/s^2]


def about_orbit(others: Sequence[str], missed: Sequence[str]) -> Model:
    """What flight in orbit is, with the pull of `others` and without that of `missed`."""
    pulled = f", {' and '.join(others)}" if others else ""
    return Model(
        name="orbit",
        text=f"gravity{pulled}, drag and finite burns along the motion; DOP853",
        ignores=", ".join([*missed, "radiation pressure", "attitude thrusters"]),
    )


class Orbit(AbstractMotion):
    """An arc in orbit, with its burns; it ends at its time, or down at the height `floor`.

    A dip below the floor and back within one step is not seen. Steps are shortened to 10 s below
    140 km, and end on every start and end of a burn.
    """

    world: World
    craft: Spacecraft
    burns: Burns
    floor: Float[Any, "*lanes"]  # [m]

    most_steps: ClassVar[int] = MAX_STEPS

    @override
    def method(self) -> AbstractMethod:
        return DOP853

    @override
    def begin(self, state: State) -> Coasting:
        propellant = self.craft.propellant(state.tanks)
        nothing = jnp.zeros_like(self.burns.sense)
        thrusting, lacking = self._thrusting(state.t, propellant, nothing)
        return Coasting(
            position=state.position,
            velocity=state.velocity,
            propellant=propellant,
            thrusting=thrusting,
            delta_v=nothing,
            drag=jnp.zeros_like(state.t),
            short=jnp.where(lacking, 1.0, 0.0),
        )

    @override
    def evaluate(self, t: Array, inner: Coasting) -> tuple[Coasting, Array]:
        now = self._forces(t, inner)
        firing = jnp.abs(inner.thrusting)
        height = now.around.place.height
        rate = Coasting(
            position=inner.velocity,
            velocity=now.around.gravity + now.thrust + now.drag,
            propellant=-jnp.sum(firing) * self.craft.flow,
            thrusting=jnp.zeros_like(firing),
            delta_v=firing * self.craft.thrust / now.mass,
            drag=jnp.sqrt(now.drag.dot(now.drag) + 1e-300),
            short=jnp.zeros_like(inner.short),
        )
        return rate, jnp.stack([self.floor - height, self.world.ground - height]) * 1e-3

    @override
    def switch(self, t: Array, inner: Coasting, events: Array, fired: Array) -> Coasting:
        del events, fired
        thrusting, lacking = self._thrusting(t, inner.propellant, inner.delta_v)
        # The last step of a burn leaves rounding in the tank, of either sign.
        spent = jnp.any(inner.thrusting != 0.0) & self._empty(inner.propellant)
        return eqx.tree_at(
            lambda s: (s.propellant, s.thrusting, s.short),
            inner,
            (
                jnp.where(spent, 0.0, inner.propellant),
                thrusting,
                jnp.maximum(inner.short, jnp.where(lacking, 1.0, 0.0)),
            ),
        )

    @override
    def deadline(self, t: Array, inner: Coasting) -> Array:
        burns, flow = self.burns, self.craft.flow
        if burns.delta_v is None:
            ends = burns.start + burns.duration
            used = burns.duration > _CLOSE
        else:
            left = self._left(burns.delta_v, inner.propellant, inner.delta_v)
            ends = jnp.where(inner.thrusting != 0.0, t + left, jnp.inf)
            used = burns.delta_v > 0.0
        edges = jnp.where(used, jnp.stack([burns.start, ends]), jnp.inf)
        # The flow is known, so the end of the propellant is too: nothing is searched.
        burning = jnp.any(inner.thrusting != 0.0)
        dry = jnp.where(burning, t + inner.propellant / flow, jnp.inf)
        switches = jnp.concatenate([edges.ravel(), dry[None]])
        instants = jnp.concatenate([switches, switches - _EDGE])
        ahead = jnp.min(jnp.where(instants > t + _CLOSE, instants, jnp.inf))
        in_air = inner.position.norm() < EARTH_RADIUS + _AIR
        return jnp.minimum(ahead, t + jnp.where(in_air, _AIR_STEP, jnp.inf))

    @override
    def possible(self, t: Array, inner: Coasting, begun: Array) -> Array:
        del t
        given = jnp.sum(inner.delta_v)
        return can_be(inner.position, inner.velocity, self.world.mu, begun, given)

    @override
    def ending(self) -> Array:
        return jnp.ones(2, dtype=bool)

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False, False)

    @override
    def judged(self, inner: Coasting) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        floor, ground = arrival.fired
        cases = [
            (ground & ~floor, OutcomeCode.STRUCK_GROUND),
            (~arrival.finite, OutcomeCode.NOT_FINITE),
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (~floor & (arrival.t < stop - _CLOSE), OutcomeCode.OUT_OF_STEPS),
            (arrival.state.short > 0.0, OutcomeCode.RAN_DRY),
        ]
        return chosen(cases, OutcomeCode.REACHED)

    @override
    def end(self, t: Array, inner: Coasting, start: State) -> State:
        left = jnp.asarray(start.tanks).at[self.craft.tank].set(inner.propellant)
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.tanks),
            start,
            (t, inner.position, inner.velocity, left),
        )

    @override
    def added(self, inner: Coasting) -> Sums:
        given = (jnp.sum(inner.delta_v), inner.drag)
        return eqx.tree_at(lambda s: (s.ideal, s.drag), nothing_added(inner.drag), given)

    @override
    def row(self, t: Array, inner: Coasting) -> Row:
        """Attitude is known only in a burn, whose thrust is along the vehicle's axis.

        Elsewhere what depends on it (pitch, angle of attack, axial load) is NaN.
        """
        now = self._forces(t, inner)
        around, r, v = now.around, inner.position, inner.velocity
        stream = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        speed, sense = v.norm(), jnp.sum(inner.thrusting)
        rise = r.dot(v) / (r.norm() * speed)
        sensed = now.thrust + now.drag
        ahead = jnp.where(sense == 0.0, jnp.nan, sense)  # of the axis, along the velocity
        attack = ahead * v.dot(around.stream) / speed / stream
        axial, lifted = sensed.dot(v) / speed * ahead, ahead * rise
        if self.burns.pitch is not None:
            known = jnp.where(sense == 0.0, jnp.nan, 1.0)
            axis = self._axis(inner) * known
            attack = axis.dot(around.stream) / stream
            axial, lifted = sensed.dot(axis), axis.dot(r) / r.norm()
        return row(
            around,
            r,
            v,
            mass=now.mass,
            thrust=jnp.abs(sense) * self.craft.thrust,
            drag=jnp.sqrt(now.drag.dot(now.drag) + 1e-300) * now.mass,
            dynamic_pressure=0.5 * around.air.density * stream**2,
            mach=stream / around.air.sound_speed,
            heat_flux=free_stream_flux(around.air.density, stream),
            angle_of_attack=jnp.arccos(jnp.clip(attack, -1, 1)),
            load=jnp.sqrt(sensed.dot(sensed)) / STANDARD_GRAVITY,
            load_axial=axial / STANDARD_GRAVITY,
            pitch=jnp.arcsin(jnp.clip(lifted, -1.0, 1.0)),
            propellant=inner.propellant[None],
        )

    def _forces(self, t: Array, inner: Coasting) -> _Forces:
        craft = self.craft
        around = surroundings(self.world, t, inner.position, inner.velocity)
        mass = craft.dry_mass + inner.propellant
        speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        braking = -0.5 * around.air.density * speed * craft.drag_area / mass
        pushing = jnp.sum(inner.thrusting) * craft.thrust / mass
        thrust = inner.velocity.unit() * pushing
        if self.burns.pitch is not None:
            thrust = self._axis(inner) * (craft.thrust / mass)
        return _Forces(around, mass, thrust, around.stream * braking)

    def _axis(self, inner: Coasting) -> Vector:
        """Unit vector of the pitched thrust; nothing while no burn is under way.

        On a vertical path no direction is above it, and none is taken.
        """
        pitch, on = self.burns.pitch, inner.thrusting
        assert pitch is not None
        along = inner.velocity.unit()
        above = inner.position - along * inner.position.dot(along)
        above = above / jnp.sqrt(above.dot(above) + _VERTICAL**2)
        ahead, up = jnp.sum(on * jnp.cos(pitch)), jnp.sum(jnp.abs(on) * jnp.sin(pitch))
        return along * ahead + above * up

    def _thrusting(self, t: Array, propellant: Array, given: Array) -> tuple[Array, Array]:
        """The sense of each burn in the step that begins at `t` [s], and whether one lacks fuel.

        `given` is the velocity that each has gained [m/s].
        """
        burns = self.burns
        if burns.delta_v is None:
            unfinished = t < burns.start + burns.duration - _CLOSE
        else:
            unfinished = self._left(burns.delta_v, propellant, given) > _CLOSE
        wanted = (t >= burns.start - _CLOSE) & unfinished
        fed = ~self._empty(propellant)
        return jnp.where(wanted & fed, burns.sense, 0.0), jnp.any(wanted & ~fed)

    def _left(self, wanted: Array, propellant: Array, given: Array) -> Array:
        """Time [s] that each burn still takes to the velocity `wanted` of it [m/s].

        By the rocket equation. Infinite of an engine without thrust; the propellant may not last.
        """
        craft = self.craft
        mass, exhaust = craft.dry_mass + propellant, craft.isp * STANDARD_GRAVITY
        lacking = jnp.maximum(wanted - given, 0.0)
        spent = -mass * jnp.expm1(-lacking / exhaust)
        return jnp.where(lacking > 0.0, spent / craft.flow, 0.0)

    def _empty(self, propellant: Array) -> Array:
        return propellant <= self.craft.flow * _CLOSE
