"""A rocket by SciPy alone: thrust along an axis, drag by Mach number, legs one after another.

Its Earth and its air are those of `plain_entry`: nothing of Yaan is in it. On axes that
turn with the Earth, integrated by DOP853 to 1e-10.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp

from tests.physics.plain_entry import AXIS, G0, SPIN, SQUARED, air, gravity, place

Array = np.ndarray
Axis = Callable[[float, Array, Array], Array]
"""Of the thrust, from time [s], place [m] and velocity [m/s] (ITRS)."""
Wind = Callable[[float], Array]
"""By height [m]; ITRS [m/s]."""


@dataclass(frozen=True)
class Burn:
    """A motor along its curve, lit at a time [s]; vacuum thrust [N], area of its exit [m^2]."""

    lit: float
    times: Sequence[float]
    thrusts: Sequence[float]
    isp: float
    exit_area: float = 0.0
    full_flow: float = 0.0

    def __call__(self, t: float, pressure: float) -> tuple[float, float]:
        """Thrust [N] and flow [kg/s]."""
        thrust = float(np.interp(t - self.lit, self.times, self.thrusts, left=0.0, right=0.0))
        full = min(thrust / self.full_flow, 1.0) if self.full_flow else float(thrust > 0.0)
        return thrust - pressure * self.exit_area * full, thrust / (self.isp * G0)


@dataclass(frozen=True)
class Stretch:
    """One leg: what flies, what burns, where it points; it ends as `end` rises through zero."""

    drops: float
    """Mass that leaves as it begins [kg]."""
    area: float
    mach: Sequence[float]
    drag: Sequence[float]
    axis: Axis
    end: Callable[[float, Array, Array], float]
    burns: Sequence[Burn] = ()
    rail: Array | None = None
    """Of a leg on a rail: its direction, along which alone it moves."""


@dataclass(frozen=True)
class At:
    """A state, ITRS."""

    t: float
    r: Array
    v: Array
    mass: float
    path: list[tuple[float, Array, Array]] = field(default_factory=list)

    @property
    def height(self) -> float:
        """[m]"""
        return place(self.r)[0]


def on_ground(
    latitude: float, longitude: float, height: float
) -> tuple[Array, Array, Array, Array]:
    """Place [m] and the directions east, north and up there; angles in degrees."""
    north, east = np.radians([latitude, longitude])
    normal = AXIS / np.sqrt(1.0 - SQUARED * np.sin(north) ** 2)
    level = np.cos(north) * np.array([np.cos(east), np.sin(east), 0.0])
    up = level + np.array([0.0, 0.0, np.sin(north)])
    r = (normal + height) * level + np.array(
        [0.0, 0.0, (normal * (1.0 - SQUARED) + height) * np.sin(north)]
    )
    eastward = np.array([-np.sin(east), np.cos(east), 0.0])
    return r, eastward, np.cross(up, eastward), up


def surface_point(latitude: float, longitude: float) -> Array:
    """A place on the ellipsoid [m], from degrees."""
    return on_ground(latitude, longitude, 0.0)[0]


def pressed(height: float) -> float:
    """Air pressure [Pa], from density and sound; above 86 km none."""
    density, sound = air(height)
    return density * sound**2 / 1.4 if height < 86e3 else 0.0


def climbing(_: float, r: Array, v: Array) -> float:
    """Rises through zero at the apex."""
    return -float(v @ place(r)[1])


def below(height: float) -> Callable[[float, Array, Array], float]:
    """Rises through zero at a height [m]."""
    return lambda t, r, v: height - place(r)[0]


def until(time: float) -> Callable[[float, Array, Array], float]:
    """Rises through zero at a time [s]."""
    return lambda t, r, v: t - time


def along(t: float, r: Array, v: Array) -> Array:
    """The velocity against the Earth."""
    speed = float(np.linalg.norm(v))
    return v / speed if speed > 1e-9 else place(r)[1]


def flown(start: At, legs: Sequence[Stretch], wind: Wind | None = None) -> list[At]:
    """The state at the end of each leg; in still air if no wind is told."""
    found, now = list[At](), start
    for leg in legs:
        now = _flown(At(now.t, now.r, now.v, now.mass - leg.drops), leg, wind)
        found.append(now)
    return found


def _flown(start: At, leg: Stretch, wind: Wind | None) -> At:
    def rate(t: float, y: Array) -> Array:
        r, v, mass = y[:3], y[3:6], y[6]
        height, _ = place(r)
        stream = v - (wind(height) if wind else 0.0)
        speed = float(np.linalg.norm(stream))
        density, sound = air(height)
        push = (
            -0.5
            * density
            * speed
            * stream
            * leg.area
            * np.interp(speed / sound, leg.mach, leg.drag)
        )
        flow = 0.0
        for burn in leg.burns:
            thrust, used = burn(t, pressed(height))
            push, flow = push + leg.axis(t, r, v) * thrust, flow + used
        turning = -2.0 * np.cross(SPIN, v) - np.cross(SPIN, np.cross(SPIN, r))
        pull = push / mass + gravity(r) + turning
        if leg.rail is not None:
            pull = leg.rail * max(float(leg.rail @ pull), 0.0)
        return np.concatenate([v, pull, [-flow]])

    def ends(t: float, y: Array) -> float:
        return leg.end(t, y[:3], y[3:6])

    ends.terminal, ends.direction = True, 1.0  # pyright: ignore[reportFunctionMemberAccess]
    t, y = start.t, np.concatenate([start.r, start.v, [start.mass]])
    path = [(t, start.r, start.v)]
    knots = sorted({b.lit + s for b in leg.burns for s in b.times if b.lit + s > t})
    for stop in [*knots, t + 5_000.0]:
        part = solve_ivp(
            rate, (t, stop), y, "DOP853", events=ends, rtol=1e-10, atol=1e-8, max_step=2.0
        )
        path += [(float(s), z[:3], z[3:6]) for s, z in zip(part.t[1:], part.y.T[1:], strict=True)]
        t, y = float(part.t[-1]), part.y[:, -1]
        if part.status == 1:
            break
    return At(t, y[:3], y[3:6], float(y[6]), path)
