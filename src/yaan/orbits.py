"""Orbits for users: propagated from a file, a mapping or a run.

import yaan
orbit = yaan.propagate("iss.yaml", days=3)
orbit.states(step=60.0)             # a dataset over time
orbit.covariance([86_400.0])        # where the file says what is known of the start
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.access import ArcEvent, Pass, Search, TabulatedTurning
from yaan.access.events import PLAIN, Kind
from yaan.analysis.contacts import told as contacts_told
from yaan.analysis.propagated import burns, models, spells
from yaan.analysis.propagated import days as days_of
from yaan.base.errors import YaanError, quote
from yaan.base.session import computing
from yaan.description.arc import ArcSpec, SpreadSpec
from yaan.description.stations import StationSpec
from yaan.dynamics.forces import World
from yaan.formats import Identity, oem_of, write
from yaan.formats.record import Spacecraft as Craft
from yaan.mission.checks import check_arc
from yaan.mission.file.tree import Tree
from yaan.mission.orbit_source import orbit_tree
from yaan.mission.provenance import assumptions, text_of_tree
from yaan.propagation import (
    Propagated,
    Scene,
    centre_of,
    changed_state,
    craft_of,
    places,
    start_of,
    world_of,
)
from yaan.propagation import (
    propagate as propagated,
)
from yaan.report import Course, write_orbit
from yaan.report.figures.revolutions import GAP, MOST_ROWS
from yaan.results.outcome import OutcomeCode
from yaan.results.store import new_run_folder, write_bytes, write_json, write_manifest, write_text
from yaan.sights import contacts, events, events_csv, passes_csv
from yaan.spacetime.arc import TabulatedArc
from yaan.spacetime.frame import Frame
from yaan.spacetime.local import local_matrices
from yaan.spacetime.time import Epoch, bundled_orientation, parse_utc

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]

ARC: Final = "arc.nc"
"""The file of its steps."""

SUMMARY: Final = "orbit.json"
"""The file that makes a folder that of a propagated orbit; it is written last."""

_MJD: Final = 2_400_000.5  # [day]
_REVOLUTIONS: Final = 100  # the last ones, that are drawn on the map
_DRAWN: Final = 2500  # rows of the curves
_LEAST: Final = 500  # likewise

_UNITS: Final = {
    "position": "m",
    "velocity": "m/s",
    "mass": "kg",
    "height": "m",
    "latitude": "rad",
    "longitude": "rad",
    "semi_major_axis": "m",
    "eccentricity": "1",
    "inclination": "rad",
    "node": "rad",
    "argument_of_perigee": "rad",
    "true_anomaly": "rad",
}


class PropagatedOrbit:
    """An orbit as it was propagated: the Python twin of `yaan propagate`."""

    def __init__(self, tree: Tree, spec: ArcSpec, world: World, made: Propagated) -> None:
        self.source, self.spec, self.made = tree, spec, made
        self._world = world
        self.folder: Path | None = None

    @property
    def name(self) -> str:
        """Short name."""
        return self.spec.name

    @property
    def arc(self) -> TabulatedArc:
        """Where it is at any instant: `arc.at(t)`, in GCRS."""
        return self.made.arc

    @property
    def epoch(self) -> Epoch:
        """Where its time starts."""
        return self.arc.epoch

    @property
    def outcome(self) -> OutcomeCode:
        """How it ended."""
        return self.made.outcome

    @property
    def error(self) -> float:
        """What it is out by in position at most [m], between its steps too, as its shadow tells."""
        return self.made.error

    @property
    def accurate(self) -> bool:
        """Whether it went to its end within the accuracy that was asked for."""
        return self.outcome is OutcomeCode.REACHED and self.error <= self.spec.accuracy

    @property
    def text(self) -> str:
        """One sentence: how far it went, and what it is out by."""
        end = (self.epoch + self.arc.stop).iso()
        if self.outcome is OutcomeCode.STRUCK_GROUND and self.arc.stop == self.arc.start:
            return f"It is on the ground at its epoch, {end}: nothing was propagated."
        if self.outcome is OutcomeCode.STRUCK_GROUND:
            told = f"It came down at {end}, {self.arc.stop / 86_400.0:.3f} days after the epoch"
            return f"{told}; the integration is out by {self.error:.2g} m along its way."
        if self.outcome is not OutcomeCode.REACHED:
            return f"It ended at {end}: {self.outcome.sentence('orbit')}"
        told = f"Propagated to {end}; the integration is out by {self.error:.2g} m at most."
        if self.accurate:
            return told
        return f"{told} That is more than the {self.spec.accuracy:g} m that were asked for."

    @property
    def notes(self) -> list[str]:
        """What a reader should know: what is assumed or not felt, and how the Earth turns."""
        found = [f"Assumed: {one.key}. {one.why}" for one in assumptions(self.source)]
        craft = self.spec.spacecraft
        if craft.drag is None and craft.radiation is None:
            found.append("No air and no light press on it: no area is known.")
        if self.spec.environment.earth.measured:
            end = sum((self.epoch + self.arc.stop).utc()) - _MJD
            turning = bundled_orientation().note(end)
            found += [] if turning is None else [f"At its end: {turning}"]
        return found

    def times(self, step: float | None = None) -> Array:
        """Instants every `step` [s], or that of the file, from the first on; and the last."""
        gap = self.spec.rows_step if step is None else float(step)
        if not gap > 0.0:
            raise YaanError(f"step: {quote(step)}: expected a time above 0 s")
        count = int(np.floor((self.arc.stop - self.arc.start) / gap * (1.0 + 1e-12)))
        times = np.asarray(self.arc.start + gap * np.arange(count + 1), dtype=float)
        return times if self.arc.stop - times[-1] < 1e-6 else np.array([*times, self.arc.stop])

    def columns(self, t: ArrayLike) -> dict[str, Array]:
        """Position and velocity (GCRS), mass, place and osculating elements at `t` [n, s].

        Elements are against the equator of GCRS, with the field's gravitational parameter; heights
        and latitudes are geodetic.
        """
        times = np.atleast_1d(np.asarray(t, dtype=float))
        position, velocity = self.arc.at(times)
        found = places(self._world, times, position, velocity)
        rows = np.searchsorted(self.arc.time, times, side="right") - 1
        # Mass is linear in a burn, and steps at a kick: rows stand on both sides of it.
        after = np.minimum(rows + 1, len(self.arc.time) - 1)
        span = np.maximum(self.arc.time[after] - self.arc.time[rows], 1e-300)
        share = np.clip((times - self.arc.time[rows]) / span, 0.0, 1.0)
        mass = self.made.mass[rows] + share * (self.made.mass[after] - self.made.mass[rows])
        weighed = {} if self.spec.spacecraft.mass is None else {"mass": mass}
        return {"position": position, "velocity": velocity, **weighed, **found}

    def states(self, step: float | None = None) -> "xarray.Dataset":
        """A dataset over time [s since the epoch], every `step` [s]; units and frames are told."""
        import xarray

        times = self.times(step)
        variables: dict[str, Any] = {}
        for name, values in self.columns(times).items():
            dimensions = ("time", "axis") if values.ndim > 1 else ("time",)
            about = {"units": _UNITS[name]} | ({"frame": "GCRS"} if values.ndim > 1 else {})
            variables[name] = (dimensions, values, about)
        coordinates = {"time": ("time", times, {"units": "s"}), "axis": ["x", "y", "z"]}
        about = {"name": self.name, "epoch": self.spec.epoch, "outcome": self.outcome.word}
        return xarray.Dataset(variables, coordinates, about | {"error_m": self.error})

    def transition(self, t: ArrayLike) -> Array:
        """State-transition matrices from the epoch to `t` [n, s], in GCRS [n, 6, 6, SI].

        Raises:
            YaanError: the orbit was propagated without them.
        """
        if not self.made.columns:
            raise YaanError(f"{self.name}: propagated without `covariance`, so without derivatives")
        return self.made.answer(np.atleast_1d(np.asarray(t, dtype=float)))[:, :, :6]

    def covariance(self, t: ArrayLike, frame: str = "gcrs") -> Array:
        """Covariance of position and velocity at `t` [n, s], on axes of `frame` [n, 6, 6, SI].

        Linear in what is known of the start; no force is uncertain. `frame`: gcrs, rtn, vvlh, tnw
        or vnc, whose axes are taken as if they did not turn.

        Raises:
            YaanError: the file says nothing of what is known at the start, or no such frame.
        """
        if self.spec.covariance is None:
            raise YaanError(f"{self.name}: the file has no block covariance")
        times = np.atleast_1d(np.asarray(t, dtype=float))
        with computing():  # not the arc's first row, which is after a burn at the epoch
            first = _covariance(self.spec.covariance, *centre_of(self.spec, self._world))
        phi = self.transition(times)
        spread = phi @ first @ np.swapaxes(phi, 1, 2)
        if frame == "gcrs":
            return spread
        turned = _axes(frame, *self.arc.at(times))
        return turned @ spread @ np.swapaxes(turned, 1, 2)

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a folder with the states, the input and its manifest; returns it.

        Raises:
            OutputError: it cannot be written.
        """
        begun = perf_counter()
        path = new_run_folder(parent, f"{self.name}-orbit")
        text = text_of_tree(self.source)
        write_text(path / "mission.yaml", text)
        write_text(path / "states.csv", self._csv())
        write_bytes(path / ARC, bytes(self._rows().to_netcdf(engine="scipy")))
        write_bytes(path / "states.nc", bytes(self.states().to_netcdf(engine="scipy")))
        if self.arc.stop > self.arc.start:  # of what failed at once there is nothing to draw
            self._draw(path)
        spent = {"write": perf_counter() - begun}
        inputs = {"mission.yaml": text.encode()}
        write_manifest(path, yaan=version("yaan"), inputs=inputs, timings=spent)
        write_json(path / SUMMARY, self.summary())
        self.folder = path
        return path

    def _rows(self) -> "xarray.Dataset":
        """The arc itself: all its steps, which `read_arc` reads back."""
        import xarray

        arc = self.arc
        variables: dict[str, Any] = {
            "time": ("row", arc.time, {"units": "s"}),
            "position": (("row", "axis"), arc.position, {"units": "m", "frame": "GCRS"}),
            "velocity": (("row", "axis"), arc.velocity, {"units": "m/s", "frame": "GCRS"}),
        }
        about = {"name": self.name, "epoch": self.epoch.iso("UTC", 9)}
        return xarray.Dataset(variables, attrs=about)

    def _draw(self, path: Path) -> None:
        found, seen = self.events(), self.contacts() if self.spec.stations else None
        write_text(path / "events.csv", events_csv(found))
        if seen is not None:
            write_text(path / "contacts.csv", passes_csv(seen))
        write_orbit(self._course(found, seen), path)

    def _course(self, found: Sequence[ArcEvent], seen: Sequence[Pass] | None) -> Course:
        """What the page shows, of all events and contacts."""
        arc, search, spec = self.arc, self.search(), self.spec
        rises = [one.time for one in found if one.name == "ascending node"]
        first = max(len(rises) - _REVOLUTIONS, 0)
        begin = rises[first] + 1.0 if first else arc.start
        count = min(int((arc.stop - begin) / GAP), MOST_ROWS) + 2
        drawn = {
            "columns": np.linspace(
                arc.start, arc.stop, min(_DRAWN, max(len(self.times()), _LEAST))
            ),
            "track": np.linspace(begin, arc.stop, count),
            "ends": np.array([arc.start, arc.stop]),
        }
        shown = {key: {"time": t} | self.columns(t) for key, t in drawn.items()}
        dark, spread = spells(found, search), None
        if spec.covariance is not None:
            t = drawn["columns"]
            spread = t, sigmas(self.covariance(t, "rtn"))
        met = None if seen is None else contacts_told(seen, spec.stations, search.span, self.error)
        return Course(
            spec=spec,
            epoch=self.epoch,
            stop=arc.stop,
            outcome=self.outcome,
            text=self.text,
            error=self.error,
            accurate=self.accurate,
            yaan=version("yaan"),
            **shown,
            left_out=first + 1 if first else 0,
            events=tuple(found),
            spells=tuple(dark),
            days=tuple(days_of(dark, search)) if search.sky else (),
            contacts=met,
            path=lambda t: search.turns().earth_fixed(t, arc.at(t)[0]),
            burns=tuple(burns(spec, self.made)),
            spread=spread,
            models=tuple(models(spec, self._world, self.made)),
            notes=tuple(self.notes),
        )

    def contacts(
        self,
        stations: Sequence[str | StationSpec] = (),
        *,
        minimum_elevation: str | None = None,
        frequency: str | None = None,
    ) -> list[Pass]:
        """When stations see it, those of the file if left out; see `Flight.contacts`.

        Raises:
            InputError: a station that is not known, or a quantity that is none.
            YaanError: no station is given and the file names none.
        """
        seen_by = stations or self.spec.stations
        return contacts(self.search(), seen_by, minimum_elevation, frequency)

    def events(
        self,
        kinds: Sequence[Kind] = (),
        *,
        values: Mapping[Kind, Sequence[float]] | None = None,
        equator: Literal["date", "J2000"] = "date",
        clock: Literal["apparent", "mean"] = "apparent",
    ) -> list[ArcEvent]:
        """Nodes, apsides, edges of the shadow and crossings; see `Flight.orbit_events`.

        Under no sky nodes and apsides alone, if `kinds` is left out.

        Raises:
            YaanError: a kind without its values, or one that needs the Sun under no sky.
        """
        search = self.search()
        plain: Sequence[Kind] = PLAIN if search.sky else ("node", "apsis")
        return events(search, kinds or plain, values, equator, clock)

    def search(self) -> Search:
        """Where `yaan.access.passes` and `events` look: its arc over the turning Earth."""
        turning = TabulatedTurning(self.epoch, self._world.earth)
        return Search(self.arc, turning, sky=self.spec.environment.earth.sky)

    def export(
        self, path: str | Path, *, frame: str = "EME2000", step: float | None = None
    ) -> Path:
        """Write an ephemeris: OEM in key-value notation, `.xml`, or a table `.csv`; also `.gz`.

        `frame` is one that such files have, as EME2000, GCRF, ITRF, TEME; `step` [s] is that of the
        file if left out. A burn ends one segment and begins the next.

        Raises:
            YaanError: no such frame, or a step that is none.
            OutputError: it cannot be written.
        """
        known = self.spec.spacecraft
        craft = Craft(
            mass=known.mass,
            drag_area=None if known.drag is None else known.drag.area,
            drag_coefficient=None if known.drag is None else known.drag.coefficient,
            solar_area=None if known.radiation is None else known.radiation.area,
            solar_coefficient=None if known.radiation is None else known.radiation.coefficient,
        )
        who = Identity(self.name, frame=frame, spacecraft=craft)
        bare = Path(path).with_suffix("") if Path(path).suffix == ".gz" else Path(path)
        suffix = bare.suffix.lower()
        form = "xml" if suffix == ".xml" else "csv" if suffix == ".csv" else "kvn"
        write(oem_of(self.arc, self.spec.rows_step if step is None else step, who), path, form)
        return Path(path)

    def summary(self) -> dict[str, Any]:
        """What `orbit.json` holds, SI."""
        ends = self.columns([self.arc.start, self.arc.stop])
        told = [{name: values[i].tolist() for name, values in ends.items()} for i in range(2)]
        found: dict[str, Any] = {
            "schema": 1,
            "kind": "orbit",
            "name": self.name,
            "yaan": version("yaan"),
            "epoch": self.spec.epoch,
            "end": (self.epoch + self.arc.stop).iso(),
            "outcome": self.outcome.word,
            "text": self.text,
            "error": self.error,
            "accuracy": self.spec.accuracy,
            "accurate": self.accurate,
            "steps": self.made.steps,
            "frame": "GCRS",
            "start_state": told[0],
            "end_state": told[1],
            "notes": self.notes,
        }
        if self.spec.covariance is not None:
            sigmas = np.sqrt(np.diagonal(self.covariance(self.arc.stop, "rtn")[0]))
            found["end_sigma_rtn"] = sigmas.tolist()
            found["covariance_error"] = self.made.answer_error
        return found

    def _csv(self) -> str:
        times = self.times()
        told = self.columns(times)
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        heads = [
            f"{axis}_gcrs_{unit}"
            for unit, axes in (("m", "xyz"), ("m_s", ("vx", "vy", "vz")))
            for axis in axes
        ]
        others = [name for name, values in told.items() if values.ndim == 1]
        units = [_UNITS[name].replace("1", "") for name in others]
        heads += [f"{name}_{unit}".rstrip("_") for name, unit in zip(others, units, strict=True)]
        writer.writerow(["utc", "time_s", *heads])
        for i, t in enumerate(times):
            row = [*told["position"][i], *told["velocity"][i], *(told[name][i] for name in others)]
            stamp = (self.epoch + float(t)).iso()
            writer.writerow([stamp, f"{t:.6f}", *(f"{x:.12g}" for x in row)])
        return file.getvalue()

    def __repr__(self) -> str:
        return f"<orbit {self.name}: {self.text}>"


