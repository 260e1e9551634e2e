"""From the insertion orbit to the one that is kept: the burn near an apogee, solved.

What is solved is the height of the orbit's other side, where the burn ends: below the burn it is
the perigee, above it the apogee, and it rises without a kink as the burn grows. Many orbits are
solved at once, one a lane.
"""

from dataclasses import dataclass

import numpy as np

from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.errors import YaanError
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Array, Burns, Save
from yaan.motion.base import Leg
from yaan.spacetime.frame import components
from yaan.spacetime.path import Path
from yaan.vehicle.spacecraft import Spacecraft

MET = 1.0
"""The height of the other side is met within this [m]."""

_TRIES = 8
_LONGEST = 0.4  # of a revolution: what burns longer ends where the other side is another one
_SETTLE = 1.0  # [s] after a burn, at which its orbit is looked at


@dataclass(frozen=True)
class Raised:
    """Burns that raise each lane's orbit, and where they leave it."""

    heights: Array
    """Of the other side asked for [m], one a lane."""
    burns: Burns
    end: State
    """Just after the last burn."""
    misses: Array
    """Of the heights [m]; not finite where a burn ran out of propellant."""
    delta_v: Array
    """Ideal, of all the burns [m/s]."""


def apogees(world: World, craft: Spacecraft, start: State, count: int, step: float) -> Array:
    """Times [s] of the next `count` apogees of one state, not burning."""
    turn = period(float(world.mu), start)[0]
    stop = start.t[0] + (count + 0.6) * turn
    none = Burns.none(1)
    flown = legs.coast(world, craft, start.take(0), none, stop=stop, step=step, save=Save.STEPS)
    path = recorded(flown, 0)
    times = np.arange(path.time[0], path.time[-1], 1.0)
    position, velocity = path.at(times)
    rising = np.einsum("ij,ij->i", position, velocity)
    turned = np.flatnonzero((rising[:-1] > 0.0) & (rising[1:] <= 0.0))
    found = times[turned] + rising[turned] / (rising[turned] - rising[turned + 1])
    if len(found) < count:
        raise YaanError(
            f"the orbit after separation has {len(found)} apogees before it decays or turns "
            f"circular; orbit.circularise.apogee asks for number {count}"
        )
    return found[:count]


def raise_orbit(  # noqa: PLR0913 - who, where from, which burn of several, and to what
    world: World,
    craft: Spacecraft,
    start: State,
    near: Array | float,
    heights: Array,
    *,
    step: float,
    index: int = 0,
    burns: Burns | None = None,
) -> Raised:
    """Burns centred on `near` [s] that bring the other side to `heights` [m].

    `start` has one lane for each height, and `burns` those that went before in each; the new one
    is number `index`. Its sense is prograde where the height is above that of the orbit. It begins
    after what went before and lasts less than half a revolution, so that a weak engine may miss
    its height by far.
    """
    count = len(heights)
    before = burns or Burns.none(count)
    coasting = legs.coast(world, craft, start, before, stop=near, step=step)
    sense = np.where(heights > _other_side(world, coasting.end), 1.0, -1.0)
    guess = np.abs(_impulse(world, coasting.end, heights))
    mass = float(craft.dry_mass) + craft.propellant(coasting.end.tanks)
    flow = float(craft.thrust) / (float(craft.isp) * STANDARD_GRAVITY)
    spent = mass * -np.expm1(-guess / (float(craft.isp) * STANDARD_GRAVITY))
    room = 2.0 * np.maximum(near - np.maximum(start.t, _end(before)), 0.0)
    most = np.minimum(room, _LONGEST * period(float(world.mu), coasting.end))
    duration, last = np.minimum(spent / flow, most), np.zeros(count)
    error = np.full(count, np.nan)
    tried: tuple[Array, Array] | None = None
    flown = coasting
    made = before
    for _ in range(_TRIES):
        made = before.with_burn(index, near - 0.5 * duration, duration, 1.0)
        made.sense[:, index] = sense
        end = near + 0.5 * duration + _SETTLE
        flown = legs.coast(world, craft, start, made, stop=end, step=step)
        error = _other_side(world, flown.end) - heights
        last = duration
        if np.max(np.abs(error)) <= MET:
            break
        # From the impulse alone at first, by the secant of the last two afterwards.
        slope = (
            _slope(world, flown.end, mass, float(craft.thrust)) * sense
            if tried is None
            else _secant(tried, (duration, error))
        )
        tried = (duration, error)
        move = error / np.where(slope == 0.0, np.inf, slope)
        duration = np.clip(np.nan_to_num(duration - move), 0.0, most)
    done = before.with_burn(index, near - 0.5 * last, last, 1.0)
    done.sense[:, index] = sense
    dry = (craft.propellant(flown.end.tanks) <= 0.0) & (last > 0.0)
    return Raised(heights, done, flown.end, np.where(dry, np.inf, error), flown.added.ideal)


