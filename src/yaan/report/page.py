"""The page: one file that holds everything it shows and asks the network for nothing.

The script that draws and what it draws are nine tenths of the page, so they are packed: gzip, as
base64 since a page is text. The page's own script unpacks them after the tables are shown.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import resources, util
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from yaan.base.errors import YaanError
from yaan.report.capability import capability_head, capability_sections
from yaan.report.comparison import comparison_sections, headline
from yaan.report.course import Course
from yaan.report.escape import escape_head, escape_sections
from yaan.report.figures import Figure
from yaan.report.figures.dark import DARK
from yaan.report.figures.lanes import Lanes
from yaan.report.figures.payload import Payloads
from yaan.report.propagated import orbit_head, orbit_sections
from yaan.report.sections import Section, sections
from yaan.report.span import aloft
from yaan.report.sweep import sweep_head, sweep_sections
from yaan.report.tables import badge, state
from yaan.report.text import label, number, plural
from yaan.results import (
    Comparison,
    FlightRecord,
    Summary,
    read_flight,
    write_text,
)
from yaan.results.escape import EscapeRecord
from yaan.results.store import SUMMARY

NAME: Final = "report.html"
COMPARISON: Final = "compare.html"
SWEEP: Final = "sweep.html"
DISPERSED: Final = "dispersions.html"
CAPABILITY: Final = "capability.html"
ORBIT: Final = "orbit.html"
ESCAPES: Final = "escape.html"
_PLOTLY: Final = "package_data/plotly.min.js"
_LEVEL: Final = 3  # of gzip; 6 takes twice as long for a twelfth less


def write_report(folder: Path | str, record: FlightRecord | None = None) -> Path:
    """Write `report.html` of a run folder, from what the folder holds.

    Args:
        folder: a run folder with `summary.json`; `flight.nc` and `manifest.json` where there are.
        record: what it holds, of whoever has just written it; left out, it is read.

    Returns:
        The path of the page.

    Raises:
        YaanError: if the folder is no run folder or the page cannot be written.
    """
    folder = Path(folder)
    page = render(record or read_flight(folder))
    path = (folder.parent if folder.name == SUMMARY else folder) / NAME
    write_text(path, page)
    return path


def render(record: FlightRecord) -> str:
    """The whole page as text."""
    return compose(_head(record), sections(record))


def write_comparison(found: Comparison, path: Path | str) -> Path:
    """Write a page that holds runs against the first of them.

    Args:
        found: the runs, compared.
        path: of the page; in a folder it is called `compare.html`.

    Returns:
        The path of the page.

    Raises:
        OutputError: if the page cannot be written.
    """
    path = Path(path)
    path = path / COMPARISON if path.is_dir() else path
    write_text(path, render_comparison(found))
    return path


def render_comparison(found: Comparison) -> str:
    """The whole page of a comparison as text."""
    return compose(headline(found), comparison_sections(found))


def write_sweep(lanes: Lanes, folder: Path | str) -> Path:
    """Write `sweep.html`, the page of a sweep, into its folder; of draws, `dispersions.html`.

    Returns:
        The path of the page.

    Raises:
        OutputError: if the page cannot be written.
    """
    path = Path(folder) / (SWEEP if lanes.drawing is None else DISPERSED)
    write_text(path, compose(sweep_head(lanes), sweep_sections(lanes)))
    return path


def write_capability(
    curves: Sequence[Payloads], folder: Path | str, *, mission: str, title: str, yaan: str
) -> Path:
    """Write `capability.html`, the page of a launcher's payloads, into its folder.

    Args:
        curves: the payloads of each inclination.
        folder: that it goes to.
        mission: its name.
        title: of the mission.
        yaan: version.

    Returns:
        The path of the page.

    Raises:
        OutputError: if the page cannot be written.
    """
    path = Path(folder) / CAPABILITY
    head = capability_head(mission, title, yaan, curves)
    write_text(path, compose(head, capability_sections(curves)))
    return path


def write_orbit(course: Course, folder: Path | str) -> Path:
    """Write `orbit.html`, the page of a propagated orbit, into its folder.

    Returns:
        The path of the page.

    Raises:
        OutputError: if the page cannot be written.
    """
    path = Path(folder) / ORBIT
    write_text(path, compose(orbit_head(course), orbit_sections(course)))
    return path


def write_escape_report(folder: Path | str, made: EscapeRecord) -> Path:
    """Write `escape.html`, the page of escapes, into their folder.

    Returns:
        The path of the page.

    Raises:
        OutputError: if the page cannot be written.
    """
    path = Path(folder) / ESCAPES
    write_text(path, compose(escape_head(made), escape_sections(made)))
    return path


def compose(head: Mapping[str, Any], parts: Sequence[Section]) -> str:
    """A page from what stands above, as `page.html.j2` reads it, and its sections."""
    blocks = [block for part in parts for block in part.blocks]
    beside = [block for kind, block in blocks if kind == "beside"]
    drawn = [*(one.figure for one in beside), *(one for kind, one in blocks if kind == "figure")]
    return _template().render(
        head=head,
        sections=parts,
        figures=_figures(drawn),
        plural=plural,
        css=_own("page.css"),
        scheme=_own("scheme.js"),
        dark=Markup(json.dumps(DARK)),
        csv=_own("csv.js"),
        switch=_own("switch.js") if beside else "",
        script=_own("page.js"),
        plotly=_plotly() if drawn else "",
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("yaan.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def _head(record: FlightRecord) -> dict[str, Any]:
    summary, outcome = record.summary, record.summary.outcome
    flown, short = outcome.code == "flown", outcome.shortfall
    passed = [verdict.passed for verdict in summary.verdicts]
    tone = "bad" if not flown or False in passed else "good"
    facts = [
        ("Mission", summary.mission),
        ("Profile", summary.profile),
        ("Epoch" if aloft(summary) else "Lift-off", summary.epoch),
        ("Yaan", summary.yaan),
    ]
    return {
        "kicker": "Flight report",
        "title": summary.title or summary.mission or "Flight",
        "mission": summary.mission or "flight",
        "epoch": summary.epoch or "",
        "outcome": outcome.text or "The flight left no outcome.",
        "shortfall": f"{number(short)} m/s" if not flown and short > 0 else "",
        "flown": flown,
        "code": label(outcome.code or "unknown"),
        "tone": tone,
        "badges": _badges(summary),
        "facts": [(words, value) for words, value in facts if value],
    }


def _badges(summary: Summary) -> list[Markup]:
    """One badge for each verdict, and those of the crew that no verdict names."""
    found = [
        badge(verdict.state or state(verdict.passed), label(verdict.name))
        for verdict in summary.verdicts
    ]
    for loads in summary.crew:
        back = loads.part == "return"
        words = "Crew load on return" if back else "Crew load"
        graded = [axis for axis in loads.axes if axis.verdict != "ungraded"]
        for row in graded:
            if not _named(summary, row.axis, back=back):
                found.append(badge(row.verdict, f"{words} {row.axis}"))
        rest = len(loads.axes) - len(graded)
        if rest and not back:
            found.append(badge("ungraded", f"{plural(rest, 'couch axis', 'couch axes')} ungraded"))
    return found


def _named(summary: Summary, axis: str, *, back: bool) -> bool:
    """Whether a verdict speaks of the crew's load along `axis`, in the ascent or on the return."""
    names = [verdict.name.lower() for verdict in summary.verdicts]
    return any("crew" in n and axis in n and ("return" in n) == back for n in names)


def _figures(drawn: list[Figure]) -> Markup:
    """The figures as JSON, packed."""
    content = {f.name: {"data": f.data, "wide": f.wide, "narrow": f.narrow} for f in drawn}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _packed(text.encode("utf-8"))


def _packed(content: bytes) -> Markup:
    """Bytes as base64 of gzip, which no element's end can be read into; the same every time."""
    return Markup(b64encode(gzip.compress(content, _LEVEL, mtime=0)).decode("ascii"))


def _own(name: str) -> Markup:
    return Markup(resources.files("yaan.report").joinpath(name).read_text(encoding="utf-8"))


def prepare() -> None:
    """Pack what every page holds, as while there is no flight to write yet."""
    with suppress(YaanError):  # told by the page itself
        _plotly()


@cache
def _plotly() -> Markup:
    """Plotly's script, packed, from its package, whose import would cost more than the page."""
    found = util.find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise YaanError("The report needs plotly, which is not installed; `pip install plotly`.")
    return _packed((Path(found.submodule_search_locations[0]) / _PLOTLY).read_bytes())
