"""What the service module does for an escape, flown in lanes: a burn, an orbit, once around.

Stack and burns are those of flight in orbit: full thrust at once, the attitude there from the
ignition on, the stack's drag by one coefficient. Below `separation_height` nothing of that is true,
and nothing burns: there the module is left. Until its attitude is known all load is told along x.
"""

from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.programme import Lanes, programme
from yaan.description.escape import EscapeSpec
from yaan.description.escape_orbit import EscapeBurnSpec
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.escape.flying import LANES, Flown, Seen, chained, cut, looked_at, seen_of
from yaan.flight import legs
from yaan.flight.legs import Burns, Save
from yaan.motion import orbit
from yaan.motion.base import Leg, lanes_of, of_motion
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.elements import elements
from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.spacecraft import Spacecraft

Array = NDArray[np.float64]

INTERFACE: Final = 120e3
"""Height above the equatorial radius at which a deorbit has its entry angle [m]."""

LONGEST_FALL: Final = 7_200.0
"""From a second burn down to the separation of the module [s]: what lasts longer is an orbit."""

_FOLLOWED: Final = 60.0
"""In the orbit that a mode ends in [s], so that what was left behind is seen to stay behind."""

_STEP: Final = 5.0  # [s] of a burn: rows between which a perigee is found
_COASTING: Final = 60.0  # [s]
_MET: Final = 100.0  # [m] by which a perigee may be missed
_ROUNDS: Final = 2  # of Newton's method for a perigee, from rows 5 s apart: 1 m
_NO_THRUST: Final = 1.0  # [s] a specific impulse that nothing uses


class Choice(eqx.Module):
    """What is chosen of a burn in each lane; [lanes]."""

    delta_v: Any
    """Along its thrust; negative is against the velocity [m/s]."""
    pitch: Any
    """Of the thrust above its line along the velocity [rad]."""
    after: Any
    """Coast to a second burn [s]; 0 without."""
    second: Any
    """Velocity gained in it [m/s]; 0 without."""


class Burnt(eqx.Module):
    """What the service module has done; [lanes]."""

    delta_v: Any
    """Gained in all burns, whatever their directions [m/s]."""
    duration: Any
    """Of the first one [s]."""
    propellant: Any
    """Left at the end of the last one [kg]; it stays in the module."""
    perigee: Any
    """Osculating, at the end of the first burn, above 6378.137 km [m]."""
    apogee: Any
    """Likewise [m]."""
    spare: Any
    """Delta-v left over what a deorbit from the apogee needs [m/s]; NaN where that is in the air.

    Of one impulse to the entry angle of the burn, less than any finite burn needs by some percent.
    """
    parting: State
    """Where the module is left, or its orbit begins, with what is in its tank."""


def stack_of(spec: EscapeSpec) -> Spacecraft:
    """The service module with its capsule; what it burns is in the first tank."""
    module = spec.service_module
    assert module is not None
    return Spacecraft(
        dry_mass=spec.capsule.mass + module.dry_mass,
        drag_area=module.drag_coefficient * module.drag_area,
        thrust=module.thrust,
        isp=module.isp,
        tank=0,
    )


def coasted(world: World, start: State, delay: Array, mass: float) -> State:
    """What a launcher whose engines are off carries, `delay` [s] later; it has no drag."""
    inert = Spacecraft(mass, 0.0, 0.0, _NO_THRUST, 0)
    leg = legs.coast(world, inert, start, _burns(), stop=start.t + delay, step=_STEP)
    kept = (leg.end.t, leg.end.position, leg.end.velocity)
    return eqx.tree_at(lambda s: (s.t, s.position, s.velocity), start, kept)


