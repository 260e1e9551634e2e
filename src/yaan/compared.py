"""Flights held against the first of them, for people and notebooks."""

from pathlib import Path

from yaan.results.comparison import Change, EventTimes
from yaan.results.comparison import Comparison as Compared


class Comparison:
    """Flights beside each other; the first is what the others are held against."""

    def __init__(self, found: Compared) -> None:
        self._found = found

    @property
    def names(self) -> tuple[str, ...]:
        """Of the flights: of their run folders, else of their missions."""
        return self._found.names

    @property
    def inputs(self) -> tuple[Change, ...]:
        """What differs in the mission, in the order of its file."""
        return self._found.inputs

    @property
    def results(self) -> tuple[Change, ...]:
        """Numbers of the results that changed, the largest relative change first."""
        return self._found.ranked

    @property
    def events(self) -> tuple[EventTimes, ...]:
        """Events and peaks in order, and when they came in each flight [s], how much later."""
        return self._found.events

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Of each flight that lacks a part that another has, what it lacks."""
        return self._found.missing

    def save(self, path: str | Path = "compare.html") -> Path:
        """Write the page of it: curves over each other, differences, events; returns its path.

        Args:
            path: of the page; in a folder it is called `compare.html`.

        Raises:
            OutputError: if it cannot be written.
        """
        from yaan.report import write_comparison

        return write_comparison(self._found, path)

    def __str__(self) -> str:
        """What differs in input, and the ten results that changed most, a line each."""
        from yaan.report.notebook import comparison_text

        return comparison_text(self._found)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        """The same as tables, for notebooks."""
        from yaan.report.notebook import comparison_html

        return comparison_html(self._found)
