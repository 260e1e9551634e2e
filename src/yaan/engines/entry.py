"""An engine of the catalogue for users: its figures, what physics makes of them, its cycle."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from markupsafe import Markup

from yaan.analysis.engine_audit import Audit, audit
from yaan.base.errors import UnitError
from yaan.description.catalogue import Claim, Entry, Figure, text_of
from yaan.engines.cycle import balanced, tables
from yaan.propulsion.cycles import Balance
from yaan.report.engine import ENGINE, EnginePage, write_engine
from yaan.report.sections import Block, Section
from yaan.report.tables import Cell, Column, badge, make_table
from yaan.report.text import NONE, number
from yaan.results.store import new_run_folder, write_json, write_manifest

SUMMARY: Final = "engine.json"

WORDS: Final = ("maker", "country", "used_on", "oxidiser", "fuel", "cycle")
"""Keys that are told above the figures."""

Rows = list[tuple[str, ...]]


GRADES: Final = "Grades: A agency, maker or report, read; B compilation, read; C recalled, guessed."


class CatalogueEngine:
    """An engine of the catalogue: the Python twin of `yaan engine NAME`."""

    def __init__(self, entry: Entry, *, with_cycle: bool = False) -> None:
        self.entry, self._with_cycle = entry, with_cycle
        self.folder: Path | None = None

    @property
    def name(self) -> str:
        """As files refer to it."""
        return self.entry.name

    @property
    def propellants(self) -> str:
        """Oxidiser and fuel."""
        design = self.entry.design
        return f"{design.oxidiser}/{design.fuel}"

    @property
    def title(self) -> str:
        """One line."""
        return f"{self.entry.title} ({self.propellants}, {self.entry.design.cycle})"

    @property
    def figures(self) -> dict[str, Figure]:
        """The figures that are told in a table: all but plain words that nobody disputes."""
        every = self.entry.figures
        return {k: one for k, one in every.items() if k not in WORDS or one.conflicts}

    @functools.cached_property
    def audit(self) -> Audit:
        """What physics and its family make of its figures."""
        return audit(self.entry)

    @property
    def sentence(self) -> str:
        """The efficiency that is implied, and whether it lies in its family."""
        found = self.audit
        if found.ideal is None or found.ratio is None:
            return f"There is no ideal to compare with: {found.why}."
        told = f"Its Isp is {found.ratio:.4f} of ideal shifting flow"
        told += f", {found.frozen_ratio:.4f} of frozen"
        if self.entry.value("isp") is None:
            isp = f"{self.entry.spec.isp:.1f} s"
            return f"Its Isp of {isp} is derived from its design point and family, not published."
        if found.family is None:
            return f"{told}; no family of its propellants and cycle is known."
        band = found.family.band
        where = "within" if found.ratio in band else "OUTSIDE"
        told += f"; {where} the band of its family ({found.family.name}),"
        return f"{told} {band.low:.3f} to {band.high:.3f}, mean {band.mean:.3f}."

    @property
    def ideal_certificate(self) -> str:
        """The proof of the ideal, in short; empty where there is none."""
        ideal = self.audit.ideal
        return "" if ideal is None else f"{ideal.certificate} ({ideal.origin})"

    def fits(self, key: str, claim: Claim) -> str:
        """Whether a claim that is not adopted would lie in the family; empty if nobody knows."""
        for one in self.audit.judged:
            if one.key == key and one.claim == claim and one.ratio is not None:
                word = "" if one.fits is None else ", in its family"
                word = ", outside its family" if one.fits is False else word
                return f"(it would be {one.ratio:.4f} of ideal{word})"
        return ""

    def said(self, key: str, claim: Claim, sources: dict[str, int]) -> str:
        """Who says what is not adopted, what it is of, and what it would make."""
        refused = f"REFUSED: {claim.refused}" if claim.refused else ""
        parts = (numbered(claim.source, sources), claim.note, refused, self.fits(key, claim))
        return " ".join(x for x in parts if x)

    def shown(self, key: str, value: float | None) -> str:
        """A value of a key with its unit."""
        if value is None:
            return "-"
        try:
            return text_of(key, float(f"{value:.5g}"))
        except (KeyError, UnitError):
            return f"{value:.5g}"

    @functools.cached_property
    def cycle(self) -> Balance | str:
        """The balance of its cycle, or why there is none."""
        return balanced(self.entry)

    @property
    def cycle_tables(self) -> list[tuple[str, tuple[str, ...], Rows]]:
        """The balance as tables: title, heads, rows; none where it was not asked for."""
        if not self._with_cycle or isinstance(self.cycle, str):
            return []
        return [*tables(self.cycle)]

    @property
    def cycle_notes(self) -> list[str]:
        """What is to be known of the balance."""
        if not self._with_cycle:
            return []
        if isinstance(self.cycle, str):
            return [f"Its cycle is not balanced: {self.cycle}."]
        return [self.cycle.sentence, *self.cycle.notes]

    def line(self) -> dict[str, Any]:
        """The adopted figures in a row, SI."""
        values = {key: figure.value for key, figure in self.entry.figures.items()}
        return {"name": self.name, "title": self.entry.title} | values

    def summary(self) -> dict[str, Any]:
        """What `engine.json` holds, SI."""
        judged = self.audit
        family = judged.family
        band = None if family is None else asdict(family.band)
        found: dict[str, Any] = {
            "schema": 1,
            "kind": "engine-entry",
            "name": self.name,
            "title": self.entry.title,
            "yaan": version("yaan"),
            "file": self.entry.file,
            "figures": {key: _figure(figure) for key, figure in self.entry.figures.items()},
            "compared": [asdict(one) | {"ratio": one.ratio} for one in judged.compared],
            "judged": [
                {"key": one.key, "value": one.claim.value, "ratio": one.ratio, "fits": one.fits}
                for one in judged.judged
            ],
            "verdicts": [
                {name: getattr(one, name) for name in ("name", "passed", "value", "limit", "text")}
                for one in judged.verdicts
            ],
            "verdict": judged.verdict,
            "ratio": judged.ratio,
            "frozen_ratio": judged.frozen_ratio,
            "family": None if family is None else {"name": family.name, "band": band},
            "ideal": None if judged.ideal is None else asdict(judged.ideal),
            "why": judged.why or None,
            "text": self.sentence,
        }
        if self._with_cycle:
            cycle = self.cycle
            found["cycle"] = {"why": cycle} if isinstance(cycle, str) else cycle.summary()
        return found

    def save(self, parent: str | Path = "runs") -> Path:
        """Write a folder with its page and its figures; returns it.

        Raises:
            OutputError: it cannot be written.
        """
        begun = perf_counter()
        path = new_run_folder(parent, f"{self.name}-engine")
        write_engine(self.page(), path)
        spent = {"write": perf_counter() - begun}
        inputs = {"engine": self.name.encode()}
        write_manifest(path, yaan=version("yaan"), inputs=inputs, timings=spent)
        write_json(path / SUMMARY, self.summary())
        self.folder = path
        return path

    def page(self) -> EnginePage:
        """What its page shows."""
        design = self.entry.design
        asked = {
            "maker": design.maker,
            "used_on": design.used_on,
            "propellants": self.propellants,
            "cycle": design.cycle,
        }
        return EnginePage(
            name=self.name,
            title=self.entry.title,
            yaan=version("yaan"),
            asked={key: value for key, value in asked.items() if value},
            lead=self.sentence,
            verdict=self.audit.verdict,
            extra=tuple(self._sections()),
            notes=(f"Certificate of the ideal: {self.ideal_certificate}.",)
            if self.ideal_certificate
            else (),
        )

    def _sections(self) -> list[Section]:
        made = [
            Section("figures", "Figures and their sources", tuple(self._figures())),
            Section("compared", "Published beside ideal", (("table", self._compared()),)),
            Section("tests", "Does it hang together?", (("table", self._tests()),)),
        ]
        for i, (title, heads, rows) in enumerate(self.cycle_tables):
            columns = tuple(Column(head.lstrip(">"), kind=_kind(head)) for head in heads)
            made.append(
                Section(f"cycle-{i}", title, (("table", make_table(title, columns, rows)),))
            )
        if self.cycle_notes:
            made.append(Section("cycle-notes", "Of the cycle", (("list", self.cycle_notes),)))
        return made

    def _figures(self) -> Iterator[Block]:
        rows: list[tuple[Cell, ...]] = []
        sources: dict[str, int] = {}
        for key, figure in self.figures.items():
            words = key.replace("_", " ").capitalize()
            if figure.value is not None:
                told = figure.own or numbered(figure.source, sources)
                rows.append(
                    (words, Markup("<b>{0}</b>").format(figure.text), figure.grade or NONE, told)
                )
                words = ""
            for claim in figure.conflicts:
                told = self.said(key, claim, sources)
                rows.append((words or "or", claim.text, claim.grade or NONE, told))
        columns = (
            Column("Figure", kind="text"),
            Column("Value"),
            Column("Grade", kind="text"),
            Column("Source", kind="wide"),
        )
        yield "table", make_table("What is adopted (bold), and what others print", columns, rows)
        yield "text", GRADES
        yield "list", [f"[{place}] {text}" for text, place in sources.items()]

    def _compared(self) -> Any:
        rows = [
            (
                one.key.replace("_", " ").capitalize(),
                self.shown(one.key, one.published),
                self.shown(one.key, one.predicted),
                NONE if one.ratio is None else number(one.ratio, 4),
                one.how,
            )
            for one in self.audit.compared
        ]
        columns = (
            Column("Figure", kind="text"),
            Column("Published"),
            Column("Predicted"),
            Column("Ratio"),
            Column("How", kind="wide"),
        )
        return make_table("What follows from the other figures, without losses", columns, rows)

    def _tests(self) -> Any:
        states = {True: "pass", False: "fail", None: "ungraded"}
        words = {True: "held", False: "failed", None: "open"}
        rows = [
            (
                one.name.capitalize(),
                badge(states[one.passed], words[one.passed]),
                one.value,
                one.limit,
                one.text,
            )
            for one in self.audit.verdicts
        ]
        columns = (
            Column("Test", kind="text"),
            Column("Verdict", kind="text"),
            Column("Found", kind="text"),
            Column("Asked for", kind="text"),
            Column("In words", kind="wide"),
        )
        return make_table("Each figure against physics, and against its family", columns, rows)

    def __repr__(self) -> str:
        return f"<engine {self.name}: {self.sentence}>"


def _kind(head: str) -> str:
    if head.startswith(">"):
        return "number"
    return "wide" if head.startswith("why") else "text"


def numbered(source: str, sources: dict[str, int]) -> str:
    """The number of a source among all that were told, as [2]; empty of none."""
    text = " ".join(source.split())
    return f"[{sources.setdefault(text, len(sources) + 1)}]" if text else ""


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "grade": figure.grade,
        "source": figure.source,
        "own": figure.own or None,
        "claims": [asdict(claim) for claim in figure.claims],
    }


__all__: Sequence[str] = ["ENGINE", "CatalogueEngine"]