def burn(
    world: World, spec: EscapeSpec, asked: EscapeBurnSpec, start: State, choice: Choice
) -> tuple[Flown, Burnt]:
    """Burns from `start`, at the separation from the launcher, to where the module is left."""
    craft, module = stack_of(spec), spec.service_module
    assert module is not None
    lanes = legs.in_lanes(craft, LANES)
    begun = eqx.tree_at(lambda s: s.tanks, start, 0.0 * start.tanks)
    begun.tanks[:, 0] = module.propellant
    floor = module.separation_height
    longest = np.minimum(module.longest_burn, module.propellant / float(craft.flow))
    duration = np.minimum(_lasting(craft, choice.delta_v, module.propellant), longest)
    if asked.until == "orbit":
        assert asked.perigee is not None
        duration = _to_perigee(world, lanes, begun, choice, duration, floor, asked.perigee)
    burns = _burns(begun.t, duration, choice)
    first = _flown(world, lanes, begun, burns, duration, floor)
    perigee, apogee = _orbit(world, first.end)
    outcome, parts = np.asarray(first.outcome), [_seen(world, lanes, first, burns)]
    ideal, end = np.asarray(first.added.ideal), first.end
    if asked.then == "orbit":
        assert asked.perigee is not None
        reached = perigee >= asked.perigee - _MET
        outcome = np.where(reached, outcome, int(OutcomeCode.NO_SOLUTION))
        after = _flown(world, lanes, end, _burns(), np.full(LANES, _FOLLOWED), floor)
        parts.append(_seen(world, lanes, after, _burns()))
    if asked.then == "once-around":
        last, (seen, code) = _around(world, lanes, first, choice, floor)
        parts.append(seen)
        outcome = np.where(outcome == int(OutcomeCode.REACHED), code, outcome)
        ideal, end = ideal + np.asarray(last.added.ideal), last.end
    left = end.tanks[:, 0].copy()
    burnt = Burnt(
        delta_v=ideal,
        duration=np.asarray(first.end.t - begun.t),
        propellant=left,
        perigee=perigee,
        apogee=apogee,
        spare=_gained(craft, left) - deorbit_price(world, perigee, apogee, asked.entry_angle),
        parting=end,
    )
    seen = chained(parts)
    count = np.full(LANES, seen.time.shape[1])
    return Flown(end.dropping([], [0]), outcome, seen, count), burnt


def _around(
    world: World, craft: Spacecraft, first: Leg, choice: Choice, floor: float
) -> tuple[Leg, tuple[Seen, NDArray[np.int64]]]:
    """From the first burn through the second to the air, and how that ended.

    What comes down before its second burn was in no orbit; what does not come down stays in one.
    """
    lanes = craft.dry_mass + first.end.tanks[:, 0]
    spent = -lanes * np.expm1(-np.abs(choice.second) / (craft.isp * STANDARD_GRAVITY))
    duration = np.minimum(spent, first.end.tanks[:, 0]) / craft.flow
    ignition = np.asarray(first.end.t) + choice.after
    level = Choice(choice.second, 0.0 * choice.pitch, choice.after, choice.second)
    burns = _burns(ignition, duration, level)
    leg = legs.coast(
        *(world, craft, first.end, burns),
        stop=ignition + LONGEST_FALL,
        step=_COASTING,
        floor=floor,
        save=Save.STEPS,
    )
    down = np.asarray(leg.fired)[:, orbit.FLOOR]
    early = down & (np.asarray(leg.end.t) < ignition)
    code = np.where(down, np.asarray(leg.outcome), int(OutcomeCode.TIMED_OUT))
    code = np.where(early, int(OutcomeCode.NO_SOLUTION), code)
    return leg, (_seen(world, craft, leg, burns), code)


def _flown(
    world: World, craft: Spacecraft, start: State, burns: Burns, duration: Array, floor: float
) -> Leg:
    """For a duration [s] or down to the `floor` [m]; saved."""
    stop = start.t + duration
    return legs.coast(
        world, craft, start, burns, stop=stop, step=_STEP, floor=floor, save=Save.STEPS
    )


def _to_perigee(
    world: World,
    craft: Spacecraft,
    start: State,
    choice: Choice,
    longest: Array,
    floor: float,
    wanted: float,
) -> Array:
    """Durations [s] of burns that raise the perigee to `wanted` [m]; `longest` where none does."""
    leg = _flown(world, craft, start, _burns(start.t, longest, choice), longest, floor)
    assert leg.tape is not None
    tape, _ = cut(leg.tape)
    heights = _perigees(world, tape.state.position, tape.state.velocity)[0]
    since = np.asarray(tape.t) - start.t[:, None]
    reached = heights >= wanted
    row = np.clip(np.argmax(reached, axis=1), 1, None)
    every, able = np.arange(LANES), np.any(reached, axis=1)
    before = (every, row - 1)
    run = np.maximum(since[every, row] - since[before], 1e-9)
    slope = (heights[every, row] - heights[before]) / run
    slope = np.where(slope > 0.0, slope, np.inf)
    already = reached[:, 0]
    found = since[before] + (wanted - heights[before]) / slope
    found = np.where(already, 0.0, np.where(able, found, longest))
    for _ in range(_ROUNDS):
        ends = _flown(world, craft, start, _burns(start.t, found, choice), found, floor).end
        nearer = found + (wanted - _orbit(world, ends)[0]) / slope
        found = np.where(able & ~already, np.clip(nearer, 0.0, longest), found)
    return found


