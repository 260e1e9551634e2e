"""The wall: one self-contained page with every case, every margin and every verdict."""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from yaan.report.tables import badge
from yaan.report.text import plural, significant
from yaan.results import write_text
from yaan.validation.case import Line, Result
from yaan.validation.plot import plot

_BADGES: Final = {"held": "pass", "FAILED": "fail", "reported": "ungraded"}
_SHORT: Final = 8
"""Lines of a case that are shown without being asked for."""


def write_wall(path: Path | str, results: Sequence[Result]) -> Path:
    """Write the wall of `results` to `path`.

    Raises:
        YaanError: if the page cannot be written.
    """
    written = Path(path)
    write_text(written, render(results))
    return written


def render(results: Sequence[Result]) -> str:
    """The whole page as text."""
    return _template().render(
        head=_head(results),
        css=_own("yaan.report", "page.css") + _own("yaan.validation", "wall.css"),
        suites=[_suite(name, results) for name in _names(results)],
        verdicts=_verdicts(results),
    )


def verdicts(page: str) -> dict[str, dict[str, str]]:
    """The verdicts that a wall holds: by case, then by quantity."""
    _, _, rest = page.partition('id="verdicts">')
    return json.loads(rest.partition("</script>")[0])


def _verdicts(results: Sequence[Result]) -> Markup:
    found = {
        result.case.key: {line.quantity: line.verdict for line in result.lines}
        for result in results
    }
    text = json.dumps(found, indent=0, sort_keys=True, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("yaan.validation", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("wall.html.j2")


def _own(package: str, name: str) -> Markup:
    return Markup(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


def _names(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(result.case.suite for result in results))


def _head(results: Sequence[Result]) -> dict[str, Any]:
    lines = [line for result in results for line in result.lines]
    gated = [line for line in lines if line.held is not None]
    failed = [line for line in gated if line.held is False]
    told = plural(len(gated), "gated line")
    words = f"All {told} held." if not failed else f"{len(failed)} of {told} failed."
    return {
        "version": metadata.version("yaan"),
        "words": f"{words} {plural(len(lines) - len(gated), 'line')} only reported.",
        "tone": "bad" if failed else "good",
        "cases": plural(len(results), "case"),
    }


def _suite(name: str, results: Sequence[Result]) -> dict[str, Any]:
    own = [result for result in results if result.case.suite == name]
    lines = [line for result in own for line in result.lines]
    gated = [line for line in lines if line.held is not None]
    held = sum(line.held is True for line in gated)
    pairs = [(result.case.name, line) for result in own for line in result.lines]
    closest = max(
        (p for p in pairs if p[1].margin is not None), key=lambda p: _ratio(p[1]), default=None
    )
    return {
        "name": name,
        "state": badge(
            "pass" if held == len(gated) else "fail", "held" if held == len(gated) else "FAILED"
        ),
        "cases": len(own),
        "held": f"{held} of {len(gated)}",
        "reported": len(lines) - len(gated),
        "closest": "" if closest is None else f"{closest[0]}: {closest[1].quantity}",
        "share": "" if closest is None else _shown(_ratio(closest[1]), 2),
        "results": [_case(result) for result in own],
    }


def _case(result: Result) -> dict[str, Any]:
    case, gated = result.case, [line for line in result.lines if line.held is not None]
    held = sum(line.held is True for line in gated)
    if not gated:
        mark = badge("ungraded", "reported")
    else:
        mark = badge("pass" if result.held else "fail", f"{held} of {len(gated)} held")
    return {
        "id": case.key.replace("/", "-"),
        "name": case.name,
        "title": case.title,
        "about": case.about,
        "source": case.source,
        "files": ", ".join(f"{file}.yaml" for file in case.files),
        "mark": mark,
        "figure": plot(result.lines),
        "rows": [_row(line) for line in result.lines],
        "open": len(result.lines) <= _SHORT or not result.held,
    }


def _row(line: Line) -> dict[str, Any]:
    return {
        "quantity": line.quantity,
        "unit": line.unit,
        "why": line.why,
        "reference": _shown(line.reference, 7),
        "ours": _shown(line.ours, 7),
        "distance": _shown(line.distance, 2),
        "margin": "" if line.margin is None else _shown(line.margin, 2),
        "bar": None if line.margin is None else min(100.0, 100.0 * _ratio(line)),
        "tone": "bad" if line.held is False else "good",
        "verdict": badge(_BADGES[line.verdict], line.verdict),
    }


def _shown(value: float, digits: int) -> Markup:
    """A number with its power of ten raised."""
    return Markup(re.sub(r"\^(\S+)$", r"<sup>\1</sup>", str(escape(significant(value, digits)))))


def _ratio(line: Line) -> float:
    """Distance over margin; a margin of nothing is met by no distance only."""
    if not line.margin:
        return 0.0 if line.distance == 0.0 else float("inf")
    return line.distance / line.margin
