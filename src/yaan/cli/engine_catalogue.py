"""Tables of the engine catalogue: what `yaan engine NAME`, `--list` and `--audit` print."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaan.cli import console
from yaan.cli.campaign import show_page
from yaan.cli.exits import ExitCode

if TYPE_CHECKING:
    from yaan.engines import CatalogueEngine


def told_all(*, audit: bool, as_json: bool) -> int:
    """List the catalogue, or judge all of it; fails where an engine fails its audit."""
    from yaan.engines import catalogue

    found = catalogue()
    if as_json:
        rows = [one.summary() if audit else one.line() for one in found.values()]
        console.print_json({"engines": rows})
    elif audit:
        _audited(found)
    else:
        _listed(found)
    failed = audit and any(one.audit.flagged for one in found.values())
    return ExitCode.VERDICT_FAILED if failed else ExitCode.OK


def told_one(name: str, *, cycle: bool, folder: Path | None, shown: bool, as_json: bool) -> int:
    """Tell an engine: its figures with sources, conflicts, what physics makes of them."""
    from yaan.engines import named

    found = named(name, cycle=cycle)
    path = None if folder is None else found.save(folder)
    if as_json:
        console.print_json(({"folder": path} if path else {}) | found.summary())
    else:
        _told(found)
    if path is not None and not as_json:
        print(path)
    if shown and path is not None:
        show_page(path / "engine.html")
    return ExitCode.VERDICT_FAILED if found.audit.flagged else ExitCode.OK


def _listed(found: "Mapping[str, CatalogueEngine]") -> None:
    heads = ("name", "propellants", "cycle", ">thrust\nkN", ">Isp\ns", ">chamber\nMPa", ">mixture")
    rows = [
        (
            one.name,
            one.propellants,
            one.entry.design.cycle,
            _figure(one.entry.value("thrust"), 1e3, 1),
            _figure(one.entry.value("isp"), 1.0, 1),
            _figure(one.entry.value("chamber_pressure"), 1e6, 2),
            _figure(one.entry.value("mixture_ratio"), 1.0, 2),
            _figure(one.entry.value("area_ratio"), 1.0, 1),
        )
        for one in found.values()
    ]
    title = f"{len(rows)} engines (vacuum; yaan engine NAME tells one)"
    console.out().print(console.table(title, (*heads, ">area\nratio"), rows))


def _audited(found: "Mapping[str, CatalogueEngine]") -> None:
    from yaan.analysis.engine_audit import class_table

    audits = [one.audit for one in found.values()]
    heads = ("engine", "verdict", ">Isp\ns", ">ideal\ns", ">over\nideal", "family", "what failed")
    rows = [
        (
            one.entry.name,
            console.word("FAILED" if one.verdict == "failed" else one.verdict),
            _figure(one.entry.value("isp"), 1.0, 1),
            _figure(None if one.ideal is None else one.ideal.shifting, 1.0, 1),
            _figure(one.ratio, 1.0, 4),
            one.family.name if one.family else "-",
            "; ".join(f"{bad.name}: {bad.value}" for bad in one.flagged) or one.why,
        )
        for one in audits
    ]
    console.out().print(console.table("Audit of the catalogue", heads, rows))  # type: ignore[arg-type]
    classes = [
        (
            row.family.name,
            str(len(row.engines)),
            " to ".join((f"{row.shifting[0]:.3f}", f"{row.shifting[2]:.3f}")),
            f"{row.shifting[1]:.4f}",
            " to ".join((f"{row.frozen[0]:.3f}", f"{row.frozen[2]:.3f}")),
            f"{row.family.band.low:.3f} to {row.family.band.high:.3f}",
        )
        for row in class_table(audits)
    ]
    heads = ("family", ">engines", ">over shifting", ">mean", ">over frozen", ">band of one more")
    console.out().print(console.table("Published over ideal vacuum Isp", heads, classes))
    words = [one.verdict for one in audits]
    print(", ".join(f"{words.count(w)} {w}" for w in ("held", "open", "failed")))


def _told(found: "CatalogueEngine") -> None:
    from yaan.engines.entry import GRADES

    screen = console.out()
    heads = ("figure", ">value", "grade", "source")
    sources: dict[str, int] = {}
    screen.print(console.table(found.title, heads, list(_figures(found, sources))))
    design = found.entry.design
    who = (design.maker, design.country, design.used_on)
    if any(who):
        print("; ".join(x for x in who if x))
    for text, place in sources.items():
        screen.print(f"[{place}] {text}", soft_wrap=True)
    print(GRADES)
    screen.print(console.table("Published beside ideal", *_compared(found)))
    if found.audit.verdicts:
        rows = [
            (one.name, console.word(_word(one.passed)), one.value, one.limit, one.text)
            for one in found.audit.verdicts
        ]
        heads = ("test", "verdict", "found", "asked for", "in words")
        screen.print(console.table("Does it hang together?", heads, rows))  # type: ignore[arg-type]
    screen.print(found.sentence, soft_wrap=True)
    if found.ideal_certificate:
        print(f"Certificate of the ideal: {found.ideal_certificate}")
    for title, more, cells in found.cycle_tables:
        screen.print(console.table(title, more, cells))
    for note in found.cycle_notes:
        screen.print(note, soft_wrap=True)


def _figures(found: "CatalogueEngine", sources: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """A line a figure; what other sources say of it stands below. Sources are numbered."""
    from yaan.engines.entry import numbered

    for key, figure in found.figures.items():
        words = key.replace("_", " ")
        if figure.value is not None:
            told = figure.own or numbered(figure.source, sources)
            yield (words, figure.text, figure.grade or "-", told)
            words = ""
        for claim in figure.conflicts:
            yield (words or "  or", claim.text, claim.grade, found.said(key, claim, sources))


def _compared(found: "CatalogueEngine") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    heads = ("figure", ">published", ">predicted", ">ratio", "how")
    rows = [
        (
            one.key.replace("_", " "),
            found.shown(one.key, one.published),
            found.shown(one.key, one.predicted),
            "-" if one.ratio is None else f"{one.ratio:.4f}",
            one.how,
        )
        for one in found.audit.compared
    ]
    return heads, rows


def _word(passed: bool | None) -> str:
    return "open" if passed is None else "held" if passed else "FAILED"


def _figure(value: Any, scale: float, digits: int) -> str:
    return "-" if value is None else f"{float(value) / scale:.{digits}f}"
