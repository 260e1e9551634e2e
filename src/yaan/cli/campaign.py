"""The verbs of many flights: sweep, disperse, capability."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption
from yaan.cli.fly import parse_overrides, prepare_jax
from yaan.cli.own import ModelOption, with_models
from yaan.cli.shelves import complete
from yaan.cli.stop import STOP
from yaan.cli.writable import require_folder

if TYPE_CHECKING:
    import xarray

    from yaan.campaign.runners import Runner

_DRAWS = 200
"""Of a dispersed mission that names no number."""

_SHOWN = 40
"""Lines of a table on the screen; the folder has all of them."""

_COLUMNS = (
    ("perigee", 1e3, "perigee\nkm", 1),
    ("apogee", 1e3, "apogee\nkm", 1),
    ("propellant_left", 1.0, "left\nkg", 1),
    ("interface_angle", 0.017453292519943295, "entry\ndeg", 3),
    ("peak_load", 1.0, "peak\ng", 2),
    ("peak_heat_flux", 1e6, "flux\nMW/m2", 3),
    ("speed_down", 1.0, "down\nm/s", 2),
    ("miss", 1e3, "miss\nkm", 2),
    ("time", 1.0, "end\nT+ s", 1),
)
"""Columns of the screen: name, unit in SI, heading, decimals."""

MissionOrNone = Annotated[
    str | None,
    typer.Argument(help="A name of the library, or a YAML file.", autocompletion=complete),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the mission; repeatable."),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder of the run folders.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the folder.")]


def sweep(
    mission: MissionOrNone = None,
    *,
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="KEY=VALUES",
            help="A key and its values, as 300..800km:6 or 'a, b, c'; repeatable.",
        ),
    ] = None,
    zipped: Annotated[
        bool, typer.Option("--zip", help="Values side by side instead of all combinations.")
    ] = False,
    kept: Annotated[
        bool,
        typer.Option("--kept", help="Design once, and fly all by those commands, open loop."),
    ] = False,
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, max=4096, help="Lanes that fly together.")
    ] = None,
    again: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on with the sweep in this folder.", metavar="FOLDER"),
    ] = None,
    overrides: SetOption = None,
    models: ModelOption = None,
    out: OutOption = Path("runs"),
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page of the sweep in the browser.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> int:
    """Fly a mission with many values of its keys; keep every end in a folder."""
    import yaan
    from yaan.base.errors import InputError, Problem
    from yaan.campaign.axes import parse_values
    from yaan.campaign.study import resume, study

    prepare_jax()
    if (mission is None) == (again is None):
        raise InputError(Problem("sweep", None, "", "", "a MISSION, or --resume FOLDER"))
    STOP.words = lambda: "Stopped; what has ended is kept, `yaan sweep --resume` goes on."
    with _watched(show=not quiet and not as_json) as tell:
        if again is not None:
            from yaan.campaign.folder import Folder

            given = None
            if models:
                begun = yaan.Mission(Folder(again).asked()[0])
                given = with_models(begun, models).source.given
            found = resume(again, given, batch=batch, watch=tell)
        else:
            assert mission is not None
            axes = {key: parse_values(text) for key, text in _pairs(over or []).items()}
            loaded = with_models(yaan.load(mission, parse_overrides(overrides or [])), models)
            require_folder(out, "--out")
            how: dict[str, Any] = {"zipped": zipped, "redesign": not kept, "batch": batch}
            found = study(loaded.source, axes, parent=out, watch=tell, **how)
    folder = Path(found.attrs["folder"])
    if as_json:
        console.print_json({"folder": folder, "outcomes": _words(found)})
    elif not quiet:
        _show(found)
    if not as_json:
        print(folder)
    if open_page:
        show_page(folder / "sweep.html")
    return ExitCode.OK


def disperse(
    mission: MissionOrNone = None,
    *,
    count: Annotated[
        int | None, typer.Option("-n", "--draws", help="How many draws; 200 if left out.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the draws; 1 if left out.")] = None,
    scale: Annotated[
        float | None, typer.Option("--scale", help="Times every sigma of the file, as 2.")
    ] = None,
    nominal: Annotated[
        bool, typer.Option("--nominal", help="Draw 0 is the mission as it is.")
    ] = False,
    sobol: Annotated[
        int | None,
        typer.Option("--sobol", metavar="R", help="Draw R replicates of a Sobol sequence."),
    ] = None,
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, max=4096, help="Lanes that fly together.")
    ] = None,
    runner: Annotated[
        str, typer.Option("--runner", help="Who flies: local, or ray (the extra cluster).")
    ] = "local",
    again: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on with the draws in this folder.", metavar="FOLDER"),
    ] = None,
    overrides: SetOption = None,
    models: ModelOption = None,
    out: OutOption = Path("runs"),
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page of the draws in the browser.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> int:
    """Fly draws of a mission's dispersions; keep every end in a folder."""
    import yaan
    from yaan.base.errors import InputError, Problem
    from yaan.campaign.disperse import Dispersed, asked_of, resume
    from yaan.campaign.disperse import disperse as draws

    prepare_jax()
    engine = _runner(runner)
    told = {"-n": count, "--seed": seed, "--scale": scale, "--sobol": sobol, "--set": overrides}
    given_too = [name for name, value in told.items() if value is not None]
    if (mission is None) == (again is None):
        raise InputError(Problem("disperse", None, "", "", "a MISSION, or --resume FOLDER"))
    if again is not None and (given_too or nominal):
        names = ", ".join([*given_too, *(["--nominal"] if nominal else [])])
        expected = "nothing with --resume, whose folder says it"
        raise InputError(Problem("disperse", None, names, "", expected))
    STOP.words = lambda: "Stopped; what has ended is kept, `yaan disperse --resume` goes on."
    with _watched(show=not quiet and not as_json) as tell:
        if again is not None:
            from yaan.campaign.folder import Folder

            given = None
            if models:
                begun = yaan.Mission(asked_of(Folder(again)).tree)
                given = with_models(begun, models).source.given
            found = resume(again, given, batch=batch, runner=engine, watch=tell)
        else:
            assert mission is not None
            loaded = with_models(yaan.load(mission, parse_overrides(overrides or [])), models)
            require_folder(out, "--out")
            number = _DRAWS if count is None else count
            numbers = number, 1 if seed is None else seed, 1.0 if scale is None else scale
            drawn = Dispersed(loaded.source, *numbers, nominal, replicates=sobol or 0)
            found = draws(drawn, parent=out, batch=batch, runner=engine, watch=tell)
    return _show_draws(found, open_page=open_page, quiet=quiet, as_json=as_json)


