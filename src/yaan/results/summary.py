"""The summary of a flight: everything that is told in numbers, as one typed record.

What it lacks is None or empty: a flight that ends in orbit has no entry, one that starts aloft no
ascent. All is SI, but for keys that end in `_deg` and `_g` (over 9.80665 m/s^2); what ends in
`_deg` has a property of the plain name in radians. Times are since the first ignition, of a flight
that starts aloft since its epoch. A number that is not known is NaN, in a file null.
"""

from typing import ClassVar, Final, Literal

from yaan.base.model import Model
from yaan.base.provenance import Source
from yaan.results import schema1
from yaan.results.record import Radians, notice, record, to_plain
from yaan.results.summary_ascent import Ascent, Elements, Opportunity, OrbitPhase
from yaan.results.summary_contacts import Contacts
from yaan.results.summary_evidence import (
    Integration,
    PublishedFigure,
    RankedAssumption,
)
from yaan.results.summary_return import Deorbit, Descent, Entry, Landing, LoadPeak, Vector
from yaan.results.summary_sequence import Sequence
from yaan.results.summary_shadow import Shadow

SCHEMA: Final = 2
"""The version of `summary.json` that this Yaan writes."""


class _Keyed:
    """A record that answers to the keys that its mapping had in schema 1, with a notice."""

    __slots__ = ()
    _renamed: ClassVar[dict[str, str]] = {}

    def __getitem__(self, key: str) -> object:
        name = self._renamed.get(key, key)
        if not hasattr(self, name):
            raise KeyError(key)
        notice(f"[{key!r}]", f".{name}")
        return getattr(self, name)


@record
class VerdictCounts:
    """How many verdicts of a flight there are.

    Attributes:
        held: passed.
        failed: failed.
        open: neither.
    """

    held: int
    failed: int
    open: int


@record
class Outcome(_Keyed):
    """How a flight ended.

    Attributes:
        code: a word: flown, no-solution, not-found, interrupted and others.
        text: the same as a sentence.
        shortfall: ideal velocity that is missing [m/s]; 0 where nothing is, or nothing is known.
        verdicts: how many held, failed and are open.
    """

    code: str
    text: str
    shortfall: float
    verdicts: VerdictCounts


@record
class Verdict(_Keyed):
    """What a flight had to hold, and whether it did.

    Attributes:
        name: what is judged.
        passed: None where it is open.
        value: what was found, with its unit.
        limit: what was asked for, with its unit.
        text: more in words.
        state: of a crew load, its grade; None of others.
    """

    name: str
    passed: bool | None
    value: str
    limit: str
    text: str
    state: str | None


@record
class Event(_Keyed):
    """A row of the timeline: an event, or a peak.

    Attributes:
        name: of the event.
        phase: that it ends or begins; empty for the whole flight.
        kind: event or peak.
        time: [s].
        height: geodetic [m].
        latitude_deg: geodetic.
        longitude_deg: east positive.
        downrange: along the ground from the start [m].
        speed_relative: against the turning Earth [m/s].
        speed_inertial: in GCRS [m/s].
        flight_path_angle_inertial_deg: of the inertial velocity, against the plane across the
            radius.
        flight_path_angle_relative_deg: of the relative velocity, against the horizon.
        mass_before: [kg].
        mass_after: [kg].
        dynamic_pressure: [Pa].
        load_g: specific force.
        radius: of an apsis, its distance from the Earth's centre [m]; None of others.
    """

    name: str
    phase: str
    kind: str
    time: float
    height: float
    latitude_deg: float
    longitude_deg: float
    downrange: float
    speed_relative: float
    speed_inertial: float
    flight_path_angle_inertial_deg: float
    flight_path_angle_relative_deg: float
    mass_before: float
    mass_after: float
    dynamic_pressure: float
    load_g: float
    radius: float | None

    latitude = Radians()
    longitude = Radians()
    flight_path_angle_inertial = Radians()
    flight_path_angle_relative = Radians()
    _renamed: ClassVar[dict[str, str]] = {
        "event": "name",
        "flight_path_angle_deg": "flight_path_angle_inertial_deg",
    }


@record
class Peak:
    """A largest value.

    Attributes:
        time: [s].
        value: SI.
    """

    time: float
    value: float


@record
class PressurePeak:
    """The largest dynamic pressure.

    Attributes:
        time: [s].
        value: [Pa].
        mach: there; None where there is no air.
        height: there [m].
    """

    time: float
    value: float
    mach: float | None
    height: float


@record
class RatePeak:
    """The fastest turn.

    Attributes:
        time: [s].
        value_deg: a second, against GCRS.
    """

    time: float
    value_deg: float

    value = Radians()


