"""How far the numbers of a flight can be trusted: assumptions, models, errors, published figures.

Units are those of `summary`.
"""

from yaan.results.record import record


@record
class PublishedFigure:
    """A published figure beside ours.

    Attributes:
        what: in words.
        ours: in `unit`; None of an event that never came.
        published: in `unit`.
        difference: ours less theirs, in `unit`.
        unit: of these numbers.
        tolerance: in `unit`; None where none is given.
        within: whether it is within its tolerance.
        calibrated: it served to fit the vehicle, so it is no evidence.
        source: of the figure.
    """

    what: str
    ours: float | None
    published: float
    difference: float | None
    unit: str
    tolerance: float | None
    within: bool | None
    calibrated: bool
    source: str


@record
class Effect:
    """What one end of the range of an assumption changes.

    Attributes:
        propellant_left: [kg].
        cut_off: [s].
        max_load_g: of the ascent.
        abort_load_g: of a fall; None where none is flown.
    """

    propellant_left: float
    cut_off: float
    max_load_g: float
    abort_load_g: float | None


@record
class Effects:
    """What both ends of a range change; None of one that does not fly.

    Attributes:
        low: of the lower end.
        high: of the upper end.
    """

    low: Effect | None
    high: Effect | None


@record
class ReturnEffect:
    """What one end of a range changes on the way home, its burns and its bank as they were.

    Attributes:
        miss: of the landing from that of the flight [m].
        entry_load_g: of the largest load of the entry.
        touchdown_speed: downwards [m/s]; None where nothing hangs under canopies.
        canopy_load: of the largest force of one canopy [N]; None likewise.
        propellant_left: in the service module [kg].
    """

    miss: float
    entry_load_g: float
    touchdown_speed: float | None
    canopy_load: float | None
    propellant_left: float


@record
class ReturnEffects:
    """What both ends of a range change on the way home; None of one that does not come down.

    Attributes:
        low: of the lower end.
        high: of the upper end.
    """

    low: ReturnEffect | None
    high: ReturnEffect | None


@record
class RankedAssumption:
    """A value that nobody published, and what it moves.

    Attributes:
        key: its dotted address.
        file: that it stands in.
        line: of the file; None of an override.
        value: as text.
        low: lower end of its range as text; None without one.
        high: upper end.
        why: the reason.
        effect: of the ends.
        rank: by effect, 1 moves most.
        on_return: likewise of the way home; None of what acts on none.
    """

    key: str
    file: str
    line: int | None
    value: str
    low: str | None
    high: str | None
    why: str
    effect: Effects
    rank: int | None
    on_return: ReturnEffects | None


@record
class IntegrationBounds:
    """What the integration may be out by.

    Attributes:
        peak: share of a largest value.
        position: at the end of a phase in air [m].
        speed: likewise [m/s].
        orbit: in a day of orbit [m].
    """

    peak: float
    position: float
    speed: float
    orbit: float


@record
class PhaseError:
    """What the integration of a phase is out by; None where it is not known.

    Attributes:
        phase: its name.
        steps: how many.
        shortest_step: [s].
        position: at its end [m].
        speed: at its end [m/s].
        time: of its end [s].
        load_share: of its largest load.
        dynamic_pressure_share: of its largest dynamic pressure.
        heat_flux_share: of its largest heat flux.
        bound: which bound holds: air or orbit.
        excess: the largest of these over its bound.
    """

    phase: str
    steps: int
    shortest_step: float | None
    position: float | None
    speed: float | None
    time: float | None
    load_share: float | None
    dynamic_pressure_share: float | None
    heat_flux_share: float | None
    bound: str
    excess: float | None


@record
class Integration:
    """Errors of the integration, estimated.

    Attributes:
        bounds: of the mission.
        phases: in order.
    """

    bounds: IntegrationBounds
    phases: tuple[PhaseError, ...]
