"""The first sight of crew escape: what an unpowered fall from every second of the ascent loads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Final

import equinox as eqx
import jax
import numpy as np
from jax import Array

from yaan.base.constants import EARTH_RADIUS
from yaan.base.model import Model
from yaan.base.programme import Lanes, programme
from yaan.base.session import computing
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.environment.fields import load_gravity
from yaan.flight.batches import Lane
from yaan.motion.fall import Fallen, fall
from yaan.spacetime.frame import components
from yaan.spacetime.path import Path

ABOUT: Final = Model(
    name="unpowered fall",
    text="drag by ballistic coefficient, point-mass and J2 gravity, to 7 km",
    ignores="lift, escape motors, abort burn, heating",
)

CHUNK = 64
"""Falls in a batch; neighbours in time last about as long, so few lanes wait for others."""


@dataclass(frozen=True)
class AbortMap:
    """Falls from instants of one ascent."""

    time: np.ndarray  # [s]
    release_load: np.ndarray
    """Felt at the instant of release, in standard gravities."""
    peak_load: np.ndarray
    """The largest from the release on."""
    later_load: np.ndarray
    """The largest after the load had fallen once; zero where it never rose again."""
    landed: np.ndarray
    low: np.ndarray
    """Never came as high as the canopies open."""
    flown: np.ndarray
    """Integrated to its end; the loads of others are not known."""
    latitude: np.ndarray  # [rad]
    longitude: np.ndarray  # [rad]

    @property
    def worst(self) -> tuple[float, float]:
        """Time [s] and size of the largest peak load."""
        i = int(np.argmax(np.where(self.flown, self.peak_load, -np.inf)))
        return float(self.time[i]), float(self.peak_load[i])

    @property
    def worst_release(self) -> tuple[float, float]:
        """Time [s] and size of the largest load at a release."""
        i = int(np.argmax(self.release_load))
        return float(self.time[i]), float(self.release_load[i])

    @property
    def canopies_until(self) -> float | None:
        """The last instant whose capsule never comes as high as its canopies open [s]."""
        return float(self.time[self.low][-1]) if np.any(self.low) else None


def falling_world(world: World) -> World:
    """The same world with the gravity of a mapped fall: point mass and J2."""
    return eqx.tree_at(lambda w: w.gravity, world, load_gravity("j2", 2))


def states_at(lane: Lane, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position [m] and velocity [m/s] in GCRS at `times` [s], by cubic Hermite."""
    count = int(lane.tape.count)
    state = lane.tape.state
    rows = (lane.tape.t, components(state.position), components(state.velocity))
    return Path.of(*(np.asarray(column)[:count] for column in rows)).at(times)


def prepare(world: World) -> None:
    """Compile the falls, or fetch them compiled, by falls that end at once."""
    ground, still = np.array([[EARTH_RADIUS, 0.0, 0.0]]), np.zeros((1, 3))
    fall_from(falling_world(world), np.zeros(1), ground, still, np.ones(1))


def fall_from(
    world: World, times: np.ndarray, position: np.ndarray, velocity: np.ndarray, beta: np.ndarray
) -> AbortMap:
    """Falls from states in GCRS; `beta` [kg/m^2]; rows in an order of similar durations."""
    count = len(times)
    padded = -count % CHUNK
    index = np.concatenate([np.arange(count), np.full(padded, count - 1)])
    chunks = index.reshape(-1, CHUNK)

    def one(rows: np.ndarray) -> Fallen:
        with computing():
            return jax.device_get(
                _fall(world, state_of(times[rows], position[rows], velocity[rows]), beta[rows])
            )

    first = one(chunks[0])  # compiled once, before the threads share it
    with ThreadPoolExecutor(max_workers=2) as pool:
        rest = list(pool.map(one, chunks[1:]))
    falls = [first, *rest]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(f, name) for f in falls])[:count]

    names = [field.name for field in fields(AbortMap) if field.name != "time"]
    return AbortMap(time=times, **{name: joined(name) for name in names})


@programme(lanes=lambda *_: Lanes((None, 0, 0)))
def _fall(world: World, start: State, beta: Array) -> Fallen:
    return fall(world, start, beta)


def map_ascent(world: World, lane: Lane, beta: float, end: float) -> AbortMap:
    """A fall from every second of a recorded ascent up to `end` [s]."""
    times = np.arange(1.0, np.floor(end) + 1.0)
    position, velocity = states_at(lane, times)
    return fall_from(world, times, position, velocity, np.full(len(times), beta))
