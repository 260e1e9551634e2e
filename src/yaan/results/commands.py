"""Commands: what a design found and a flight needs to be flown again, by part of the flight.

They stand in `commands.json` of a run folder. Whoever flies by them searches nothing.
"""

from pathlib import Path
from typing import Final, Literal

from yaan.base.errors import YaanError
from yaan.results.json_file import read_json
from yaan.results.record import from_plain, record

COMMANDS: Final = "commands.json"
"""The file of a run folder."""

COMMANDS_SCHEMA: Final = 1
"""Its version."""


@record
class BelievedBurn:
    """A burn of the design, as guidance believes it; `gnc.explicit_burns.Burns` has the meaning.

    Attributes:
        thrust: its level, in vacuum [N].
        exhaust: effective exhaust speed [m/s].
        ramp: from ignition to the level [s].
        tail_off: from cut-off to nothing [s].
        delay: from the start of the leg that lights it to its ignition [s].
        gap: from the cut-off of the burn before to its ignition [s].
        stop: when time cuts it off [s]; None of the last, which guidance ends.
        fresh: it begins with a mass that is known; else the burn before goes on.
        mass: of the vehicle as it begins [kg].
        shed: what is dropped as it begins [kg]; read where not fresh.
        dry: of the vehicle as it has run dry [kg].
    """

    thrust: float
    exhaust: float
    ramp: float
    tail_off: float
    delay: float
    gap: float
    stop: float | None
    fresh: bool
    mass: float
    shed: float
    dry: float


@record
class GuidedLeg:
    """What guidance does in a leg of an ascent.

    Attributes:
        phase: the phase of the file that the leg is of.
        part: who steers: the laws of the file, the table, or the explicit law.
        active: the explicit law is updated.
        burn: which of the believed burns is in force, or comes next.
        lit: that burn is lit as the leg begins, or before.
    """

    phase: str
    part: Literal["laws", "table", "explicit"]
    active: bool
    burn: int
    lit: bool


@record
class ArrivalCommand:
    """The place on an orbit that guidance goes for; angles against the true equator of date.

    Attributes:
        perigee: above 6378.137 km [m].
        apogee: likewise [m].
        inclination: [rad].
        node: right ascension of the ascending node that the design came to [rad].
        true_anomaly: at which the design came there [rad].
    """

    perigee: float
    apogee: float
    inclination: float
    node: float
    true_anomaly: float


@record
class SteeredProgramme:
    """A linear-tangent programme as it was flown.

    Attributes:
        coefficients: a, b, c; a is the tangent that it began with.
        origin: when it began [s].
    """

    coefficients: tuple[float, float, float]
    origin: float


@record
class AscentGuidanceCommands:
    """What the guidance of an ascent is told of its design, whatever then flies.

    Attributes:
        speed: against the Earth, rising [m/s]: the knots of the attitude in the air.
        axis: where the vehicle points there, towards local east, north and up.
        burns: those that the explicit law steers, in turn.
        legs: all legs of the ascent, in turn.
        last: index of the leg whose burn guidance ends.
        stage: the stage that burns then.
        arrival: where it is to arrive.
        programmes: those of the design, which it corrects.
    """

    speed: tuple[float, ...]
    axis: tuple[tuple[float, float, float], ...]
    burns: tuple[BelievedBurn, ...]
    legs: tuple[GuidedLeg, ...]
    last: int
    stage: str
    arrival: ArrivalCommand
    programmes: tuple[SteeredProgramme, ...]


@record
class AscentCommands:
    """How an ascent is steered.

    Attributes:
        profile: the steering profile whose constants these are.
        kick: tilt of the pitch-over from the vertical [rad].
        azimuth: of the launch, clockwise from north [rad].
        yaw: out of the plane of launch [rad].
        programmes: a, b, c of each linear-tangent programme.
        coasts: duration of each phase whose duration was solved [s].
        tolerance: that its steps were flown by; one as a rule, less where errors asked for it.
        guidance: what guides it knows of the design; None of an ascent that is flown by time.
    """

    profile: str
    kick: float
    azimuth: float
    yaw: float
    programmes: dict[str, tuple[float, float, float]]
    coasts: dict[str, float]
    tolerance: float
    guidance: AscentGuidanceCommands | None = None


@record
class BurnCommand:
    """A burn along the velocity.

    Attributes:
        start: [s].
        duration: [s].
        sense: +1 along the velocity, -1 against it.
    """

    start: float
    duration: float
    sense: float


@record
class PassCommand:
    """The pass over the landing area that was chosen.

    Attributes:
        revolution: ascending nodes passed since the orbit began.
        ascending: whether it goes north there.
        time: of the pass [s].
        latitude: of the landing that is aimed at [rad].
        longitude: likewise [rad].
    """

    revolution: int
    ascending: bool
    time: float
    latitude: float
    longitude: float


@record
class PlaceCommand:
    """A place over the ground, and when.

    Attributes:
        time: [s].
        latitude: geodetic [rad].
        longitude: likewise [rad].
    """

    time: float
    latitude: float
    longitude: float


@record
class ReturnCommands:
    """Burns from the orbit of an ascent to the entry interface.

    Attributes:
        perigee: of the orbit that was chosen [m].
        landing: the pass that was chosen.
        raising: burns that bring the spacecraft there.
        parting: when the deorbit takes over from the orbit, shortly before its ignition [s].
        ignition: of the deorbit burn [s].
        duration: of the deorbit burn [s].
        interface: where it comes to the entry interface; None of commands that do not tell it.
    """

    perigee: float
    landing: PassCommand
    raising: tuple[BurnCommand, ...]
    parting: float
    ignition: float
    duration: float
    interface: PlaceCommand | None = None


@record
class EntryCommands:
    """How an entry is banked, and where to.

    Attributes:
        time: instants of the bank profile, since the entry interface [s].
        angle: the bank there, linear between, to the right positive [rad].
        aim: latitude and longitude that it was solved for [rad]; None of a bank without an aim.
        tolerance: that its steps were flown by, and those of the descent.
        handover: latitude and longitude [rad] over which a guidance law is to hand over to the
            parachutes; None of commands that were made before there were any.
    """

    time: tuple[float, ...]
    angle: tuple[float, ...]
    aim: tuple[float, float] | None
    tolerance: float
    handover: tuple[float, float] | None = None


@record
class Commands:
    """All commands of a flight; a part is None where the flight has none, or none was found.

    Attributes:
        schema: version of the file.
        mission: whose commands they are.
        events: when its named events came [s], for failures that wait for one.
        ascent: steering of the ascent.
        orbit: burns of the return.
        entry: bank of the entry.
    """

    schema: int
    mission: str
    events: dict[str, float]
    ascent: AscentCommands | None
    orbit: ReturnCommands | None
    entry: EntryCommands | None


def read_commands(where: Path | str) -> Commands:
    """The commands of a run folder, or of a file.

    Raises:
        YaanError: no such file, or one of another schema.
        InputError: a file that holds no commands, by its first place that is wrong.
    """
    path = Path(where)
    path = path / COMMANDS if path.is_dir() else path
    found = from_plain(Commands, read_json(path), path)
    if found.schema != COMMANDS_SCHEMA:
        raise YaanError(f"{path} has schema {found.schema}; this Yaan reads {COMMANDS_SCHEMA}.")
    return found
