"""From separation to the interface: the orbit that is kept, its passes, the deorbit burn."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from yaan.analysis.flown import Flown
from yaan.analysis.history import at_row, degrees, row_at
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.description import ReturnFlight
from yaan.design.choice import Opportunity, light
from yaan.design.record import elements_of
from yaan.design.return_search import ReturnDesign
from yaan.environment.sunlight import eclipses
from yaan.flight import legs
from yaan.flight.models.world import epoch_of
from yaan.results import summary_ascent as records
from yaan.results.commands import BurnCommand
from yaan.results.summary_guidance import OrbitGuidance, ResolvedBurn
from yaan.results.summary_return import Deorbit, Separation
from yaan.results.trajectory import History
from yaan.spacetime.ephemeris import apparent_sun_position
from yaan.spacetime.zone import distance

_RAISING: Final = ("circularise", "trim", "phasing")
"""Burns before a deorbit, in the order of `legs.Burns`."""


def orbit_phase(flown: Flown) -> records.OrbitPhase | None:
    """The orbit between separation and the deorbit burn; None where no return began."""
    if flown.returned is None:
        return None
    (asked, design), history = flown.returned, flown.history
    lane, task, path = design.orbit, design.task, design.path
    within = path.time <= end_of_orbit(design)
    t, r, v = path.time[within], path.position[within], path.velocity[within]
    spells = eclipses(t, r, v, apparent_sun_position(epoch_of(asked.plan), t))
    dark = [s.end - s.start for s in spells if s.kind == "umbra"]
    named = int(np.argmin(np.abs(design.perigees - task.raising.perigee)))
    price = design.raised.delta_v + design.reference.delta_v
    when = {
        "separation": float(t[0]),
        "after raising": _raised(design) + 1.0,
        "before deorbit": float(t[-1]),
    }
    return records.OrbitPhase(
        named_perigee=task.raising.perigee,
        chosen_perigee=float(design.perigees[lane]),
        cost=float(price[lane] - price[named]),
        elements=_elements(design, when),
        mean_height=mean_height(design),
        revolutions=None if design.chosen is None else design.chosen.passed.revolution,
        burns=_raising_burns(asked, design, history),
        eclipses=tuple(records.Eclipse(kind=s.kind, start=s.start, end=s.end) for s in spells),
        eclipse_fraction=sum(dark) / float(t[-1] - t[0]),
        longest_eclipse=max(dark, default=0.0),
        guidance=_resolved(asked, design, history),
    )


def end_of_orbit(design: ReturnDesign) -> float:
    """When the deorbit burn begins, or the window ends [s]."""
    return float(design.path.time[-1] if design.down is None else design.down.ignition[0])


def _raised(design: ReturnDesign) -> float:
    """End of the last burn that raises the orbit [s]."""
    lane, burns = design.orbit, design.raised.burns
    return float(np.max(burns.start[lane] + burns.duration[lane]))


def _elements(design: ReturnDesign, when: dict[str, float]) -> tuple[records.OrbitState, ...]:
    """Osculating elements at the named times, against the true equator of date."""
    position, velocity = design.path.at(list(when.values()))
    found = elements_of(design.world, position, velocity)
    period = 2.0 * np.pi * np.sqrt(found.semi_major_axis**3 / float(design.world.mu))
    return tuple(
        records.OrbitState(
            when=name,
            time=time,
            perigee=float(found.perigee[i]),
            apogee=float(found.apogee[i]),
            inclination_deg=degrees(found.inclination[i]),
            period=float(period[i]),
        )
        for i, (name, time) in enumerate(when.items())
    )


def mean_height(design: ReturnDesign) -> float:
    """Mean height above 6378.137 km between the raising and the deorbit [m]."""
    first, end = _raised(design), end_of_orbit(design)
    # The window may close before the orbit is raised: then there is only the one before.
    times = np.arange(first if first < end else design.path.time[0], end, 60.0)
    position, _ = design.path.at(times)
    return float(np.mean(np.linalg.norm(position, axis=1)) - EARTH_RADIUS)


def _raising_burns(
    asked: ReturnFlight, design: ReturnDesign, history: History
) -> tuple[records.Burn, ...]:
    thrust = float(design.task.raising.craft.thrust)
    engines = asked.spacecraft.service_module.engines
    return tuple(
        _burn(history, name, start, duration, engines, thrust)
        for name, start, duration in raising_spans(design)
    )


def raising_spans(design: ReturnDesign) -> Iterator[tuple[str, float, float]]:
    """Each burn that raises the orbit: name, ignition and duration [s], as far as it was flown.

    The landing window may close, and with it the flight, before a burn begins or ends.
    """
    lane, burns, end = design.orbit, design.raised.burns, end_of_orbit(design)
    for i, name in enumerate(_RAISING[: burns.start.shape[1]]):
        start, duration = float(burns.start[lane, i]), float(burns.duration[lane, i])
        if duration > 0.0 and start < end:
            yield name, start, min(duration, end - start)


def _burn(
    history: History, name: str, start: float, duration: float, engines: int, thrust: float
) -> records.Burn:
    first, last = row_at(history, start), row_at(history, start + duration)
    before, after = float(history["mass"][first]), float(history["mass"][last])
    spent = before - after
    return records.Burn(
        name=name,
        start=start,
        duration=duration,
        # Constant thrust and flow: the rocket equation is exact.
        delta_v=thrust * duration / spent * float(np.log(before / after)) if spent else 0.0,
        propellant=spent,
        engines=engines,
        thrust=thrust,
    )


def _resolved(asked: ReturnFlight, design: ReturnDesign, history: History) -> OrbitGuidance | None:
    """Burns that were solved again in flight; None of those that are flown by the clock."""
    back, down, guidance = design.designed, design.down, asked.plan.guidance
    if back is None or down is None or guidance is None or guidance.orbit is None:
        return None
    place, end = back.interface, down.interface.end
    assert place is not None
    deorbit = BurnCommand(start=back.ignition, duration=back.duration, sense=-1.0)
    before = dict(zip(_RAISING, back.raising, strict=False)) | {"deorbit": deorbit}
    flown = [*_raising_burns(asked, design, history), _deorbit_burn(asked, design, history)]
    craft, navigation = design.task.raising.craft, asked.plan.navigation
    north, east, _ = legs.below(design.world, end.t, end.position_gcrs)
    return OrbitGuidance(
        law=guidance.orbit.law,
        burns=tuple(_beside(one, before.get(one.name), float(craft.isp)) for one in flown),
        interface_later=float(end.t[0]) - place.time,
        interface_apart=float(distance(north, east, place.latitude, place.longitude)[0]),
        draw=None if navigation is None or navigation.model == "perfect" else navigation.draw,
    )


def _beside(flown: records.Burn, designed: BurnCommand | None, isp: float) -> ResolvedBurn:
    """A burn beside the designed one, which begins with the same mass."""
    lasts = None if designed is None else designed.duration
    gain = None
    if lasts is not None and flown.delta_v > 0.0:
        exhaust = isp * STANDARD_GRAVITY
        spent = -np.expm1(-flown.delta_v / exhaust) * lasts / flown.duration  # of the mass
        gain = -exhaust * float(np.log1p(-spent)) if spent < 1.0 else None
    return ResolvedBurn(
        name=flown.name,
        start=flown.start,
        duration=flown.duration,
        delta_v=flown.delta_v,
        start_designed=None if designed is None else designed.start,
        duration_designed=lasts,
        delta_v_designed=gain,
    )


def opportunities(flown: Flown) -> tuple[records.Opportunity, ...]:
    """Every pass of the orbit that is flown, in order of time."""
    if flown.returned is None:
        return ()
    asked, design = flown.returned
    return tuple(
        _opportunity(asked, design, one) for one in design.found if one.orbit == design.orbit
    )


def _opportunity(
    asked: ReturnFlight, design: ReturnDesign, one: Opportunity
) -> records.Opportunity:
    chosen, why = one is design.chosen, one.why
    if one.reachable and not chosen:
        why = f"{light(one.sun_elevation)}; another pass was chosen"
    return records.Opportunity(
        revolution=one.passed.revolution,
        time=one.passed.time,
        utc=(epoch_of(asked.plan) + one.passed.time).iso(),
        latitude_deg=degrees(one.passed.latitude),
        longitude_deg=degrees(one.passed.longitude),
        direction="ascending" if one.passed.ascending else "descending",
        cross_track=max(-one.passed.margin, 0.0),
        sun_elevation_deg=degrees(one.sun_elevation),
        light=one.light,
        perigee=float(design.perigees[one.orbit]),
        entry_angle_deg=degrees(design.task.way.entry_angle) if one.reachable else None,
        reachable=one.reachable,
        chosen=chosen,
        why="chosen" if chosen else why,
    )


def deorbit(flown: Flown) -> Deorbit | None:
    """The burn and the parting; None of what does not come down."""
    if flown.returned is None:
        return None
    (asked, design), history = flown.returned, flown.history
    if design.down is None or design.landed is None:
        return None
    parted = float(design.down.burnt.end.t[0])
    return Deorbit(
        burn=_deorbit_burn(asked, design, history),
        separation=at_row(Separation, history, row_at(history, parted), time=parted),
    )


def _deorbit_burn(asked: ReturnFlight, design: ReturnDesign, history: History) -> records.Burn:
    assert design.down is not None
    start, duration = float(design.down.ignition[0]), float(design.down.duration[0])
    thrust, engines = float(design.task.craft.whole.thrust), asked.deorbit.engines
    return _burn(history, "deorbit", start, duration, engines, thrust)