def _lasting(craft: Spacecraft, delta_v: Array, propellant: float) -> Array:
    """How long burns of `delta_v` [m/s] of a full tank take [s], by the rocket equation."""
    full = float(craft.dry_mass) + propellant
    exhaust = float(craft.isp) * STANDARD_GRAVITY
    return -full * np.expm1(-np.abs(delta_v) / exhaust) / float(craft.flow)


def _gained(craft: Spacecraft, propellant: Array) -> Array:
    """What all of `propellant` [kg] still gives [m/s]."""
    exhaust = float(craft.isp) * STANDARD_GRAVITY
    return exhaust * np.log1p(propellant / float(craft.dry_mass))


def deorbit_price(world: World, perigee: Array, apogee: Array, angle: float) -> Array:
    """One impulse at the apogee that comes to the interface at an inertial `angle` [m/s].

    Energy and angular momentum between the two: cos(angle) r_e v_e = r v. NaN of an apogee in the
    air, and nothing where the orbit comes in as steeply by itself.
    """
    mu, low = float(world.mu), EARTH_RADIUS + INTERFACE
    high, mean = EARTH_RADIUS + apogee, EARTH_RADIUS + 0.5 * (perigee + apogee)
    there = high > low
    high = np.where(there, high, np.nan)
    turned = (np.cos(angle) * low) ** 2
    wanted = np.sqrt(turned * 2.0 * mu * (1.0 / low - 1.0 / high) / (high**2 - turned))
    return np.maximum(np.sqrt(mu * (2.0 / high - 1.0 / mean)) - wanted, 0.0)


def _burns(
    ignition: Array | None = None, duration: Array | None = None, choice: Choice | None = None
) -> Burns:
    """The one burn of each lane, or none; always with a pitch, so that all compile to one."""
    none = Burns.none(LANES)
    pitch = np.zeros_like(none.start)
    if ignition is not None and duration is not None and choice is not None:
        none = none.with_burn(0, ignition, duration, 1.0)
        none.sense[:, 0] = np.where(choice.delta_v < 0.0, -1.0, 1.0)
        pitch[:, 0] = choice.pitch
    return Burns(none.start, none.duration, none.sense, None, pitch)


def _seen(world: World, craft: Spacecraft, leg: Leg, burns: Burns) -> Seen:
    given = orbit.Burns(burns.start, burns.duration, burns.sense, None, burns.pitch)
    motion = orbit.Orbit(world, craft, given, np.zeros(LANES))
    assert leg.tape is not None
    tape, _ = cut(leg.tape)
    return looked_at(tape, lambda block: _watch(motion, block))


@programme(lanes=of_motion)
def _watch(motion: orbit.Orbit, tape: Any) -> Seen:
    def lane(one: orbit.Orbit, rows: Any) -> Seen:
        row = jax.vmap(one.row)(rows.t, rows.state)
        axial, load = row.load_axial, row.load
        assert axial is not None
        assert load is not None
        known = jnp.isfinite(axial)
        along = jnp.where(known, axial, load)
        across = jnp.where(known, jnp.sqrt(jnp.maximum(load**2 - along**2, 0.0)), 0.0)
        return seen_of(rows.t, row, Vector(along, 0.0 * along, across, Frame.BODY))

    return jax.vmap(lane, in_axes=(lanes_of(motion), 0))(motion, tape)


def _orbit(world: World, states: State) -> tuple[Array, Array]:
    """Osculating perigee and apogee of lanes [m]."""
    return _perigees(world, states.position, states.velocity)


def _perigees(world: World, position: Vector, velocity: Vector) -> tuple[Array, Array]:
    low, high = jax.device_get(_elements(position, velocity, world.mu))
    return np.asarray(low), np.asarray(high)


@programme(lanes=lambda *_: Lanes((0, 0, None)))
def _elements(position: Vector, velocity: Vector, mu: jax.Array) -> tuple[jax.Array, jax.Array]:
    found = elements(position, velocity, mu)
    return found.perigee, found.apogee
