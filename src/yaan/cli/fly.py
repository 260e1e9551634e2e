"""`yaan fly`: fly a mission, show it live, print what came out, keep it in a run folder."""

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode

if TYPE_CHECKING:
    from yaan import Flight
    from yaan.mission.fly import Progress

WIDE_VECTORS = "--xla_cpu_prefer_vector_width=512"


def fly(
    mission: Annotated[str, typer.Argument(help="A name of the library, or a YAML file.")],
    *,
    open_report: Annotated[
        bool, typer.Option("--open", help="Show the report in the browser.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder of the run folders.")] = Path("runs"),
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change one value of the mission; repeatable."
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Fly this steering profile of the mission.")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the run folder and what failed.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print every step and all assumptions.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, nothing else.")
    ] = False,
) -> int:
    """Fly a mission, print its timeline, write a run folder."""
    import yaan

    started = time.perf_counter()
    prepare_jax()
    loaded = yaan.load(mission, parse_overrides(overrides or []))
    log = Log()
    log.add(f"yaan fly {mission}: {loaded.title}")
    timings = {"load": time.perf_counter() - started}
    try:
        with watch(log, show=not quiet and not as_json, verbose=verbose) as progress:
            flight = loaded.fly(progress=progress, profile=profile)
    except KeyboardInterrupt:
        log.add("Stopped by the user.")
        folder = log.keep(out, loaded.name)
        raise KeyboardInterrupt(f"Stopped; the log is in {folder}.") from None
    timings |= flight.timings
    saving = time.perf_counter()
    folder = flight.save(out)
    timings["save and report"] = time.perf_counter() - saving
    log.write(folder)
    show(flight, folder, timings, quiet=quiet, verbose=verbose, as_json=as_json)
    if open_report:
        import webbrowser

        webbrowser.open((folder / "report.html").resolve().as_uri())
    return exit_code(flight.summary)


def prepare_jax() -> None:
    """Choose JAX's back end before it starts; whatever the user has set stays.

    One flight is a chain of small steps: a GPU loses on it, so the CPU is the default. Wide
    vectors are asked for only where the processor has AVX-512, since XLA would take the flag
    anywhere.
    """
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    if "XLA_FLAGS" not in os.environ and has_avx512():
        os.environ["XLA_FLAGS"] = WIDE_VECTORS


def has_avx512() -> bool:
    """Whether this processor says that it has AVX-512; known on Linux only, else False."""
    try:
        return "avx512f" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


def parse_overrides(pairs: list[str]) -> dict[str, str]:
    """Read `KEY=VALUE` options.

    Raises:
        InputError: if one has no `=` or no key; all of them are named.
    """
    from yaan.base.errors import InputError, Problem

    split = [pair.partition("=") for pair in pairs]
    expected = 'KEY=VALUE, such as vehicle.payload.mass="8.4 t"'
    wrong = [
        Problem("--set", None, key or "(no key)", value or "(no value)", expected)
        for key, equals, value in split
        if not (equals and key.strip())
    ]
    if wrong:
        raise InputError(tuple(wrong))
    return {key.strip(): value.strip() for key, _, value in split}


class Log:
    """Lines with the seconds since the start, kept in memory until the run folder exists."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._lines: list[str] = []

    def add(self, text: str) -> None:
        """Keep one line."""
        self._lines.append(f"{time.perf_counter() - self._start:8.2f} s  {text}")

    def write(self, folder: Path) -> None:
        """Append what is kept to the folder's `log.txt`."""
        text = "\n".join(self._lines) + "\n"
        with (folder / "log.txt").open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def keep(self, parent: Path, name: str) -> Path:
        """Write the log of an unfinished flight to a folder of its own."""
        from yaan.results import new_run_folder

        folder = new_run_folder(parent, name)
        self.write(folder)
        return folder


