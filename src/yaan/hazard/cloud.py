"""The cloud of burning pieces of a solid motor, and the canopies within it or near it.

A motor that is broken up goes on burning in pieces. They leave the burst at their own speeds in
all directions, on top of the launcher's, are slowed by the air, fall, and burn for a time. The
cloud is a ball, evenly filled, about the piece that left with no speed of its own; its radius is
how far the fastest have come.
On a canopy two things are told: the radiation of all pieces together, and how many fall through it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import STANDARD_GRAVITY
from yaan.hazard.data import FragmentKind, Level, Propellant

Lanes = NDArray[np.float64]
Density = Callable[[Lanes], Lanes]

_STEP: Final = 0.05  # [s]
_SOLID_DENSITY: Final = 1750.0  # [kg/m^3], of composite propellant
_AIR_DENSITY: Final = 1.225  # [kg/m^3]
_SCALE_HEIGHT: Final = 7200.0  # [m]


def exponential_air(height: Lanes) -> Lanes:
    """Density [kg/m^3] at a height [m]: within 35 % of the standard atmosphere up to 90 km."""
    return _AIR_DENSITY * np.exp(-np.maximum(height, 0.0) / _SCALE_HEIGHT)


@dataclass(frozen=True)
class Pieces:
    """What burns in the cloud; numbers, or one a lane.

    Attributes:
        number: of pieces.
        power: that each radiates [W].
        fast: speed from the burst of the fastest that count [m/s].
        ballistic_coefficient: of one [kg/m^2]; infinite for no drag.
        burning: how long they burn [s].
    """

    number: ArrayLike
    power: ArrayLike
    fast: ArrayLike
    ballistic_coefficient: ArrayLike
    burning: float


def pieces(
    kind: FragmentKind, propellant: Propellant, mass: ArrayLike, level: Level = "high"
) -> Pieces:
    """The pieces of a mass [kg] of solid propellant that is left.

    Each is a ball that radiates from its own surface, but never more than the share of its heat
    that is radiated, spread over its burning.
    """
    m = np.asarray(mass, dtype=float)
    area = np.pi ** (1.0 / 3.0) * (6.0 * kind.mass / _SOLID_DENSITY) ** (2.0 / 3.0)
    surface = getattr(propellant.emissive_power, level) * area
    given = getattr(propellant.radiated, level) * propellant.heat * kind.mass
    power = min(surface, given / kind.burning) if kind.burning > 0.0 else 0.0
    return Pieces(kind.per_mass * m, power, kind.fast, kind.ballistic_coefficient, kind.burning)


@dataclass(frozen=True)
class Cloud:
    """Where the pieces are while they burn; nothing after.

    Attributes:
        time: since the burst [s], [rows].
        centre: of the ball, east, north, up of a flat ground [m], [lanes, rows, 3].
        radius: of the ball [m], [lanes, rows].
        sinking: speed of the middle piece through the air [m/s], [lanes, rows].
        pieces: what burns.
    """

    time: NDArray[np.float64]
    centre: Lanes
    radius: Lanes
    sinking: Lanes
    pieces: Pieces


def cloud(
    burst: ArrayLike, velocity: ArrayLike, what: Pieces, density: Density = exponential_air
) -> Cloud:
    """The cloud from the burst until its pieces have burnt.

    On the ground it stays, and goes on burning. No wind; the spread is slowed as the middle piece
    is or as its own speed asks for, whichever is more.

    Args:
        burst: place of the burst, east, north, up [m], [lanes, 3].
        velocity: of the launcher there [m/s], [lanes, 3].
        what: burns.
        density: of the air at a height [m].
    """
    if not (np.all(np.asarray(what.number) >= 0.0) and np.all(np.asarray(what.fast) >= 0.0)):
        raise ValueError("pieces: number and speed must be at least 0")
    if not np.all(np.asarray(what.ballistic_coefficient) > 0.0):
        raise ValueError("pieces: ballistic_coefficient must be above 0 kg/m2")
    place = np.atleast_2d(np.asarray(burst, dtype=float)).copy()
    moving = np.atleast_2d(np.asarray(velocity, dtype=float)).copy()
    lanes = place.shape[0]
    beta = np.broadcast_to(np.asarray(what.ballistic_coefficient, dtype=float), (lanes,))
    outward = np.broadcast_to(np.asarray(what.fast, dtype=float), (lanes,)).copy()
    radius = np.zeros(lanes)
    count = max(int(np.ceil(what.burning / _STEP)), 1)
    kept: list[tuple[Lanes, Lanes, Lanes]] = [(place, radius, np.linalg.norm(moving, axis=-1))]
    down = np.array([0.0, 0.0, STANDARD_GRAVITY])
    for _ in range(count):
        drag = 0.5 * density(place[:, 2]) / beta * _STEP  # [s/m]
        speed = np.linalg.norm(moving, axis=-1)
        # Drag of the end of the step: it cannot turn a piece round, however light.
        after = (moving - down * _STEP) / (1.0 + drag * speed)[:, None]
        spread = outward / (1.0 + drag * np.maximum(speed, outward))
        landed = place[:, 2] <= 0.0
        after = np.where(landed[:, None], 0.0, after)
        spread = np.where(landed, 0.0, spread)
        place = place + 0.5 * _STEP * (moving + after)
        place[:, 2] = np.maximum(place[:, 2], np.minimum(0.0, kept[0][0][:, 2]))
        radius = radius + 0.5 * _STEP * (outward + spread)
        moving, outward = after, spread
        kept.append((place, radius, np.linalg.norm(moving, axis=-1)))
    time = np.asarray(_STEP * np.arange(count + 1), dtype=float)
    centre = np.stack([one[0] for one in kept], axis=1)
    return Cloud(
        time,
        centre,
        np.stack([one[1] for one in kept], axis=1),
        np.stack([one[2] for one in kept], axis=1),
        what,
    )


def cloud_flux(found: Cloud, distance: ArrayLike) -> Lanes:
    """Radiation of all pieces [W/m^2] at a distance [m] from the centre, [lanes, rows].

    What comes from all sides is added up as if it came square to the cloth, which is twice too
    much at most; pieces hide none of each other.
    """
    d = np.asarray(distance, dtype=float)
    r = np.maximum(found.radius, 1.0)
    number, power = (_column(one) for one in (found.pieces.number, found.pieces.power))
    x = d / r
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (1.0 - x**2) / x * np.log(np.abs((1.0 + x) / (1.0 - x)))
    logs = np.where(x < 1e-4, 2.0, np.where(np.abs(x - 1.0) < 1e-9, 0.0, logs))
    # Far off the two terms cancel to nine digits: there it is a point.
    ball = np.where(x > 1e3, 4.0 / (3.0 * np.maximum(x, 1.0) ** 2), 2.0 + logs)
    return 3.0 * number * power / (16.0 * np.pi * r**2) * ball


def falling_through(found: Cloud, distance: ArrayLike, area: ArrayLike) -> Lanes:
    """Pieces that have met an area within the cloud since the burst, on average, [lanes, rows].

    Their density in the ball times what the area sweeps at the speed of the middle piece, which is
    that at which the pieces rain on a canopy.

    Args:
        found: the cloud.
        distance: of the area from the centre [m], [lanes, rows]; infinite while it is not there.
        area: of all canopies together, seen along the fall [m^2], a number or [lanes].
    """
    d = np.asarray(distance, dtype=float)
    r = np.maximum(found.radius, 1.0)
    packed = _column(found.pieces.number) * 3.0 / (4.0 * np.pi * r**3)
    rate = np.where(d < found.radius, packed * found.sinking * _column(area), 0.0)
    grown = 0.5 * (rate[..., 1:] + rate[..., :-1]) * np.diff(found.time)
    return np.concatenate([np.zeros((*rate.shape[:-1], 1)), np.cumsum(grown, axis=-1)], axis=-1)


def _column(value: ArrayLike) -> Lanes:
    one = np.asarray(value, dtype=float)
    return one[..., None] if one.ndim else one