def propagate(
    source: "str | Path | Mapping[str, Any]",
    *,
    days: float | None = None,
    at: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    told: Callable[[float], None] = lambda share: None,
) -> PropagatedOrbit:
    """Propagate the orbit of a file of kind `orbit`, of somebody else's file, or of a run.

    Args:
        source: a file of kind `orbit`, or plain data as such a file has it; an OEM, OPM, OMM or
            TLE; a run folder of a flight.
        days: how far, instead of the file's `duration`, or of one day.
        at: where it starts: of an OEM or a TLE a time in UTC, of a run an event of its timeline.
        overrides: dotted keys and the values they get.
        told: is called with the share that is done.

    Raises:
        InputError: every mistake at once: file, line, key, value and what was expected.
    """
    changes = dict(overrides or {})
    if days is not None:
        changes["duration"] = f"{float(days)!r} day"
    tree = orbit_tree(source, at, changes)
    spec = check_arc(tree)
    with computing():
        world, craft, epoch = world_of(spec), craft_of(spec), start_of(spec)
        position, velocity = centre_of(spec, world)
        changed = None if spec.covariance is None else changed_state(craft)
        scene = Scene(world, craft, epoch, changed, name=spec.name)
        start = (position, velocity, spec.spacecraft.weight)
        (made,) = propagated(scene, [start], spec.duration, spec.accuracy, told)
    return PropagatedOrbit(tree, spec, world, made)