def _runner(name: str) -> "Runner":
    """The engine of that name."""
    from yaan.base.errors import InputError, Problem, quote
    from yaan.campaign.runners import RUNNERS

    for runner in RUNNERS:
        if runner == name:
            return runner
    raise InputError(Problem("disperse", None, "--runner", quote(name), " or ".join(RUNNERS)))


def _show_draws(
    found: "xarray.Dataset", *, open_page: bool, quiet: bool, as_json: bool
) -> ExitCode:
    """Print what the draws say, and end as their requirements do."""
    from yaan.campaign.outcomes import causes

    folder = Path(found.attrs["folder"])
    for note in found.attrs.get("notes", "").splitlines():
        print(note, file=sys.stderr)
    required = found.attrs.get("requirements", "").splitlines()
    if as_json:
        told = {"outcomes": _words(found), "causes": causes(found), "requirements": required}
        console.print_json({"folder": folder} | told)
    elif not quiet:
        _show_spread(found)
        for line in required:
            console.out().print(line, soft_wrap=True, markup=False)
    if not as_json:
        print(folder)
    if not quiet and not as_json:
        print(causes(found), *([found.attrs["verdicts"]] if required else []))
    if open_page:
        show_page(folder / "dispersions.html")
    failed = any(": failed; " in line for line in required)
    return ExitCode.VERDICT_FAILED if failed else ExitCode.OK


def _show_spread(found: "xarray.Dataset") -> None:
    """How what the draws ended in is spread, of those that flew."""
    import numpy as np

    good = found["outcome"].values.astype(str) == "flown"
    heads = ("quantity", "unit", ">mean", ">standard\ndeviation", ">smallest", ">largest")
    rows: list[tuple[str, ...]] = []
    for name, unit, head, digits in _COLUMNS:
        if name not in found or not np.isfinite(found[name].values[good]).any():
            continue
        values = found[name].values[good] / unit
        told = (np.nanmean(values), np.nanstd(values), np.nanmin(values), np.nanmax(values))
        words, _, shown = head.partition("\n")
        rows.append((words, shown, *(f"{float(x):.{digits}f}" for x in told)))
    console.out().print(console.table(f"Draws of {found.attrs['mission']}", heads, rows))


