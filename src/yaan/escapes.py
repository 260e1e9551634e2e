"""Escapes for users: what `Mission.escape` gives, and what its folder holds."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from yaan.results.escape import EscapeRecord, EscapeSummary, read_escape, write_escape

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import xarray


class Escapes:
    """Every escape from one ascent: what each mode came to, and the best one at each instant."""

    def __init__(self, record: EscapeRecord, timings: Mapping[str, float] | None = None) -> None:
        self.record = record
        self.timings = dict(timings or {})
        """Time spent by part of the computation [s]."""
        self.folder: Path | None = None

    @classmethod
    def open(cls, folder: str | Path) -> "Escapes":
        """Those that were saved.

        Raises:
            YaanError: no folder of escapes, or a damaged one.
        """
        made = cls(read_escape(folder))
        made.folder = Path(folder)
        return made

    @property
    def summary(self) -> EscapeSummary:
        """Modes, constraints, failures and black zones, as in `escape.json`."""
        return self.record.summary

    @cached_property
    def map(self) -> "xarray.Dataset":
        """Margin of each mode at each instant, what is worst there, and the choice.

        Dimensions: mode and time; an instant outside of the window of a mode is NaN.
        """
        from yaan.dataset import escape_map

        return escape_map(self.record)

    def plot(self, name: str = "coverage") -> "go.Figure":
        """A figure of the report of escapes.

        Args:
            name: coverage, last-minute, failures, warning, overpressure, loads, exposure, response,
                separation, pressure, altitude-velocity, landing, drogue-window, splash or returns.

        Returns:
            A figure of plotly, to be shown, changed or written (`write_html`).

        Raises:
            YaanError: for a figure that is not there, or that these escapes have no data for;
                where plotly is missing.
        """
        from yaan.report.notebook import plot_escapes

        return plot_escapes(self.record, name)

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a folder with its report below `parent`; returns the folder.

        Raises:
            OutputError: when something cannot be written; it says what is kept.
        """
        from yaan.report import write_escape_report
        from yaan.results import telling_kept

        folder = write_escape(parent, self.record, self.timings)
        with telling_kept(folder):
            write_escape_report(folder, self.record)
        self.folder = folder
        return folder

    def __repr__(self) -> str:
        return f"<Escapes from {self.summary.mission}: {self.summary.sentence}>"