def read_arc(folder: str | Path) -> TabulatedArc:
    """The arc of an orbit that was saved, from its folder.

    Raises:
        YaanError: no folder of an orbit, or a damaged one.
    """
    import xarray

    path = Path(folder)
    path = path.parent if path.name == SUMMARY else path
    if not (path / SUMMARY).is_file():
        raise YaanError(f"{path} is no finished folder of an orbit: it has no {SUMMARY}")
    try:
        with xarray.open_dataset(path / ARC, engine="scipy") as file:
            name, epoch = str(file.attrs["name"]), parse_utc(str(file.attrs["epoch"]))
            columns = (np.array(file[key], dtype=float) for key in ("time", "position", "velocity"))
            return TabulatedArc(name, epoch, *columns)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise YaanError(f"{path / ARC} is damaged: {error}") from error


def _covariance(spec: SpreadSpec, position: Array, velocity: Array) -> Array:
    """That of the start, in GCRS."""
    spread = np.diag(np.square([*spec.position, *spec.velocity]))
    if spec.frame == "gcrs":
        return spread
    (turn,) = _axes(spec.frame, position, velocity)
    return turn.T @ spread @ turn


def _axes(frame: str, position: Array, velocity: Array) -> Array:
    """From GCRS to a local frame, of position and velocity alike [n, 6, 6]."""
    known = {name.lower(): Frame[name] for name in ("RTN", "VVLH", "TNW", "VNC")}
    if frame not in known:
        raise YaanError(f"frame: {quote(frame)}: expected one of gcrs, {', '.join(known)}")
    axes = local_matrices(known[frame], position, velocity)
    return np.asarray(np.kron(np.eye(2), axes), dtype=float)


def sigmas(covariances: Array) -> Array:
    """Standard deviations of each component [n, 6], of covariances [n, 6, 6]."""
    return np.asarray(np.sqrt(np.diagonal(covariances, axis1=1, axis2=2)), dtype=float)


__all__: Sequence[str] = ["PropagatedOrbit", "propagate", "read_arc", "sigmas"]
