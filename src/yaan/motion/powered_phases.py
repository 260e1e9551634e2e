"""The phases of a powered flight as arrays: what each does, and what ends it.

A new end is a member of `End`, its function in `ends`, and a key of `UntilSpec` (in
`yaan.description`) that has the member's name in small letters.
"""

import enum

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.dynamics.forces import Airload, Surroundings, World
from yaan.gnc.powered import Aims, Law
from yaan.propulsion.engine import Firing
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Vector, where

_DEEP = 10.0  # [m] below the ground: less is what a vehicle that nothing holds sinks at lift-off
_SINKING = 1e-3  # [m/s]: on the pad a vertical speed is zero but for rounding
_SETTLING = 1e-2  # [m/s], likewise of what comes down to the ground
_MOVING = 1e-9  # [m/s] along a rail
_LONG = 1e6  # [s] to go of what never comes: what marks an event must be finite


class End(enum.IntEnum):
    """What can end a phase, in the order of the compiled event functions.

    Each is a condition: it ends a phase as it comes true, and one that is true as its phase begins
    ends it at once. The depletion of stage i follows the last of these, at `len(End) + i`.
    """

    HEAT_FLUX_BELOW = 0
    DYNAMIC_PRESSURE_BELOW = 1
    HEIGHT_ABOVE = 2
    ALIGNED = 3
    ORBIT = 4
    STRUCK = 5
    LIFT_OFF = 6
    DYNAMIC_PRESSURE_ABOVE = 7
    HEIGHT_BELOW = 8
    APEX = 9
    SPEED_ABOVE = 10
    SPEED_BELOW = 11
    MACH_ABOVE = 12
    MACH_BELOW = 13
    DELTA_V = 14
    APOGEE_ABOVE = 15
    APOGEE_BELOW = 16
    PERIGEE_ABOVE = 17
    PERIGEE_BELOW = 18
    GROUND = 19
    OFF_RAIL = 20
    CIRCULAR = 21
    GUIDED = 22


LAUNCH_ENDS = frozenset(End) - {end for end in End if End.LIFT_OFF < end < End.GUIDED}
"""What ends the phases of most launches; the others need `Phases.extras`."""

DRIVEN = (
    End.ORBIT,
    End.DELTA_V,
    End.APOGEE_ABOVE,
    End.APOGEE_BELOW,
    End.PERIGEE_ABOVE,
    End.PERIGEE_BELOW,
    End.CIRCULAR,
    End.GUIDED,
)
"""What only thrust brings about."""


class Outset(eqx.Module):
    """How a phase began, as far as it must be remembered."""

    ideal: Float[Array, "*batch"]
    """Ideal velocity that engines had given before [m/s]."""
    foot: Vector  # [m], ITRS
    held: Vector
    """A fixed direction, GCRS."""


class Extras(eqx.Module):
    """What few phases do; where no phase of a flight does, it is None and not compiled."""

    aims: Aims
    throttle: Float[Array, "*phases stages"]
    """Share of full vacuum thrust."""
    least: Float[Array, "*phases stages"]
    """Share below which no load limit throttles; `throttle` where a stage cannot be throttled."""
    load_limit: Float[Array, "*phases"]
    """Of all that is felt but gravity [m/s^2]; infinite: there is none."""
    outset: Outset | None = None
    """Of one phase, once it has begun."""


class Guided(eqx.Module):
    """What explicit guidance does in each phase; None where no phase of a flight is guided."""

    active: Bool[Array, "*phases"]
    """It steers."""
    burn: Int[Array, "*phases"]
    """Which of its burns is in force, or comes next."""
    lit: Bool[Array, "*phases"]
    """That burn is lit as the phase begins, or before."""
    part: Int[Array, "*phases"]
    """Who steers, a `gnc.steered.Part`."""


