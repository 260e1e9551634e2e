"""The first sight of crew escape: what an unpowered fall from every second of the ascent loads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import equinox as eqx
import jax
import numpy as np
from jax import Array

from yaan.base.programme import programme
from yaan.base.session import computing
from yaan.dynamics.forces import World
from yaan.environment.gravity import load_gravity
from yaan.mission.flight.flyer import Lane
from yaan.phases.fall import Fall, fall
from yaan.spacetime.frame import Frame, components, vector

CHUNK = 64
"""Falls in a batch; neighbours in time last about as long, so few lanes wait for others."""


@dataclass(frozen=True)
class AbortMap:
    """Falls from instants of one ascent."""

    time: np.ndarray  # [s]
    peak_load: np.ndarray  # standard gravities
    landed: np.ndarray
    latitude: np.ndarray  # [rad]
    longitude: np.ndarray  # [rad]

    @property
    def worst(self) -> tuple[float, float]:
        """Time [s] and size of the largest peak load."""
        i = int(np.argmax(self.peak_load))
        return float(self.time[i]), float(self.peak_load[i])


def falling_world(world: World) -> World:
    """The same world with the gravity of a mapped fall: point mass and J2."""
    return eqx.tree_at(lambda w: w.gravity, world, load_gravity("j2", 2))


def states_at(lane: Lane, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position [m] and velocity [m/s] in GCRS at `times` [s], by cubic Hermite."""
    count = int(lane.tape.count)
    t = np.asarray(lane.tape.t)[:count]
    r = components(lane.tape.state.position)[:count]
    v = components(lane.tape.state.velocity)[:count]
    keep = np.append(np.diff(t) > 0.0, True)  # of the two rows at an event the later one
    t, r, v = t[keep], r[keep], v[keep]
    i = np.clip(np.searchsorted(t, times, side="right") - 1, 0, len(t) - 2)
    h = (t[i + 1] - t[i])[:, None]
    s = (times - t[i])[:, None] / h
    r0, r1, v0, v1 = r[i], r[i + 1], v[i], v[i + 1]
    position = (
        (1 + 2 * s) * (1 - s) ** 2 * r0
        + s * (1 - s) ** 2 * h * v0
        + s**2 * (3 - 2 * s) * r1
        + s**2 * (s - 1) * h * v1
    )
    velocity = (6 * s * (s - 1) * (r0 - r1)) / h
    velocity += (1 - s) * (1 - 3 * s) * v0 + s * (3 * s - 2) * v1
    return position, velocity


def fall_from(
    world: World, times: np.ndarray, position: np.ndarray, velocity: np.ndarray, beta: np.ndarray
) -> AbortMap:
    """Falls from states in GCRS; `beta` [kg/m^2]; rows in an order of similar durations."""
    count = len(times)
    padded = -count % CHUNK
    index = np.concatenate([np.arange(count), np.full(padded, count - 1)])
    chunks = index.reshape(-1, CHUNK)

    def one(rows: np.ndarray) -> Fall:
        with computing():
            return jax.device_get(
                _fall(world, times[rows], position[rows], velocity[rows], beta[rows])
            )

    first = one(chunks[0])  # compiled once, before the threads share it
    with ThreadPoolExecutor(max_workers=2) as pool:
        rest = list(pool.map(one, chunks[1:]))
    falls = [first, *rest]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(f, name) for f in falls])[:count]

    return AbortMap(
        times, joined("peak_load"), joined("landed"), joined("latitude"), joined("longitude")
    )


@programme
def _fall(world: World, t: Array, position: Array, velocity: Array, beta: Array) -> Fall:
    place, motion = vector(position, Frame.GCRS), vector(velocity, Frame.GCRS)
    return fall(world, t, place, motion, beta)


def map_ascent(world: World, lane: Lane, beta: float, end: float) -> AbortMap:
    """A fall from every second of a recorded ascent up to `end` [s]."""
    times = np.arange(1.0, np.floor(end) + 1.0)
    position, velocity = states_at(lane, times)
    return fall_from(world, times, position, velocity, np.full(len(times), beta))
