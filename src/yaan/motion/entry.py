"""A lifting entry: a capsule at its trim angle flies a bank programme down to its parachutes.

A point mass with lift and drag in air that moves with the world's wind. The lift stands on the
velocity against the air and is turned about it by the bank: zero in the vertical plane and up,
positive to the right. Where the capsule falls within `_UPRIGHT` of the vertical a bank means
nothing, and the lift fades there; lift that rolled on would average out as well.

Ignores: the motion about the trim angle, the roll's own dynamics (a programme is followed
exactly), thrusters, mass lost by ablation.
"""

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.aerodynamics.heating import (
    free_stream_flux,
    radiative_equilibrium_temperature,
    sutton_graves,
)
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.base.trigonometry import sincos
from yaan.dynamics.accuracy import POSITION, VELOCITY, loosened
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.peaks import Peaks, first_peaks, higher
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.gnc.bank import BankProfile
from yaan.motion.base import AbstractMotion
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector
from yaan.vehicle.capsule import Capsule, Trim

STEP = 0.5
"""Step [s] in the air: halving it moves the load by 1e-5 (tests/physics/test_entry.py)."""

TIMEOUT = 5_700.0
"""An entry that has not come down after this long [s], about one revolution, has timed out."""

NEVER = 1e9
"""A height [m] or speed [m/s], made negative, or a time [s] that no entry comes to."""

AIR = 130e3
"""Above the equatorial radius [m]: below it steps are those that were asked for."""

TURN = 0.35
"""Of bank within a step of `STEP` [rad]: its mean lift is out by 5e-6."""

_LEFT = 130e3  # [m] who climbs through this height after sinking below it has skipped out
_COAST_STEP = 10.0  # [s]
_UPRIGHT = 0.01  # [rad]


class Handover(NamedTuple):
    """Where an entry ends: the first of these that holds in a fall, or on the ground.

    Numbers on the host, arrays of lanes in a flight. What is left out never holds.
    """

    height: Any = -NEVER
    """Fallen to this geodetic height [m]."""
    speed: Any = -NEVER
    """Slowed to this airspeed [m/s]."""
    delay: Any = NEVER
    """So long after the start [s]."""
    climbing: Any = 0.0
    """One: in a climb, too."""

    def due(
        self,
        elapsed: Float[Array, ""],
        height: Float[Array, ""],
        speed: Float[Array, ""],
        rise: Float[Array, ""],
        ground: Float[Array, ""],
    ) -> Float[Array, ""]:
        """Event: rises through zero as the entry ends; `rise` is the speed upwards [m/s]."""
        low, slow = (self.height - height) * 1e-3, (self.speed - speed) * 1e-2
        late = (elapsed - self.delay) * 1e-2
        falling = jnp.where(self.climbing > 0.5, 1.0, -rise * 1e-2)
        due = jnp.maximum(jnp.maximum(low, slow), late)
        return jnp.maximum(jnp.minimum(due, falling), (ground - height) * 1e-3)


class Entering(eqx.Module):
    """What is integrated, in GCRS [m, m/s, J/m^2], and what is kept beside it."""

    position: Vector
    velocity: Vector
    heat_load: Float[Array, "*lanes"]
    sunk: Float[Array, "*lanes"]
    """One after it has come down through the height at which it could skip out."""
    peaks: Peaks
    """Of the load [standard gravities] and the heat flux at the stagnation point [W/m^2]."""

    @property
    def peak_load(self) -> Float[Array, "*lanes"]:
        """Largest load so far, in standard gravities."""
        return self.peaks.best[..., 0]

    @property
    def peak_flux(self) -> Float[Array, "*lanes"]:
        """Largest heat flux at the stagnation point so far [W/m^2]."""
        return self.peaks.best[..., 1]


class Meeting(eqx.Module):
    """The air on a capsule at one instant."""

    around: Surroundings
    speed: Array
    mach: Array
    pressure: Array
    trim: Trim
    lift: Array
    """Lift coefficient, faded near the vertical."""
    bank: Array
    sensed: Vector  # [m/s^2]
    flux: Array