class Phases(eqx.Module):
    """Phases in turn, one entry each on the first axis."""

    law: Int[Array, " phases"]
    programme: Int[Array, " phases"]
    """Which linear tangent is in force; it is only read under that law."""
    begins: Bool[Array, " phases"]
    """The programme starts with this phase."""
    continuous: Bool[Array, " phases"]
    """A programme that begins here starts at the last commanded tan(pitch)."""
    ignite: Bool[Array, "phases stages"]
    shut_down: Bool[Array, "phases stages"]
    stages_aboard: Bool[Array, "phases stages"]
    items_aboard: Bool[Array, "phases items"]
    configuration: Int[Array, " phases"]
    time: Float[Array, " phases"]
    """Ends at this time since ignition [s]; infinite: it does not."""
    duration: Float[Array, " phases"]
    """Ends after this long [s]; infinite: it does not."""
    timeout: Float[Array, " phases"]
    """Fails when nothing has ended it after this long [s]."""
    ends: Bool[Array, "phases ends"]
    """Which of `End` end it, then the depletion of which stages."""
    thresholds: Float[Array, "phases ends"]
    """Of each `End` [SI]: of ORBIT the specific orbital energy of the target [m^2/s^2]."""
    overdraws: Bool[Array, "phases stages"]
    """The stage may burn more than it carries: the shortfall is the answer."""
    on_pad: Bool[Array, " phases"]
    """The pad holds the vehicle up until thrust does."""
    step: Float[Array, " phases"]  # [s]
    exists: Bool[Array, " phases"]
    """False for padding."""
    extras: Extras | None = None
    guided: Guided | None = None


class Instant(eqx.Module):
    """Everything that acts at an instant."""

    around: Surroundings
    firing: Firing
    air: Airload
    axis: Vector
    mass: Float[Array, ""]
    spare: Float[Array, ""]
    """Acceleration of thrust and air beyond weight, up or along a rail [m/s^2]."""
    sensed: Vector
    """Specific force [m/s^2], GCRS."""
    throttle: Float[Array, " stages"]
    """Share of the vacuum thrust of each stage."""


def ends(  # noqa: PLR0913 - what is looked at has as many sources
    world: World,
    phase: Phases,
    tilt: Float[Array, ""],
    now: Instant,
    position: Vector,
    velocity: Vector,
    ideal: Float[Array, ""],
    *,
    over: Float[Array, ""],
) -> Float[Array, " ends"]:
    """The event functions of `End` in its order; each rises through zero as its condition holds.

    `tilt` [rad]: from the vertical, at which the velocity is aligned; `ideal` [m/s]: the ideal
    velocity given so far; `over` [s]: since guidance has ended it. State in GCRS [m, m/s].
    """
    around, limit = now.around, phase.thresholds
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    pace = jnp.sqrt(around.relative.dot(around.relative) + 1e-6)
    rise = around.relative.dot(around.up) / pace
    flux = free_stream_flux(around.air.density, speed)
    gained = energy(position, velocity, world.mu) - limit[End.ORBIT]
    height = around.place.height
    values = {
        End.HEAT_FLUX_BELOW: 1.0 - flux * (1.0 / limit[End.HEAT_FLUX_BELOW]),
        End.DYNAMIC_PRESSURE_BELOW: 1.0
        - now.air.dynamic_pressure * (1.0 / limit[End.DYNAMIC_PRESSURE_BELOW]),
        End.HEIGHT_ABOVE: (height - limit[End.HEIGHT_ABOVE]) * 1e-3,
        End.ALIGNED: jnp.cos(tilt) - rise,
        End.ORBIT: gained * 1e-6,
        End.STRUCK: (world.ground - _DEEP - height) * 1e-3,
        End.LIFT_OFF: now.spare,
        End.GUIDED: jnp.maximum(over, -_LONG),
    }
    if phase.extras is not None:
        outset = phase.extras.outset
        if outset is None:
            raise ValueError("a phase with extras is flown as `powered.begun_at` makes it")
        sinking = -around.relative.dot(around.up)
        near, far = _apsides(position, velocity, world.mu)
        low = (world.ground - height) * 1e-3
        slid = around.to_fixed.apply(position) - outset.foot
        pressure, mach = now.air.dynamic_pressure, now.air.mach
        values |= {
            End.DYNAMIC_PRESSURE_ABOVE: pressure / limit[End.DYNAMIC_PRESSURE_ABOVE] - 1.0,
            End.HEIGHT_BELOW: jnp.minimum(
                (limit[End.HEIGHT_BELOW] - height) * 1e-3, (sinking - _SINKING) * 1e-2
            ),
            End.APEX: (sinking - _SINKING) * 1e-2,
            End.SPEED_ABOVE: pace / limit[End.SPEED_ABOVE] - 1.0,
            End.SPEED_BELOW: 1.0 - pace / limit[End.SPEED_BELOW],
            End.MACH_ABOVE: mach / limit[End.MACH_ABOVE] - 1.0,
            End.MACH_BELOW: 1.0 - mach / limit[End.MACH_BELOW],
            End.DELTA_V: (ideal - outset.ideal) / limit[End.DELTA_V] - 1.0,
            End.APOGEE_ABOVE: 1.0 - (EARTH_RADIUS + limit[End.APOGEE_ABOVE]) * far,
            End.APOGEE_BELOW: (EARTH_RADIUS + limit[End.APOGEE_BELOW]) * far - 1.0,
            End.PERIGEE_ABOVE: (near - EARTH_RADIUS - limit[End.PERIGEE_ABOVE]) * 1e-6,
            End.PERIGEE_BELOW: (EARTH_RADIUS + limit[End.PERIGEE_BELOW] - near) * 1e-6,
            End.GROUND: jnp.minimum(low, (sinking - _SETTLING) * 1e-2),
            End.CIRCULAR: (position.norm() * velocity.dot(velocity) - world.mu) / EARTH_MU,
            End.OFF_RAIL: slid.dot(around.to_fixed.apply(now.axis)) / limit[End.OFF_RAIL] - 1.0,
        }
    never = jnp.full_like(now.spare, -1.0)
    return jnp.stack([values.get(end, never) for end in End])


