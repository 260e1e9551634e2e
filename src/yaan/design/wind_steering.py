"""Day-of-launch steering: the attitude of the atmospheric phases, designed in the wind of the day.

The laws of the file fly the atmosphere in a wind that is known, with their q alpha relieved to a
small limit, so that the vehicle flies into the stream where the air is dense. The kick and the
launch azimuth are solved so that the flight is where the design without wind is as the phases end:
at the same height, on the same heading. What it pointed at is the table of attitude against speed
that is flown on the day.

Ignores: what the wind does to the speed at the end, a few m/s, which is left to the stages above.
"""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.programme import Lanes, programme
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import Case
from yaan.gnc.powered import Law, Steering
from yaan.gnc.speed_table import Tabled, speed_table
from yaan.gnc.steered import ascent_memory
from yaan.motion.base import Legs
from yaan.motion.guided_ascent import AscentGuide
from yaan.motion.powered import ascend, begun_at, phase_of
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector

IN_AIR: tuple[Law, ...] = (Law.VERTICAL, Law.PITCH_OVER, Law.PITCH_HOLD, Law.GRAVITY_TURN)
"""The laws that a table against speed takes the place of."""

_STEP = np.array([1e-3, 1e-3])  # [rad] of kick and azimuth, to tell what they do
_MOST = np.array([0.03, 0.05])  # [rad] that one correction may be
_MET = np.array([5.0, 1e-5])  # [m, rad] of height and heading
_TRIES = 12


class Seen(eqx.Module):
    """What is seen of rows of flights; those beyond a lane's count mean nothing."""

    time: Float[Array, "*rows"]  # [s]
    height: Float[Array, "*rows"]  # [m]
    speed: Float[Array, "*rows"]
    """Against the turning Earth [m/s]."""
    axis: Float[Array, "*rows 3"]
    """Towards the local east, north and up."""
    pressure: Float[Array, "*rows"]
    """Dynamic pressure [Pa]."""
    angle: Float[Array, "*rows"]
    """Total angle of attack [rad]."""
    position: Float[Array, "*rows 3"]  # [m], GCRS
    heading: Float[Array, "*rows"]
    """Of the velocity against the Earth, clockwise from north [rad]."""

    @property
    def load(self) -> Float[Array, "*rows"]:
        """Dynamic pressure times angle of attack [Pa rad]."""
        return self.pressure * self.angle


@dataclass(frozen=True)
class Atmospheric:
    """Flights of the first phases of an ascent; leaves have lanes first."""

    legs: Legs
    count: np.ndarray
    seen: Seen

    def lane(self, index: int) -> Seen:
        """The rows of one lane."""
        return jax.tree.map(lambda leaf: leaf[index, : self.count[index]], self.seen)

    @property
    def reached(self) -> bool:
        """Whether all lanes came to the end of these phases."""
        return bool(np.all(np.asarray(self.legs.outcome) == OutcomeCode.REACHED))


def first_phases(case: Case, count: int) -> Case:
    """A case that ends with its phase `count`; of one lane or of many, phases on the last axis."""
    lanes = np.ndim(case.tolerance)
    pick = (slice(None),) * lanes + (slice(0, count),)
    return eqx.tree_at(
        lambda c: c.phases, case, jax.tree.map(lambda leaf: np.asarray(leaf)[pick], case.phases)
    )


def fly_atmosphere(
    world: World, case: Case, flat: np.ndarray, guide: AscentGuide, rows: int = 1024
) -> Atmospheric:
    """Fly lanes of one `case` by constants of steering, [lanes, n], as `guide` says."""
    lanes = batches.repeat(case, len(flat))
    legs, count, seen = jax.device_get(
        _fly(world, lanes, batches.steering_of(flat), guide, rows=rows)
    )
    if int(np.max(count)) > rows:
        return fly_atmosphere(world, case, flat, guide, 2 * rows)
    return Atmospheric(legs, count, seen)


