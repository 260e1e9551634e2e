"""What files of orbits hold, as plain records: SI, radians, instants; frames as named there.

Nothing here is of one file form: the same record is read from and written to key-value notation,
XML, or two lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yaan.spacetime.time import Epoch

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Header:
    """Who wrote a message, and when.

    Attributes:
        originator: who.
        created: when, as the file has it; "" of a record that comes from no message.
        version: of the standard, as the file has it; "" for the one that is written.
        message: its identifier, "" without one.
        comments: of the header.
    """

    originator: str = "YAAN"
    created: str = ""
    version: str = ""
    message: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spacecraft:
    """What drag and light push: masses [kg], areas [m^2], coefficients [-]; None is not told."""

    mass: float | None = None
    solar_area: float | None = None
    solar_coefficient: float | None = None
    drag_area: float | None = None
    drag_coefficient: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """Of position and velocity, [6, 6]: m^2, m^2/s, m^2/s^2.

    Attributes:
        matrix: symmetric.
        frame: axes that it is in; "" for those of the state.
        epoch: when, where the message says it for each; else that of the state.
    """

    matrix: Array
    frame: str = ""
    epoch: Epoch | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """States of one craft in one frame, through which one may interpolate.

    Attributes:
        name: of the craft.
        designator: international, or what the file has in its place.
        frame: as EME2000; its axes are those of `frame_epoch` where there is one.
        time_system: of the file; all instants here are free of it.
        epoch: instant that `time` counts from.
        time: [n, s], rising.
        position: [n, 3, m].
        velocity: [n, 3, m/s].
        acceleration: [n, 3, m/s^2], or None.
        start: first instant that the file claims.
        stop: last one.
        usable: the two between which interpolation is good.
        interpolation: method and degree, as the file has them; "" and 0 where it has not.
        comments: of the metadata, then of the data.
        covariances: at some instants.
    """

    name: str
    designator: str
    frame: str
    time_system: str
    epoch: Epoch
    time: Array
    position: Array
    velocity: Array
    acceleration: Array | None = None
    start: Epoch | None = None
    stop: Epoch | None = None
    usable: tuple[Epoch | None, Epoch | None] = (None, None)
    frame_epoch: Epoch | None = None
    interpolation: tuple[str, int] = ("", 0)
    comments: tuple[str, ...] = ()
    covariances: tuple[Covariance, ...] = ()
    line: int | None = None
    """Where the file has it."""


@dataclass(frozen=True, slots=True)
class Oem:
    """An ephemeris: segments one after the other.

    Attributes:
        segments: at least one, of one craft.
        header: who wrote it.
        source: the file, "" of none.
        digest: SHA-256 of that file.
    """

    segments: tuple[Segment, ...]
    header: Header = field(default_factory=Header)
    source: str = ""
    digest: str = ""

    @property
    def spacecraft(self) -> Spacecraft:
        """What comments say of mass and areas, as those of NASA's station files do."""
        words = (line for segment in self.segments for line in segment.comments)
        pairs = (line.partition("=") for line in words)
        said = {key.strip().upper(): _number(value) for key, mark, value in pairs if mark}
        return Spacecraft(
            said.get("MASS"),
            said.get("SOLAR_RAD_AREA"),
            said.get("SOLAR_RAD_COEFF"),
            said.get("DRAG_AREA"),
            said.get("DRAG_COEFF"),
        )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Manoeuvre:
    """A burn as it is planned or was.

    Attributes:
        ignition: when it starts.
        duration: [s]; 0 is an impulse.
        mass_change: [kg], negative; None is not told.
        frame: of the change of velocity.
        velocity_change: [m/s].
    """

    ignition: Epoch
    duration: float
    mass_change: float | None
    frame: str
    velocity_change: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Opm:
    """One state.

    Attributes:
        name: of the craft.
        designator: international, or what the file has in its place.
        frame: as EME2000; its axes are those of `frame_epoch` where there is one.
        time_system: of the file; all instants here are free of it.
        epoch: of the state.
        position: [3, m].
        velocity: [3, m/s].
        elements: Keplerian, SI and radians, by the names of `KEPLERIAN`; empty where not told.
        spacecraft: masses and areas.
        covariance: of the state, or None.
        manoeuvres: in the order of the file.
        user: what the file's `USER_DEFINED_...` say, as texts.
        comments: all, in the order of the file.
    """

    name: str
    designator: str
    frame: str
    time_system: str
    epoch: Epoch
    position: Array
    velocity: Array
    frame_epoch: Epoch | None = None
    elements: Mapping[str, float] = field(default_factory=dict[str, float])
    spacecraft: Spacecraft = field(default_factory=Spacecraft)
    covariance: Covariance | None = None
    manoeuvres: tuple[Manoeuvre, ...] = ()
    user: Mapping[str, str] = field(default_factory=dict[str, str])
    header: Header = field(default_factory=Header)
    comments: tuple[str, ...] = ()
    source: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ElementSet:
    """Mean elements that SGP4 takes, in TEME, as two lines or an OMM hold them.

    Attributes:
        name: of the craft, "" without one.
        number: in the catalogue.
        designator: international, as 1998-067A; "" without one.
        classification: U for what is open.
        epoch: of the elements.
        mean_motion: [rad/s], as Brouwer and SGP4 mean it.
        eccentricity: [-].
        inclination: [rad].
        node: right ascension of the ascending node [rad].
        argument_of_perigee: [rad].
        mean_anomaly: [rad].
        bstar: drag term [1/Earth radius].
        mean_motion_dot: half the first derivative as the files have it [rad/s^2]; not used by SGP4.
        mean_motion_ddot: a sixth of the second [rad/s^3]; not used by SGP4.
        set_number: of this set.
        revolution: at the epoch.
        spacecraft: of an OMM.
        covariance: of an OMM.
        user: what the `USER_DEFINED_...` of an OMM say.
        header: of an OMM.
        comments: of an OMM.
        line: where its file has it.
    """

    name: str
    number: int
    designator: str
    epoch: Epoch
    mean_motion: float
    eccentricity: float
    inclination: float
    node: float
    argument_of_perigee: float
    mean_anomaly: float
    bstar: float
    mean_motion_dot: float = 0.0
    mean_motion_ddot: float = 0.0
    classification: str = "U"
    set_number: int = 999
    revolution: int = 0
    spacecraft: Spacecraft = field(default_factory=Spacecraft)
    covariance: Covariance | None = None
    user: Mapping[str, str] = field(default_factory=dict[str, str])
    header: Header = field(default_factory=Header)
    comments: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ElementSets:
    """Element sets in the order of their file.

    Attributes:
        sets: at least one.
        source: the file, "" of none.
        digest: SHA-256 of that file.
        notes: sentences on what is doubtful of them, and was let in.
    """

    sets: tuple[ElementSet, ...]
    source: str = ""
    digest: str = ""
    notes: tuple[str, ...] = ()