def throttle_of(
    extras: Extras,
    firing: Firing,
    axis: Vector,
    air: Vector,
    mass: Float[Array, ""],
    held: Float[Array, " stages"] | None = None,
) -> Float[Array, " stages"]:
    """The throttles as the phase says, and no more than its limit; `held` (not below 0) are stuck.

    The net thrust F along `axis` that is felt as the limit n beside the force A of the air solves
    F^2 + 2 F (axis . A) + A^2 = (m n)^2. Stages that can be throttled share what is too much in
    proportion to what each can give up. Back pressure is that of nozzles that flow full.
    """
    full = firing.vacuum_thrust
    highest, lowest = extras.throttle, extras.least
    if held is not None:
        highest, lowest = (jnp.where(held < 0.0, x, held) for x in (highest, lowest))
    most, least = jnp.sum(full * highest), jnp.sum(full * lowest)
    along = axis.dot(air)
    # Where the limit is infinite nothing is given up; infinities would leave no number.
    limit = jnp.minimum(extras.load_limit, 1e6) * mass
    inside = jnp.maximum(along**2 - air.dot(air) + limit**2, 0.0)
    wanted = jnp.sqrt(inside) - along + jnp.sum(firing.back_pressure)
    share = jnp.clip((wanted - least) / jnp.maximum(most - least, 1e-9), 0.0, 1.0)
    share = jnp.where(jnp.isinf(extras.load_limit), 1.0, share)
    return lowest + share * (highest - lowest)


def on_rail(
    world: World, phase: Phases, t: Array, around: Surroundings, axis: Vector, loose: Vector
) -> tuple[Float[Array, ""], Vector]:
    """What lifts a vehicle off, along a rail or up, and the acceleration that its rail adds, GCRS.

    `loose` [m/s^2] is the acceleration against the turning Earth that it would have without the
    rail and without Coriolis's. Of it only the part along `axis` acts; at rest nothing pulls it
    back. The rail turns with the Earth, which takes Coriolis's acceleration. Ignores friction,
    and that the vehicle tips over as its centre of mass leaves the rail.
    """
    along = loose.dot(axis)
    moving = around.relative.dot(axis) > _MOVING
    spin = around.to_fixed.inverse().apply(world.earth.spin(t))
    turning = spin.cross(around.relative) * 2.0
    pull = jnp.where(moving, along, jnp.maximum(along, 0.0))
    railed = (phase.law == Law.RAIL) & ~phase.on_pad
    added = axis * pull - loose + turning
    spare = jnp.where(phase.law == Law.RAIL, along, loose.dot(around.up))
    return spare, where(railed, added, added * 0.0)


def _apsides(
    position: Vector, velocity: Vector, mu: Float[Array, ""]
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Radius of the perigee [m], and one over that of the apogee [1/m], not above 0 of an escape.

    With the eccentricity from its vector, so that near a circle it keeps its digits (Vallado,
    Fundamentals of Astrodynamics, 4th ed., equation 2-78).
    """
    pull = velocity.dot(velocity) - mu / position.norm()
    bent = position * pull - velocity * position.dot(velocity)
    # The eccentricity plus one, times the parameter of gravity.
    scale = mu + jnp.sqrt(bent.dot(bent) + 1e-30)
    turning = position.cross(velocity)
    return turning.dot(turning) / scale, -2.0 * energy(position, velocity, mu) / scale
