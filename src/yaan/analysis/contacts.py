"""When the stations of a mission see what flies, as the summary tells it."""

import math
from collections.abc import Sequence

import numpy as np

from yaan.access import (
    AbstractTurning,
    Mask,
    Pass,
    PassPoint,
    Search,
    Station,
    TabulatedTurning,
    passes,
)
from yaan.analysis.arcs import arc_of
from yaan.analysis.flown import Flown
from yaan.description import Plan
from yaan.description.stations import StationSpec
from yaan.flight.models.world import earth_of, epoch_of
from yaan.results.summary_contacts import ContactPoint, Contacts, ContactStation, StationContact
from yaan.spacetime.arc import TabulatedArc


def station_of(spec: StationSpec, minimum_elevation: float | None = None) -> Station:
    """A station as it is described; its minimum elevation [rad] replaced where one is given."""
    mask = spec.mask
    least = spec.minimum_elevation if minimum_elevation is None else minimum_elevation
    return Station(
        name=spec.name,
        latitude=spec.latitude,
        longitude=spec.longitude,
        height=spec.height,
        minimum_elevation=least,
        mask=None if mask is None else Mask(tuple(mask.azimuth), tuple(mask.elevation)),
        title=spec.title,
    )


def turning_of(plan: Plan, stop: float) -> AbstractTurning:
    """How the Earth turns under a plan's flight, until `stop` [s] after its epoch.

    To be called within `computing()`.
    """
    epoch = epoch_of(plan)
    return TabulatedTurning(epoch, earth_of(plan.environment.earth, epoch, max(stop, 1.0)))


def contacts(flown: Flown) -> Contacts | None:
    """The contacts of a flight with the stations of its mission; None where it has none."""
    plan = flown.plan
    if not plan.stations or "position_gcrs" not in flown.history:
        return None
    path = arc_of(flown.history, epoch_of(plan), plan.name)
    search = search_in(plan, path.arc)
    found = passes(search, [station_of(spec) for spec in plan.stations])
    return told(found, plan.stations, search.span, path.interpolation)


def search_in(plan: Plan, arc: TabulatedArc) -> Search:
    """Where passes and events of a flight are looked for: its arc over the Earth that it flew over.

    To be called within `computing()`.
    """
    return Search(arc, turning_of(plan, arc.stop), sky=plan.environment.earth.sky)


def told(
    found: Sequence[Pass],
    stations: Sequence[StationSpec],
    span: tuple[float, float],
    interpolation: float,
) -> Contacts:
    """Passes as the summary has them.

    Args:
        found: in the order in which they begin.
        stations: over which they were looked for.
        span: in which [s].
        interpolation: how far the arc may be out between its rows [m].
    """
    covered, gap = _coverage(found, span)
    return Contacts(
        start=span[0],
        end=span[1],
        stations=tuple(_station(one, found) for one in stations),
        passes=tuple(_contact(one) for one in found),
        share=covered / (span[1] - span[0]),
        longest_gap=gap,
        interpolation=interpolation,
    )


def _coverage(found: Sequence[Pass], span: tuple[float, float]) -> tuple[float, float]:
    """Time in which any station sees it, and the longest without [s]."""
    covered, gap, until = 0.0, 0.0, span[0]
    for one in found:
        gap = max(gap, one.rise.time - until)
        covered += max(0.0, one.set.time - max(one.rise.time, until))
        until = max(until, one.set.time)
    return covered, max(gap, span[1] - until)


def _station(spec: StationSpec, found: Sequence[Pass]) -> ContactStation:
    mine = [one for one in found if one.station.name == spec.name]
    least = mine[0].station.minimum_elevation if mine else spec.minimum_elevation
    return ContactStation(
        name=spec.name,
        title=spec.title or spec.name,
        network=spec.network,
        latitude_deg=math.degrees(spec.latitude),
        longitude_deg=math.degrees(math.remainder(spec.longitude, math.tau)),
        height=spec.height,
        accuracy=spec.accuracy,
        minimum_elevation_deg=math.degrees(least),
        masked=spec.mask is not None,
        contacts=len(mine),
        time=float(np.sum([one.duration for one in mine])),
    )


def _contact(one: Pass) -> StationContact:
    sky = math.isfinite(one.lit)
    return StationContact(
        station=one.station.name,
        rise=_point(one.rise),
        culmination=_point(one.culmination),
        set=_point(one.set),
        cut_start=one.cut_start,
        cut_end=one.cut_end,
        duration=one.duration,
        lit=one.lit if sky else None,
        sun_elevation_deg=math.degrees(one.sun_elevation) if sky else None,
        visible=one.visible,
    )


def _point(one: PassPoint) -> ContactPoint:
    return ContactPoint(
        time=one.time,
        utc=one.epoch.iso(),
        azimuth_deg=math.degrees(one.azimuth),
        elevation_deg=math.degrees(one.elevation),
        distance=one.distance,
        range_rate=one.range_rate,
    )
