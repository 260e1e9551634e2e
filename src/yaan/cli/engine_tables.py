"""Tables of an engine that was computed: what `yaan engine --fuel ...` prints."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from yaan.cli import console

if TYPE_CHECKING:
    from yaan.analysis.engine_point import EnginePoint
    from yaan.engines import EngineDesign, EngineSweep
    from yaan.propulsion.chamber import Performance, Station

_SPECIES: Final = 12  # that are told
_LEAST: Final = 5e-6  # mole fraction of those
_ROWS: Final = 60  # of a sweep; the folder has all of them

_SWEPT: Final = (
    ("isp_vacuum", ">vacuum\nIsp s", 1.0, 2),
    ("isp_sea_level", ">sea level\nIsp s", 1.0, 2),
    ("cstar", ">c*\nm/s", 1.0, 1),
    ("thrust_coefficient", ">C_F\nvacuum", 1.0, 4),
    ("temperature", ">chamber\nK", 1.0, 1),
    ("exit_pressure", ">exit\nkPa", 1e3, 2),
    ("bulk_density", ">bulk\nkg/m3", 1.0, 1),
    ("density_isp", ">Isp x bulk\n1000 kg s/m3", 1e3, 2),
)


def show_design(made: "EngineDesign") -> None:
    """Print a design point."""
    screen, point = console.out(), made.point
    if made.best is not None:
        screen.print(made.best.text, soft_wrap=True)
    screen.print(console.table(made.title, *_stations(point)))
    screen.print(console.table("Ideal performance", *_performance(point)))
    if made.real:
        heads = ("cycle", ">from s", ">mean s", ">to s", ">share of ideal", "measured on")
        rows = [
            (
                one.family.cycle,
                f"{one.low:.1f}",
                f"{one.mean:.1f}",
                f"{one.high:.1f}",
                f"{one.family.band.low:.3f} to {one.family.band.high:.3f}",
                ", ".join(one.family.anchors),
            )
            for one in made.real
        ]
        title = "Vacuum Isp of a real engine, by its family (95 %)"
        screen.print(console.table(title, heads, rows))
    screen.print(console.table("Mole fractions", *_species(point)))
    if point.separation:
        title = "Does the flow fill the nozzle at sea level?"
        heads = ("criterion", "verdict", ">margin", "in words")
        rows = [
            (one.criterion, console.word(one.verdict), f"{100.0 * one.margin:+.1f} %", one.text)
            for one in point.separation
        ]
        screen.print(console.table(title, heads, rows))  # type: ignore[arg-type] - Rich takes Text
    for line in _lines(made):
        screen.print(line, soft_wrap=True)


def show_sweep(made: "EngineSweep") -> None:
    """Print the points of a sweep."""
    from yaan.report.figures.engine import AXES

    names = [one for one in _SWEPT if one[0] in made.columns]
    heads: list[str] = []
    for key in made.asked.axes:
        words, unit, _ = AXES[key]
        heads.append(f">{words.lower()}\n{unit}".rstrip())
    heads += ["flow", *(head for _, head, _, _ in names)]
    rows: list[tuple[str, ...]] = []
    refused: dict[str, int] = {}
    for row in made.swept.rows:
        if row.text:
            refused[row.text] = refused.get(row.text, 0) + 1
        keys = [f"{v / AXES[k][2]:.6g}" for k, v in zip(made.asked.axes, row.values, strict=True)]
        cells = [
            f"{row.numbers[name] / scale:.{digits}f}" if name in row.numbers else "-"
            for name, _, scale, digits in names
        ]
        rows.append((*keys, row.flow, *cells))
    console.out().print(console.table(made.title, heads, rows[:_ROWS]))
    if len(rows) > _ROWS:
        print(f"The first {_ROWS} of {len(rows)} points; --output FOLDER keeps all of them.")
    if "isp_sea_level" in made.columns:
        print("At sea level as if the nozzle ran full; a single point says whether it does.")
    for flow in made.asked.flows:
        best = made.swept.best(flow=flow)
        if best is not None:
            where = ", ".join(
                f"{AXES[k][0].lower()} {v / AXES[k][2]:.6g} {AXES[k][1]}".rstrip()
                for k, v in zip(made.asked.axes, best.values, strict=True)
            )
            told = f"Largest vacuum Isp, {flow}: {best.numbers['isp_vacuum']:.2f} s at {where}"
            print(f"{told}.")
    for text, count in refused.items():
        console.out().print(f"note: {count} refused: {text}", soft_wrap=True)


def _stations(point: "EnginePoint") -> tuple[list[str], list[tuple[str, ...]]]:
    """Chamber, throat and exit, of each flow."""
    from yaan.report.engine import QUANTITIES

    columns = [
        (row.name if row.name == "chamber" else f"{row.name}\n{flow}", row)
        for flow, row in point.ends
    ]
    rows = [
        (words, *(_figure(getattr(row, key), scale, digits) for _, row in columns))
        for words, key, scale, digits in QUANTITIES
    ]
    return ["", *(f">{head}" for head, _ in columns)], rows


def _ends(one: "Performance") -> list["Station"]:
    """The stations that have a name of their own, and the last."""
    named = [row for row in one.stations[:-1] if not row.name.startswith("exit")]
    return [*named, one.stations[-1]]


def _figure(value: float | None, scale: float, digits: int) -> str:
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value / scale:#.{digits}g}".rstrip(".")


def _performance(point: "EnginePoint") -> tuple[list[str], list[tuple[str, ...]]]:
    flows = list(point.flows.values())
    rows = [
        ("c*, m/s", *(f"{one.cstar:.2f}" for one in flows)),
        ("C_F, vacuum", *(f"{one.thrust_coefficient(0.0):.4f}" for one in flows)),
        ("Isp, vacuum, s", *(f"{one.isp_vacuum:.2f}" for one in flows)),
    ]
    rows += [
        (
            f"Isp, {point.called(where)}, s",
            *(_figure(point.isp(flow, where), 1.0, 5) for flow in point.flows),
        )
        for where in point.outside
    ]
    return ["", *(f">{flow}" for flow in point.flows)], rows


def _species(point: "EnginePoint") -> tuple[list[str], list[tuple[str, ...]]]:
    rows = _ends(point.main)
    most: dict[str, float] = {}
    for row in rows:
        for name, share in row.mole_fractions.items():
            most[name] = max(most.get(name, 0.0), share)
    names = sorted((n for n in most if most[n] >= _LEAST), key=lambda n: -most[n])[:_SPECIES]
    cells = [
        (name, *(f"{row.mole_fractions.get(name, 0.0):.5f}" for row in rows)) for name in names
    ]
    return ["", *(f">{row.name}" for row in rows)], cells


def _lines(made: "EngineDesign") -> Iterator[str]:
    from yaan.propulsion.heat import IGNORED as HEAT_IGNORED
    from yaan.propulsion.nozzle import IGNORED as NOZZLE_IGNORED

    point = made.point
    entering = "; ".join(f"{side} {told}" for side, told in made.entering.items())
    yield f"What enters, by NASA's names: {entering}."
    main = point.main
    if main.stagnation_pressure < 0.9999 * main.design.pressure:
        told = f"Finite chamber: {main.design.pressure / 1e5:.5g} bar at the injector"
        yield (
            f"{told}; its momentum leaves {main.stagnation_pressure / 1e5:.5g} bar at rest,"
            " the pressure of c* and C_F."
        )
    if point.separation:
        yield f"Separation: {NOZZLE_IGNORED}"
    if point.throat is not None and point.mass_flow is not None:
        told = f"Throat {point.throat * 1e3:.1f} mm, ideal mass flow {point.mass_flow:.2f} kg/s"
        thrust = point.thrust(0.0)
        yield f"{told}, ideal thrust in vacuum {(thrust or 0.0) / 1e3:.2f} kN."
    if point.heat is not None:
        heat = point.heat
        flux = f"Heat flux at the throat (Bartz): {heat.flux / 1e6:.3g} MW/m2"
        yield (
            f"{flux}, from {heat.low / 1e6:.3g} to {heat.high / 1e6:.3g}."
            f" Assumed: {'; '.join(heat.assumed)}. {HEAT_IGNORED} {heat.warning}".rstrip()
        )
    elif point.throat is None:
        yield "Heat flux: needs --throat or --thrust."
    yield from certificates(point.flows)
    yield from (f"note: {note}" for note in made.notes)


def certificates(flows: "Mapping[str, Performance]") -> Iterator[str]:
    """What the answers were checked for, a line a flow."""
    for flow, one in flows.items():
        held = one.certificate
        told = (
            f"Certificate, {flow}: elements balance within {held.element_balance:.1e}, temperature"
            f" within {held.energy_residual:.1e}, mole fractions within {held.stationarity:.1e}"
        )
        if math.isfinite(held.worst_driving_force):
            force = f"{held.worst_driving_force:.2g} RT ({held.absent_phase})"
            yield f"{told}; no absent phase would form, the nearest has a driving force of {force}."
        else:
            yield f"{told}; no condensed phase can form."


def as_rows(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as records, for JSON."""
    return [dict(zip(heads, row, strict=True)) for row in rows]
