"""A short return that was designed, and lanes that fly it off their nominal."""

from dataclasses import dataclass

import numpy as np

from tests.physics.rockets import world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.design import deorbit, raising
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.environment import load_standard_atmosphere
from yaan.flight import legs
from yaan.flight.approach import Case, Craft, Way, fly_approach
from yaan.flight.correcting import Place, beyond, placed
from yaan.flight.resolved import Estimating, Flyer, Models, Orders, Resolved, fly_resolved, perfect
from yaan.motion.entry import Handover
from yaan.spacetime.earth import uniform_rotation
from yaan.vehicle import Capsule, Spacecraft

STEP = 60.0  # [s]
TANK = 1_000.0  # [kg]
THRUST = 2_200.0  # [N]
PERIGEE = 400e3  # [m] that is wanted
LOW, HIGH = EARTH_RADIUS + 170e3, EARTH_RADIUS + 430e3
LEFT = 25_000.0  # [s] ignition of the designed deorbit

# Of the insertion: radius [m], speeds along and outwards [m/s]; and the thrust.
HIGHER = np.array([0.0, 2e3, -2e3, 0.0, 0.0, 2e3, -2e3, 0.0])
FASTER = np.array([0.0, 2.0, -2.0, 2.0, -2.0, -2.0, 2.0, 0.0])
OUTWARDS = np.array([0.0, 2.0, 2.0, -2.0, -2.0, 0.0, 0.0, 0.0])
STRONGER = np.array([1.0, 1.03, 0.97, 1.03, 0.97, 1.0, 1.0, 1.0])
RUNNING = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.8])
"""Share of the engines in the deorbit."""
LANES = len(HIGHER)


def separated(lanes: bool = True) -> State:
    """At the perigee of 170 x 430 km; with its errors, or one lane without."""
    axis = 0.5 * (LOW + HIGH)
    speed = np.sqrt(EARTH_MU * (2.0 / LOW - 1.0 / axis))
    north = np.array([0.0, np.cos(0.9), np.sin(0.9)])
    out = np.array([1.0, 0.0, 0.0])
    higher, faster, outwards = (
        np.where(lanes, x, 0.0 * x)[: LANES if lanes else 1, None]
        for x in (HIGHER, FASTER, OUTWARDS)
    )
    place, motion = (LOW + higher) * out, (speed + faster) * north + outwards * out
    return state_of(np.full(len(place), 100.0), place, motion, tanks=[TANK])


def craft(thrust: np.ndarray | float) -> Spacecraft:
    flat = np.ones_like(thrust)
    return Spacecraft(
        7_200.0 * flat, 26.4 * flat, np.asarray(thrust), 312.0 * flat, np.zeros(flat.shape, int)
    )


def parts(thrust: np.ndarray | float) -> Craft:
    flat = np.ones(2)
    given = (5_300.0, 9.62, 4.2, 0.85, np.array([0.0, 30.0]), 0.33 * flat, 1.3 * flat, 0.3 * flat)
    capsule = Capsule(*given)
    if np.ndim(thrust):
        capsule = legs.in_lanes(capsule, len(np.asarray(thrust)))
    return Craft(craft(thrust), capsule)


WAY = Way(np.radians(-1.4), 170e3, 120e3, Handover(height=7e3), orbit_step=STEP, entry_step=0.5)


@dataclass(frozen=True)
class Nominal:
    world: World
    orders: Orders


def nominal() -> Nominal:
    """Raised near the second apogee, kept for five revolutions, deorbited."""
    air, turning = load_standard_atmosphere(), uniform_rotation(duration=40_000.0)
    place = world(atmosphere=air, earth=turning)
    one, whole = separated(lanes=False), craft(THRUST)
    apogee = float(raising.apogees(place, whole, one, 2, STEP)[-1])
    lanes = one.take(np.zeros(legs.LANES, dtype=int))
    heights = np.full(legs.LANES, PERIGEE)
    raised = raising.raise_orbit(place, whole, lanes, apogee, heights, step=STEP)
    before = LEFT - 60.0
    kept = legs.coast(place, whole, lanes, raised.burns, stop=before, step=STEP).end.take(0)
    case, at = Case(place, parts(THRUST), WAY), np.array([LEFT])
    solved = deorbit.solve_burns(case, kept, at)
    down = fly_approach(case, kept, at, solved.duration)
    end = down.interface.end
    under = placed(place, end.t, end.position)
    burns = raised.burns
    first = (float(burns.start[0, 0]), float(burns.duration[0, 0]), PERIGEE)
    there = Place(float(end.t[0]), float(under.latitude[0]), float(under.longitude[0]))
    return Nominal(place, Orders((first,), LEFT, float(solved.duration[0]), there))


def models(place: World, raising_thrust: np.ndarray, deorbit_thrust: np.ndarray) -> Models:
    return Models(Flyer(craft(raising_thrust), parts(deorbit_thrust), WAY), place)


def flown(one: Nominal, estimating: Estimating = perfect) -> Resolved:
    """All lanes: guidance knows which engines run, and not by how much their thrust is off."""
    truth = models(one.world, THRUST * STRONGER, THRUST * STRONGER * RUNNING)
    belief = models(one.world, np.full(LANES, THRUST), THRUST * RUNNING)
    return fly_resolved(truth, belief, separated(), one.orders, estimating)


def told(one: Nominal, resolved: Resolved) -> tuple[np.ndarray, np.ndarray]:
    """Miss of the entry angle [deg] and along the track [m], as flown."""
    end = resolved.approach.interface.end
    angle = np.degrees(resolved.approach.entry_angle) + 1.4
    return angle, beyond(one.world, end, one.orders.place)
