"""The heat of a burst: its fireball, and what radiation does to the cloth of canopies.

The fireball is a ball of its largest size for all its duration, at the place of the burst:
D = 3.86 M^0.32 and t = 0.299 M^0.32 of the mass of propellants. In thinner air it is larger, by
the cube root of the pressure. Its surface gives off the emissive power of its flame, yet never
more in all than the share of the heat of reaction that is radiated: a large ball in thin air would
break that first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.hazard.data import Cloth, Level, Propellant
from yaan.hazard.explosion import PRESSURE

Lanes = NDArray[np.float64]

_STEFAN_BOLTZMANN: Final = 5.670374419e-8  # [W/(m^2 K^4)], exact to its digits
_DIAMETER: Final = 3.86  # [m/kg^0.32]
_DURATION: Final = 0.299  # [s/kg^0.32]
_POWER: Final = 0.32
_FINEST: Final = 0.05  # [s], longest step of the cloth's temperature


@dataclass(frozen=True)
class Fireball:
    """A ball that radiates from the burst on for its duration; each field [lanes].

    Attributes:
        diameter: [m].
        duration: [s].
        power: that each area of its surface gives off [W/m^2].
    """

    diameter: Lanes
    duration: Lanes
    power: Lanes


def fireball(
    propellant: Propellant, mass: ArrayLike, pressure: ArrayLike = PRESSURE, level: Level = "high"
) -> Fireball:
    """The fireball of a mass of propellants.

    Valid: the law was fitted to bursts of 0.1 kg to 100 t near the ground. In vacuum the ball is
    without end and its power nothing: what it gives off in all stays.

    Args:
        propellant: what burns.
        mass: all that was in the tanks [kg], a number or [lanes].
        pressure: of the air [Pa], likewise.
        level: of emissive power and radiated share.
    """
    m, p = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(a, dtype=float)) for a in (mass, pressure))
    )
    if not (np.all(m >= 0.0) and np.all(p >= 0.0)):
        raise ValueError("fireball: mass and pressure must be at least 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.maximum(np.cbrt(PRESSURE / p), 1.0)
        diameter = np.where(m > 0.0, _DIAMETER * m**_POWER * growth, 0.0)
        duration = _DURATION * m**_POWER
        heat = getattr(propellant.radiated, level) * propellant.heat * m
        bound = heat / (np.pi * diameter**2 * duration)
    brightest = getattr(propellant.emissive_power, level)
    power = np.where(m > 0.0, np.minimum(brightest, bound), 0.0)
    return Fireball(diameter, duration, power)


def flux(ball: Fireball, distance: ArrayLike) -> Lanes:
    """Radiant flux [W/m^2] on what faces the ball while it burns, at a distance from its centre.

    That of a ball of even brightness, (D / 2 R)^2 of its own; its own within. No smoke and no air
    between are reckoned with.

    Args:
        ball: of the lanes.
        distance: [m], [lanes] or [lanes, rows].
    """
    r = np.asarray(distance, dtype=float)
    ahead = (...,) + (None,) * max(r.ndim - ball.diameter.ndim, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.minimum((0.5 * ball.diameter[ahead] / r) ** 2, 1.0)
    found = ball.power[ahead] * np.where(np.isnan(seen), 1.0, seen)
    # In vacuum the ball is endless and gives off nothing at any one place: energy over distance.
    return np.where(np.isinf(ball.diameter[ahead]), 0.0, found)


def film(speed: ArrayLike, density: ArrayLike, length: float = 10.0) -> Lanes:
    """Heat transfer of a face of cloth to the air that flows along it [W/(m^2 K)].

    Nu = 0.037 Re^0.8 Pr^(1/3), a turbulent boundary layer on a flat plate (textbooks), with air of
    20 C. A canopy that sinks at 8 m/s near the ground has about 20.

    Args:
        speed: of the air past the cloth [m/s].
        density: of the air [kg/m^3].
        length: of the cloth along the flow [m].
    """
    viscosity, conductivity, prandtl = 1.81e-5, 0.0257, 0.71  # [Pa s], [W/(m K)], of air at 20 C
    reynolds = (
        np.asarray(density, dtype=float) * np.asarray(speed, dtype=float) * length / viscosity
    )
    return 0.037 * reynolds**0.8 * prandtl ** (1.0 / 3.0) * conductivity / length


def temperature(
    time: ArrayLike,
    irradiance: ArrayLike,
    cloth: Cloth,
    *,
    air: float = 288.15,
    cooling: ArrayLike = 0.0,
    level: Level = "high",
) -> Lanes:
    """Temperature [K] of a layer of cloth in a history of radiation, [lanes, rows].

    The layer is thin, of one temperature, and loses to both sides what it radiates and what the air
    takes; the air's share is nothing unless it is given, which is on the safe side.

    Args:
        time: of the rows [s], rising, [rows].
        irradiance: on the cloth [W/m^2], straight between the rows, [lanes, rows].
        cloth: what it is made of.
        air: temperature of the air, and of the cloth to begin with [K].
        cooling: heat transfer of one face to the air [W/(m^2 K)], a number or [lanes].
        level: of the absorptivity.
    """
    t = np.asarray(time, dtype=float)
    q = np.atleast_2d(np.asarray(irradiance, dtype=float))
    if t.ndim != 1 or t.size != q.shape[-1] or not np.all(np.diff(t) > 0.0):
        raise ValueError(f"temperature: time {t.shape} must rise and have the rows of {q.shape}")
    h = 2.0 * np.broadcast_to(np.asarray(cooling, dtype=float), q.shape[:-1])
    emitted = 2.0 * cloth.emissivity * _STEFAN_BOLTZMANN
    absorbed, stored = getattr(cloth.absorptivity, level), cloth.areal_density * cloth.heat_capacity
    found = np.empty(q.shape)
    now = np.full(q.shape[:-1], float(air))
    found[..., 0] = now
    for row in range(t.size - 1):
        long = t[row + 1] - t[row]
        steps = max(int(np.ceil(long / _FINEST)), 1)
        step = long / steps
        for k in range(steps):
            share = (k + 0.5) / steps
            heat = absorbed * (q[..., row] * (1.0 - share) + q[..., row + 1] * share)
            # Straight in the temperature about where it is, and that is solved exactly: cloth is so
            # light that plain steps would swing.
            loss = h * (now - air) + emitted * (now**4 - air**4)
            slope = np.maximum(h + 4.0 * emitted * now**3, 1e-9)
            now = now + (heat - loss) / slope * -np.expm1(-slope * step / stored)
        found[..., row + 1] = now
    return found
