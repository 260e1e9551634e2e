"""What the escapes of a mission come to: one typed record, and columns by mode and by failure."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import h5netcdf
import numpy as np

from yaan.base.errors import YaanError
from yaan.base.provenance import Source
from yaan.results.json_file import read_json
from yaan.results.netcdf import write_columns
from yaan.results.record import from_plain, record, to_plain
from yaan.results.store import (
    new_run_folder,
    telling_kept,
    write_bytes,
    write_json,
    write_manifest,
    write_text,
)
from yaan.results.summary_evidence import RankedAssumption
from yaan.results.trajectory import Array, Column

SCHEMA: Final = 1
ESCAPE: Final = "escape.json"
"""The file that makes a folder a finished one of escapes."""

_COLUMNS_FILE, _MISSION = "escape.nc", "mission.yaml"

Groups = dict[str, dict[str, Array]]
"""``mode/<name>``, ``failure/<name>``, ``splash/<case>``, ``return/<target>`` and ``choice`` to
their columns."""


@record
class EscapeConstraint:
    """What escapes are judged by.

    Attributes:
        name: of the constraint.
        words: what it asks for.
        limit: its size, in `unit`; None of one that is a curve, a box or a yes.
        unit: of `limit` and of the values found.
        status: how well the limit is known: primary, second-hand, assumed, recalled or missing.
        source: of the limit.
        active: whether it was asked to colour the map.
        grades: whether it may: what is recalled or missing never does.
        binding: instants at which it is the worst of the best mode.
        black_without: instants without a survivable mode if it were switched off, of a command
            and of every failure.
    """

    name: str
    words: str
    limit: float | None
    unit: str
    status: str
    source: str
    active: bool
    grades: bool
    binding: int
    black_without: int

    @property
    def coloured(self) -> bool:
        """Whether it colours the map."""
        return self.active and self.grades


@record
class EscapeMode:
    """One way out.

    Attributes:
        name: of the mode.
        title: for people.
        begin: first instant of its window [s].
        end: last one [s].
        instants: how many were flown.
        survivable: at how many of them no constraint fails.
        chosen: at how many it is the best.
        worst_time: instant of its least margin [s]; None where none was judged.
        worst_margin: that margin.
        worst_constraint: what fails or is nearest there.
        lost: at how many of its instants it did not come to its end.
        lost_text: how, as a sentence.
        error_load: largest change of a peak load on longer steps [g0]; None where not tried.
        error_place: likewise of the place of the landing [m].
    """

    name: str
    title: str
    begin: float
    end: float
    instants: int
    survivable: int
    chosen: int
    worst_time: float | None
    worst_margin: float | None
    worst_constraint: str
    lost: int
    lost_text: str
    error_load: float | None
    error_place: float | None


@record
class BlackZone:
    """Instants in a row at which no mode is survivable.

    Attributes:
        failure: that is escaped from; empty of a command without one.
        begin: first instant [s].
        end: last one [s].
        mode: the one that comes nearest there.
        constraint: what fails in it.
        margin: the least of that mode there.
        text: why, as a sentence.
    """

    failure: str
    begin: float
    end: float
    mode: str
    constraint: str
    margin: float
    text: str


@record
class EscapeFailure:
    """What is escaped from.

    Attributes:
        name: of the failure.
        title: for people.
        begin: first instant of its window [s].
        end: last one [s].
        instants: how many were judged.
        survivable: at how many of them a mode is.
        detector: what tells of it; empty of none.
        latency: from its beginning to the command [s].
        text: what is assumed of it.
    """

    name: str
    title: str
    begin: float
    end: float
    instants: int
    survivable: int
    detector: str
    latency: float
    text: str


@record
class EscapeReturn:
    """Home from the orbit at once, to one target, from every minute of the stay.

    Attributes:
        name: of the target.
        title: for people.
        begin: first instant of a decision [s].
        end: last one [s].
        instants: how many there are.
        found: from how many of them a landing was found.
        first: from how many it is the target that is reached first.
        longest: time from the decision to the touchdown, at most [s]; None where none was found.
        longest_time: instant of that decision [s].
        median: of the times from the decision to the touchdown [s].
        largest_load: of the entries [g0].
        largest_delta_v: of the deorbits [m/s].
        least_propellant: left after them [kg].
        by_day: landings with the Sun up.
        by_twilight: landings at dusk or dawn.
        by_night: landings by night.
        error_place: of what is told between deorbits that are flown, at most [m].
        error_time: likewise of the landing [s].
        error_load: likewise of the load [g0].
        error_delta_v: likewise of the deorbit [m/s].
        checked: how many were flown to tell these errors.
    """

    name: str
    title: str
    begin: float
    end: float
    instants: int
    found: int
    first: int
    longest: float | None
    longest_time: float | None
    median: float | None
    largest_load: float | None
    largest_delta_v: float | None
    least_propellant: float | None
    by_day: int
    by_twilight: int
    by_night: int
    error_place: float
    error_time: float
    error_load: float
    error_delta_v: float
    checked: int


@record
class EscapeCrewLimit:
    """One limit of the crew, and the worst of the best modes against it.

    Attributes:
        couch: its name; empty where only a seat is told.
        axis: direction of the load.
        condition: of the crew.
        curve: name of the limit; empty without one.
        document: that it stands in.
        clause: of the document.
        revision: of the document.
        status: how well it is known.
        verdict: pass, fail, the same provisionally, or ungraded.
        time: instant of the worst [s].
        mode: that is the best there.
        utilisation: of the level that is allowed; None where nothing is graded.
        level: that uses it [g0].
        duration: longest time at or above it [s].
        peak: largest load on the axis [g0]; alone it passes or fails nothing.
        source: of the limit.
    """

    couch: str
    axis: str
    condition: str
    curve: str
    document: str
    clause: str
    revision: str
    status: str
    verdict: str
    time: float
    mode: str
    utilisation: float | None
    level: float | None
    duration: float | None
    peak: float
    source: str


@record
class EscapeSummary:
    """All escapes of one ascent.

    Attributes:
        schema: version of this record.
        kind: escape.
        mission: name.
        title: of the mission.
        system: title of the escape system.
        yaan: version.
        epoch: lift-off.
        profile: of the steering that is escaped from.
        step: between instants [s].
        begin: first instant [s].
        end: last one [s].
        events: of the ascent, and when they come [s].
        sentence: what the map shows.
        black: instants without a survivable mode.
        open: instants whose best mode was not judged by all that is asked.
        instants: all of them.
        constraints: what they are judged by.
        modes: ways out.
        failures: what is escaped from.
        zones: black zones.
        crew: every limit of the crew, and the worst of the best modes.
        returns: home from the orbit at once, by target; none of a mission that does not stay.
        assumptions: what nobody published, with its range.
        sources: of the numbers.
        notes: what a reader must know.
    """

    schema: int
    kind: str
    mission: str
    title: str
    system: str
    yaan: str
    epoch: str
    profile: str
    step: float
    begin: float
    end: float
    events: dict[str, float]
    sentence: str
    black: int
    open: int
    instants: int
    constraints: tuple[EscapeConstraint, ...]
    modes: tuple[EscapeMode, ...]
    failures: tuple[EscapeFailure, ...]
    zones: tuple[BlackZone, ...]
    crew: tuple[EscapeCrewLimit, ...]
    returns: tuple[EscapeReturn, ...]
    assumptions: tuple[RankedAssumption, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]


_BY_TIME, _BY_ROW = ("time",), ("time", "row")

COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "time": Column("s", "", "instant of the command to escape"),
        "outcome": Column("1", "", "how it ended, a code of outcome", integer=True),
        "margin": Column("1", "", "least margin of the constraints that colour the map"),
        "constraint": Column("1", "", "index of the constraint of that margin", integer=True),
        "mode": Column("1", "", "index of the best mode; -1 for none", integer=True),
        "bank": Column("rad", "", "bank of the entry that was chosen"),
        "delta_v": Column("m s-1", "", "velocity that the service module gives"),
        "pitch": Column("rad", "", "of its thrust above the velocity"),
        "perigee": Column("m", "", "perigee height after its burn"),
        "apogee": Column("m", "", "apogee height after its burn"),
        "height": Column("m", "WGS84", "height of the launcher"),
        "latitude": Column("rad", "WGS84", "latitude where it ends"),
        "longitude": Column("rad", "WGS84", "longitude where it ends"),
        "duration": Column("s", "", "from the command to its end"),
        "highest": Column("m", "WGS84", "largest height on the way"),
        "peak_load": Column("1", "", "largest load on the way, over g0"),
        "peak_load_fresh": Column("1", "", "share of what a fresh crew is allowed that it uses"),
        "peak_pressure": Column("Pa", "", "largest dynamic pressure with a body"),
        "peak_attack": Column("Pa rad", "", "largest dynamic pressure times incidence"),
        "peak_rate": Column("rad s-1", "", "fastest turning"),
        "peak_flux": Column("W m-2", "", "largest heat flux at the stagnation point"),
        "heat_load": Column("J m-2", "", "heat at the stagnation point in all"),
        "recontact": Column("m", "", "least distance to the launcher once left"),
        "drogue_mach": Column("1", "", "Mach number as the first canopy is deployed"),
        "drogue_pressure": Column("Pa", "", "dynamic pressure there"),
        "splash_speed": Column("m s-1", "", "speed down at the touchdown"),
        "beta_ignition": Column("1", "", "Brinkley's beta of the motors, level low; screening"),
        "beta_snatch": Column("1", "", "Brinkley's beta of the canopies, level low; screening"),
        "beta_splash": Column("1", "", "Brinkley's beta of the splash, level low; screening"),
        "ignition": Column("s", "", "of the deorbit burn"),
        "landing": Column("s", "", "touchdown"),
        "propellant": Column("kg", "", "left after the deorbit"),
        "sun": Column("rad", "", "elevation of the Sun at the landing"),
        "speed": Column("m s-1", "", "speed down"),
        "beta": Column("1", "", "Brinkley's beta, level low; screening"),
        "available": Column("s", "", "warning time that there is"),
        "required": Column("s", "", "warning time that is needed"),
        "overpressure": Column("Pa", "", "load of the blast on the capsule"),
        "path_time": Column("s", "", "time of its history, from the command", _BY_ROW),
        "path_height": Column("m", "WGS84", "height", _BY_ROW),
        "path_speed": Column("m s-1", "ITRS", "speed against the turning Earth", _BY_ROW),
        "path_load": Column("1", "", "load along +x of the couch, over g0", _BY_ROW),
        "path_pressure": Column("Pa", "", "dynamic pressure", _BY_ROW),
        "path_attack": Column("rad", "", "incidence", _BY_ROW),
        "path_apart": Column("m", "", "distance to a launcher that thrusts on", _BY_ROW),
    }
)
"""Columns of modes and failures; beside them ``margin_<constraint>`` and ``value_<constraint>``."""


@dataclass(frozen=True)
class EscapeRecord:
    """What a folder of escapes holds."""

    summary: EscapeSummary
    groups: Groups
    mission: str | None = None
    manifest: dict[str, Any] = field(default_factory=dict[str, Any])

    def columns(self, kind: str, name: str = "") -> dict[str, Array]:
        """The columns of a mode, a failure, or of the choice at each instant."""
        return self.groups[f"{kind}/{name}" if name else kind]


def _column(name: str) -> Column:
    """What a column is; those by constraint are told by their names."""
    if name in COLUMNS:
        return COLUMNS[name]
    kind, _, constraint = name.partition("_")
    return Column("1" if kind == "margin" else "", "", f"{kind} of {constraint}", _BY_TIME)


def write_escape(parent: Path | str, made: EscapeRecord, timings: Mapping[str, float]) -> Path:
    """Write a new folder below `parent`; the summary comes last.

    Raises:
        OutputError: if a file cannot be written; it says what is kept.
    """
    folder = new_run_folder(parent, f"{made.summary.mission}-escape")
    with telling_kept(folder):
        inputs: dict[str, bytes] = {}
        if made.mission is not None:
            inputs[_MISSION] = made.mission.encode("utf-8")
            write_text(folder / _MISSION, made.mission)
        write_manifest(folder, yaan=made.summary.yaan, inputs=inputs, timings=timings)
        write_bytes(folder / _COLUMNS_FILE, _bytes(made))
        write_json(folder / ESCAPE, to_plain(made.summary))
    return folder


def _bytes(made: EscapeRecord) -> bytes:
    """All columns as netCDF-4, a group a mode."""
    written = io.BytesIO()
    with cast(Any, h5netcdf).File(written, "w") as file:
        file.attrs["Conventions"] = "CF-1.11"
        file.attrs["mission"], file.attrs["yaan"] = made.summary.mission, made.summary.yaan
        for name, columns in made.groups.items():
            catalogue = {column: _column(column) for column in columns}
            write_columns(file.create_group(name), columns, catalogue)
    return written.getvalue()


def read_escape(folder: Path | str) -> EscapeRecord:
    """Read a folder of escapes.

    Raises:
        YaanError: it is none, or a damaged one.
    """
    folder = Path(folder)
    folder = folder.parent if folder.name == ESCAPE else folder
    if not (folder / ESCAPE).is_file():
        raise YaanError(f"{folder} is no folder of escapes: it has no {ESCAPE}.")
    found = from_plain(EscapeSummary, read_json(folder / ESCAPE), str(folder / ESCAPE))
    text = folder / _MISSION
    mission = text.read_text(encoding="utf-8") if text.is_file() else None
    try:
        groups = _read(folder / _COLUMNS_FILE)
    except Exception as error:  # bytes that are wrong fail anywhere in HDF5, and as anything
        raise YaanError(f"{folder / _COLUMNS_FILE} is not a readable netCDF-4 file.") from error
    return EscapeRecord(found, groups, mission)


def _read(path: Path) -> Groups:
    groups: Groups = {}
    with cast(Any, h5netcdf).File(path, "r") as file:
        for kind, group in file.groups.items():
            members = group.groups
            each = {f"{kind}/{name}": one for name, one in members.items()} or {kind: group}
            for name, one in each.items():
                groups[str(name)] = {
                    str(column): np.asarray(values[...])
                    for column, values in one.variables.items()
                    if column not in one.dimensions or column == "time"
                }
    return groups