def raised_by(
    world: World, craft: Spacecraft, start: State, burns: Burns, heights: Array, step: float
) -> Raised:
    """What known burns make of the orbit, beside the `heights` [m] that were asked of them."""
    end = np.maximum(_end(burns), start.t) + _SETTLE
    flown = legs.coast(world, craft, start, burns, stop=end, step=step)
    dry = (craft.propellant(flown.end.tanks) <= 0.0) & np.any(burns.duration > 0.0, axis=1)
    misses = np.where(dry, np.inf, _other_side(world, flown.end) - heights)
    return Raised(heights, burns, flown.end, misses, flown.added.ideal)


def _end(burns: Burns) -> Array:
    """Of each lane's last burn [s]."""
    return np.max(burns.start + burns.duration, axis=1)


def recorded(flown: Leg, lane: int) -> Path:
    """The recorded path of one lane of a leg."""
    assert flown.tape is not None
    tape = flown.tape
    count = int(tape.count[lane])
    state = tape.state
    return Path.of(
        tape.t[lane, :count],
        components(state.position)[lane, :count],
        components(state.velocity)[lane, :count],
    )


def period(mu: float, states: State) -> Array:
    """Keplerian period of each lane [s]."""
    return 2.0 * np.pi * np.sqrt(_semi_major_axis(mu, states) ** 3 / mu)


def _semi_major_axis(mu: float, states: State) -> Array:
    r = np.linalg.norm(states.position_gcrs, axis=1)
    v = np.linalg.norm(states.velocity_gcrs, axis=1)
    return 1.0 / (2.0 / r - v**2 / mu)


def _other_side(world: World, states: State) -> Array:
    """Height of the opposite side of the osculating orbit above 6378.137 km [m]."""
    r = np.linalg.norm(states.position_gcrs, axis=1)
    return 2.0 * _semi_major_axis(float(world.mu), states) - r - EARTH_RADIUS


def _impulse(world: World, states: State, heights: Array) -> Array:
    """Change of speed that would move the other side to `heights` at once [m/s]."""
    mu = float(world.mu)
    r = np.linalg.norm(states.position_gcrs, axis=1)
    v = np.linalg.norm(states.velocity_gcrs, axis=1)
    a = 0.5 * (r + heights + EARTH_RADIUS)
    return np.sqrt(mu * (2.0 / r - 1.0 / a)) - v


def _slope(world: World, states: State, mass: Array, thrust: float) -> Array:
    """How fast the other side moves with the length of a burn [m/s]."""
    v = np.linalg.norm(states.velocity_gcrs, axis=1)
    a = _semi_major_axis(float(world.mu), states)
    return 4.0 * a**2 * v / float(world.mu) * thrust / mass


def _secant(one: tuple[Array, Array], two: tuple[Array, Array]) -> Array:
    run = two[0] - one[0]
    rise = two[1] - one[1]
    # A lane that stands still has arrived; any slope keeps it there.
    return np.where(np.abs(run) > 1e-9, rise, 1.0) / np.where(np.abs(run) > 1e-9, run, 1e-3)
