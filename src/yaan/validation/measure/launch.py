"""Launchers of the library: the payload that just reaches the published orbit, and told events.

The masses and thrust curves of these vehicles are not published in full. Each vehicle has one
input, named here, that was chosen so that its payload closes; the other lines were not fitted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yaan.api import Flight
from yaan.validation.case import Case, Fly, Line, number

_SHARE: Final = 0.10
"""Of the published payload: what the unpublished inputs leave open."""

_LIGHTER: Final = 0.97
"""Of the payload, for the slope: with less to lift, every search ends with propellant left."""

_ISP_BELOW: Final = "293 s"  # of PS2, the lower of the printed values


@dataclass(frozen=True)
class Launcher:
    """A mission of the library and the payload that its operator tells.

    Attributes:
        mission: name in the library.
        title: one line.
        payload: published [kg].
        source: who published it.
        closed_by: the input that is not published and was chosen to close it.
    """

    mission: str
    title: str
    payload: float
    source: str
    closed_by: str


_LAUNCHERS: Final = (
    Launcher(
        "pslv-xl-sso",
        "PSLV-XL to 600 km, sun-synchronous",
        1750.0,
        "ISRO's figure as printed by ias4sure.com; times of PSLV-C28, C38 and C39",
        "specific impulse of PS2, 300 s of the printed 293 to 301.9 s",
    ),
    Launcher(
        "gslv-f05",
        "GSLV Mk II, INSAT-3DR to a transfer orbit",
        2211.0,
        "dailyexcelsior.com and enewstime.in, GSLV-F05; archive.indianexpress.com, GSLV-D5",
        "empty mass of the cryogenic stage with the equipment bay, 3.7 t",
    ),
    Launcher(
        "sslv-leo",
        "SSLV to 500 km, 45 deg",
        500.0,
        "tlpnetwork.com, SSLV; spaceflightnow.com, SSLV-D1",
        "empty masses, which share what is left of 120 t",
    ),
    Launcher(
        "falcon-9-leo",
        "Falcon 9 class, expendable, to a low orbit",
        22_800.0,
        "detailedpedia.com, Falcon 9",
        "propellant that is not burnt, 1.9 t in the second stage",
    ),
    Launcher(
        "falcon-9-gto",
        "Falcon 9 class, expendable, to a transfer orbit",
        8_300.0,
        "detailedpedia.com, Falcon 9",
        "propellant that is not burnt, 1.9 t in the second stage",
    ),
    Launcher(
        "falcon-9-landing",
        "Falcon 9 class to a low orbit, first stage kept for a landing at sea",
        18_500.0,
        "how.com.vn, Falcon 9 Full Thrust",
        "propellant kept in the first stage, 24 t",
    ),
)


def cases() -> tuple[Case, ...]:
    """One a mission."""
    return tuple(
        Case(
            suite="launch",
            name=launcher.mission,
            title=launcher.title,
            files=(launcher.mission,),
            about=(
                "The payload that leaves just the reserve, from flights with the published one and"
                f" with 3 % less. Not published, and chosen to close it: {launcher.closed_by}."
            ),
            source=launcher.source,
            measure=_measured(launcher),
        )
        for launcher in _LAUNCHERS
    )


def _measured(launcher: Launcher) -> Callable[[Fly], Sequence[Line]]:
    return lambda fly: measure(fly, launcher)


def measure(fly: Fly, launcher: Launcher) -> Sequence[Line]:
    """The payload, and what the mission file itself compares without having fitted it."""
    lines = [_payload(fly, launcher, "payload that just reaches the orbit", {})]
    if launcher.mission == "pslv-xl-sso":
        told = f"the same with {_ISP_BELOW} of specific impulse in PS2"
        lower = {"vehicle.stages.ps2.engine.isp": _ISP_BELOW}
        lines.append(_payload(fly, launcher, told, lower))
    flown = fly(launcher.mission, {})
    lines += [
        number(row.what, row.unit, (row.published, row.ours), row.tolerance, "as the file says")
        for row in flown.summary.published
        if row.ours is not None and not row.calibrated
    ]
    return lines


def _payload(fly: Fly, launcher: Launcher, told: str, changes: Mapping[str, Any]) -> Line:
    """By the secant through two payloads; left-over propellant is nearly straight in the payload.

    With the changed vehicle both are lighter than published: a search for a shortfall takes long.
    """
    loads = [launcher.payload, _LIGHTER * launcher.payload]
    if changes:
        loads = [_LIGHTER * load for load in loads]
    left = [
        _spare(fly(launcher.mission, {**changes, **_payload_of(launcher, load)})) for load in loads
    ]
    slope = (left[1] - left[0]) / (loads[1] - loads[0])
    found = loads[0] - left[0] / slope
    margin, why = _SHARE * launcher.payload, f"{_SHARE:.0%}: {launcher.closed_by}"
    return number(told, "kg", (launcher.payload, found), margin, why)


def _payload_of(launcher: Launcher, load: float) -> dict[str, Any]:
    """Nothing of the payload that the file has: that flight serves the other lines too."""
    return {} if load == launcher.payload else {"vehicle.payload.mass": f"{load} kg"}


def _spare(flight: Flight) -> float:
    """Propellant left over the reserve [kg]; below zero where there is too little."""
    summary, reserve = flight.summary, flight.mission.plan.reserve
    assert summary.ascent is not None
    assert summary.profile is not None
    assert reserve is not None
    profile = summary.ascent.profiles[summary.profile]
    assert profile.met, "the flight misses its orbit, so what is left means nothing"
    return profile.propellant_left - reserve.propellant