def capability(
    mission: Annotated[
        str, typer.Argument(help="A name of the library, or a YAML file.", autocompletion=complete)
    ],
    *,
    height: Annotated[
        str,
        typer.Option(
            "--height",
            help="Circular orbits, as 300..800km (6 of them), 300..800km:11 or '400 km, 600 km'.",
        ),
    ],
    inclination: Annotated[
        str,
        typer.Option(
            "--inclination",
            help="Inclinations, as '51.6 deg' or sun-synchronous; the mission's if left out.",
        ),
    ] = "",
    overrides: SetOption = None,
    out: OutOption = Path("runs"),
    open_page: Annotated[
        bool, typer.Option("--open", help="Show the page of the payloads in the browser.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> int:
    """Find the payload of a launcher to each of many circular orbits."""
    import yaan
    from yaan.campaign.axes import parse_values
    from yaan.campaign.capability import POINTS
    from yaan.campaign.capability import capability as payloads
    from yaan.campaign.study import save_curve

    prepare_jax()
    loaded = yaan.load(mission, parse_overrides(overrides or []))
    require_folder(out, "--out")
    heights = [str(value) for value in parse_values(height, POINTS)]
    tilts = [str(value) for value in parse_values(inclination)]
    with _watched(show=not quiet and not as_json) as tell:
        points = payloads(loaded.source, heights, tilts, tell)
    folder = save_curve(out, loaded.source, points)
    if open_page:
        show_page(folder / "capability.html")
    if as_json:
        from dataclasses import asdict

        console.print_json({"folder": folder, "points": [asdict(point) for point in points]})
        return ExitCode.OK
    if not quiet:
        heads = (">height\nkm", ">inclination\ndeg", ">payload\nkg", ">left\nkg", "outcome")
        rows = [
            (
                f"{point.height / 1e3:.1f}",
                f"{point.inclination / 0.017453292519943295:.2f}",
                "-" if point.payload != point.payload else f"{point.payload:.0f}",
                "-" if point.left != point.left else f"{point.left:+.1f}",
                point.text or point.word,
            )
            for point in points
        ]
        console.out().print(console.table(f"Payload of {loaded.title}", heads, rows))
    print(folder)
    missing = any(point.word != "flown" for point in points)
    return ExitCode.NOT_FOUND if missing else ExitCode.OK


def show_page(page: Path) -> None:
    """Show a page in the browser."""
    import webbrowser

    webbrowser.open(page.resolve().as_uri())


def _pairs(texts: list[str]) -> dict[str, str]:
    from yaan.base.errors import InputError, Problem

    split = [text.partition("=") for text in texts]
    expected = "KEY=VALUES, such as interface.flight_path_angle=-4..-1deg:7"
    wrong = [
        Problem("--over", None, key or "(no key)", value or "(no values)", expected)
        for key, equals, value in split
        if not (equals and key.strip() and value.strip())
    ]
    if wrong or not split:
        raise InputError(wrong or Problem("--over", None, "", "", expected))
    return {key.strip(): value.strip() for key, _, value in split}


@contextmanager
def _watched(*, show: bool) -> "Generator[Callable[[int, int, str], None]]":
    """A bar on a terminal, and a line every few seconds elsewhere; stops where a signal asks."""
    if not show:
        yield _heeding(lambda done, of, text: None)
        return
    if console.err().is_terminal:
        from rich.progress import Progress

        with Progress(console=console.err(), transient=True) as bar:
            task = bar.add_task("flying", total=None)

            def update(done: int, of: int, text: str) -> None:
                bar.update(task, completed=done, total=of or None, description=text or "flying")

            yield _heeding(update)
        return
    last = time.monotonic()

    def line(done: int, of: int, text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= 5.0 or done == of:
            last = time.monotonic()
            console.err().print(f"{done} of {of} {text}".rstrip(), soft_wrap=True)

    yield _heeding(line)


def _heeding(tell: "Callable[[int, int, str], None]") -> "Callable[[int, int, str], None]":
    def told(done: int, of: int, text: str) -> None:
        if STOP.asked():
            raise KeyboardInterrupt
        tell(done, of, text)

    return told


def _words(found: "xarray.Dataset") -> dict[str, int]:
    from yaan.campaign.study import words_of

    return words_of(found)


def _show(found: "xarray.Dataset") -> None:
    """The first flights as a table, and how many ended how."""
    flat = found.stack(flight=tuple(found["outcome"].dims), create_index=False)
    keys = [str(name) for name in found.coords if name != "lane"]
    columns = [column for column in _COLUMNS if column[0] in found]
    heads = [">lane", *(f">{key.rsplit('.', 1)[-1]}" for key in keys), "outcome"]
    heads += [f">{head}" for _, _, head, _ in columns]
    rows: list[tuple[str, ...]] = []
    for lane in range(min(int(flat.sizes["flight"]), _SHOWN)):
        one = flat.isel(flight=lane)
        cells = [str(lane), *(_value(one[key].item()) for key in keys), str(one["outcome"].item())]
        for name, unit, _, digits in columns:
            value = float(one[name].item())
            cells.append("-" if value != value else f"{value / unit:.{digits}f}")  # noqa: PLR0124 - NaN
        rows.append(tuple(cells))
    console.out().print(console.table(f"Sweep of {found.attrs['mission']}", heads, rows))
    if flat.sizes["flight"] > _SHOWN:
        print(f"The first {_SHOWN} of {flat.sizes['flight']} flights.")
    print(", ".join(f"{count} {word}" for word, count in _words(found).items()))


def _value(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)
