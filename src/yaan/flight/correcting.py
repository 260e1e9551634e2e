"""Burns in orbit that are solved again in flight, from the estimates of many lanes at once.

What flies sees its estimate and its own models of the craft and the world (`Belief`), never the
truth. A burn is an ignition and a velocity to gain: the accelerometer ends it, so that thrust which
is off makes it longer or shorter and no weaker. What the first burn shows of the acceleration is
believed in those that follow.

1. *Raise*: centred on the apogee of the estimate that is nearest to the designed burn; the velocity
   that brings the other side of the orbit to the height that was designed.
2. *Phasing*: half a revolution later, what brings the orbit to the designed interface at its time.
   The Earth turns below a late orbit, and no deorbit takes that back.
3. *Deorbit*: ignition and velocity, for the entry angle and the place along the track of the
   designed interface.

A lane that is not solved says so and flies its best guess; no number of it is NaN.

Ignores: errors of the accelerometer, drag among what it feels, tail-off; corrections within a
burn; what an engine loses within a burn. To the side of the track nothing is corrected.
"""

from dataclasses import dataclass
from typing import Any, Final

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.programme import Lanes, programme
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.approach import Approach, Case, fly_approach
from yaan.flight.legs import Array, Burns
from yaan.motion.orbit import FLOOR
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Frame, Vector, vector
from yaan.spacetime.zone import MEAN_RADIUS
from yaan.vehicle.spacecraft import Spacecraft

LEAD: Final = 600.0
"""Before a burn that raises or phases, the estimate that it is solved from [s]."""

DEORBIT_LEAD: Final = 900.0
"""Before the designed ignition of a deorbit, likewise [s]: it may move to either side."""

HEIGHT_MET: Final = 5.0
"""Of the other side of an orbit [m]: half of what satellite navigation is out by."""

ANGLE_MET: Final = 2e-6  # [rad]
ALONG_MET: Final = 200.0  # [m] the bank does the rest

_TRIES = 8
_AIMS = 8
_ENOUGH = 10.0  # times what a deorbit is sought to: more than that is no solution
_LONGEST = 0.4  # of a revolution: what burns longer ends where the other side is another one
_SETTLE = 1.0  # [s] after a burn, at which its orbit is looked at
_BOLDEST = np.array([600.0, 10.0])  # [s], [m/s] of one step of a deorbit
_NUDGE = np.array([1.0, 0.1])  # [s], [m/s]
_STEEPER = 5.0  # [m/s] added to a deorbit that does not come down
_PHASED = 0.02  # [m/s] a phasing of less is not flown
_APART = 1.0  # [s] between two points of a track, for its direction

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Burn:
    """A burn of each lane."""

    ignition: Array
    """[s]."""
    delta_v: Array
    """To be gained along the velocity [m/s]; negative against it."""
    solved: Truths
    """Which lanes met what was asked; the others have what came nearest."""

    @property
    def flown(self) -> Burns:
        """As legs fly it."""
        return Burns.gaining(self.ignition, self.delta_v)


@dataclass(frozen=True)
class Place:
    """Where the designed entry began, the same in all lanes."""

    time: float  # [s]
    latitude: float  # [rad], geodetic
    longitude: float  # [rad]


def lasting(craft: Spacecraft, tanks: Array, delta_v: Array) -> Array:
    """How long a craft of lanes burns for its velocity [s], by the rocket equation.

    Infinite without thrust; the propellant may not last so long. `craft.tank` is the same in all.
    """
    exhaust = np.asarray(craft.isp) * STANDARD_GRAVITY
    spent = _mass(craft, tanks) * -np.expm1(-np.abs(delta_v) / exhaust)
    flow = np.asarray(craft.flow)
    return np.where(flow > 0.0, spent / np.where(flow > 0.0, flow, 1.0), np.inf)


