"""`yaan validate`: fly the outside world's cases, print the wall, say whether every margin held."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.progress import hidden_cursor
from yaan.cli.writable import require_file

if TYPE_CHECKING:
    from rich.table import Table

    from yaan.validation import Case, Line, Result


def validate(
    *,
    suite: Annotated[str | None, typer.Option("--suite", help="Only the cases of a suite.")] = None,
    case: Annotated[
        str | None, typer.Option("--case", help="Only this case: NAME or SUITE/NAME.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="PATH", help="Write the wall as a page.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, nothing else.")
    ] = False,
) -> int:
    """Fly the outside world's cases and compare them: quantity, distance, margin, verdict."""
    from yaan.base.errors import OutputError
    from yaan.cli.fly import prepare_jax

    if html is not None:
        require_file(html, "--html")
    prepare_jax()
    from yaan.validation import choose, document, run, write_wall

    chosen = choose(suite, case)
    with _progress(len(chosen), show=not as_json) as tell:
        results = run(chosen, tell)
    failure = ""
    if html is not None:
        try:
            write_wall(html, results)
        except OutputError as error:  # what took minutes is told all the same
            html, failure = None, str(error)
    if as_json:
        error = {"kind": "output", "exit": int(ExitCode.OUTPUT), "text": failure}
        console.print_json(document(results) | ({"error": error} if failure else {}))
    else:
        _print(results, html)
        if failure:
            print(failure, file=sys.stderr)
    if failure:
        return ExitCode.OUTPUT
    return ExitCode.OK if all(result.held for result in results) else ExitCode.VERDICT_FAILED


@contextmanager
def _progress(count: int, *, show: bool) -> Generator[Callable[["Case", int, int], None] | None]:
    """A bar on a terminal, a line a case elsewhere."""
    screen = console.err()
    if not show:
        yield None
    elif not screen.is_terminal:
        yield lambda case, index, total: screen.print(f"{index + 1}/{total}  {case.key}")
    else:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        what = TextColumn("{task.description}", markup=False)
        bar = Progress(BarColumn(24), TimeElapsedColumn(), what, console=screen)
        with hidden_cursor(), bar as bars:
            task = bars.add_task("", total=count)
            yield lambda case, index, _: bars.update(task, completed=index, description=case.key)
            bars.update(task, completed=count, description="")


def _print(results: Sequence["Result"], html: Path | None) -> None:
    screen = console.out()
    for result in results:
        screen.print(_table(result))
    lines = [line for result in results for line in result.lines]
    gated = [line for line in lines if line.held is not None]
    held = sum(line.held is True for line in gated)
    screen.print(f"{held} of {len(gated)} gated lines held, {len(lines) - len(gated)} reported.")
    if html is not None:
        screen.print(f"The wall: {html}", soft_wrap=True)


def _table(result: "Result") -> "Table":
    heads = ("quantity", ">reference", ">ours", ">distance", ">margin", "unit", "verdict")
    title = f"{result.case.key}: {result.case.title}"
    made = console.table(title, heads, [])
    for line in result.lines:
        made.add_row(*_cells(line), console.word(line.verdict))
    return made


def _cells(line: "Line") -> tuple[str, ...]:
    margin = "-" if line.margin is None else f"{line.margin:.2g}"
    numbers = (f"{line.reference:.7g}", f"{line.ours:.7g}", f"{line.distance:.2g}", margin)
    return (line.quantity, *numbers, line.unit)
