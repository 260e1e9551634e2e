"""The verbs on run folders: report, compare."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption

if TYPE_CHECKING:
    from rich.table import Table

    from yaan.results import Difference

RunArgument = Annotated[Path, typer.Argument(help="A run folder.")]


def report(
    run: RunArgument,
    *,
    open_report: Annotated[
        bool, typer.Option("--open", help="Show the report in the browser.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the path.")] = False,
) -> int:
    """Write the report of a run folder again, and print its tables."""
    from yaan.cli import tables
    from yaan.report import write_report
    from yaan.results import read_flight, telling_kept

    summary = read_flight(run).summary
    with _telling_damage(run):
        shown = () if quiet else tuple(tables.overview(summary))
        judged = () if quiet else tuple(tables.verdicts(summary))
        with telling_kept(run):
            page = write_report(run)
    for table in shown:
        console.out().print(table)
    for verdict, text in judged:
        console.out().print(console.word(verdict), text, soft_wrap=True)
    print(page)
    if open_report:
        import webbrowser

        webbrowser.open(Path(page).resolve().as_uri())
    return ExitCode.OK


@contextmanager
def _telling_damage(*runs: Path) -> Generator[None]:
    """Tell what cannot be drawn as damage: the checks of a run folder do not look at every value.

    Raises:
        YaanError: where anything but a file fails.
    """
    from yaan.base.errors import YaanError

    try:
        yield
    except (YaanError, OSError):
        raise
    except Exception as error:
        raise YaanError(
            f"{' or '.join(map(str, runs))} is damaged: the report cannot be drawn from what its"
            " files hold."
            " If nobody changed them it is a defect in Yaan, please report it with the folder."
        ) from error


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN", help="Run folders, two or more; all are held against the first."
        ),
    ],
    *,
    page: Annotated[
        bool,
        typer.Option("--page", help="Draw it too: writes compare.html in this folder."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="PATH", help="Write the page there instead: a file, or a folder."
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open", help="Draw it, and show it in the browser.")
    ] = False,
    as_json: JsonOption = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Differences that mean nothing too.")
    ] = False,
) -> int:
    """Tell what differs between runs, in input and in result; draw it as a page if asked.

    The page has the curves of all runs, ranked differences, and how much later events came.
    """
    path = _page_at(runs, out) if page or open_page or out is not None else None
    if len(runs) == 2:
        document, tables = _two(runs[0], runs[1], everything=everything)
    else:
        document, tables = _many(runs, everything=everything)
    if path is not None:
        from yaan.report import write_comparison
        from yaan.results import compare_runs

        with _telling_damage(*runs):
            write_comparison(compare_runs(runs), path)
        document["page"] = str(path)
    if as_json:
        console.print_json(document)
    else:
        for shown in tables:
            console.out().print(shown, soft_wrap=isinstance(shown, str))
        if path is not None:
            print(f"Page: {path}")
    if open_page and path is not None:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
    return ExitCode.OK


def _page_at(runs: list[Path], out: Path | None) -> Path:
    """Where the page goes; looked at before anything is read.

    Raises:
        InputError: where it cannot be written, or would be a part of a run folder.
    """
    from yaan.base.errors import InputError, Problem, quote
    from yaan.cli.writable import require_file

    path = Path("compare.html") if out is None else out
    if path.is_dir():
        path = path / "compare.html"
    for run in runs:
        folder = run if run.is_dir() else run.parent
        if path.parent.resolve() == folder.resolve() and path.name != "compare.html":
            expected = "a page outside of the runs' own files"
            raise InputError(Problem("--out", None, "", quote(str(path)), expected))
    require_file(path, "--out")
    return path


def _two(
    first: Path, second: Path, *, everything: bool
) -> tuple[dict[str, Any], list["Table | str"]]:
    """What differs between two runs, as a document and as tables."""
    from dataclasses import asdict

    from yaan.results import compare as differences

    found = differences(first, second)
    if not everything:
        found = [d for d in found if _matters(d)]
    tables: list[Table | str] = []
    for section in ("input", "result"):
        rows = [
            (d.key, _cell(d.first), _cell(d.second), _cell(d.absolute), _percent(d.relative))
            for d in found
            if d.section == section
        ]
        heads = ("key", f">{first.name}", f">{second.name}", ">difference", ">%")
        tables.append(_table(section, heads, rows))
    return {"differences": [asdict(d) for d in found]}, tables


def _many(runs: list[Path], *, everything: bool) -> tuple[dict[str, Any], list["Table | str"]]:
    """The same of three and more: a column a run, each against the first."""
    from yaan.results import compare_runs

    found = compare_runs(runs)
    tables: list[Table | str] = []
    document: list[dict[str, Any]] = []
    for section, changes in (("input", found.inputs), ("result", found.results)):
        # A sentence that differs tells the numbers that differ once more.
        kept = [c for c in changes if everything or (c.matters and not c.key.endswith(".text"))]
        document += [
            {
                "section": section,
                "key": c.key,
                "values": c.values,
                "absolute": c.absolute,
                "relative": c.relative,
            }
            for c in kept
        ]
        rows = [
            (
                c.key,
                _cell(c.values[0]),
                *(
                    _short(value) + (f" {_percent(share, 2)}%" if share is not None else "")
                    for value, share in zip(c.values[1:], c.relative[1:], strict=True)
                ),
            )
            for c in kept
        ]
        heads = ("key", *(f">{name}" for name in found.names))
        tables.append(_table(section, heads, rows))
    return {"runs": list(found.names), "differences": document}, tables


def _table(section: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> "Table | str":
    return console.table(f"In {section}", heads, rows) if rows else f"The same in {section}."


def _matters(difference: "Difference") -> bool:
    """Whether a person would call it a difference: not the last digits of a solved number."""
    absolute, relative = difference.absolute, difference.relative
    if absolute is not None and abs(absolute) < 1e-5:
        return False
    return relative is None or abs(relative) > 1e-6


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _short(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float) else _cell(value)


def _percent(relative: float | None, digits: int = 3) -> str:
    return "-" if relative is None else f"{100 * relative:+.{digits}f}"