class Entry(AbstractMotion):
    """The entry of a point; it ends by `until`, or climbs out of the air again.

    Steps are `step` [s] at most below some 130 km, `coast` above it, and end on the bank's knots.
    """

    about: ClassVar[Model] = Model(
        name="entry",
        text="point mass at trim angle, lift turned by a bank programme; Sutton-Graves flux",
        ignores="motion about trim, rarefied flow, radiation, ablation",
    )

    world: World
    capsule: Capsule
    bank: BankProfile
    """Its time counts from `start`."""
    start: Float[Any, "*lanes"]  # [s]
    until: Handover
    step: Float[Any, "*lanes"]  # [s]
    coast: Float[Any, "*lanes"]  # [s]

    most_steps: ClassVar[int] = 400_000

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> Entering:
        still = jnp.zeros_like(state.t)
        nothing = first_peaks(state.t, jnp.stack([still, still]))
        inner = Entering(state.position, state.velocity, still, still, nothing)
        _, at_once = self.evaluate(state.t, inner)
        return eqx.tree_at(lambda s: s.peaks, inner, first_peaks(state.t, at_once[3:]))

    @override
    def evaluate(self, t: Array, inner: Entering) -> tuple[Entering, Array]:
        now = self._instant(t, inner)
        rate = Entering(
            position=inner.velocity,
            velocity=now.around.gravity + now.sensed,
            heat_load=now.flux,
            sunk=jnp.zeros_like(inner.heat_load),
            peaks=jax.tree.map(jnp.zeros_like, inner.peaks),
        )
        height = now.around.place.height
        left = leaving(inner.sunk, height)
        load = now.sensed.norm() * (1.0 / STANDARD_GRAVITY)
        rise = now.around.stream.dot(now.around.up)
        ground, elapsed = self.world.ground, t - self.start
        end = self.until.due(elapsed, height, now.speed, rise, ground)
        # The last three end nothing: the events carry them to `switch`, free of an evaluation.
        return rate, jnp.stack([end, left, height, load, now.flux])

    @override
    def switch(self, t: Array, inner: Entering, events: Array, fired: Array) -> Entering:
        del fired
        sunk = has_sunk(inner.sunk, events[2], inner.position.dot(inner.velocity))
        peaks = higher(t, inner.peaks, events[3:])
        return Entering(inner.position, inner.velocity, inner.heat_load, sunk, peaks)

    @override
    def deadline(self, t: Array, inner: Entering) -> Array:
        in_air = inner.position.norm() < EARTH_RADIUS + AIR
        # In proportion to the step, so that a shadow on longer ones tells what a spin costs.
        step = self.step / jnp.maximum(self.bank.rate(t - self.start) * STEP / TURN, 1.0)
        end = t + jnp.where(in_air, step, self.coast)
        knots = self.start + self.bank.time
        return jnp.minimum(end, jnp.min(jnp.where(knots > t + 1e-6, knots, jnp.inf)))

    @override
    def possible(self, t: Array, inner: Entering, begun: Array) -> Array:
        del t
        return can_be(inner.position, inner.velocity, self.world.mu, begun)

    @override
    def ending(self) -> Array:
        return jnp.asarray([True, True, False, False, False])

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False,) * 5

    @override
    def judged(self, inner: Entering) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        del stop
        return outcome_of(arrival, ((1, OutcomeCode.SKIPPED_OUT), (0, OutcomeCode.REACHED)))

    @override
    def end(self, t: Array, inner: Entering, start: State) -> State:
        moved = (t, inner.position, inner.velocity)
        return eqx.tree_at(lambda s: (s.t, s.position, s.velocity), start, moved)

    @override
    def added(self, inner: Entering) -> Sums:
        nothing = nothing_added(inner.heat_load)
        return eqx.tree_at(lambda s: s.heat_load, nothing, inner.heat_load)

    @override
    def row(self, t: Array, inner: Entering) -> Row:
        return meeting_row(self._instant(t, inner), self.capsule, inner)

    def _instant(self, t: Array, inner: Entering) -> Meeting:
        bank = self.bank.at(t - self.start)
        return meeting(self.world, self.capsule, t, (inner.position, inner.velocity), bank)


