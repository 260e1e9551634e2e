"""From the phases of a mission file to the arrays that fly, one profile at a time."""

from dataclasses import dataclass

from yaan.base.constants import EARTH_RADIUS
from yaan.description import LIFT_OFF, Ascent, ProfileSpec
from yaan.flight.models.launcher import Vehicle, burn_time
from yaan.flight.models.phases import Leg, Run, build_phases, duration_of, legs_of
from yaan.motion.powered_phases import Phases


@dataclass(frozen=True)
class Sequence:
    """The legs of a profile, as names and as arrays."""

    legs: tuple[Leg, ...]
    programmes: tuple[str, ...]
    phases: Phases
    orbit_leg: int | None
    """The leg that the orbit ends."""
    spans: dict[str, float]
    """About how long each programme steers [s]."""
    coasts: dict[str, int]
    """The legs, by their phases, of which the duration is solved."""

    def index(self, at: str | float) -> int:
        """The leg that ends at a named event or at a waypoint [s]."""
        for i, leg in enumerate(self.legs):
            if leg.event == at if isinstance(at, str) else leg.until == at:
                return i
        raise KeyError(at)


def make_sequence(
    ascent: Ascent, profile: ProfileSpec, vehicle: Vehicle, mu: float, *, searched: bool = True
) -> Sequence:
    """The sequence of one steering profile; `mu` [m^3/s^2] sets the energy of the target.

    `searched`: the last stage may burn more than it has, since a search asks how much.
    """
    waypoints = {m.at for m in profile.meet if isinstance(m.at, float)}
    legs = legs_of(ascent.phases, hold_down=ascent.pad.hold_down, waypoints=waypoints)
    target = ascent.target
    run = Run(
        ascent.vehicle,
        vehicle,
        ascent.plan.step,
        profile.programmes,
        energy=-mu / (2.0 * EARTH_RADIUS + target.perigee + target.apogee),
        searched=searched,
    )
    programmes = tuple(profile.programmes)
    orbits = [
        i
        for i, leg in enumerate(legs)
        if leg.event not in (None, LIFT_OFF) and leg.phase.until.orbit
    ]
    return Sequence(
        legs=legs,
        programmes=programmes,
        phases=build_phases(run, legs),
        orbit_leg=orbits[-1] if orbits else None,
        spans=_spans(ascent),
        coasts={
            leg.phase.name: i for i, leg in enumerate(legs) if leg.phase.until.duration_between
        },
    )


def _spans(ascent: Ascent) -> dict[str, float]:
    spans: dict[str, float] = {}
    start, stages = 0.0, ascent.vehicle.stages
    lit: list[str] = []
    for phase in ascent.phases:
        lit = phase.ignite or lit
        until = phase.until
        burn = max((burn_time(stages[name]) for name in lit), default=100.0)
        length = duration_of(until) or burn
        length = length if until.time is None else until.time - start
        programme = phase.steer.programme
        if programme is not None:
            spans[programme] = spans.get(programme, 0.0) + max(length, 1.0)
        start += length
    return spans