def velocity_of(craft: Spacecraft, tanks: Array, duration: Array) -> Array:
    """What a craft of lanes gains in so many seconds [m/s]; at most what its propellant gives."""
    left, exhaust = _propellant(craft, tanks), np.asarray(craft.isp) * STANDARD_GRAVITY
    spent = np.minimum(np.asarray(craft.flow) * duration, left)
    return -exhaust * np.log1p(-spent / _mass(craft, tanks))


def calibrated(craft: Spacecraft, factor: Array) -> Spacecraft:
    """A craft whose engines accelerate it by a `factor` more than was believed."""
    return eqx.tree_at(lambda c: c.thrust, craft, np.asarray(craft.thrust) * factor)


def period_of(world: World, states: State) -> Array:
    """Keplerian period of each lane [s]."""
    return 2.0 * np.pi * np.sqrt(_axis(world, states) ** 3 / np.asarray(world.mu))


def apogee_near(
    world: World, craft: Spacecraft, estimate: State, near: Array, step: Array
) -> Array:
    """When each lane, not burning, is at its apogee next to `near` [s]; within 0.01 s.

    A lane that moves away from an apogee there, or is round, keeps `near`. It is not sought beyond
    a quarter of a revolution.
    """
    room = 0.25 * period_of(world, estimate)
    at = np.maximum(near, estimate.t)
    for _ in range(3):
        here = _coasted(world, craft, estimate, at, step)
        r, v = here.position_gcrs, here.velocity_gcrs
        rising = np.einsum("ij,ij->i", r, v)
        slope = np.einsum("ij,ij->i", v, v) - np.asarray(world.mu) / np.linalg.norm(r, axis=1)
        # Rising more slowly: an apogee is ahead or behind. Elsewhere there is none near.
        move = np.where(slope < 0.0, -rising / np.where(slope < 0.0, slope, 1.0), 0.0)
        at = np.clip(at + move, np.maximum(near - room, estimate.t), near + room)
    return at


def solve_raising(
    world: World, craft: Spacecraft, estimate: State, centre: Array, heights: Array, step: Array
) -> Burn:
    """Burns centred on `centre` [s] after which the other side is at `heights` [m].

    That is of the osculating orbit just after the burn, above 6378.137 km, as the design has it.
    `craft` has lanes.
    """
    here = _coasted(world, craft, estimate, centre, step)
    slope = 4.0 * _axis(world, here) ** 2 * np.linalg.norm(here.velocity_gcrs, axis=1)
    slope = slope / np.asarray(world.mu)  # [s], of the height with the velocity
    # No more than what there is to burn, nor than fits between now and half a revolution.
    room = np.maximum(2.0 * (centre - estimate.t), 0.0)
    longest = np.minimum(room, _LONGEST * period_of(world, here))
    most = velocity_of(craft, estimate.tanks, longest)
    x = np.clip((heights - other_side(world, here)) / slope, -most, most)
    error = np.full(len(x), np.inf)
    best, least = x, error
    before: tuple[Array, Array] | None = None
    ignition = centre
    for _ in range(_TRIES):
        lasts = np.where(x == 0.0, 0.0, lasting(craft, estimate.tanks, x))
        lasts = np.minimum(lasts, longest)
        tried = Burn(centre - 0.5 * lasts, x, np.isfinite(x))
        stop = centre + 0.5 * lasts + _SETTLE
        flown = legs.coast(world, craft, estimate, tried.flown, stop=stop, step=step)
        error = np.nan_to_num(other_side(world, flown.end) - heights, nan=np.inf)
        better = np.abs(error) < least
        best, least = np.where(better, x, best), np.where(better, np.abs(error), least)
        ignition = np.where(better, tried.ignition, ignition)
        if np.all(least <= HEIGHT_MET):
            break
        if before is not None:
            run, rise = x - before[0], error - before[1]
            usable = (np.abs(run) > 1e-9) & np.isfinite(rise) & (np.abs(rise) > 1e-6)
            slope = np.where(usable, rise / np.where(usable, run, 1.0), slope)
        before = (x, error)
        move = np.where(np.isfinite(error) & (least > HEIGHT_MET), error / slope, 0.0)
        x = np.clip(x - move, -most, most)
    return Burn(ignition, best, least <= HEIGHT_MET)