@programme(lanes=lambda world, *_: Lanes((world.axes, 0, 0, None), (1, 0, 0)))
def _fly(
    world: World, cases: Case, steering: Steering, guide: AscentGuide, *, rows: int
) -> tuple[Legs, Array, Seen]:
    begin = jax.vmap(lambda w, start, loads: start.state(w, loads), in_axes=(world.axes, 0, 0))
    start = begin(world, cases.start, cases.launcher.propellant)
    told = {"table": guide.table is not None, "rate": guide.rate is not None}
    start = eqx.tree_at(
        lambda s: s.memory, start, ascent_memory(start.t, **told), is_leaf=lambda x: x is None
    )
    flown = (cases.launcher, cases.phases, steering, start)
    lanes = start.t.shape
    same = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (*lanes, *jnp.shape(leaf))), guide)
    legs, tape = ascend(world, *flown, guide=same, tolerance=cases.tolerance, rows=rows)
    assert tape is not None

    def one(world: World, case: Case, steering: Steering, legs: Legs, tape: Any) -> Seen:
        def row(t: Array, label: Array, inner: Any) -> Seen:
            phase = jax.tree.map(lambda leaf: leaf[label], case.phases)
            began = legs.start[label]
            phase = begun_at(world, phase, began, inner)
            return _seen(phase_of(world, case.launcher, steering, phase, began, guide), t, inner)

        return jax.vmap(row)(tape.t, tape.label, tape.state)

    each = jax.vmap(one, in_axes=(world.axes, 0, 0, 1, 0))
    return legs, tape.count, each(world, cases, steering, legs, tape)


def _seen(motion: Any, t: Array, inner: Any) -> Seen:
    now = motion.instant(t, inner)
    around = now.around
    level = (around.east, around.north, around.up)
    v = around.relative
    return Seen(
        time=t,
        height=around.place.height,
        speed=jnp.sqrt(v.dot(v) + 1e-12),
        axis=_against(now.axis, level),
        pressure=now.air.dynamic_pressure,
        angle=now.air.angle,
        position=jnp.stack([inner.position.x, inner.position.y, inner.position.z], axis=-1),
        heading=jnp.arctan2(v.dot(around.east), v.dot(around.north)),
    )


def _against(v: Vector, axes: tuple[Vector, Vector, Vector]) -> Array:
    return jnp.stack([v.dot(axis) for axis in axes], axis=-1)


@dataclass(frozen=True)
class WindSteered:
    """What was designed in a wind."""

    flat: np.ndarray
    """Constants of steering: those given, with the kick and azimuth that were solved."""
    tabled: Tabled
    seen: Seen
    """The flight of the design."""
    misses: np.ndarray
    """Of height [m] and heading [rad] at the end."""
    met: bool
    """Whether they are within 5 m and 1e-5 rad; a design that is not is not to be flown."""


def steer_in_wind(
    world: World, case: Case, flat: np.ndarray, guide: AscentGuide, *, ends: tuple[float, float]
) -> WindSteered:
    """Design the attitude of a case's phases in the wind of a world.

    Args:
        world: with the wind of the day.
        case: of the atmospheric phases alone, one lane; its laws fly the design.
        flat: constants of steering to begin with: kick and azimuth first [rad].
        guide: of the laws of the file, with a relief that is small and knows the wind.
        ends: height [m] and heading of the velocity against the Earth [rad] at the end.
    """
    wanted, best = np.array(ends), np.array(flat, dtype=float)
    for last in (False,) * (_TRIES - 1) + (True,):
        lanes = np.repeat(best[None], 3, axis=0)
        lanes[1, 0] += _STEP[0]
        lanes[2, 1] += _STEP[1]
        flown = fly_atmosphere(world, case, lanes, guide)
        got = np.array([[flown.lane(i).height[-1], flown.lane(i).heading[-1]] for i in range(3)])
        off = got[0] - wanted
        off[1] = (off[1] + np.pi) % (2.0 * np.pi) - np.pi
        found = flown.lane(0)
        met = flown.reached and bool(np.all(np.abs(off) < _MET))
        if met or last or not flown.reached:
            tabled = speed_table(found.speed, found.axis)
            return WindSteered(lanes[0], tabled, found, off, met)
        slope = (got[1:] - got[0]).T / _STEP
        # A kick and an azimuth that do nothing leave nothing to solve: the misses say so.
        step = np.linalg.lstsq(slope, -off, rcond=None)[0]
        best[:2] += np.clip(step, -_MOST, _MOST)
    raise AssertionError("the last try returns")
