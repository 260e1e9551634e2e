"""The blast of a launcher that explodes: peak overpressure, where it ends, when it arrives.

The energy of a burst is told as a mass of TNT, a share of the propellant that is left. The curves
of Kingery and Bulmash give the shock of TNT at sea level against the scaled distance Z = R /
W^(1/3); Sachs scaling carries them to another ambient pressure p: lengths grow with (p0 /
p)^(1/3), pressures fall with p / p0, times grow with the length over the speed of sound.

Where the burst's own gases outweigh the air they have swept, the air makes no shock of its own
and the curves say nothing of the load: near the burst, and in near vacuum everywhere that
matters. There the load is that of the gas itself, bounded by a ball of even density which carries
all the energy
outward: rho u^2 <= 5 E / (2 pi R^3), whatever its mass.

Nothing is extrapolated: each number comes with its regime, and is NaN where the curves do not
reach. Beside it stands `at_most`, a bound that holds everywhere.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Lanes = NDArray[np.float64]

PRESSURE: Final = 101_325.0  # [Pa], sea level: of the tests behind the curves
SOUND: Final = 340.29  # [m/s], likewise
_DENSITY: Final = 1.225  # [kg/m^3], likewise
TNT_ENERGY: Final = 4.184e6  # [J/kg], by convention

FIRST: Final = {False: 0.0532, True: 0.0675}  # [m/kg^(1/3)], free air and ground
LAST: Final = 39.6  # [m/kg^(1/3)], 100 ft/lb^(1/3)

# Kingery and Bulmash, ARBRL-TR-02555 (1984), as coded in CONWEP (ARL-TR-1310): log10 of the peak
# incident overpressure [Pa] and of the arrival time [s/kg^(1/3)] are polynomials in U, and U is
# straight in log10 Z. By whether the burst is on the ground.
_OVERPRESSURE: Final = {
    False: (
        (-0.21436239063840, 1.35034249993),
        (
            5.6113686874687,
            -1.69012801396,
            0.00804973591951,
            0.336743114941,
            -0.00516226351334,
            -0.0809228619888,
            -0.00478507266747,
            0.00793030472242,
            0.0007684469735,
        ),
    ),
    True: (
        (-0.21436239063840, 1.35034249993),
        (
            5.7807691841987,
            -1.6958988741,
            -0.154159376846,
            0.514060730593,
            0.0988534365274,
            -0.293912623038,
            -0.0268112345019,
            0.109097496421,
            0.00162846756311,
            -0.0214631030242,
            0.0001456723382,
            0.00167847752266,
        ),
    ),
}
_ARRIVAL: Final = {
    False: (
        (-0.25327270648598, 1.37407043777),
        (
            -2.9279286405364,
            1.36456871214,
            -0.0570035692784,
            -0.182832224796,
            0.0118851436014,
            0.0432648687627,
            -0.0007997367834,
            -0.00436073555033,
        ),
    ),
    True: (
        (-0.20242530955027, 1.37784223635),
        (
            -3.0591628481048,
            1.35706496258,
            0.052492798645,
            -0.196563954086,
            -0.0601770052288,
            0.0696360270891,
            0.0215297490092,
            -0.0161658930785,
            -0.00232531970294,
            0.00147752067524,
        ),
    ),
}
_NODES: Final = 20_001  # of the inverse, in log Z: to 1e-8


class Regime(IntEnum):
    """What makes the load at a distance."""

    SHOCK = 0
    """The shock in the air, within the range of the curves."""
    FAR = 1
    """Beyond the curves: no more than the last point's, falling as sound does, with 1 / R."""
    GAS = 2
    """The gases of the burst themselves, which outweigh the air they have swept."""


