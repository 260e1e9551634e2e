"""`yaan fly`: fly a mission, show it live, print what came out, keep it in a run folder."""

import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.own import ModelOption, with_models
from yaan.cli.progress import Log, heed, watch
from yaan.cli.shelves import MissionArgument
from yaan.cli.stop import STOP
from yaan.cli.writable import require_folder

if TYPE_CHECKING:
    from yaan import Flight, Mission
    from yaan.results import Summary
    from yaan.results.commands import Commands

WIDE_VECTORS = "--xla_cpu_prefer_vector_width=512"


def fly(
    mission: MissionArgument,
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
    models: ModelOption = None,
    commands: Annotated[
        Path | None,
        typer.Option(
            "--commands",
            metavar="RUN",
            help="Fly by the commands of that run; nothing is searched.",
        ),
    ] = None,
    lane: Annotated[
        int | None,
        typer.Option("--lane", min=0, help="Of the folder of a sweep or of draws: that flight."),
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
    """Fly a mission, print its timeline, write a run folder.

    A run folder in the place of a mission is flown again by its own commands; the folder of a sweep
    or of draws with --lane, as that flight of it was.
    """
    started = time.perf_counter()
    prepare_jax()
    loaded, by = _loaded(mission, parse_overrides(overrides or []), commands, lane)
    loaded = with_models(loaded, models)
    require_folder(out, "--out")
    log = Log()
    log.add(f"yaan fly {mission}: {loaded.title}")
    STOP.words = lambda: _abandon(log, out, loaded.name)
    timings = {"load": time.perf_counter() - started}
    _prepare_writing()
    try:
        with watch(log, show=not quiet and not as_json, verbose=verbose) as progress:
            flight = loaded.fly(progress=heed(progress), profile=profile, commands=by)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_abandon(log, out, loaded.name)) from None
    STOP.hold()
    timings |= flight.timings
    saving = time.perf_counter()
    folder, failure = _save(flight, out, log)
    timings["save and report"] = time.perf_counter() - saving
    STOP.release(f"The flight is kept in {folder}." if folder else "")
    show(flight, folder, timings, failure, quiet=quiet, verbose=verbose, as_json=as_json)
    if STOP.asked():  # while it was saved: the shell will see it, so it is said
        print(STOP.words(), file=sys.stderr)
    if failure:
        return ExitCode.OUTPUT
    if open_report and folder:
        import webbrowser

        webbrowser.open((folder / "report.html").resolve().as_uri())
    return exit_code(flight.summary)


def _loaded(
    mission: str, overrides: dict[str, str], commands: Path | None, lane: int | None
) -> "tuple[Mission, Commands | None]":
    """What is flown, and by which commands if not by its own design."""
    import yaan
    from yaan.base.errors import InputError, Problem
    from yaan.results.commands import COMMANDS, read_commands

    by = None if commands is None else read_commands(commands)
    folder = Path(mission)
    if lane is not None:
        from yaan.campaign.folder import DRAWN, Folder
        from yaan.campaign.sweep import Sweep, lane_of
        from yaan.mission.load import override

        if (folder / DRAWN).is_file():
            from yaan.campaign.disperse import asked_of

            drawn = asked_of(Folder(folder))
            tree = override(drawn.bare, drawn.values(lane) | overrides)
            return yaan.Mission(tree), by or drawn.commands
        asked = Sweep(*Folder(folder).asked())
        tree = override(asked.tree, lane_of(asked, lane) | overrides)
        return yaan.Mission(tree), by or asked.commands
    if not folder.is_dir():
        return yaan.load(mission, overrides), by
    if (folder / "sweep.json").is_file() or (folder / "dispersions.json").is_file():
        expected = "--lane K, one flight of this folder"
        raise InputError(Problem("--lane", None, "", str(folder), expected))
    loaded = yaan.load(folder / "mission.yaml", overrides)
    kept = (folder / COMMANDS).is_file() and not overrides
    return loaded, by or (read_commands(folder) if kept else None)


def _abandon(log: Log, parent: Path, name: str) -> str:
    """Keep the log of a flight that is given up; returns the last words."""
    log.add("Stopped by the user.")
    return f"Stopped; the log is in {log.keep(parent, name)}."


def _prepare_writing() -> None:
    """Pack what every page holds, beside the flight: the interpreter is not asked for it.

    It is loaded here: two threads that load modules which need one another meet halves of them.
    """
    from yaan.report.page import prepare

    threading.Thread(target=prepare, daemon=True).start()


def _save(flight: "Flight", parent: Path, log: Log) -> tuple[Path | None, str]:
    """Write the run folder; returns it, and what could not be written in one sentence."""
    from yaan.base.errors import OutputError
    from yaan.results import telling_kept

    try:
        folder = flight.save(parent)
        with telling_kept(folder):
            log.write(folder)
        return folder, ""
    except OutputError as error:
        return error.folder, str(error)


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


def show(
    flight: "Flight",
    folder: Path | None,
    timings: dict[str, float],
    failure: str = "",
    *,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Print a flight: as JSON, in two lines, or in tables; and what could not be written of it."""
    from yaan.results.record import to_plain

    summary = flight.summary
    if as_json:
        rounded = {name: round(seconds, 3) for name, seconds in timings.items()}
        document = {"summary": to_plain(summary), "folder": folder, "timings": rounded}
        error = {"kind": "output", "exit": int(ExitCode.OUTPUT), "text": failure}
        console.print_json(document | ({"error": error} if failure else {}))
        return
    from yaan.cli import tables

    screen = console.out()
    if not quiet:
        profile = f", profile {summary.profile}" if summary.profile else ""
        screen.print(f"{summary.title}{profile}")
        for table in tables.overview(summary):
            screen.print(table)
        if verbose:
            screen.print(tables.ranked(summary) or "Nothing is assumed.")
        for note in summary.notes:
            screen.print(f"note: {note}", soft_wrap=True)
        screen.print(tables.timings(timings))
    for verdict, text in tables.verdicts(summary):
        if verdict == "FAILED" or not quiet:
            screen.print(console.word(verdict), text, soft_wrap=True)
    if folder:
        screen.print(f"Run folder: {folder}", soft_wrap=True)
    if folder and not failure:
        screen.print(f"Report:     {folder / 'report.html'}", soft_wrap=True)
    outcome = summary.outcome
    if outcome.shortfall > 0.0:
        screen.print(f"Shortfall: {outcome.shortfall:.1f} m/s")
    screen.print(outcome.text, soft_wrap=True)
    sys.stdout.flush()
    if failure:
        print(failure, file=sys.stderr)


def exit_code(summary: "Summary") -> ExitCode:
    """The exit code that a flight deserves."""
    code = summary.outcome.code
    if code == "interrupted":
        return ExitCode.INTERRUPTED
    if code == "not-found":
        return ExitCode.NOT_FOUND
    if code != "flown":
        return ExitCode.NO_SOLUTION
    failed = any(verdict.passed is False for verdict in summary.verdicts)
    return ExitCode.VERDICT_FAILED if failed else ExitCode.OK
