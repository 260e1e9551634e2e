"""The page: one file that holds everything it shows and asks the network for nothing."""

import json
from functools import cache
from importlib import resources, util
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from yaan.base.errors import YaanError
from yaan.report.figures import Figure
from yaan.report.sections import sections
from yaan.report.span import aloft
from yaan.report.tables import badge, state
from yaan.report.text import label, number, plural
from yaan.results import FlightRecord, Summary, read_flight, write_text
from yaan.results.store import SUMMARY

NAME: Final = "report.html"
_PLOTLY: Final = "package_data/plotly.min.js"


def write_report(folder: Path | str) -> Path:
    """Write `report.html` of a run folder, from what the folder holds.

    Args:
        folder: a run folder with `summary.json`; `flight.nc` and `manifest.json` where there are.

    Returns:
        The path of the page.

    Raises:
        YaanError: if the folder is no run folder or the page cannot be written.
    """
    folder = Path(folder)
    page = render(read_flight(folder))
    path = (folder.parent if folder.name == SUMMARY else folder) / NAME
    write_text(path, page)
    return path


def render(record: FlightRecord) -> str:
    """The whole page as text."""
    parts = sections(record)
    drawn = [block for part in parts for kind, block in part.blocks if kind == "figure"]
    return _template().render(
        head=_head(record),
        sections=parts,
        figures=_figures(drawn),
        plural=plural,
        css=_own("page.css"),
        script=_own("page.js") if drawn else "",
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
        "title": summary.title or summary.mission or "Flight",
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
    """The figures as JSON inside a script element, which no text in it can end."""
    content = {f.name: {"data": f.data, "wide": f.wide, "narrow": f.narrow} for f in drawn}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _own(name: str) -> Markup:
    return Markup(resources.files("yaan.report").joinpath(name).read_text(encoding="utf-8"))


def _plotly() -> Markup:
    """Plotly's script, read from its package, whose import would cost more than the page."""
    found = util.find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise YaanError("The report needs plotly, which is not installed; `pip install plotly`.")
    script = Path(found.submodule_search_locations[0]) / _PLOTLY
    return Markup(script.read_text(encoding="utf-8"))
