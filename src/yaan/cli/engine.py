"""The verb of engines: engine."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from yaan.cli import console
from yaan.cli.campaign import QuietOption, show_page
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption
from yaan.cli.shelves import library_titles
from yaan.cli.stop import STOP
from yaan.cli.writable import require_folder

_PATIENCE = 2.0  # [s], from which on progress is shown


def complete(incomplete: str) -> list[str]:
    """What a shell offers: engines of the library."""
    return [name for name, _ in library_titles("engines") if name.startswith(incomplete)]


def _text(option: str, words: str) -> Any:
    return typer.Option(option, help=words)


Text = str | None


def engine(
    name: Annotated[
        str | None,
        typer.Argument(
            help="An engine of the catalogue (--list), or a YAML file.", autocompletion=complete
        ),
    ] = None,
    *,
    fuel: Annotated[
        Text, _text("--fuel", "A name as LH2, a YAML file, or 'C12H24 h=-25.6kJ/mol T=298K'.")
    ] = None,
    oxidiser: Annotated[Text, _text("--oxidiser", "Likewise; without, it burns alone.")] = None,
    pressure: Annotated[
        Text, _text("--pressure", "Of the chamber, as '70 bar', or many: '10..200 bar:20'.")
    ] = None,
    mixture: Annotated[
        Text, _text("--mixture", "Oxidiser over fuel by mass, as 6, or many: 4..8:9, 4:8:0.5.")
    ] = None,
    area_ratio: Annotated[
        Text, _text("--area-ratio", "Exit over throat, as 40, or many: '10, 20, 40'.")
    ] = None,
    flow: Annotated[Text, _text("--flow", "shifting or frozen; both if left out.")] = None,
    freeze: Annotated[
        Text, _text("--freeze", "Where frozen flow freezes: throat, chamber, or an area ratio.")
    ] = None,
    contraction: Annotated[
        Text, _text("--contraction", "Chamber over throat area; wide if left out.")
    ] = None,
    ambient: Annotated[
        Text, _text("--ambient", "Tell Isp against this pressure too, as '0.4 bar'.")
    ] = None,
    height: Annotated[
        Text, _text("--height", "Tell Isp at this height too (US76), as '12 km'.")
    ] = None,
    throat: Annotated[
        Text, _text("--throat", "Diameter of the throat, as '26 cm': flow, thrust, heat.")
    ] = None,
    thrust: Annotated[
        Text, _text("--thrust", "Ideal thrust in vacuum instead, as '200 kN'.")
    ] = None,
    wall: Annotated[
        Text, _text("--wall", "Temperature of the wall at the throat, as '800 K'.")
    ] = None,
    curvature: Annotated[
        Text, _text("--curvature", "Radius of the throat's curvature, as '13 cm'.")
    ] = None,
    fuel_temperature: Annotated[
        Text, _text("--fuel-temperature", "As it enters, as '25 K'.")
    ] = None,
    oxidiser_temperature: Annotated[
        Text, _text("--oxidiser-temperature", "As it enters, as '95 K'.")
    ] = None,
    family: Annotated[
        Text, _text("--family", "Of engines, whose losses give the Isp of a real one.")
    ] = None,
    optimum: Annotated[
        Text,
        _text("--optimum", "The best mixture: isp, or density-isp; --mixture 4..8 bounds it."),
    ] = None,
    listed: Annotated[
        bool,
        typer.Option("--list", help="List the engines of the catalogue."),
    ] = False,
    audit: Annotated[
        bool,
        typer.Option("--audit", help="Judge every engine of it."),
    ] = False,
    cycle: Annotated[
        bool,
        typer.Option("--cycle", help="The balance of the engine's cycle."),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "--out", metavar="FOLDER", help="Write a run folder there."),
    ] = None,
    html: Annotated[
        bool,
        typer.Option("--html", help="Write it (to runs) and show its page."),
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> int:
    """Compute a rocket engine from its propellants, or tell one of the catalogue."""
    options = {
        "fuel": fuel,
        "oxidiser": oxidiser,
        "pressure": pressure,
        "mixture": mixture,
        "area_ratio": area_ratio,
        "flow": flow,
        "freeze": freeze,
        "contraction": contraction,
        "ambient": ambient,
        "height": height,
        "throat": throat,
        "thrust": thrust,
        "wall": wall,
        "curvature": curvature,
        "fuel_temperature": fuel_temperature,
        "oxidiser_temperature": oxidiser_temperature,
        "family": family,
        "optimum": optimum,
    }
    given = {key: value for key, value in options.items() if value is not None}
    folder = output or (Path("runs") if html else None)
    if folder is not None:
        require_folder(folder, "--output")
    with _named_options():
        if listed or audit:
            from yaan.cli.engine_catalogue import told_all

            _alone(given | ({"name": name} if name else {}), "--list" if listed else "--audit")
            return told_all(audit=audit, as_json=as_json)
        if name is not None:
            from yaan.cli.engine_catalogue import told_one

            _alone(given, name)
            return told_one(name, cycle=cycle, folder=folder, shown=html, as_json=as_json)
        _no_cycle(cycle=cycle)
        return _designed(given, folder, shown=html, quiet=quiet, as_json=as_json)


def _designed(
    given: dict[str, Any], folder: Path | None, *, shown: bool, quiet: bool, as_json: bool
) -> int:
    from yaan.cli.engine_tables import show_design, show_sweep
    from yaan.engines import EngineDesign, EngineSweep, Stopped, engine

    path = None
    made: EngineDesign | EngineSweep
    if folder is not None:
        STOP.hold()  # points that are finished are written before it leaves
    try:
        with _watched(show=not quiet and not as_json) as tell:
            made = engine(told=tell, **given)
    except Stopped as stop:
        if folder is None or not stop.swept.rows:
            raise
        kept = EngineSweep(stop.swept).save(folder)
        words = f"Stopped; {len(stop.swept.rows)} points are kept in {kept}."
        raise KeyboardInterrupt(words) from stop
    if folder is not None:
        path = made.save(folder)
        STOP.release(f"It is kept in {path}.")
    if as_json:
        console.print_json(({"folder": path} if path else {}) | made.summary())
    elif not quiet:
        if isinstance(made, EngineDesign):
            show_design(made)
        else:
            show_sweep(made)
    if path is not None and not as_json:
        print(path)
    if shown and path is not None and (path / "engine.html").is_file():
        show_page(path / "engine.html")
    return ExitCode.OK


def _no_cycle(*, cycle: bool) -> None:
    """Refuse `--cycle` beside a design point.

    Raises:
        InputError: it was given.
    """
    from yaan.base.errors import InputError, Problem

    expected = "the name of an engine beside it, as: yaan engine ce-20 --cycle"
    if cycle:
        raise InputError(Problem("", None, "--cycle", "", expected))


def _alone(given: dict[str, Any], what: str) -> None:
    """Refuse options of a design point beside `what`.

    Raises:
        InputError: there are some.
    """
    from yaan.base.errors import InputError, Problem, quote

    wrong = [
        Problem("", None, key, quote(value), f"nothing of a design point beside {what}")
        for key, value in given.items()
    ]
    if wrong:
        raise InputError(wrong)


@contextmanager
def _named_options() -> "Generator[None]":
    """Mistakes are told by the option that was typed."""
    from yaan.base.errors import InputError

    try:
        yield
    except InputError as error:
        told = [replace(one, key=option(one.key)) for one in error.problems]
        raise InputError(told) from error


def option(key: str) -> str:
    """`area_ratio` as it is typed: `--area-ratio`; what follows a colon is kept."""
    from yaan.engines.ask import EngineOptions

    word, colon, rest = key.partition(":")
    if word not in EngineOptions.__annotations__:
        return key
    return f"--{word.replace('_', '-')}{colon}{rest}"


@contextmanager
def _watched(*, show: bool) -> "Generator[Callable[[int, int], None]]":
    """A bar from two seconds on, on a terminal; stops where a signal asks."""
    from rich.progress import Progress

    begun = time.monotonic()
    bar: Progress | None = None
    task: Any = None

    def told(done: int, of: int) -> None:
        nonlocal bar, task
        if STOP.asked():
            raise KeyboardInterrupt
        if not show or not console.err().is_terminal or time.monotonic() - begun < _PATIENCE:
            return
        if bar is None:
            bar = Progress(console=console.err(), transient=True)
            bar.start()
            task = bar.add_task("computing", total=of)
        bar.update(task, completed=done, total=of)

    try:
        yield told
    finally:
        if bar is not None:
            bar.stop()
