"""How much warning an escape needs before its launcher bursts, and how much it has.

An escape begins at time 0 and gains distance; the launcher bursts after a delay. For each delay
the hazard at the capsule is what reaches it, when it reaches it: a shock or a fragment that is
slower than the capsule recedes never comes. The warning an escape needs is the least delay from
which on the hazard stays within its limit.

The burst goes on with the launcher: its centre keeps the place from which the distance is measured.
The air holds a shock back, so that is on the safe side. Beyond the end of the history the
distance is held at its last.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.hazard.cloud import (
    Cloud,
    Density,
    Pieces,
    cloud,
    cloud_flux,
    exponential_air,
    falling_through,
)
from yaan.hazard.data import Cloth, Level
from yaan.hazard.explosion import Burst, arrival, overpressure
from yaan.hazard.fireball import Fireball, flux, temperature
from yaan.hazard.fragments import CLASSES, Fragments, chance, flight_time

Lanes = NDArray[np.float64]


@dataclass(frozen=True)
class Canopies:
    """The canopies that an escape comes down on.

    Attributes:
        cloth: what they are made of.
        area: of all together, seen along the fall [m^2].
        opened: when they are out, since the escape began [s], a number or [lanes].
        cooling: heat transfer of one face to the air [W/(m^2 K)], likewise; see `fireball.film`.
        level: of the absorptivity.
    """

    cloth: Cloth
    area: float
    opened: ArrayLike
    cooling: ArrayLike = 0.0
    level: Level = "high"


def caught(times: ArrayLike, distance: ArrayLike, travel: ArrayLike) -> Lanes:
    """Distance [m] at which what leaves a burst at each row comes to the capsule, [lanes, rows].

    NaN where it has not come by the end of the history.

    Args:
        times: since the escape began [s], rising, [lanes, rows].
        distance: from the launcher [m], [lanes, rows].
        travel: time from a burst to the distance of each row [s], [lanes, rows].
    """
    t, s = _history(times, distance)
    # What reaches row j in time left at t - travel or later: the first row of which that is so.
    left = t - np.broadcast_to(np.asarray(travel, dtype=float), s.shape)
    latest = np.maximum.accumulate(left, axis=1)
    lanes = range(s.shape[0])
    row = np.stack([np.searchsorted(latest[lane], t[lane]) for lane in lanes])
    after = np.minimum(row, s.shape[1] - 1)
    before = np.maximum(after - 1, 0)
    low, high, near, far = (
        np.take_along_axis(values, rows, axis=1)
        for values, rows in ((left, before), (left, after), (s, before), (s, after))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip((t - low) / (high - low), 0.0, 1.0)
    share = np.where((high > low) & ~np.isnan(share), share, 1.0)
    return np.where(row < s.shape[1], near + share * (far - near), np.nan)


def blast_at(times: ArrayLike, distance: ArrayLike, burst: Burst) -> Lanes:
    """Bound on the peak load of the blast on the capsule [Pa], if the burst comes at each row.

    Args:
        times: since the escape began [s], rising, [lanes, rows].
        distance: from the launcher [m], [lanes, rows].
        burst: of each lane; its fields are numbers or [lanes].
    """
    t, s = _history(times, distance)
    one = _of_lanes(burst, s.shape[0])
    met = caught(t, s, arrival(one, s))
    return overpressure(one, np.where(np.isnan(met), s[:, -1:], met)).at_most


def hits_at(times: ArrayLike, distance: ArrayLike, what: Fragments, area: ArrayLike) -> Lanes:
    """Fragments that hit the capsule, on average, if the burst comes at each row, [lanes, rows].

    Those that have not come by the end of the history, slow as they are by then, do not count.

    Args:
        times: since the escape began [s], rising, [lanes, rows].
        distance: from the launcher [m], [lanes, rows].
        what: flies; its fields are numbers or [lanes].
        area: of the capsule as the launcher sees it [m^2], a number or [lanes].
    """
    t, s = _history(times, distance)
    slowing, number, wide = (_column(x) for x in (what.slowing, what.number, area))
    found = np.zeros(s.shape)
    for speed in what.classes():
        met = caught(t, s, flight_time(speed, s, slowing))
        with np.errstate(divide="ignore"):
            found += np.where(np.isnan(met), 0.0, 1.0 / (4.0 * np.pi * met**2))
    return np.asarray(number * wide / CLASSES * found)


def fireball_at(times: ArrayLike, distance: ArrayLike, ball: Fireball) -> tuple[Lanes, Lanes]:
    """Heat of the fireball on the capsule if the burst comes at each row.

    Returns:
        Share of the distance that its radius takes, above 1 where the capsule is within, and the
        radiant dose [J/m^2], each [lanes, rows].
    """
    t, s = _history(times, distance)
    shape = (s.shape[0],)
    ball = Fireball(
        *(np.broadcast_to(x, shape) for x in (ball.diameter, ball.duration, ball.power))
    )
    seen = flux(ball, s)
    grown = 0.5 * (seen[:, 1:] + seen[:, :-1]) * np.diff(t, axis=1)
    dose = np.concatenate([np.zeros((shape[0], 1)), np.cumsum(grown, axis=1)], axis=1)
    found = np.empty(s.shape)
    for lane in range(shape[0]):
        end = t[lane] + ball.duration[lane]
        late = np.maximum(end - t[lane, -1], 0.0) * seen[lane, -1]
        found[lane] = np.interp(end, t[lane], dose[lane]) + late - dose[lane]
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = 0.5 * ball.diameter[:, None] / s
    return np.nan_to_num(reach, nan=np.inf, posinf=np.inf), found


def canopies_at(
    times: ArrayLike,
    capsule: ArrayLike,
    launcher: ArrayLike,
    delays: ArrayLike,
    what: Pieces,
    canopies: Canopies,
    density: Density = exponential_air,
) -> tuple[Lanes, Lanes]:
    """What the burning pieces of a motor do to canopies, if it bursts after each delay.

    Places are east, north, up of a flat ground [m], [lanes, rows, 3]. Before the canopies are out
    they are stowed, and nothing touches them.

    Args:
        times: since the escape began [s], rising, [lanes, rows].
        capsule: its place.
        launcher: its place until it bursts.
        delays: of the burst [s], [delays].
        what: burns in the pieces.
        canopies: out from their time on.
        density: of the air at a height.

    Returns:
        Highest temperature of the cloth [K] and pieces that have fallen through the canopies on
        average, each [lanes, delays]. A motor that bursts after the end of the history does
        nothing in it.
    """
    t = np.atleast_2d(np.asarray(times, dtype=float))
    own, other = np.asarray(capsule, dtype=float), np.asarray(launcher, dtype=float)
    if own.shape != (*t.shape, 3) or other.shape != own.shape:
        raise ValueError(f"canopies: times {t.shape}, places {own.shape} and {other.shape}")
    rates = np.stack([np.gradient(other[i], t[i], axis=0) for i in range(len(t))])
    opened = np.broadcast_to(np.asarray(canopies.opened, dtype=float), (len(t),))
    told: list[tuple[Lanes, Lanes]] = []
    for delay in np.atleast_1d(np.asarray(delays, dtype=float)).tolist():
        found = cloud(_at(t, other, delay), _at(t, rates, delay), what, density)
        told.append(_canopies(t, own, opened, delay, found, canopies))
    return np.stack([one[0] for one in told], axis=-1), np.stack([one[1] for one in told], axis=-1)


def _canopies(
    t: Lanes, own: Lanes, opened: Lanes, delay: float, found: Cloud, canopies: Canopies
) -> tuple[Lanes, Lanes]:
    """The same for one delay and its cloud, each [lanes]."""
    ahead = delay + found.time
    place = np.stack([_along(t[i], own[i], ahead) for i in range(len(t))])
    away = np.linalg.norm(place - found.centre, axis=-1)
    out = (ahead >= opened[:, None]) & (ahead <= t[:, -1:])
    heat = np.where(out, cloud_flux(found, away), 0.0)
    hottest = temperature(
        found.time, heat, canopies.cloth, cooling=canopies.cooling, level=canopies.level
    ).max(axis=-1)
    fallen = falling_through(found, np.where(out, away, np.inf), canopies.area)[:, -1]
    return hottest, fallen


def required_warning(times: ArrayLike, hazard: ArrayLike, limit: ArrayLike) -> Lanes:
    """Least delay of the burst [s] from which on the hazard stays within its limit, [lanes].

    Straight between the rows; infinite where it does not within the history. What is not a number
    is above any limit.

    Args:
        times: of the delays [s], rising, [lanes, rows].
        hazard: at the capsule for each delay, [lanes, rows].
        limit: likewise, a number or [lanes].
    """
    t, h = _history(times, hazard)
    most = np.broadcast_to(_column(limit), (h.shape[0], 1))
    over = ~(h <= most)
    last = h.shape[1] - 1 - np.argmax(over[:, ::-1], axis=1)  # the last row above the limit
    lane = np.arange(h.shape[0])
    after = np.minimum(last + 1, h.shape[1] - 1)
    high, low = h[lane, last], h[lane, after]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (high - most[:, 0]) / (high - low)
    share = np.where(np.isfinite(high) & np.isfinite(share), share, 1.0)
    met = t[lane, last] + share * (t[lane, after] - t[lane, last])
    met = np.where(last == h.shape[1] - 1, np.inf, met)
    return np.where(over.any(axis=1), met, t[:, 0])


@dataclass(frozen=True)
class Required:
    """The warning that each hazard asks for [s], each [lanes]; infinite where none is enough.

    Attributes:
        blast: for the load of the blast.
        fragments: for the chance of a hit.
        fireball: to be out of the fireball.
    """

    blast: Lanes
    fragments: Lanes
    fireball: Lanes

    @property
    def all(self) -> Lanes:
        """For all of them."""
        return np.maximum(np.maximum(self.blast, self.fragments), self.fireball)


@dataclass(frozen=True)
class Bearable:
    """What the capsule bears.

    Attributes:
        overpressure: peak load of a blast [Pa].
        hit_chance: probability that a fragment hits, above 0.
        area: of the capsule as the launcher sees it [m^2].
    """

    overpressure: float
    hit_chance: float
    area: float


def required_warnings(
    times: ArrayLike,
    distance: ArrayLike,
    burst: Burst,
    what: Fragments,
    ball: Fireball,
    bearable: Bearable,
) -> Required:
    """The warning that each hazard of a burst asks for; arguments as of each by itself."""
    t, s = _history(times, distance)
    return Required(
        required_warning(t, blast_at(t, s, burst), bearable.overpressure),
        required_warning(t, chance(hits_at(t, s, what, bearable.area)), bearable.hit_chance),
        required_warning(t, fireball_at(t, s, ball)[0], 1.0),
    )


def available_warning(told: ArrayLike, burst: ArrayLike) -> Lanes:
    """Time [s] from the act on a detection to the burst, both since the failure; arrays.

    Negative where the burst comes first: then there is no warning. Infinite where nothing bursts;
    minus infinite where nothing tells of a failure that ends in a burst.
    """
    tells, bursts = np.broadcast_arrays(
        np.asarray(told, dtype=float), np.asarray(burst, dtype=float)
    )
    with np.errstate(invalid="ignore"):
        found = bursts - tells
    return np.where(np.isinf(bursts), np.inf, np.where(np.isfinite(tells), found, -np.inf))


def blast_contour(
    times: ArrayLike,
    distance: ArrayLike,
    mass: ArrayLike,
    fractions: ArrayLike,
    pressure: ArrayLike,
    sound: ArrayLike,
) -> Lanes:
    """Load of the blast on the capsule [Pa] over yield, height and warning time.

    Args:
        times: warning times [s], rising, [lanes, rows].
        distance: from the launcher [m], [lanes, rows]; a lane is an escape at a height.
        mass: of propellant that is left [kg], a number or [lanes].
        fractions: of it that count as TNT, [yields].
        pressure: of the air [Pa], a number or [lanes].
        sound: speed of sound [m/s], likewise.

    Returns:
        Shape [yields, lanes, rows].
    """
    m = np.asarray(mass, dtype=float)
    return np.stack(
        [
            blast_at(times, distance, Burst(share * m, m, pressure, sound))
            for share in np.atleast_1d(np.asarray(fractions, dtype=float))
        ]
    )


def _history(times: ArrayLike, values: ArrayLike) -> tuple[Lanes, Lanes]:
    """Times and values as [lanes, rows], checked."""
    v = np.atleast_2d(np.asarray(values, dtype=float))
    t = np.broadcast_to(np.asarray(times, dtype=float), v.shape)
    if v.shape[1] < 2 or not np.all(np.diff(t, axis=1) > 0.0):
        raise ValueError(f"history: times {t.shape} must rise along two rows at least")
    return t, v


def _of_lanes(burst: Burst, lanes: int) -> Burst:
    """The burst with its numbers as [lanes, 1]."""
    fields = (burst.tnt, burst.products, burst.pressure, burst.sound)
    return Burst(
        *(np.broadcast_to(_column(one), (lanes, 1)) for one in fields), ground=burst.ground
    )


def _column(value: ArrayLike) -> Lanes:
    one = np.asarray(value, dtype=float)
    return one[..., None] if one.ndim else one


def _along(times: Lanes, places: Lanes, at: Lanes) -> Lanes:
    return np.stack([np.interp(at, times, places[:, k]) for k in range(3)], axis=-1)


def _at(times: Lanes, places: Lanes, at: float) -> Lanes:
    return np.stack([_along(times[i], places[i], np.array([at]))[0] for i in range(len(times))])
