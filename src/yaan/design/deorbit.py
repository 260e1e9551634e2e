"""From the orbit to the parachutes: the burn that comes in at the wanted angle, and where it ends.

The length of the burn is solved for the inertial flight-path angle at the interface, its start for
the distance along the ground; many deorbits at once, one a lane. To the side a point is reached
by bank alone (`steering`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.approach import LONGEST, Approach, Case, Way, flight_path_angle, fly_approach
from yaan.flight.legs import Array, Burns
from yaan.gnc.bank import BankProfile
from yaan.motion.base import Leg
from yaan.motion.orbit import FLOOR
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.zone import MEAN_RADIUS
from yaan.vehicle.spacecraft import Spacecraft

COARSE = 2.0
"""Step of an entry while it is searched for [s]."""

ANGLE_MET = 2e-6  # [rad]
ALONG_MET = 200.0  # [m] the bank does the rest

_TRIES = 8
_AIMS = 16  # steps towards the aim; a burn that does not come down costs one
_BOLDEST = 120.0  # [s] step of an ignition or a duration
_NUDGE = 1.0  # [s] of ignition and of duration


@dataclass(frozen=True)
class Down:
    """Deorbits flown down to the parachutes."""

    approach: Approach
    entry: Leg


def fly_down(case: Case, start: State, ignition: Array, duration: Array, bank: BankProfile) -> Down:
    """Fly deorbits from `start` to the parachutes, the entry on coarse steps."""
    approach = fly_approach(case, start, ignition, duration)
    way = case.way
    entry = legs.enter(
        case.world,
        case.craft.capsule,
        approach.interface.end,
        bank,
        until=way.until,
        step=COARSE,
    )
    return Down(approach, entry)


@dataclass(frozen=True)
class Solved:
    """Burns that meet the entry angle, one a lane."""

    duration: Array  # [s]
    error: Array
    """What is missed of the angle [rad]; large where the propellant does not last."""
    slope: Array
    """Of the angle with the duration [rad/s]."""


def solve_burns(case: Case, start: State, ignition: Array) -> Solved:
    """Durations of burns at `ignition` [s] that meet the entry angle; secant, lane by lane."""
    world, craft, way, lanes = case.world, case.craft, case.way, len(start)
    at_ignition = legs.coast(
        world, craft.whole, start, Burns.none(lanes), stop=ignition, step=way.orbit_step
    ).end

    def missed(duration: Array) -> Array:
        burns = Burns.none(lanes).with_burn(0, ignition, duration, -1.0)
        flown = legs.coast(
            world,
            craft.whole,
            start,
            burns,
            stop=ignition + LONGEST,
            floor=way.interface_height,
            step=way.orbit_step,
        )
        error = flight_path_angle(flown.end) - way.entry_angle
        return np.where(flown.fired[:, FLOOR], error, np.abs(way.entry_angle))

    before = _first_guess(world, craft.whole, way, at_ignition)
    error_before = missed(before)
    duration = 1.02 * before
    slope = np.full(lanes, np.nan)
    error = error_before
    for _ in range(_TRIES):
        error = missed(duration)
        run, rise = duration - before, error - error_before
        moved = np.abs(rise) > 1e-12
        slope = np.where(moved, rise / np.where(run == 0.0, 1.0, run), slope)
        if np.max(np.abs(error)) <= ANGLE_MET:
            break
        before, error_before = duration, error
        usable = np.isfinite(slope) & (slope != 0.0)
        step = -error / np.where(usable, slope, -1e-5)
        duration = np.maximum(duration + np.clip(step, -_BOLDEST, _BOLDEST), 1.0)
    return Solved(duration, error, slope)


def aim_along(
    case: Case,
    start: State,
    guess: tuple[float, float],
    bank: BankProfile,
    aim: tuple[float, float],
) -> tuple[float, float]:
    """Ignition and duration [s] of the deorbit that lands abreast of `aim` (latitude, longitude).

    Newton's method on ignition and duration, from a `guess` of both [s], against the entry angle
    and the distance along the ground: how each moves both is flown beside it in two more lanes.
    `start` and `bank` are of one lane. Ends as near as it came where nothing comes down.
    """
    nudges = np.array([[0.0, 0.0], [_NUDGE, 0.0], [0.0, _NUDGE]])
    lanes = np.zeros(len(nudges), dtype=int)
    banks = BankProfile(np.asarray(bank.time)[lanes], np.asarray(bank.angle)[lanes])
    at = (np.full(len(nudges), aim[0]), np.full(len(nudges), aim[1]))
    x, before = np.array(guess), None
    for _ in range(_AIMS):
        tried = x + nudges
        down = fly_down(case, start.take(lanes), tried[:, 0], tried[:, 1], banks)
        along, _right = misses(case.world, down, at)
        angle = down.approach.entry_angle - case.way.entry_angle
        if abs(along[0]) <= ALONG_MET and abs(angle[0]) <= ANGLE_MET:
            break
        if not np.all(came(down)):
            if before is not None:
                x = before
                break
            # A burn solved elsewhere on the orbit comes in at another angle here, and skips out.
            before = x.copy()
            x[1] = solve_burns(case, start, x[:1]).duration[0]
            continue
        before = None
        error = np.stack([along / MEAN_RADIUS, angle], axis=1)
        slopes = (error[1:] - error[0]).T / _NUDGE
        if not abs(np.linalg.det(slopes)) > 0.0:
            break
        x = x - np.clip(np.linalg.solve(slopes, error[0]), -_BOLDEST, _BOLDEST)
    return float(x[0]), float(x[1])


def came(down: Down) -> NDArray[np.bool_]:
    """Which lanes came down at all."""
    return down.approach.interface.fired[:, FLOOR] & (down.entry.outcome == OutcomeCode.REACHED)


def misses(world: World, down: Down, aim: tuple[Array, Array]) -> tuple[Array, Array]:
    """By how much landings are beyond and to the right of `aim` [m], seen from the interface."""
    ends = down.approach.interface.end
    latitude, longitude, _ = legs.below(world, ends.t, ends.position_gcrs)
    return offsets((latitude, longitude), aim, legs.place_of(down.entry))


def offsets(
    origin: tuple[Array, Array], aim: tuple[Array, Array], point: tuple[Array, Array]
) -> tuple[Array, Array]:
    """How far `point` is beyond and to the right of `aim` on the way from `origin` [m].

    Latitudes and longitudes [rad] on the mean sphere; the way is the great circle.
    """
    far, heading = _polar(origin, aim)
    reach, towards = _polar(origin, point)
    right = np.arcsin(np.clip(np.sin(reach) * np.sin(towards - heading), -1.0, 1.0))
    ahead = np.arctan2(np.sin(reach) * np.cos(towards - heading), np.cos(reach))
    return MEAN_RADIUS * (ahead - far), MEAN_RADIUS * right


def _polar(origin: tuple[Array, Array], point: tuple[Array, Array]) -> tuple[Array, Array]:
    """Angle from `origin` to `point`, and its heading there, clockwise from north [rad]."""
    (lat, lon), (other, east) = origin, point
    turn = east - lon
    x = np.cos(other) * np.sin(turn)
    y = np.cos(lat) * np.sin(other) - np.sin(lat) * np.cos(other) * np.cos(turn)
    z = np.sin(lat) * np.sin(other) + np.cos(lat) * np.cos(other) * np.cos(turn)
    return np.arctan2(np.hypot(x, y), z), np.arctan2(x, y)


def _first_guess(world: World, craft: Spacecraft, way: Way, states: State) -> Array:
    """Length of the impulse against the motion that would meet the entry angle [s].

    From the energy and the angular momentum between the burn and the interface, which the burn
    leaves horizontally: cos(angle) r_e v_e = r v.
    """
    mu = float(world.mu)
    r = np.linalg.norm(states.position_gcrs, axis=1)
    v = np.linalg.norm(states.velocity_gcrs, axis=1)
    low = EARTH_RADIUS + way.interface_height
    turned = (np.cos(way.entry_angle) * low) ** 2
    wanted = np.sqrt(turned * 2.0 * mu * (1.0 / low - 1.0 / r) / (r**2 - turned))
    exhaust = float(craft.isp) * STANDARD_GRAVITY
    mass = float(craft.dry_mass) + craft.propellant(states.tanks)
    spent = mass * -np.expm1(-np.maximum(v - wanted, 1.0) / exhaust)
    return spent * exhaust / float(craft.thrust)
