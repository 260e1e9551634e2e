"""The public face: a mission that can be changed and flown, and the flight it made."""

import io
import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yaan.base.errors import InputError, YaanError
from yaan.base.provenance import Assumption, Source
from yaan.description import Plan
from yaan.mission.checks import check
from yaan.mission.file.tree import Tree
from yaan.mission.forms import form_of
from yaan.mission.load import load_tree, override, tree_of, tree_of_text
from yaan.mission.provenance import assumptions, provenance_of, sources
from yaan.results.store import FlightRecord, read_flight
from yaan.results.summary import Budgets, Event, Outcome, Summary, Verdict
from yaan.results.summary_ascent import Ascent
from yaan.results.summary_return import Entry, Landing
from yaan.results.trajectory import History

if TYPE_CHECKING:
    import xarray

    from yaan.analysis.flown import Flown
    from yaan.dataset import Trajectory
    from yaan.flight.progress import Progress


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
    return Flight(record, record.manifest.get("timings", {}))


class Mission:
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
        return cls(tree_of(form_of(plan), "plan"))

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

    def replace(self, key: str, value: Any) -> "Mission":
        """This mission with the value at a dotted `key` replaced.

        Raises:
            InputError: when the key or the value is wrong.
        """
        return Mission(override(self.source, {key: value}))

    def fly(
        self,
        *,
        profile: str | None = None,
        progress: "Callable[[Progress], None] | None" = None,
    ) -> "Flight":
        """Fly it.

        A mission that cannot be flown returns a flight whose `outcome` says what is missing.

        Args:
            profile: steering profile to fly instead of the file's choice.
            progress: called with what is being done.
        """
        if profile is not None:
            return self.replace("steering.profile", profile).fly(progress=progress)
        from yaan.analysis.fly import fly

        return Flight(*fly(self.plan, provenance_of(self.source), self._varied, progress))

    def _varied(self, values: Mapping[str, Any]) -> Plan | None:
        """The plan with the values at dotted keys replaced; None where that is refused."""
        try:
            return check(override(self.source, values))
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
    def _record(self) -> FlightRecord:
        if isinstance(self._made, FlightRecord):
            return self._made
        from yaan.analysis.record import record_of

        return record_of(self._made)

    @cached_property
    def mission(self) -> Mission:
        """The mission that was flown, resolved: to be changed and flown again.

        Raises:
            YaanError: of a run folder that has lost its `mission.yaml`.
            InputError: of a mission that this Yaan refuses.
        """
        if self._record.mission is None:
            raise YaanError(f"This flight of {self.summary.mission} has lost its mission.yaml.")
        return Mission(tree_of_text(self._record.mission, "mission.yaml"))

    @property
    def summary(self) -> Summary:
        """Everything told in numbers, as in `summary.json`."""
        return self._record.summary

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

        found = self._record.branches
        return {
            name: trajectory(one, self._about | {"branch": name}) for name, one in found.items()
        }

    @property
    def _history(self) -> History:
        if self._record.history is None:
            raise YaanError(f"This flight of {self.summary.mission} has lost its flight.nc.")
        return self._record.history

    @property
    def _about(self) -> dict[str, str]:
        about = self._history
        told = {"epoch": about.epoch, "centre": about.centre, "vehicle": about.vehicle}
        return {"mission": self.summary.mission} | {k: text for k, text in told.items() if text}

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a run folder with its report below `parent`; returns the folder.

        Raises:
            OutputError: when something cannot be written; it says what is kept.
        """
        from yaan.report import write_report
        from yaan.results import telling_kept, write_run

        folder = write_run(parent, self._record, self.timings)
        with telling_kept(folder):
            write_report(folder)
        return folder

    def __getstate__(self) -> dict[str, Any]:
        """All but what computed it: compiled code and closures do not travel."""
        return {"_made": self._record, "timings": self.timings}

    def __repr__(self) -> str:
        return f"<Flight {self.summary.mission}: {self.outcome.text}>"

    def _repr_html_(self) -> str:
        """The timeline as a table, for notebooks."""
        out = io.StringIO()
        out.write(f"<p><b>{_escape(self.outcome.text)}</b></p><table><tr>")
        heads = ("event", "T+ s", "height km", "inertial speed m/s", "mass t", "load g")
        out.write("".join(f"<th>{head}</th>" for head in heads) + "</tr>")
        for e in self.timeline:
            cells = (
                _escape(e.name),
                f"{e.time:.2f}",
                f"{e.height / 1e3:.2f}",
                f"{e.speed_inertial:.1f}",
                f"{e.mass_after / 1e3:.2f}",
                f"{e.load_g:.2f}",
            )
            out.write("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        return out.getvalue() + "</table>"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
