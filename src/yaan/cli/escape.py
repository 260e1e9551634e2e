"""`yaan escape`: escapes from every instant of an ascent, by every mode, and which is best."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yaan.cli import console
from yaan.cli.campaign import OutOption, QuietOption, SetOption, show_page
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption
from yaan.cli.fly import parse_overrides, prepare_jax
from yaan.cli.progress import Log, heed, watch
from yaan.cli.shelves import MissionArgument
from yaan.cli.stop import STOP
from yaan.cli.writable import require_folder

if TYPE_CHECKING:
    from yaan.results.escape import EscapeSummary


def escape(
    mission: MissionArgument,
    *,
    step: Annotated[
        float, typer.Option("--step", help="Between instants, in seconds; 0.1 at least.")
    ] = 1.0,
    modes: Annotated[
        list[str] | None,
        typer.Option("--mode", metavar="NAME", help="Fly this mode alone; repeatable."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="CONSTRAINT", help="Let it not colour the map; repeatable."
        ),
    ] = None,
    commands: Annotated[
        Path | None,
        typer.Option(
            "--commands", metavar="RUN", help="Escape from the ascent of that run; no search."
        ),
    ] = None,
    overrides: SetOption = None,
    out: OutOption = Path("runs"),
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page in the browser.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> int:
    """Escape from every instant of the ascent, by every mode, and say where no mode is survivable.

    A run folder in the place of a mission: escapes from its own ascent.
    """
    import yaan
    from yaan.results.commands import COMMANDS, read_commands

    prepare_jax()
    changes, folder = parse_overrides(overrides or []), Path(mission)
    by = None if commands is None else read_commands(commands)
    if folder.is_dir():
        loaded = yaan.load(folder / "mission.yaml", changes)
        if by is None and not changes and (folder / COMMANDS).is_file():
            by = read_commands(folder)
    else:
        loaded = yaan.load(mission, changes)
    require_folder(out, "--out")
    log = Log()
    log.add(f"yaan escape {mission}: {loaded.title}")
    STOP.words = lambda: "Stopped; escapes are written when all of them have been flown."
    with watch(log, show=not quiet and not as_json, verbose=False) as progress:
        found = loaded.escape(
            step=step,
            modes=modes or (),
            without=without or (),
            commands=by,
            progress=heed(progress),
        )
    saved = found.save(out)
    if as_json:
        from yaan.results.record import to_plain

        console.print_json({"summary": to_plain(found.summary), "folder": saved})
    else:
        _show(found.summary, saved, quiet=quiet)
    if open_page:
        show_page(saved / "escape.html")
    return ExitCode.VERDICT_FAILED if found.summary.zones else ExitCode.OK


def _show(summary: "EscapeSummary", folder: Path, *, quiet: bool) -> None:
    screen = console.out()
    if not quiet:
        screen.print(f"{summary.title}, escape from profile {summary.profile}")
        heads = (
            "Mode",
            ">from\ns",
            ">to\ns",
            ">flown",
            ">survivable",
            ">chosen",
            "worst",
            ">margin",
        )
        screen.print(console.table("Modes of escape", heads, list(_modes(summary))))
        heads = ("Constraint", "Limit", "Known", ">worst at", ">black\nwithout it")
        screen.print(console.table("Judged by", heads, list(_constraints(summary))))
        if summary.returns:
            heads = (
                "Target",
                ">found",
                ">median\nwait h",
                ">longest\nwait h",
                ">deorbit\nm/s",
                ">load\ng",
            )
            screen.print(console.table("Home from orbit at once", heads, list(_returns(summary))))
        for note in summary.notes:
            screen.print(f"note: {note}", soft_wrap=True)
    for zone in summary.zones:
        span = f"from {zone.begin:g} to {zone.end:g} s"
        of = f" out of {zone.failure}" if zone.failure else ""
        screen.print(console.word("FAILED"), f"no mode{of} {span}: {zone.text}", soft_wrap=True)
    screen.print(f"Run folder: {folder}", soft_wrap=True)
    screen.print(f"Report:     {folder / 'escape.html'}", soft_wrap=True)
    screen.print(summary.sentence, soft_wrap=True)


def _modes(summary: "EscapeSummary") -> Iterator[tuple[str, ...]]:
    for one in summary.modes:
        margin = "" if one.worst_margin is None else f"{one.worst_margin:.2f}"
        at = "" if one.worst_time is None else f"{one.worst_constraint} at {one.worst_time:g} s"
        counts = (str(one.instants), str(one.survivable), str(one.chosen))
        yield (one.title, f"{one.begin:g}", f"{one.end:g}", *counts, at, margin)


def _constraints(summary: "EscapeSummary") -> Iterator[tuple[str, ...]]:
    for one in summary.constraints:
        limit = "" if one.limit is None else f"{one.limit:.6g} {one.unit}"
        known = one.status if one.coloured else f"{one.status}, colours nothing"
        yield (one.words, limit, known, str(one.binding), str(one.black_without))


def _returns(summary: "EscapeSummary") -> Iterator[tuple[str, ...]]:
    for one in summary.returns:
        waits = (None if x is None else x / 3_600.0 for x in (one.median, one.longest))
        told = (*waits, one.largest_delta_v, one.largest_load)
        count = f"{one.found} of {one.instants}"
        yield (one.title, count, *("" if x is None else f"{x:.1f}" for x in told))