@record
class Peaks:
    """Largest values: of the ascent, of an entry flown alone, or of a body's flight.

    Attributes:
        dynamic_pressure: with what was so then.
        load: specific force.
        heat_flux: of the free stream in the ascent [W/m^2].
        rate: fastest turn of a body.
        height: highest point of a body's flight [m].
    """

    dynamic_pressure: PressurePeak | None
    load: LoadPeak | None
    heat_flux: Peak | None
    rate: RatePeak | None
    height: Peak | None


@record
class MassChange:
    """A change of mass.

    Attributes:
        event: at which it comes.
        item: what is burnt or left behind.
        change: [kg].
        mass: that stays [kg].
    """

    event: str
    item: str
    change: float
    mass: float


@record
class PropellantUse:
    """The propellant of a stage, of a configuration of a body, or of the service module.

    Attributes:
        stage: whose.
        loaded: [kg].
        used: [kg].
        left: [kg].
        margin_velocity: ideal velocity that the rest is worth [m/s]; None without an engine.
    """

    stage: str
    loaded: float
    used: float
    left: float
    margin_velocity: float | None


@record
class VelocityLosses:
    """Where the ideal velocity of a phase went, against the turning Earth.

    Attributes:
        part: of the flight: ascent or return.
        phase: its name.
        ideal: [m/s]; negative of a burn against the motion.
        gravity: lost to gravity and to the centrifugal acceleration [m/s].
        drag: lost to drag [m/s].
        steering: lost since the thrust is not along the motion [m/s].
        back_pressure: lost to the pressure of the air on the nozzles [m/s].
        achieved: change of the relative speed [m/s].
    """

    part: str
    phase: str
    ideal: float
    gravity: float
    drag: float
    steering: float
    back_pressure: float
    achieved: float


@record
class VelocityTotal:
    """The sums of the velocity budget over one part of the flight.

    Attributes:
        part: of the flight: ascent or return.
        ideal: [m/s].
        gravity: [m/s].
        drag: [m/s].
        steering: [m/s].
        back_pressure: [m/s].
        achieved: [m/s].
        residual: what the sums leave unexplained [m/s].
        convention: of the signs.
    """

    part: str
    ideal: float
    gravity: float
    drag: float
    steering: float
    back_pressure: float
    achieved: float
    residual: float
    convention: str


@record
class Budgets:
    """Mass, propellant and velocity of the whole flight, each one list.

    Attributes:
        mass: every change of it, in order of time.
        mass_closure: what the changes leave unexplained [kg]; None without a budget.
        propellant: of each stage.
        velocity: by phase.
        velocity_totals: by part of the flight.
    """

    mass: tuple[MassChange, ...]
    mass_closure: float | None
    propellant: tuple[PropellantUse, ...]
    velocity: tuple[VelocityLosses, ...]
    velocity_totals: tuple[VelocityTotal, ...]


@record
class AxisLoads:
    """The loads along one direction of the couch, graded.

    Attributes:
        axis: the direction, as +x.
        curve: name of the limit; empty without one.
        status: standing of its source.
        verdict: pass, fail, provisional-pass, provisional-fail or ungraded.
        worst_level_g: level whose longest exposure uses most of what is allowed.
        worst_duration: longest time at or above it [s].
        allowed_duration: what is allowed there [s]; None is without end.
        utilisation: of what is allowed; 1 is the limit.
        peak_g: largest load.
        source: of the curve: document, revision, clause and how it was read, in one line.
        text: the verdict as a sentence.
        allowed: points of the curve: duration [s] and level [g0].
        document: that says so; empty of a flight told before this was.
        clause: of the document.
        revision: of the document.
    """

    axis: str
    curve: str
    status: str
    verdict: str
    worst_level_g: float | None
    worst_duration: float | None
    allowed_duration: float | None
    utilisation: float | None
    peak_g: float
    source: str
    text: str
    allowed: tuple[tuple[float, float], ...]
    document: str = ""
    clause: str = ""
    revision: str = ""


@record
class CrewLoads:
    """The loads on the crew in one part of the flight, graded.

    Attributes:
        part: of the flight: ascent or return.
        condition: of the crew.
        axes: every direction of the couch.
        couch: its name; empty where only a seat is told.
    """

    part: str
    condition: str
    axes: tuple[AxisLoads, ...]
    couch: str = ""