def phasing(craft: Spacecraft, estimate: State, centre: Array, late: Array, ahead: Array) -> Burn:
    """Burns around `centre` [s] that take back how `late` [s] each lane comes `ahead` s later.

    To first order: a change of speed dv changes the period by 3 dv / v of it.
    """
    speed = np.linalg.norm(estimate.velocity_gcrs, axis=1)
    wanted = -late * speed / (3.0 * ahead)
    most = velocity_of(craft, estimate.tanks, np.full(len(centre), LEAD))
    wanted = np.clip(wanted, -most, most)
    wanted = np.where(np.abs(wanted) > _PHASED, wanted, 0.0)
    lasts = np.where(wanted == 0.0, 0.0, lasting(craft, estimate.tanks, wanted))
    return Burn(centre - 0.5 * lasts, wanted, np.isfinite(late))


@dataclass(frozen=True)
class Deorbit:
    """Deorbits that were solved, and what is expected of them."""

    burn: Burn
    time: Array
    """At the interface [s]; NaN of a lane that does not come there."""
    angle: Array
    """By how much the entry angle is missed [rad]."""
    along: Array
    """By how much the interface is beyond its place along the track [m]."""


def solve_deorbit(
    case: Case, estimate: State, ignition: Array, delta_v: Array, place: Place
) -> Deorbit:
    """Newton's method on ignition and velocity from a guess of both [s, m/s], lane by lane.

    For the entry angle of the way, and for an interface abreast of `place`. How each unknown moves
    both is flown beside it. The models of the case have lanes.
    """
    x = np.stack([ignition, np.abs(delta_v)], axis=1)
    soonest = estimate.t + 1.0
    size = np.full(len(x), np.inf)
    best, told = x, np.full((len(x), 3), np.nan)
    for _ in range(_AIMS):
        missed = _missed(case, estimate, x, place)
        weighed = np.hypot(missed[:, 0] / ALONG_MET, missed[:, 1] / ANGLE_MET)
        weighed = np.nan_to_num(weighed, nan=np.inf)
        better = weighed < size
        size = np.where(better, weighed, size)
        best = np.where(better[:, None], x, best)
        told = np.where(better[:, None], missed, told)
        met = _met(told)
        if np.all(met):
            break
        moved = [
            (_missed(case, estimate, x + _NUDGE * unit, place)[:, :2] - missed[:, :2]) / nudge
            for unit, nudge in zip(np.eye(2), _NUDGE, strict=True)
        ]
        slopes = np.stack(moved, axis=2)
        able = np.all(np.isfinite(slopes), axis=(1, 2)) & np.all(np.isfinite(missed), axis=1)
        able &= np.abs(np.linalg.det(np.where(able[:, None, None], slopes, 0.0))) > 0.0
        slopes = np.where(able[:, None, None], slopes, np.eye(2))
        wanted = np.where(able[:, None], missed[:, :2], 0.0)
        step = np.linalg.solve(slopes, wanted[..., None])[..., 0]
        step = np.clip(step, -_BOLDEST, _BOLDEST)
        # What does not come down has told nothing: its burn is too weak.
        step = np.where(able[:, None], step, np.array([0.0, -_STEEPER]))
        x = x - np.where(met[:, None], 0.0, step)
        x = np.stack([np.maximum(x[:, 0], soonest), np.maximum(x[:, 1], 0.1)], axis=1)
    burn = Burn(best[:, 0], -best[:, 1], _met(told, _ENOUGH))
    return Deorbit(burn, told[:, 2], told[:, 1], told[:, 0])


def _met(told: Array, loosely: float = 1.0) -> Truths:
    far, turned = np.abs(told[:, 0]), np.abs(told[:, 1])
    return (far <= loosely * ALONG_MET) & (turned <= loosely * ANGLE_MET)


