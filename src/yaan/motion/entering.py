"""What an entry of a point and one of a rigid body share: their ends, and what they tell."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from yaan.aerodynamics.heating import free_stream_flux, radiative_equilibrium_temperature
from yaan.dynamics.forces import Surroundings, World
from yaan.dynamics.solve import Arrival
from yaan.motion.row import Whereabouts, whereabouts
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Vector
from yaan.vehicle.capsule import Capsule

_LEFT = 130e3  # [m] who climbs through this height after sinking below it has skipped out


NEVER = 1e9
"""A height [m] or speed [m/s], made negative, or a time [s] that no entry comes to."""


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


def by_lane(until: Handover, t: Float[Array, " lanes"]) -> Handover:
    """The same with a value for each lane."""
    return jax.tree.map(lambda value: jnp.broadcast_to(value, t.shape) + 0.0 * t, until)


class Entry(eqx.Module):
    """How each entry went, lane by lane."""

    t: Float[Array, " lanes"]  # [s] since the epoch
    state: Any
    outcome: Int[Array, " lanes"]
    """Of `OutcomeCode`: reached its floor, skipped out, timed out, or was lost."""
    peak_load: Float[Array, " lanes"]
    """Largest specific force, in units of standard gravity."""
    peak_flux: Float[Array, " lanes"]  # [W/m^2] at the stagnation point
    heat_load: Float[Array, " lanes"]  # [J/m^2] there
    latitude: Float[Array, " lanes"]  # [rad]
    longitude: Float[Array, " lanes"]  # [rad]
    steps: Int[Array, " lanes"]


class EntryObservation(eqx.Module):
    """Rows of a history; names and units are those of `yaan.results.trajectory`."""

    whereabouts: Whereabouts
    mass: Float[Array, " rows"]
    thrust: Float[Array, " rows"]
    drag: Float[Array, " rows"]
    lift: Float[Array, " rows"]
    bank: Float[Array, " rows"]
    dynamic_pressure: Float[Array, " rows"]
    mach: Float[Array, " rows"]
    heat_flux: Float[Array, " rows"]
    angle_of_attack: Float[Array, " rows"]
    load: Float[Array, " rows"]
    load_axial: Float[Array, " rows"]
    """Along the axis, away from the heat shield: eyeballs in for backs to the shield."""
    load_normal: Float[Array, " rows"]
    """Across the axis, positive away from the side to which the lift points."""
    heat_flux_stagnation: Float[Array, " rows"]
    heat_load: Float[Array, " rows"]
    wall_temperature: Float[Array, " rows"]


class Felt(eqx.Module):
    """What the air does at one instant, in the columns' words."""

    drag: Array
    lift: Array
    bank: Array
    pressure: Array
    mach: Array
    angle: Array
    load: Array
    load_axial: Array
    load_normal: Array
    flux: Array
    speed: Array


def leaving(sunk: Float[Array, ""], height: Float[Array, ""]) -> Float[Array, ""]:
    """Event: climbs out of the air after it had sunk into it."""
    return jnp.where(sunk > 0.5, (height - _LEFT) * 1e-3, -1.0)


def has_sunk(
    sunk: Float[Array, ""], height: Float[Array, ""], rise: Float[Array, ""]
) -> Float[Array, ""]:
    """One after the capsule has come down through the height at which it could skip out."""
    return jnp.where((height < _LEFT) & (rise < 0.0), 1.0, sunk)


def entry_of(world: World, arrival: Arrival, events: Iterable[tuple[int, OutcomeCode]]) -> Entry:
    """How lanes ended; of several `events` (index, meaning) the last one named counts."""

    def place(t: Array, position: Vector) -> Geodetic:
        return geodetic(world.earth.rotation(t).apply(position), world.shape)

    state: Any = arrival.state
    landing = jax.vmap(place)(arrival.t, state.position)
    outcome = jnp.full(arrival.t.shape, int(OutcomeCode.TIMED_OUT))
    fired = [(arrival.fired[:, index], code) for index, code in events]
    for holds, code in (
        (~arrival.done, OutcomeCode.OUT_OF_STEPS),
        *fired,
        (~arrival.possible, OutcomeCode.IMPOSSIBLE),
        (~arrival.finite, OutcomeCode.NOT_FINITE),
    ):
        outcome = jnp.where(holds, int(code), outcome)
    return Entry(
        t=arrival.t,
        state=state,
        outcome=outcome,
        peak_load=state.peaks.best[:, 0],
        peak_flux=state.peaks.best[:, 1],
        heat_load=state.heat_load,
        latitude=landing.latitude,
        longitude=landing.longitude,
        steps=arrival.steps,
    )


def observed(
    position: Vector,
    velocity: Vector,
    heat_load: Float[Array, ""],
    around: Surroundings,
    capsule: Capsule,
    felt: Felt,
) -> EntryObservation:
    """One row."""
    return EntryObservation(
        whereabouts=whereabouts(around, position, velocity),
        mass=capsule.mass,
        thrust=jnp.zeros_like(felt.drag),
        drag=felt.drag,
        lift=felt.lift,
        bank=felt.bank,
        dynamic_pressure=felt.pressure,
        mach=felt.mach,
        heat_flux=free_stream_flux(around.air.density, felt.speed),
        angle_of_attack=felt.angle,
        load=felt.load,
        load_axial=felt.load_axial,
        load_normal=felt.load_normal,
        heat_flux_stagnation=felt.flux,
        heat_load=heat_load,
        wall_temperature=radiative_equilibrium_temperature(felt.flux, capsule.emissivity),
    )