@dataclass(frozen=True)
class Burst:
    """A burst in each lane; each field a number or one a lane, [lanes].

    Attributes:
        tnt: its energy as a mass of TNT [kg]; 0 is no burst.
        products: mass of what expands, all that was in the tanks [kg]; at least `tnt` counts.
        pressure: of the air around it [Pa]; 0 is vacuum.
        sound: speed of sound there [m/s].
        ground: whether it is on the ground, which throws the shock back; else free in the air.
    """

    tnt: ArrayLike
    products: ArrayLike = 0.0
    pressure: ArrayLike = PRESSURE
    sound: ArrayLike = SOUND
    ground: bool = False

    def __post_init__(self) -> None:
        _at_least("tnt", self.tnt)
        _at_least("products", self.products)
        _at_least("pressure", self.pressure)
        if not np.all(np.asarray(self.sound, dtype=float) > 0.0):
            raise ValueError("sound: a speed above 0 m/s")

    @property
    def energy(self) -> Lanes:
        """Of the burst [J]."""
        return TNT_ENERGY * np.asarray(self.tnt, dtype=float)

    @property
    def mass(self) -> Lanes:
        """Of what expands [kg]."""
        return np.maximum(np.asarray(self.products, dtype=float), np.asarray(self.tnt, dtype=float))

    @property
    def scale(self) -> Lanes:
        """Length [m] that is 1 m/kg^(1/3) of the curves; infinite in vacuum, 0 without energy."""
        tnt = np.asarray(self.tnt, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.cbrt(tnt * PRESSURE / np.asarray(self.pressure, dtype=float))
        return np.where(tnt > 0.0, found, 0.0)

    @property
    def gas_reach(self) -> Lanes:
        """Distance [m] within which the gases outweigh the air they have swept.

        The air is taken at the temperature of sea level; at -57 C, as it is from 11 to 20 km, the
        reach is 10 % less.
        """
        density = _DENSITY * np.asarray(self.pressure, dtype=float) / PRESSURE
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.cbrt(3.0 * self.mass / (4.0 * np.pi * density))
        return np.where(np.asarray(self.tnt, dtype=float) > 0.0, found, 0.0)


@dataclass(frozen=True)
class Blast:
    """The load at a distance; arrays of the shape that burst and distance have together.

    Attributes:
        overpressure: peak incident overpressure of the shock [Pa]; NaN where the curves give none.
        at_most: bound on the peak load [Pa]: of the shock, or of the stopped gas of the burst.
        regime: what makes it, a `Regime`.
    """

    overpressure: Lanes
    at_most: Lanes
    regime: NDArray[np.int_]


def overpressure(burst: Burst, distance: ArrayLike) -> Blast:
    """Peak load at a distance from the burst.

    Valid: scaled distances from 0.0532 (free air) or 0.0675 (ground) to 39.6 m/kg^(1/3); beyond
    and below see `Regime`. The reflection from the body that is hit is not in it.

    Args:
        burst: of the lanes.
        distance: at the time the load arrives [m], of any shape that broadcasts with the burst's.
    """
    r = np.asarray(distance, dtype=float)
    _at_least("distance", r)
    scale, part = burst.scale, np.asarray(burst.pressure, dtype=float) / PRESSURE
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = np.where(scale > 0.0, r / scale, np.inf)
        shock = part * _curve(_OVERPRESSURE[burst.ground], np.clip(z, FIRST[burst.ground], LAST))
        gas = 2.5 * burst.energy / (np.pi * r**3)
    gas = np.where(burst.energy > 0.0, gas, 0.0)
    near = r < burst.gas_reach
    far = ~near & (z > LAST)
    inside = ~near & ~far & (z >= FIRST[burst.ground])
    beyond = shock * LAST / np.maximum(z, LAST)
    at_most = np.where(near, np.maximum(gas, shock), np.where(far, beyond, shock))
    regime = np.where(near, Regime.GAS, np.where(far, Regime.FAR, Regime.SHOCK))
    return Blast(np.where(inside, shock, np.nan), at_most, regime)


def distance_to(burst: Burst, limit: ArrayLike) -> Lanes:
    """Least distance [m] from which on the load is at most `limit` [Pa], by `at_most`.

    Of the shape that burst and limit have together; 0 where nothing bursts, and infinite in none:
    beyond the curves the bound falls on with 1 / R.
    """
    p = np.asarray(limit, dtype=float)
    if not np.all(p > 0.0):
        raise ValueError("limit: a pressure above 0 Pa")
    nodes = np.geomspace(FIRST[burst.ground], LAST, _NODES)
    curve = _curve(_OVERPRESSURE[burst.ground], nodes)
    scale, part = burst.scale, np.asarray(burst.pressure, dtype=float) / PRESSURE
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        asked = p / part
        z = np.exp(np.interp(-np.log(asked), -np.log(curve), np.log(nodes)))
        z = np.where(asked < curve[-1], LAST * curve[-1] / asked, z)
        shock = np.where((part > 0.0) & (scale > 0.0), scale * z, 0.0)
        gas = np.cbrt(2.5 * burst.energy / (np.pi * p))
    return np.maximum(shock, np.minimum(gas, burst.gas_reach))


def arrival(burst: Burst, distance: ArrayLike) -> Lanes:
    """Time [s] after the burst at which the load comes to a distance [m]; infinite without a burst.

    Within the curves theirs; beyond them as sound goes on from their end, late by less than the
    shock outruns sound (1 % of the way at most). Where gas makes the load, at the speed of the edge
    of an even ball that carries the energy outward, or at the shock's mean speed as far as the gas
    reaches, whichever is faster.
    """
    r = np.asarray(distance, dtype=float)
    _at_least("distance", r)
    reach = burst.gas_reach
    with np.errstate(divide="ignore", invalid="ignore"):
        edge = np.sqrt(10.0 * burst.energy / (3.0 * burst.mass))
        mean = np.where(np.isfinite(reach), reach / _shock_time(burst, reach), 0.0)
        gas = r / np.maximum(edge, mean)
    found = np.where(r < reach, gas, _shock_time(burst, r))
    return np.where(burst.energy > 0.0, found, np.inf)


def _shock_time(burst: Burst, r: Lanes) -> Lanes:
    """Arrival of the shock [s] at a distance [m] where it is one."""
    scale, sound = burst.scale, np.asarray(burst.sound, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = np.clip(r / scale, FIRST[burst.ground], LAST)
        within = _curve(_ARRIVAL[burst.ground], z) * scale * SOUND / sound
        return within + np.maximum(r - LAST * scale, 0.0) / sound


def _curve(fit: tuple[tuple[float, float], tuple[float, ...]], z: Lanes) -> Lanes:
    """One of the curves at a scaled distance within its range."""
    (start, slope), terms = fit
    u = start + slope * np.log10(z)
    return np.asarray(10.0 ** np.polynomial.polynomial.polyval(u, np.array(terms)), dtype=float)


def _at_least(name: str, value: ArrayLike) -> None:
    if not np.all(np.asarray(value, dtype=float) >= 0.0):
        raise ValueError(f"{name}: a value of at least 0")
