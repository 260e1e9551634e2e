"""Events of an arc: nodes, apsides, the Earth's shadow, and crossings of what is asked for.

Each kind is a function of time whose zeros are found (`yaan.access.find`) to 1e-6 s or better from
samples `STEP` apart: what lasts shorter is found by its height, as long as the function turns at
most once within two steps. What the kinds are:

- `node`: the craft crosses the equator, by default the true equator of date (the pole of IAU
  2006/2000A with the observed offsets, or that of the flight), or that of J2000 (GCRS, whose pole
  is within 0.02 arcseconds of the mean pole of J2000). With the place below it and its country.
- `apsis`: the distance from the Earth's centre is least or greatest. Of an almost round orbit the
  apsides of the osculating distance are told, which J2 makes more than two a revolution.
- `eclipse`: edges of penumbra and umbra of the ellipsoid (`yaan.environment.sunlight`).
- `height`, `latitude`: geodetic, crossed at a value.
- `local-time`: local solar time of the place below, crossed at a value: `apparent`, by the Sun
  that is seen, or `mean`, which is UT1 plus longitude.
- `beta`: angle of the Sun above the plane of the orbit, crossed at a value.
- `highest`, `lowest`: the geodetic height turns.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from yaan.access.find import Extrema, Zeros, maxima, minima, samples, zeros
from yaan.access.passes import Search
from yaan.access.sky import AbstractTurning, IersTurning, SunPath, geodetic_of
from yaan.access.stations import Station
from yaan.base.errors import YaanError
from yaan.environment.sunlight import clearance
from yaan.spacetime.land import country_at
from yaan.spacetime.time import Epoch

Array = NDArray[np.float64]

Kind = Literal[
    "node", "apsis", "eclipse", "height", "latitude", "local-time", "beta", "highest", "lowest"
]
KINDS: Final[tuple[Kind, ...]] = (
    "node",
    "apsis",
    "eclipse",
    "height",
    "latitude",
    "local-time",
    "beta",
    "highest",
    "lowest",
)
PLAIN: Final[tuple[Kind, ...]] = ("node", "apsis", "eclipse")
"""Kinds that need no value."""

SUNRISE: Final = -math.radians(50.0 / 60.0)
"""Elevation of the Sun's centre as it rises [rad]: its radius and the usual refraction, 50'."""
_HOUR: Final = np.pi / 12.0  # [rad]
_SUN_STEP: Final = 600.0  # [s]: the Sun takes a day


@dataclass(frozen=True)
class ArcEvent:
    """Something that happens on an arc.

    Attributes:
        kind: as asked for.
        name: what it is: ascending node, perigee, umbra entry, height crossed rising.
        time: since the arc's epoch [s].
        epoch: the same as an instant.
        latitude: geodetic, of the place below [rad].
        longitude: east positive [rad].
        height: geodetic [m].
        country: below it; empty over the sea, and of kinds without one.
        value: of what was crossed: SI, hours of a local time; NaN of kinds without one.
    """

    kind: Kind
    name: str
    time: float
    epoch: Epoch
    latitude: float
    longitude: float
    height: float
    country: str = ""
    value: float = float("nan")


@dataclass(frozen=True)
class Question:
    """What events are asked for.

    Attributes:
        kinds: which; those without a value if left out.
        values: at which values, of kinds that have one: [m], [rad], hours of a local time.
        equator: of nodes: true of date, or of J2000.
        clock: of local times: apparent or mean.
    """

    kinds: Sequence[Kind] = PLAIN
    values: Mapping[Kind, Sequence[float]] = field(default_factory=dict[Kind, Sequence[float]])
    equator: Literal["date", "J2000"] = "date"
    clock: Literal["apparent", "mean"] = "apparent"


def events(search: Search, question: Question | None = None) -> list[ArcEvent]:
    """All events of an arc that are asked for, in order of time.

    Raises:
        YaanError: an empty span, one outside the arc, a kind without its values, or one that needs
            the Sun under no sky.
    """
    asked = question or Question()
    view = _View(search, asked)
    found = [one for kind in asked.kinds for one in _FINDERS[kind](view, kind)]
    # What begins on a zero does not pass it.
    passed = (one for one in found if one.time > search.span[0])
    return sorted(passed, key=lambda one: (one.time, one.name))


class _View:
    """The functions of time that events are zeros of."""

    def __init__(self, search: Search, asked: Question) -> None:
        self.search, self.asked = search, asked
        self.arc, self.turning = search.arc, search.turns()
        self.at = samples(*search.span, search.step)
        self._sun = SunPath(search.arc.epoch, *search.span) if search.sky else None

    @cached_property
    def _sampled(self) -> tuple[Array, Array]:
        return self.arc.at(self.at)

    def state(self, t: Array) -> tuple[Array, Array]:
        """Position and velocity; at the samples, which every kind asks for, found once."""
        return self._sampled if t is self.at else self.arc.at(t)

    def sun(self, t: Array) -> Array:
        if self._sun is None:
            raise YaanError(
                "this flight flies under no sky (its Earth only spins), so the Sun is nowhere:"
                " of its events only node, apsis, height, latitude, highest and lowest are told"
            )
        return self._sun.at(t)

    def values(self, kind: Kind) -> Sequence[float]:
        found = self.asked.values.get(kind, ())
        if not found:
            raise YaanError(f"events of kind {kind} are crossings of a value: none was given")
        return found

    def below(self, t: Array) -> tuple[Array, Array, Array]:
        """Geodetic latitude, longitude [rad] and height [m]."""
        return geodetic_of(self.turning.earth_fixed(t, self.state(t)[0]))

    def north(self, t: Array) -> Array:
        """Distance north of the equator that is asked for [m]."""
        position = self.state(t)[0]
        if self.asked.equator == "J2000":
            return position[:, 2]
        return np.einsum("ni,ni->n", position, self.turning.poles(t))

    def outward(self, t: Array) -> Array:
        """Radial velocity times distance [m^2/s]: zero at an apsis."""
        return np.einsum("ni,ni->n", *self.state(t))

    def clear(self, t: Array, kind: Literal["umbra", "penumbra"]) -> Array:
        return clearance(self.state(t)[0], self.sun(t), kind)

    def height(self, t: Array) -> Array:
        return self.below(t)[2]

    def latitude(self, t: Array) -> Array:
        return self.below(t)[0]

    def beta(self, t: Array) -> Array:
        """Angle of the Sun above the plane of the orbit [rad]."""
        normal, sun = np.cross(*self.state(t)), self.sun(t)
        across = np.einsum("ni,ni->n", normal, sun)
        return np.arcsin(across / np.linalg.norm(normal, axis=1) / np.linalg.norm(sun, axis=1))

    def hour_angle(self, t: Array, noon_to: float) -> Array:
        """Local solar time of the place below less `noon_to` [rad of a day], any whole turns."""
        _, longitude, _ = self.below(t)
        if self.asked.clock == "mean":
            if not isinstance(self.turning, IersTurning):
                raise YaanError(
                    "mean local times are told over an Earth that turns as the IERS say"
                )
            noon = longitude + 2.0 * np.pi * self.turning.ut1_days(t)
        else:
            sun = self.turning.earth_fixed(t, self.sun(t))
            noon = longitude - np.arctan2(sun[:, 1], sun[:, 0])
        return noon - noon_to


def _made(
    view: _View, kind: Kind, time: Array, names: Sequence[str], **more: object
) -> list[ArcEvent]:
    if not len(time):
        return []
    latitude, longitude, height = view.below(time)
    over = country_at(latitude, longitude) if kind == "node" else [""] * len(time)
    return [
        ArcEvent(
            kind=kind,
            name=names[i],
            time=float(time[i]),
            epoch=view.arc.epoch + float(time[i]),
            latitude=float(latitude[i]),
            longitude=float(longitude[i]),
            height=float(height[i]),
            country=over[i],
            **more,  # type: ignore[arg-type]
        )
        for i in range(len(time))
    ]


def _named(found: Zeros, rising: str, falling: str) -> list[str]:
    return [rising if up else falling for up in found.rising]


def _nodes(view: _View, kind: Kind) -> Iterator[ArcEvent]:
    found = zeros(view.north, view.at)
    yield from _made(view, kind, found.time, _named(found, "ascending node", "descending node"))


def _apsides(view: _View, kind: Kind) -> Iterator[ArcEvent]:
    found = zeros(view.outward, view.at)
    yield from _made(view, kind, found.time, _named(found, "perigee", "apogee"))


def _eclipses(view: _View, kind: Kind) -> Iterator[ArcEvent]:
    for cone in ("penumbra", "umbra"):
        found = zeros(partial(view.clear, kind=cone), view.at)
        yield from _made(view, kind, found.time, _named(found, f"{cone} exit", f"{cone} entry"))


def _crossings(view: _View, kind: Kind) -> Iterator[ArcEvent]:
    function: Callable[[Array], Array] = getattr(view, kind)
    for value in view.values(kind):
        found = zeros(lambda t, value=value: function(t) - value, view.at)
        names = _named(found, f"{kind} crossed rising", f"{kind} crossed falling")
        yield from _made(view, kind, found.time, names, value=float(value))


def _local_times(view: _View, kind: Kind) -> Iterator[ArcEvent]:
    for hours in view.values(kind):
        ahead = partial(view.hour_angle, noon_to=(hours - 12.0) * _HOUR)
        found = zeros(lambda t, ahead=ahead: np.sin(ahead(t)), view.at)
        # The sine is zero half a day away too.
        here = np.cos(ahead(found.time)) > 0.0 if len(found.time) else np.empty(0, bool)
        name = f"{view.asked.clock} local time crossed"
        yield from _made(view, kind, found.time[here], [name] * int(here.sum()), value=float(hours))


def _extrema(view: _View, kind: Kind) -> Iterator[ArcEvent]:
    turn: Extrema = (maxima if kind == "highest" else minima)(view.height, view.at)
    yield from _made(view, kind, turn.time, [kind] * len(turn.time))


_FINDERS: Final[dict[Kind, Callable[[_View, Kind], Iterator[ArcEvent]]]] = {
    "node": _nodes,
    "apsis": _apsides,
    "eclipse": _eclipses,
    "height": _crossings,
    "latitude": _crossings,
    "beta": _crossings,
    "local-time": _local_times,
    "highest": _extrema,
    "lowest": _extrema,
}


@dataclass(frozen=True)
class SunEvent:
    """The Sun crosses an elevation at a place.

    Attributes:
        station: the place.
        rising: whether it comes up.
        time: [s] since the epoch.
        epoch: the same as an instant.
        azimuth: of the Sun, from north through east [rad].
    """

    station: Station
    rising: bool
    time: float
    epoch: Epoch
    azimuth: float


def sun_events(
    epoch: Epoch,
    span: tuple[float, float],
    station: Station,
    elevation: float = SUNRISE,
    turning: AbstractTurning | None = None,
) -> list[SunEvent]:
    """When the Sun's centre crosses an elevation [rad] at a place: sunrise, sunset, twilight.

    Args:
        epoch: from which `span` counts.
        span: first and last instant [s].
        station: the place; its mask and its minimum elevation do not matter.
        elevation: geometric; sunrise and sunset at sea level if left out.
        turning: of the Earth; the IERS conventions if left out.
    """
    turns, sun = turning or IersTurning(epoch, *span), SunPath(epoch, *span)

    def above(t: Array) -> Array:
        return station.look(turns.earth_fixed(t, sun.at(t))).elevation - elevation

    found = zeros(above, samples(*span, _SUN_STEP))
    if not len(found.time):
        return []
    azimuth = station.look(turns.earth_fixed(found.time, sun.at(found.time))).azimuth
    return [
        SunEvent(station, bool(up), float(t), epoch + float(t), float(way))
        for t, up, way in zip(found.time, found.rising, azimuth, strict=True)
    ]