@contextmanager
def watch(log: Log, *, show: bool, verbose: bool) -> Generator[Callable[["Progress"], None]]:
    """Show the progress of a flight: a live line on a terminal, plain lines elsewhere."""
    if not show:
        yield lambda record: log.add(sentence(record))
    elif console.err().is_terminal and not verbose:
        with _live(log) as update:
            yield update
    else:
        yield _plain(log, verbose)


def sentence(record: "Progress") -> str:
    """One progress record as one line."""
    parts = [record.stage]
    if record.phase:
        parts.append(record.phase)
    if record.time is not None:
        parts.append(f"T+ {record.time:.1f} s")
    if record.height is not None:
        parts.append(f"{record.height / 1e3:.1f} km")
    if record.speed is not None:
        parts.append(f"{record.speed:.0f} m/s")
    return ", ".join(parts) + (f": {record.text}" if record.text else "")


def _plain(log: Log, verbose: bool) -> Callable[["Progress"], None]:
    """Print a line for each new stage or phase; every record if verbose."""
    seen: set[tuple[str, str | None]] = set()

    def update(record: "Progress") -> None:
        log.add(sentence(record))
        # Profiles are solved side by side, so records of two phases come in turns.
        if verbose or (record.stage, record.phase) not in seen:
            console.err().print(sentence(record), soft_wrap=True)
        seen.add((record.stage, record.phase))

    return update


@contextmanager
def _live(log: Log) -> Generator[Callable[["Progress"], None]]:
    """One line a stage of the computation, the last one moving."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[where]}", markup=False),
    )
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=console.err()) as bars:

        def update(record: "Progress") -> None:
            log.add(sentence(record))
            if record.stage not in tasks:
                for task in tasks.values():
                    bars.update(task, total=1, completed=1)
                tasks[record.stage] = bars.add_task(record.stage, total=None, where="")
            where = sentence(record).removeprefix(record.stage).lstrip(",: ")
            bars.update(tasks[record.stage], where=where)
            if record.fraction is not None:
                bars.update(tasks[record.stage], total=1, completed=record.fraction)

        yield update
        for task in tasks.values():
            bars.update(task, total=1, completed=1)


def show(
    flight: "Flight",
    folder: Path,
    timings: dict[str, float],
    *,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Print a flight: as JSON, in two lines, or in tables."""
    summary = flight.summary
    if as_json:
        rounded = {name: round(seconds, 3) for name, seconds in timings.items()}
        console.print_json({"summary": summary, "folder": str(folder), "timings": rounded})
        return
    from yaan.cli import tables

    screen = console.out()
    if not quiet:
        screen.print(f"{summary['title']}, profile {summary.get('profile', '-')}")
        for table in tables.overview(summary):
            screen.print(table)
        if verbose:
            screen.print(tables.assumptions(summary) or "Nothing is assumed.")
        for note in summary.get("notes", ()):
            screen.print(f"note: {note}", soft_wrap=True)
        screen.print(tables.timings(timings))
    for verdict, text in tables.verdicts(summary):
        if verdict == "FAILED" or not quiet:
            screen.print(console.word(verdict), text, soft_wrap=True)
    outcome = summary["outcome"]
    screen.print(outcome["text"], soft_wrap=True)
    if outcome.get("shortfall"):
        screen.print(f"Shortfall: {outcome['shortfall']:.1f} m/s")
    screen.print(f"Run folder: {folder}", soft_wrap=True)
    screen.print(f"Report:     {folder / 'report.html'}", soft_wrap=True)
    sys.stdout.flush()


def exit_code(summary: dict[str, Any]) -> ExitCode:
    """The exit code that a flight deserves."""
    code = summary["outcome"]["code"]
    if code == "interrupted":
        return ExitCode.INTERRUPTED
    if code != "flown":
        return ExitCode.NO_SOLUTION
    failed = any(row.get("passed") is False for row in summary.get("verdicts", ()))
    return ExitCode.VERDICT_FAILED if failed else ExitCode.OK