def fly_deorbit(case: Case, start: State, burn: Burn) -> Approach:
    """Deorbits flown down to the interface, each ended by its velocity."""
    nothing = np.zeros(len(start))
    return fly_approach(case, start, burn.ignition, nothing, delta_v=np.abs(burn.delta_v))


def _missed(case: Case, start: State, x: Array, place: Place) -> Array:
    """Along the track [m], of the angle [rad], and when [s]; NaN of what does not come down."""
    tried = Burn(x[:, 0], -x[:, 1], np.ones(len(x), dtype=bool))
    down = fly_deorbit(case, start, tried)
    end = down.interface.end
    along = beyond(case.world, end, place)
    angle = down.entry_angle - case.way.entry_angle
    found = np.stack([along, angle, end.t], axis=1)
    came = down.interface.fired[:, FLOOR] & np.all(np.isfinite(found), axis=1)
    return np.where(came[:, None], found, np.nan)


def beyond(world: World, states: State, place: Place) -> Array:
    """How far lanes are beyond being abreast of a place on their way over the ground [m].

    On the mean sphere.
    """
    here = _up(placed(world, states.t, states.position))
    moved: Any = states.position_gcrs + _APART * states.velocity_gcrs
    ahead = vector(moved, Frame.GCRS)
    there = _up(placed(world, states.t + _APART, ahead))
    way = there - here
    way = way - np.sum(way * here, axis=1)[:, None] * here
    way = way / np.linalg.norm(way, axis=1)[:, None]
    aim = _unit(np.asarray(place.latitude), np.asarray(place.longitude))
    return -MEAN_RADIUS * np.arctan2(way @ aim, here @ aim)


def _up(at: Geodetic) -> Array:
    return _unit(np.asarray(at.latitude), np.asarray(at.longitude))


def _unit(latitude: Array, longitude: Array) -> Array:
    north = np.cos(latitude)
    parts = (north * np.cos(longitude), north * np.sin(longitude), np.sin(latitude))
    return np.stack(parts, axis=-1)


def placed(world: World, t: Array, position: Vector) -> Geodetic:
    """Where lanes are at `t` [s], on the host; the world may have lanes."""
    return jax.device_get(_placed(world, t, position))


@programme(lanes=lambda world, *_: Lanes((world.axes, 0, 0)))
def _placed(world: World, t: jax.Array, position: Vector) -> Geodetic:
    def lane(world: World, t: jax.Array, position: Vector) -> Geodetic:
        return geodetic(world.earth.rotation(t).apply(position), world.shape)

    return jax.vmap(lane, in_axes=(world.axes, 0, 0))(world, t, position)


def other_side(world: World, states: State) -> Array:
    """Height of the opposite side of the osculating orbit above 6378.137 km [m]."""
    r = np.linalg.norm(states.position_gcrs, axis=1)
    return 2.0 * _axis(world, states) - r - EARTH_RADIUS


def coasted(world: World, craft: Spacecraft, start: State, stop: Array, step: Array) -> State:
    """Where lanes are at `stop` [s] without a burn; those that are later stay."""
    return _coasted(world, craft, start, stop, step)


def _coasted(world: World, craft: Spacecraft, start: State, stop: Array, step: Array) -> State:
    none = Burns.gaining(start.t, np.zeros(len(start)))
    return legs.coast(world, craft, start, none, stop=np.maximum(stop, start.t), step=step).end


def _axis(world: World, states: State) -> Array:
    r = np.linalg.norm(states.position_gcrs, axis=1)
    v = np.linalg.norm(states.velocity_gcrs, axis=1)
    return 1.0 / (2.0 / r - v**2 / np.asarray(world.mu))


def _propellant(craft: Spacecraft, tanks: Array) -> Array:
    tank = np.broadcast_to(np.asarray(craft.tank), (len(tanks),))
    return np.take_along_axis(tanks, tank[:, None], axis=1)[:, 0]


def _mass(craft: Spacecraft, tanks: Array) -> Array:
    return np.asarray(craft.dry_mass) + _propellant(craft, tanks)
