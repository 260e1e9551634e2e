"""An entry by SciPy alone: a point with lift and drag, J2, the layers of US 1976, a turning Earth.

Nothing of Yaan is in it: its own atmosphere, ellipsoid and equations of motion, on axes that turn
with the Earth, integrated by DOP853 to 1e-10.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

MU, RADIUS, J2 = 3.986004415e14, 6_378_136.3, 1.0826261738522e-3  # EGM2008
SPIN = np.array([0.0, 0.0, 7.292115e-5])  # [rad/s]
AXIS, FLAT = 6_378_137.0, 1.0 / 298.257223563
SQUARED = FLAT * (2.0 - FLAT)  # eccentricity
G0, MOLAR, GAS = 9.80665, 0.0289644, 8.31432
BASES = 1e3 * np.array([0.0, 11.0, 20.0, 32.0, 47.0, 51.0, 71.0])  # [m], geopotential
LAPSES = 1e-3 * np.array([-6.5, 0.0, 1.0, 2.8, 0.0, -2.8, -2.0])  # [K/m]
# Above: printed densities (US 1976, table I), [km] and [kg/m^3].
HIGH = np.array([86.0, 90.0, 95.0, 100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 160.0])
THIN = (
    *(6.958e-6, 3.416e-6, 1.393e-6, 5.604e-7, 9.708e-8),
    *(2.222e-8, 8.152e-9, 3.831e-9, 2.076e-9, 1.233e-9),
)

Array = np.ndarray


@dataclass(frozen=True)
class Capsule:
    """What enters: mass [kg], disc [m^2], coefficients by Mach number, a constant bank [rad]."""

    mass: float
    area: float
    mach: list[float]
    lift: list[float]
    drag: list[float]
    bank: float = 0.0


def _layers() -> tuple[Array, Array]:
    warm, pressed = [288.15], [101_325.0]
    for base, above, lapse in zip(BASES, BASES[1:], LAPSES, strict=False):
        warm.append(warm[-1] + lapse * (above - base))
        pressed.append(pressed[-1] * _fall(warm[-2], lapse, above - base))
    return np.array(warm), np.array(pressed)


def _fall(warm: float, lapse: float, rise: float) -> float:
    scale = G0 * MOLAR / GAS
    if lapse == 0.0:
        return float(np.exp(-scale * rise / warm))
    return float((warm / (warm + lapse * rise)) ** (scale / lapse))


WARM, PRESSED = _layers()


def air(height: float) -> tuple[float, float]:
    """Density [kg/m^3] and speed of sound [m/s] at a height [m]."""
    if height >= 86e3:
        return float(np.exp(np.interp(height / 1e3, HIGH, np.log(THIN)))), 274.1
    level = 6_356_766.0 * height / (6_356_766.0 + height)
    i = max(int(np.searchsorted(BASES, level, side="right")) - 1, 0)
    warm = WARM[i] + LAPSES[i] * (level - BASES[i])
    pressure = PRESSED[i] * _fall(WARM[i], LAPSES[i], level - BASES[i])
    return pressure * MOLAR / (GAS * warm), float(np.sqrt(1.4 * GAS * warm / MOLAR))


def place(r: Array) -> tuple[float, Array]:
    """Height [m] above the ellipsoid, and the direction up."""
    out = np.hypot(r[0], r[1])
    north = np.arctan2(r[2], out * (1.0 - SQUARED))
    for _ in range(6):
        normal = AXIS / np.sqrt(1.0 - SQUARED * np.sin(north) ** 2)
        north = np.arctan2(r[2] + SQUARED * normal * np.sin(north), out)
    height = out * np.cos(north) + r[2] * np.sin(north)
    height -= AXIS * np.sqrt(1.0 - SQUARED * np.sin(north) ** 2)
    level = np.cos(north) / out
    return float(height), np.array([level * r[0], level * r[1], np.sin(north)])


def felt(capsule: Capsule, r: Array, v: Array) -> Array:
    """Specific force of the air [m/s^2]."""
    height, up = place(r)
    density, sound = air(height)
    speed = float(np.linalg.norm(v))
    drag, lift = (
        np.interp(speed / sound, capsule.mach, values) for values in (capsule.drag, capsule.lift)
    )
    ahead = v / speed
    above = up - ahead * (up @ ahead)
    slant = float(np.linalg.norm(above))
    above /= max(slant, 1e-12)
    lifted = above * np.cos(capsule.bank) + np.cross(ahead, above) * np.sin(capsule.bank)
    push = 0.5 * density * speed**2 * capsule.area / capsule.mass
    return (lifted * lift * min(slant / 0.01, 1.0) - ahead * drag) * push


def gravity(r: Array) -> Array:
    """Of a point mass and J2 [m/s^2]."""
    n = float(np.linalg.norm(r))
    z, k = (r[2] / n) ** 2, 1.5 * J2 * (RADIUS / n) ** 2
    level = 1.0 - k * (5.0 * z - 1.0)
    return -MU / n**3 * r * np.array([level, level, 1.0 - k * (5.0 * z - 3.0)])


def peak_load(capsule: Capsule, r: Array, v: Array, floor: float) -> tuple[float, float]:
    """Time [s] and size of the largest load, in g, of an entry from ITRS down to `floor` [m]."""

    def rate(_: float, y: Array) -> Array:
        at, moving = y[:3], y[3:]
        turning = -2.0 * np.cross(SPIN, moving) - np.cross(SPIN, np.cross(SPIN, at))
        return np.concatenate([moving, gravity(at) + felt(capsule, at, moving) + turning])

    def low(_: float, y: Array) -> float:
        return place(y[:3])[0] - floor

    low.terminal = True  # pyright: ignore[reportFunctionMemberAccess]
    start = np.concatenate([r, v])
    accuracy: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-6, "max_step": 2.0, "dense_output": True}
    flown = solve_ivp(rate, (0.0, 5_000.0), start, "DOP853", events=low, **accuracy)
    first, last = 0.0, float(flown.t[-1])
    time, best = 0.0, 0.0
    for _ in range(3):
        times = np.linspace(first, last, 2_001)
        states = flown.sol(times).T
        loads = [float(np.linalg.norm(felt(capsule, y[:3], y[3:]))) / G0 for y in states]
        k = int(np.argmax(loads))
        time, best, reach = float(times[k]), loads[k], 3.0 * (times[1] - times[0])
        first, last = max(time - reach, first), min(time + reach, last)
    return time, best


def dropped(capsule: Capsule, r: Array, floor: float) -> tuple[float, Array, Array]:
    """Time [s], place and velocity (ITRS) at `floor` [m] of a fall from rest against the Earth."""

    def rate(_: float, y: Array) -> Array:
        at, moving = y[:3], y[3:]
        turning = -2.0 * np.cross(SPIN, moving) - np.cross(SPIN, np.cross(SPIN, at))
        air_too = felt(capsule, at, moving) if moving @ moving > 0.0 else 0.0
        return np.concatenate([moving, gravity(at) + air_too + turning])

    def low(_: float, y: Array) -> float:
        return place(y[:3])[0] - floor

    low.terminal = True  # pyright: ignore[reportFunctionMemberAccess]
    start = np.concatenate([r, np.zeros(3)])
    accuracy: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-8, "max_step": 0.2}
    flown = solve_ivp(rate, (0.0, 1_000.0), start, "DOP853", events=low, **accuracy)
    return float(flown.t[-1]), flown.y[:3, -1], flown.y[3:, -1]
