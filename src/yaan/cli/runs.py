"""The verbs on run folders: report, compare."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption

if TYPE_CHECKING:
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
def _telling_damage(run: Path) -> Generator[None]:
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
            f"{run} is damaged: the report cannot be drawn from what its files hold."
            " If nobody changed them it is a defect in Yaan, please report it with the folder."
        ) from error


def compare(
    first: RunArgument,
    second: RunArgument,
    *,
    as_json: JsonOption = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Differences that mean nothing too.")
    ] = False,
) -> int:
    """Tell what differs between two runs, in input and in result."""
    from dataclasses import asdict

    from yaan.results import compare as differences

    found = differences(first, second)
    if not everything:
        found = [d for d in found if _matters(d)]
    if as_json:
        console.print_json({"differences": [asdict(d) for d in found]})
        return ExitCode.OK
    for section in ("input", "result"):
        rows = [
            (d.key, _cell(d.first), _cell(d.second), _cell(d.absolute), _percent(d.relative))
            for d in found
            if d.section == section
        ]
        if rows:
            heads = ("key", f">{first.name}", f">{second.name}", ">difference", ">%")
            console.out().print(console.table(f"In {section}", heads, rows))
        else:
            print(f"The same in {section}.")
    return ExitCode.OK


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


def _percent(relative: float | None) -> str:
    return "-" if relative is None else f"{100 * relative:+.3f}"
