"""The summary's records of a chain of phases: its phases, and where its paths ended."""

from yaan.results.record import Radians, record
from yaan.results.summary_ascent import Elements


@record
class SequencePhase:
    """A phase of a chain as it was flown.

    Attributes:
        path: the branch that it is of; empty of the flight itself.
        phase: its name.
        motion: what it was flown as.
        flies: what was aboard.
        start: [s].
        end: [s].
        steps: how many.
        outcome: a word, as `Outcome.code`.
        mass_start: [kg].
        mass_end: [kg].
        ideal: ideal velocity that it gave [m/s].
    """

    path: str
    phase: str
    motion: str
    flies: tuple[str, ...]
    start: float
    end: float
    steps: int
    outcome: str
    mass_start: float
    mass_end: float
    ideal: float


@record
class PathEnd:
    """Where the flight or a branch of it ended.

    Attributes:
        path: the branch; empty of the flight itself.
        at: event that the branch left at.
        flies: what came there.
        outcome: a word, as `Outcome.code`.
        surface: what the plan takes the ground for: water or land; empty of what ended aloft.
        lies_on: what the packaged coastline (1:110 million, small islands missing) has there: land,
            sea, or coast, which is too near to a shore to tell; empty of what ended aloft.
        shore_distance: to the nearest shore of that coastline [m]; None of what ended aloft.
        time: [s].
        height: geodetic [m].
        latitude_deg: geodetic.
        longitude_deg: east positive.
        downrange: along the ground from the start of the flight [m].
        speed_relative: against the turning Earth [m/s].
        flight_path_angle_relative_deg: of the relative velocity, against the horizon.
        mass: [kg].
        highest: largest height on the way [m].
        orbit: osculating; None of what meets the Earth.
    """

    path: str
    at: str
    flies: tuple[str, ...]
    outcome: str
    surface: str
    lies_on: str
    shore_distance: float | None
    time: float
    height: float
    latitude_deg: float
    longitude_deg: float
    downrange: float
    speed_relative: float
    flight_path_angle_relative_deg: float
    mass: float
    highest: float
    orbit: Elements | None

    latitude = Radians()
    longitude = Radians()
    flight_path_angle_relative = Radians()


@record
class Sequence:
    """A chain of phases, as flown.

    Attributes:
        phases: in order, those of the flight first, then of each branch.
        ends: of the flight, then of each branch that it came to.
    """

    phases: tuple[SequencePhase, ...]
    ends: tuple[PathEnd, ...]

    @property
    def end(self) -> PathEnd:
        """That of the flight itself."""
        return self.ends[0]