def meeting(
    world: World, capsule: Capsule, t: Array, state: tuple[Vector, Vector], bank: Array
) -> Meeting:
    """The air on a capsule in a state in GCRS [m, m/s] at `t` [s] and a bank [rad]; one lane."""
    around = surroundings(world, t, *state)
    stream, density = around.stream, around.air.density
    speed = jnp.sqrt(stream.dot(stream) + 1e-12)
    mach = speed / around.air.sound_speed
    trim = capsule.trim(mach)
    pressure = 0.5 * density * speed**2
    ahead = stream / speed
    above = around.up - ahead * around.up.dot(ahead)
    slant = jnp.sqrt(above.dot(above) + 1e-24)  # cosine of the flight-path angle
    above = above / slant
    lift = trim.lift * jnp.minimum(slant * (1.0 / _UPRIGHT), 1.0)
    sine, cosine = sincos(bank)
    lifted = above * cosine + ahead.cross(above) * sine
    sensed = (lifted * lift - ahead * trim.drag) * (pressure * (capsule.area / capsule.mass))
    flux = sutton_graves(density, speed, capsule.nose_radius)
    return Meeting(around, speed, mach, pressure, trim, lift, bank, sensed, flux)


def meeting_row(now: Meeting, capsule: Capsule, inner: Entering, **known: Any) -> Row:
    """The row of a point's entry; `inner` is what is integrated of it, `known` goes beside."""
    force, weight = now.pressure * capsule.area, capsule.mass * STANDARD_GRAVITY
    drag, lift = now.trim.drag, now.lift
    sine, cosine = sincos(now.trim.angle)
    return row(
        now.around,
        inner.position,
        inner.velocity,
        drag=force * drag,
        lift=force * lift,
        bank=now.bank,
        dynamic_pressure=now.pressure,
        mach=now.mach,
        angle_of_attack=now.trim.angle,
        load=now.sensed.norm() / STANDARD_GRAVITY,
        load_axial=force * (drag * cosine + lift * sine) / weight,
        load_normal=force * (drag * sine - lift * cosine) / weight,
        **heated(now.around, capsule, now.speed, now.flux, inner.heat_load),
        **known,
    )


def coasting_step(tolerance: np.ndarray) -> np.ndarray:
    """The longest step above the air [s] at a tolerance.

    A shadow's steps are longer everywhere, and those of another try shorter.
    """
    return _COAST_STEP * np.minimum(tolerance, loosened(RK4.order)) ** (1.0 / RK4.order)


def leaving(sunk: Float[Array, ""], height: Float[Array, ""]) -> Float[Array, ""]:
    """Event: climbs out of the air after it had sunk into it."""
    return jnp.where(sunk > 0.5, (height - _LEFT) * 1e-3, -1.0)


def has_sunk(
    sunk: Float[Array, ""], height: Float[Array, ""], rise: Float[Array, ""]
) -> Float[Array, ""]:
    """One after the capsule has come down through the height at which it could skip out."""
    return jnp.where((height < _LEFT) & (rise < 0.0), 1.0, sunk)


def outcome_of(arrival: Arrival, events: tuple[tuple[int, OutcomeCode], ...]) -> Array:
    """How an entry ended; of several `events` (index, meaning) the last one named counts."""
    outcome = jnp.asarray(int(OutcomeCode.TIMED_OUT))
    fired = [(arrival.fired[index], code) for index, code in events]
    for holds, code in (
        (~arrival.done, OutcomeCode.OUT_OF_STEPS),
        *fired,
        (~arrival.possible, OutcomeCode.IMPOSSIBLE),
        (~arrival.finite, OutcomeCode.NOT_FINITE),
    ):
        outcome = jnp.where(holds, int(code), outcome)
    return outcome


def heated(
    around: Surroundings, capsule: Capsule, speed: Array, flux: Array, heat_load: Array
) -> dict[str, Any]:
    """Columns of what the air heats, by its `flux` at the stagnation point [W/m^2], and mass."""
    return {
        "mass": capsule.mass,
        "thrust": jnp.zeros_like(speed),
        "heat_flux": free_stream_flux(around.air.density, speed),
        "heat_flux_stagnation": flux,
        "heat_load": heat_load,
        "wall_temperature": radiative_equilibrium_temperature(flux, capsule.emissivity),
    }