@record
class BodyState:
    """The whole state of a body.

    Attributes:
        time: [s].
        utc: the same as a date.
        phase: its name.
        position_gcrs: [m].
        velocity_gcrs: [m/s].
        position_itrs: [m].
        velocity_itrs: against the turning Earth [m/s].
        latitude_deg: geodetic.
        longitude_deg: east positive.
        height: geodetic [m].
        velocity_ned: against the turning Earth, north, east and down [m/s].
        quaternion: GCRS to body, scalar first.
        matrix: GCRS to body.
        yaw_deg: of its axes against north, east and down.
        pitch_deg: likewise.
        roll_deg: likewise.
        rate_body: against GCRS, on body axes [rad/s].
        mass: [kg].
        orbit: osculating; None of what meets or leaves the Earth.
    """

    time: float
    utc: str
    phase: str
    position_gcrs: Vector
    velocity_gcrs: Vector
    position_itrs: Vector
    velocity_itrs: Vector
    latitude_deg: float
    longitude_deg: float
    height: float
    velocity_ned: Vector
    quaternion: tuple[float, float, float, float]
    matrix: tuple[Vector, Vector, Vector]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    rate_body: Vector
    mass: float
    orbit: Elements | None

    latitude = Radians()
    longitude = Radians()
    yaw = Radians()
    pitch = Radians()
    roll = Radians()


@record
class BodyPhase:
    """A phase of a body as it was flown.

    Attributes:
        phase: its name.
        configuration: what flies.
        motion: point or rigid.
        pointing: of a point, what prescribes its axes; None of a rigid body.
        engine: on or off.
        start: [s].
        end: [s].
        steps: how many.
        step: [s].
        outcome: a word, as `Outcome.code`.
    """

    phase: str
    configuration: str
    motion: str
    pointing: str | None
    engine: str
    start: float
    end: float
    steps: int
    step: float
    outcome: str


@record
class BodyFlight:
    """The flight of one body from a given state.

    Attributes:
        start: state at the start.
        end: state at the end.
        phases: in order.
    """

    start: BodyState
    end: BodyState
    phases: tuple[BodyPhase, ...]


@record
class Summary:
    """Everything that is told of a flight in numbers.

    Attributes:
        schema: version of these keys.
        kind: what the file is.
        mission: short name.
        title: name for people.
        yaan: version of Yaan.
        profile: steering profile that was flown; None of a flight without an ascent.
        epoch: that times count from, UTC.
        outcome: how it ended.
        verdicts: what it had to hold.
        timeline: events and peaks in order of time.
        spans: first and last second of each part of the flight, by name.
        peaks: largest values.
        budgets: mass, propellant, velocity.
        crew: loads graded, by part of the flight.
        ascent: to the separation of the payload.
        orbit_phase: from there to the deorbit burn.
        shadow: the Earth's, on what is in orbit; None of others, and under no sky.
        contacts: with the stations of the mission; None of one that names none.
        opportunities: passes near the landing zone, in order of time.
        deorbit: burn and separation.
        entry: from the interface.
        descent: under parachutes.
        landing: where it comes down.
        body: of a flight of one body.
        sequence: of a chain of phases, flown as its file says.
        published: figures of others beside ours.
        assumptions: values that nobody published.
        sources: where values come from.
        notes: what a reader must know.
        models: that flew.
        integration: errors.
    """

    schema: int
    kind: Literal["flight"]
    mission: str
    title: str
    yaan: str
    profile: str | None
    epoch: str
    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    timeline: tuple[Event, ...]
    spans: dict[str, tuple[float, float]]
    peaks: Peaks
    budgets: Budgets
    crew: tuple[CrewLoads, ...]
    ascent: Ascent | None
    orbit_phase: OrbitPhase | None
    shadow: Shadow | None
    contacts: Contacts | None
    opportunities: tuple[Opportunity, ...]
    deorbit: Deorbit | None
    entry: Entry | None
    descent: Descent | None
    landing: Landing | None
    body: BodyFlight | None
    sequence: Sequence | None
    published: tuple[PublishedFigure, ...]
    assumptions: tuple[RankedAssumption, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    models: tuple[Model, ...]
    integration: Integration | None

    def crew_in(self, part: str) -> CrewLoads | None:
        """The graded loads of a part of the flight, `ascent` or `return`; None without any.

        Of several couches those of the first.
        """
        return next(iter(self.couches_in(part)), None)

    def couches_in(self, part: str) -> tuple[CrewLoads, ...]:
        """The graded loads of each couch in a part of the flight, or of the one seat."""
        return tuple(loads for loads in self.crew if loads.part == part)

    def __getitem__(self, key: str) -> object:
        """What stood at `key` in schema 1, as plain data, with a notice of its new place.

        Raises:
            KeyError: if schema 1 had no such key.
        """
        new = schema1.places(key)
        notice(f"summary[{key!r}]", " and ".join(f"summary.{place}" for place in new))
        return schema1.at(to_plain(self), key)
