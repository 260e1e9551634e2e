"""Commands: what a design found and a flight needs to be flown again, by part of the flight.

They stand in `commands.json` of a run folder. Whoever flies by them searches nothing.
"""

from pathlib import Path
from typing import Final

from yaan.base.errors import YaanError
from yaan.results.json_file import read_json
from yaan.results.record import from_plain, record

COMMANDS: Final = "commands.json"
"""The file of a run folder."""

COMMANDS_SCHEMA: Final = 1
"""Its version."""


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
    """

    profile: str
    kick: float
    azimuth: float
    yaw: float
    programmes: dict[str, tuple[float, float, float]]
    coasts: dict[str, float]
    tolerance: float


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
