"""What the numbers of a trace are, so that the page's data button can write them as CSV.

The page's script makes the file of what is drawn; here each trace says, in `meta`, which of its
arrays are columns and how they are headed. A trace without it is scenery: shores, pins, grids.
"""

from collections.abc import Sequence
from typing import Any, Final

Column = tuple[str, str | Sequence[Any]]

# Spreadsheets guess the encoding of a file, so headings have nothing to guess at.
_PLAIN: Final = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹µ\u00a0\u202f", "-0123456789u  ")


def heading(words: str, unit: str = "") -> str:
    """The heading of a column: ``Speed inertial [m/s]``, in plain letters and without a comma."""
    shown = unit.translate(_PLAIN)
    # A power of ten before a unit is a factor: 10⁻⁹ g.
    shown = shown.replace("10-", "1e-", 1) if shown.startswith("10-") else shown
    return words.replace(",", "").translate(_PLAIN) + (f" [{shown}]" if shown else "")


def titled(title: str) -> str:
    """The same of an axis' title, whose unit stands behind its last comma."""
    words, _, unit = title.rpartition(", ")
    return heading(words, unit) if words else heading(title)


def told(*columns: Column, series: str = "", name: str = "", clock: str = "") -> dict[str, Any]:
    """What a trace's columns are, to be joined to the trace.

    Args:
        columns: heading of each, and where its values are: the name of one of the trace's arrays
            (``customdata.0`` for the first of pairs), or the values.
        series: heading of a column that names the trace, for traces with the same columns.
        name: what that column says; the trace's name if left out.
        clock: the array of seconds that the page writes as a clock and a date, into `text`.
    """
    made: dict[str, Any] = {"columns": [[words, values] for words, values in columns]}
    more = {"series": series, "name": name, "clock": clock}
    return {"meta": made | {key: words for key, words in more.items() if words}}
