"""The verbs of orbits: propagate."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yaan.cli import console
from yaan.cli.campaign import OutOption, QuietOption, SetOption, show_page
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption
from yaan.cli.fly import parse_overrides, prepare_jax
from yaan.cli.stop import STOP
from yaan.cli.writable import require_file, require_folder

if TYPE_CHECKING:
    from yaan.orbits import PropagatedOrbit

_DEGREE = 0.017453292519943295  # [rad]

SourceArgument = Annotated[
    str,
    typer.Argument(
        help="A YAML file of kind orbit; an OEM, OPM, OMM or TLE; or a run folder.",
        metavar="SOURCE",
    ),
]


def propagate(
    source: SourceArgument,
    *,
    days: Annotated[
        float | None, typer.Option("--days", min=1e-6, max=366.0, help="How far, in days.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", help="Where it starts: a UTC time in an OEM or TLE, an event of a run."
        ),
    ] = None,
    step: Annotated[
        str | None, typer.Option("--step", help="Between the rows that are written, as '60 s'.")
    ] = None,
    overrides: SetOption = None,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", help="Write an ephemeris too: .oem, .xml or .csv, also .gz."
        ),
    ] = None,
    frame: Annotated[str, typer.Option("--frame", help="Of that file.")] = "EME2000",
    out: OutOption = Path("runs"),
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page of the orbit in the browser.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> int:
    """Propagate an orbit to a stated accuracy; keep its states in a folder."""
    import yaan

    prepare_jax()
    changes: dict[str, Any] = dict(parse_overrides(overrides or []))
    if step is not None:
        changes["step"] = step
    require_folder(out, "--out")
    if save is not None:
        require_file(save, "--save")
    STOP.words = lambda: "Stopped; an orbit is written when it has been propagated."
    with _watched(show=not quiet and not as_json) as tell:
        orbit = yaan.propagate(source, days=days, at=at, overrides=changes, told=tell)
    folder = orbit.save(out)
    if save is not None:
        orbit.export(save, frame=frame)
    if as_json:
        console.print_json({"folder": folder} | orbit.summary())
    elif not quiet:
        _show(orbit)
    if not as_json:
        print(folder)
    if open_page and (folder / "orbit.html").is_file():
        show_page(folder / "orbit.html")
    return ExitCode.OK if orbit.accurate else ExitCode.VERDICT_FAILED


def _show(orbit: "PropagatedOrbit") -> None:
    """The two ends of an orbit, and what is to be known of it."""
    ends = orbit.columns([orbit.arc.start, orbit.arc.stop])
    heads = ("", ">semi-major\naxis km", ">eccentricity", ">inclination\ndeg", ">node\ndeg")
    heads = (*heads, ">latitude\ndeg", ">longitude\ndeg", ">height\nkm")
    rows = [
        (
            (orbit.epoch + t).iso(),
            f"{ends['semi_major_axis'][i] / 1e3:.3f}",
            f"{ends['eccentricity'][i]:.7f}",
            f"{ends['inclination'][i] / _DEGREE:.4f}",
            f"{ends['node'][i] / _DEGREE:.4f}",
            f"{ends['latitude'][i] / _DEGREE:.4f}",
            f"{ends['longitude'][i] / _DEGREE:.4f}",
            f"{ends['height'][i] / 1e3:.3f}",
        )
        for i, t in enumerate((orbit.arc.start, orbit.arc.stop))
    ]
    title = f"{orbit.spec.title or orbit.name} (elements against the equator of GCRS)"
    console.out().print(console.table(title, heads, rows))
    for note in orbit.notes:
        console.out().print(f"note: {note}", soft_wrap=True)
    console.out().print(orbit.text, soft_wrap=True)


@contextmanager
def _watched(*, show: bool) -> "Generator[Callable[[float], None]]":
    """A bar on a terminal; stops where a signal asks."""
    if not show or not console.err().is_terminal:
        yield _heeding(lambda share: None)
        return
    from rich.progress import Progress

    with Progress(console=console.err(), transient=True) as bar:
        task = bar.add_task("propagating", total=1.0)
        yield _heeding(lambda share: bar.update(task, completed=share))


def _heeding(tell: "Callable[[float], None]") -> "Callable[[float], None]":
    def told(share: float) -> None:
        if STOP.asked():
            raise KeyboardInterrupt
        tell(share)

    return told
