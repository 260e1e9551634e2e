"""The public face: a mission that can be changed and flown, and the flight it made."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, overload

import numpy as np

from yaan.base.errors import InputError, Problem, YaanError
from yaan.base.provenance import Assumption, Source
from yaan.campaign.many import ManyFlights
from yaan.compared import Comparison
from yaan.description import Plan
from yaan.description.own import Given, naming
from yaan.escapes import Escapes
from yaan.mission.checks import check, varied
from yaan.mission.file.tree import Tree
from yaan.mission.forms import form_of
from yaan.mission.load import load_tree, override, tree_of, tree_of_text
from yaan.mission.provenance import assumptions, provenance_of, sources, text_of_tree
from yaan.results.commands import Commands
from yaan.results.comparison import compare_runs, run_names
from yaan.results.store import FlightRecord, read_flight
from yaan.results.summary import Budgets, Event, Outcome, Summary, Verdict
from yaan.results.summary_ascent import Ascent
from yaan.results.summary_return import Entry, Landing
from yaan.results.trajectory import History

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import xarray

    from yaan.access import ArcEvent, Pass, Search
    from yaan.access.events import Kind
    from yaan.analysis.flown import Flown
    from yaan.dataset import Trajectory
    from yaan.description.stations import StationSpec
    from yaan.flight.progress import Progress
    from yaan.spacetime.arc import TabulatedArc


_NOTHING: Final[Any] = object()  # None is a value: it removes a key


def load(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> "Mission":
    """A mission of the library, or of a YAML file, checked.

    Args:
        name_or_path: a name such as `gaganyaan`, or a path.
        overrides: dotted keys of the mission and the values they get.

    Raises:
        InputError: with every mistake at once: file, line, key, value and what was expected.
    """
    return Mission(load_tree(name_or_path, overrides))


def fly(
    plan: Plan,
    *,
    profile: str | None = None,
    progress: "Callable[[Progress], None] | None" = None,
) -> "Flight":
    """Fly a plan that was written in Python; see `Mission.fly`.

    Raises:
        InputError: with every mistake at once: key, value and what was expected.
    """
    return Mission.of(plan).fly(profile=profile, progress=progress)


def open(folder: str | Path) -> "Flight":  # `yaan.open`, as of other packages that read files
    """A flight that was saved, read from its run folder.

    Args:
        folder: a run folder, or its `summary.json`; one of schema 1 too.

    Raises:
        YaanError: if it is no run folder, one of an unknown schema, or a damaged one.
    """
    record = read_flight(folder)
    flight = Flight(record, record.manifest.get("timings", {}))
    flight.folder = Path(folder)
    return flight


def compare(*runs: "Flight | str | Path", names: Sequence[str] = ()) -> "Comparison":
    """Hold flights against the first of them.

    Args:
        runs: flights, or run folders; two at least.
        names: of the flights, as many; without them those of their run folders, of flights that
            come from none those of their missions.

    Raises:
        YaanError: for fewer than two, for other than a name each, or for a folder that is no run
            folder.
    """
    records = [run.record if isinstance(run, Flight) else run for run in runs]
    called = names or run_names(
        [(run.folder or run.record) if isinstance(run, Flight) else run for run in runs]
    )
    return Comparison(compare_runs(records, called))


def _given(tree: Tree, models: Mapping[str, Given]) -> Tree:
    return replace(tree, given=dict(models))


class Mission(ManyFlights):
    """A checked mission; changing it makes another one."""

    def __init__(self, tree: Tree) -> None:
        self.source = tree
        self.plan: Plan = check(tree)

    @classmethod
    def of(cls, plan: Plan) -> "Mission":
        """The mission of a plan that no file holds.

        Raises:
            InputError: with every mistake at once: key, value and what was expected.
        """
        return cls(_given(tree_of(form_of(plan), "plan"), plan.given))

    @property
    def name(self) -> str:
        """Short name."""
        return self.plan.name

    @property
    def title(self) -> str:
        """Title, or the name where there is none."""
        return self.plan.title or self.plan.name

    @property
    def spec(self) -> Plan:
        """The old name of `plan`; where it had a launch or an interface, that has a start."""
        warnings.warn("Mission.spec is now Mission.plan.", DeprecationWarning, stacklevel=2)
        return self.plan

    @property
    def tree(self) -> dict[str, Any]:
        """The resolved mission file as plain data, quantities as text with units."""
        return self.source.data

    @overload
    def replace(self, key: Mapping[str, Any], /) -> "Mission": ...

    @overload
    def replace(self, key: str, value: Any) -> "Mission": ...

    def replace(self, key: str | Mapping[str, Any], value: Any = _NOTHING) -> "Mission":
        """This mission with the value at a dotted key replaced, or the values at several.

        Several are replaced together and checked once: what is only right together can be set.

        Args:
            key: a dotted key, or dotted keys and the values they get.
            value: of the one key; None removes it.

        Raises:
            InputError: with every key and every value that is wrong.
            TypeError: for a key without a value, or keys with one more.
        """
        if isinstance(key, str) == (value is _NOTHING):
            raise TypeError("Mission.replace takes a key and a value, or a mapping of those.")
        values = {key: value} if isinstance(key, str) else key
        try:
            return Mission(override(self.source, values))
        except InputError as error:
            raise InputError([*error.problems, *self._more(values, error)]) from None

    def with_model(self, *, guidance: Any = None, **models: Any) -> "Mission":
        """This mission with a model of the user's own in the place of one that it names.

        The model is an instance of a class below `yaan.models.AbstractAtmosphere`, `AbstractWind`
        or `AbstractGravity`, or a class or a function that makes one without arguments; that is
        called in 64 bits. It is checked here. `replace` and `sweep` keep it; replacing
        `environment.atmosphere`, `environment.wind` or `environment.gravity` puts it away.

        A guidance law is an instance of a class below `yaan.models.AbstractEntryGuidance` or
        `AbstractGuidance`, or a function of a `yaan.models.Estimate` alone: the bank [rad] of an
        entry, the axis of an ascent as three numbers along GCRS.

        Args:
            guidance: laws by what they guide: `entry`, `ascent`.
            models: `atmosphere`, `wind`, `gravity`, each a model. A wind blows on the way home
                too, in the place of one that the landing has.

        Raises:
            InputError: with all that is wrong with a model: its class, what it says of itself,
                its numbers, or its answers.
        """
        from yaan.flight.models.own_law import checked_model

        asked = models | {f"guidance.{part}": law for part, law in dict(guidance or {}).items()}
        given = {word: checked_model(word, model) for word, model in asked.items()}
        values: dict[str, Any] = dict(naming(word, one.own.name) for word, one in given.items())
        landing = self.tree.get("landing")
        if "wind" in given and isinstance(landing, Mapping) and "wind" in landing:
            values["landing.wind"] = None
        return Mission(override(_given(self.source, {**self.source.given, **given}), values))

    def _more(self, values: Mapping[str, Any], error: InputError) -> tuple[Problem, ...]:
        """What else is wrong with `values`: those with an address, where others have none."""
        lost = {problem.key for problem in error.problems}
        rest = {key: value for key, value in values.items() if key not in lost}
        if not rest or len(rest) == len(values):
            return ()
        try:
            check(override(self.source, rest))
        except InputError as more:
            return tuple(p for p in more.problems if p not in error.problems)
        return ()

    def fly(
        self,
        *,
        profile: str | None = None,
        commands: Commands | None = None,
        progress: "Callable[[Progress], None] | None" = None,
    ) -> "Flight":
        """Fly it.

        A mission that cannot be flown returns a flight whose `outcome` says what is missing.

        Args:
            profile: steering profile to fly instead of the file's choice.
            commands: those of another flight, as `Flight.commands`: steering, burns and bank are
                flown as they are, and nothing is searched or ranked.
            progress: called with what is being done.

        Raises:
            YaanError: commands that do not fly this mission.
            InputError: a model of the user's own that it names was not given: `with_model`.
        """
        if commands is not None and commands.ascent is not None:
            profile = commands.ascent.profile
        if profile is not None and self.plan.steering is not None:
            flown = self.plan.steering.profile == profile
            if not flown:
                changed = self.replace("steering.profile", profile)
                return changed.fly(commands=commands, progress=progress)
        from yaan.analysis.fly import fly

        made = provenance_of(self.source)
        return Flight(*fly(self.plan, made, self._varied, progress, commands))

    def escape(
        self,
        *,
        step: float = 1.0,
        modes: Sequence[str] = (),
        without: Sequence[str] = (),
        commands: Commands | None = None,
        progress: "Callable[[Progress], None] | None" = None,
    ) -> Escapes:
        """Escape from every instant of the ascent, by every mode of its escape system.

        Args:
            step: between instants [s], from 0.1 s on.
            modes: names of those to fly; all if left out.
            without: names of constraints that shall not colour the map.
            commands: those of a flight, as `Flight.commands`: its ascent is escaped from, and
                nothing is searched.
            progress: called with what is being done.

        Raises:
            YaanError: a mission without an ascent or an escape system.
            InputError: a step that is too short, or a mode or constraint that is not there.
            NoSolutionError: an ascent that is not found.
        """
        from yaan.analysis.escape import check_asked, escape

        if without:
            check_asked(self.plan, step, modes, without)
            keys = {f"escape.constraints.{name}.active": False for name in without}
            changed = self.replace(keys)
            return changed.escape(step=step, modes=modes, commands=commands, progress=progress)
        check_asked(self.plan, step, modes, ())
        asked: dict[str, Any] = {
            "step": step,
            "only": modes,
            "commands": commands,
            "report": progress,
        }
        text = text_of_tree(self.source)
        made = provenance_of(self.source)
        return Escapes(*escape(self.plan, made, mission=text, **asked))

    def _varied(self, values: Mapping[str, Any]) -> Plan | None:
        """The plan with the values at dotted keys replaced; None where that is refused."""
        try:
            return varied(self.source, self.plan, values)
        except InputError:
            return None

    def assumptions(self) -> list[Assumption]:
        """Every value that nobody published, with its range and reason."""
        return assumptions(self.source)

    def sources(self) -> list[Source]:
        """Every source."""
        return sources(self.source)

    def __repr__(self) -> str:
        return f"<Mission {self.name}: {self.title}>"


class Flight:
    """A mission flown, now or in a run folder: its numbers, its history, and what to do with it.

    Flights can be pickled; what comes back has all but `flown`.
    """

    def __init__(self, made: "Flown | FlightRecord", timings: Mapping[str, float]) -> None:
        self._made = made
        self.timings = dict(timings)
        """Time spent by stage of the computation [s]."""
        self.folder: Path | None = None
        """The run folder that it was read from, or saved to last; None of one that has none."""

    @property
    def flown(self) -> "Flown":
        """The objects it was computed with; of no fixed form.

        Raises:
            YaanError: of a flight that was read from a folder, or restored.
        """
        if isinstance(self._made, FlightRecord):
            raise YaanError(
                f"What computed this flight of {self.summary.mission} is not stored;"
                " `flight.mission.fly()` flies it again."
            )
        return self._made

    @cached_property
    def record(self) -> FlightRecord:
        """All that its run folder holds, or would: summary, history, groups, mission."""
        if isinstance(self._made, FlightRecord):
            return self._made
        from yaan.analysis.record import record_of

        return record_of(self._made)

    @cached_property
    def mission(self) -> Mission:
        """The mission that was flown, resolved: to be changed and flown again.

        No file holds a model of the user's own. That of a flight which was read from a folder, or
        restored, flies again once it is given again (`Mission.with_model`), and refuses before.

        Raises:
            YaanError: of a run folder that has lost its `mission.yaml`.
            InputError: of a mission that this Yaan refuses.
        """
        if self.record.mission is None:
            raise YaanError(f"This flight of {self.summary.mission} has lost its mission.yaml.")
        tree = tree_of_text(self.record.mission, "mission.yaml")
        held = {} if isinstance(self._made, FlightRecord) else self._made.plan.given
        return Mission(_given(tree, held))

    @property
    def summary(self) -> Summary:
        """Everything told in numbers, as in `summary.json`."""
        return self.record.summary

    @property
    def commands(self) -> Commands | None:
        """What was designed: steering, burns, bank; `Mission.fly` flies by it without a search."""
        return self.record.commands

    @property
    def outcome(self) -> Outcome:
        """How it ended: `code`, `text`, and the `shortfall` [m/s]."""
        return self.summary.outcome

    @property
    def timeline(self) -> tuple[Event, ...]:
        """Events and peaks in order of time."""
        return self.summary.timeline

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the flight had to hold, and whether it did."""
        return self.summary.verdicts

    @property
    def budgets(self) -> Budgets:
        """Mass, propellant and velocity."""
        return self.summary.budgets

    @property
    def ascent(self) -> Ascent | None:
        """Lift-off, steering and the orbit reached; None of a flight that starts aloft."""
        return self.summary.ascent

    @property
    def entry(self) -> Entry | None:
        """Interface, bank, loads and heat; None of a flight that has none."""
        return self.summary.entry

    @property
    def landing(self) -> Landing | None:
        """Where it came down, against where it should; None of a flight that does not."""
        return self.summary.landing

    @property
    def history(self) -> dict[str, np.ndarray]:
        """Columns of the flown profile, one row a step."""
        return dict(self._history.columns)

    @cached_property
    def trajectory(self) -> "Trajectory":
        """The history as a dataset with one row a time; units and frames are attributes."""
        from yaan.dataset import trajectory

        return trajectory(self._history, self._about)

    @cached_property
    def borders(self) -> "xarray.Dataset":
        """The rows before and after each border of phases, where mass or thrust may jump."""
        from yaan.dataset import borders

        return borders(self._history, self._about)

    @cached_property
    def branches(self) -> "Mapping[str, Trajectory]":
        """The history of each branch by its name, as `trajectory`; empty of a flight without any.

        What leaves the flight at an event and is followed: spent stages, fairings. Where each ended
        is in `summary.sequence`.
        """
        from yaan.dataset import trajectory

        found = self.record.branches
        return {
            name: trajectory(one, self._about | {"branch": name}) for name, one in found.items()
        }

    @property
    def _history(self) -> History:
        if self.record.history is None:
            raise YaanError(f"This flight of {self.summary.mission} has lost its flight.nc.")
        return self.record.history

    @property
    def _about(self) -> dict[str, str]:
        about = self._history
        told = {"epoch": about.epoch, "centre": about.centre, "vehicle": about.vehicle}
        return {"mission": self.summary.mission} | {k: text for k, text in told.items() if text}

    def contacts(
        self,
        stations: "Sequence[str | StationSpec]" = (),
        *,
        minimum_elevation: str | None = None,
        frequency: str | None = None,
    ) -> "list[Pass]":
        """When stations see it: rises, culminations and sets, in the order in which it rises.

        Args:
            stations: names of the library, paths of files, or stations written in Python; those of
                the mission if left out.
            minimum_elevation: as "5 deg", for all of them; left out, that of each.
            frequency: of a carrier, as "2.2 GHz", for Doppler.

        Raises:
            InputError: a station that is not known, or a quantity that is none.
            YaanError: no station is given and the mission names none.
        """
        from yaan.sights import contacts

        seen_by = stations or self.mission.plan.stations
        return contacts(self.search, seen_by, minimum_elevation, frequency)

    def orbit_events(
        self,
        kinds: "Sequence[Kind]" = (),
        *,
        values: "Mapping[Kind, Sequence[float]] | None" = None,
        equator: Literal["date", "J2000"] = "date",
        clock: Literal["apparent", "mean"] = "apparent",
    ) -> "list[ArcEvent]":
        """Nodes, apsides, edges of the shadow and crossings, in order of time.

        Args:
            kinds: of `yaan.access.events`; nodes, apsides and eclipses if left out.
            values: that kinds are crossed at: [m], [rad], hours of a local time.
            equator: of nodes, the true one of date or that of J2000.
            clock: of local times, apparent or mean.

        Raises:
            YaanError: a kind without its values, or one that needs the Sun under no sky.
        """
        from yaan.sights import events

        return events(self.search, kinds, values, equator, clock)

    @property
    def arc(self) -> "TabulatedArc":
        """Where it was against time, in GCRS, between the rows that it saved."""
        from yaan.spacetime.arc import TabulatedArc

        found = self.search.arc
        assert isinstance(found, TabulatedArc)
        return found

    @cached_property
    def search(self) -> "Search":
        """Where `yaan.access.passes` and `events` look: its arc over the Earth that it flew over.

        Raises:
            YaanError: of a flight without states.
        """
        from yaan.sights import search_of

        return search_of(self._history, self.mission.plan)

    def plot(self, *names: str, between: tuple[float, float] | None = None) -> "go.Figure":
        """Columns of the history against time, a panel each, with the phases marked.

        Args:
            names: of columns, as in `history`; without any height, relative speed and load.
            between: first and last time to show [s]; without it all of the flight.

        Returns:
            A figure of plotly, to be shown, changed or written (`write_html`).

        Raises:
            YaanError: for a column that the flight does not have, naming the nearest; for a span
                without rows; where plotly is missing.
        """
        from yaan.report.notebook import plot

        return plot(self.record.summary, self._history, names, between)

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a run folder with its report below `parent`; returns the folder.

        Raises:
            OutputError: when something cannot be written; it says what is kept.
        """
        from yaan.report import write_report
        from yaan.results import telling_kept, write_run
        from yaan.results.store import read_manifest

        folder = write_run(parent, self.record, self.timings)
        with telling_kept(folder):
            # To read back what was written would take as long as to write it.
            write_report(folder, replace(self.record, manifest=read_manifest(folder)))
        self.folder = folder
        return folder

    def __getstate__(self) -> dict[str, Any]:
        """All but what computed it: compiled code and closures do not travel."""
        return {"_made": self.record, "timings": self.timings, "folder": self.folder}

    def __repr__(self) -> str:
        return f"<Flight {self.summary.mission}: {self.outcome.text}>"

    def _repr_html_(self) -> str:
        """Outcome, key numbers, a small figure and the timeline, for notebooks."""
        from yaan.report.notebook import flight_html

        return flight_html(self.record)
