"""The page of an engine: a design point, a sweep of them, or an entry of the catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from yaan.analysis.engine_point import EnginePoint
from yaan.analysis.engine_real import Real
from yaan.propulsion.chamber import Performance, Station
from yaan.propulsion.heat import IGNORED as HEAT_IGNORED
from yaan.propulsion.nozzle import IGNORED as NOZZLE_IGNORED
from yaan.propulsion.nozzle import together
from yaan.report.figures import engine as figures
from yaan.report.figures.engine import AXES, Row
from yaan.report.page import compose
from yaan.report.sections import Block, Section
from yaan.report.tables import Cell, Column, Table, badge, make_table
from yaan.report.text import NONE, number, quantity, significant
from yaan.results.store import write_text

ENGINE: Final = "engine.html"
BADGES: Final = {"held": "pass", "failed": "fail", "open": "open"}

_OPEN: Final = 40
_LEAST: Final = 5e-6  # mole fraction of a species that is told

_COLUMNS: Final = (
    ("isp_vacuum", "Isp, vacuum", "s", 1.0, 2),
    ("isp_sea_level", "Isp, sea level", "s", 1.0, 2),
    ("cstar", "c*", "m/s", 1.0, 1),
    ("thrust_coefficient", "Thrust coefficient", "", 1.0, 4),
    ("temperature", "Chamber", "K", 1.0, 1),
    ("exit_pressure", "Exit", "kPa", 1e3, 2),
    ("bulk_density", "Bulk density", "kg/m³", 1.0, 1),
    ("density_isp", "Isp by density", "10³ kg s/m³", 1e3, 2),
)

EQUILIBRIUM: Final = (
    "Equilibrium: NASA's cea (Gordon and McBride, NASA RP-1311, 1994 and 1996), each answer"
    " checked: elements, energy, and that no absent phase would form."
)
HEAT: Final = "Heat flux: D. R. Bartz, Jet Propulsion 27 (1957), 49; not re-read."


QUANTITIES: Final = (
    ("Area ratio", "area_ratio", 1.0, 5),
    ("Pressure, bar", "pressure", 1e5, 5),
    ("Temperature, K", "temperature", 1.0, 6),
    ("Density, kg/m³", "density", 1.0, 4),
    ("Molar mass, g/mol", "molar_mass", 1e-3, 6),
    ("Isentropic exponent", "gamma", 1.0, 5),
    ("Heat capacity, kJ/(kg K)", "heat_capacity", 1e3, 4),
    ("Sound speed, m/s", "sound_speed", 1.0, 5),
    ("Mach number", "mach", 1.0, 4),
    ("Viscosity, µPa s", "viscosity", 1e-6, 4),
    ("Prandtl number", "prandtl", 1.0, 4),
)
"""What is told of a station: words with a unit, its attribute, that unit in SI, digits."""


@dataclass(frozen=True)
class EnginePage:
    """What the page of an engine shows.

    Attributes:
        name: short.
        title: one line.
        yaan: version.
        asked: options as they were given.
        point: a design point, or None.
        real: vacuum Isp of real engines, by family.
        lead: the sentence above all; made of the rest if empty.
        verdict: held, failed or open, of a catalogue entry; empty of others.
        best: of an optimum, in a sentence.
        tried: mixtures and values that it was found on.
        axes: of a sweep.
        rows: of a sweep.
        extra: sections of a catalogue entry or a cycle, ready made.
        notes: what else is to be known.
    """

    name: str
    title: str
    yaan: str
    asked: Mapping[str, str] = field(default_factory=dict[str, str])
    point: EnginePoint | None = None
    real: tuple[Real, ...] = ()
    lead: str = ""
    verdict: str = ""
    best: str | None = None
    tried: tuple[tuple[float, float], ...] = ()
    axes: Mapping[str, Sequence[float]] = field(default_factory=dict[str, Sequence[float]])
    rows: tuple[Row, ...] = ()
    extra: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()


def write_engine(page: EnginePage, folder: Path | str) -> Path:
    """Write `engine.html` into a folder; returns its path.

    Raises:
        OutputError: it cannot be written.
    """
    path = Path(folder) / ENGINE
    write_text(path, compose(engine_head(page), engine_sections(page)))
    return path


def engine_sections(page: EnginePage) -> list[Section]:
    """All sections that have something to say, in the order of reading."""
    made = [
        Section("optimum", "The best mixture", tuple(_optimum(page))),
        Section("performance", "Performance", tuple(_performance(page))),
        Section("real", "What a real engine would have", tuple(_real(page))),
        Section("stations", "Along the nozzle", tuple(_stations(page))),
        Section("swept", "The sweep", tuple(_swept(page))),
        *page.extra,
        Section("separation", "At the ground", tuple(_separation(page))),
        Section("heat", "Heat at the throat", tuple(_heat(page))),
        Section("certificate", "Certificate", tuple(_certificate(page))),
        Section("assumptions", "Assumptions and sources", tuple(_assumed(page))),
    ]
    kept = [
        Section(one.name, one.title, tuple(block for block in one.blocks if block[1]))
        for one in made
    ]
    return [one for one in kept if one.blocks]


def engine_head(page: EnginePage) -> dict[str, Any]:
    """What stands above the sections, as `page.compose` takes it."""
    facts = [(key.replace("_", " ").capitalize(), value) for key, value in page.asked.items()]
    badges: list[Markup] = []
    if page.point is not None and page.point.separation:
        verdict = together(page.point.separation)
        badges.append(badge(BADGES[verdict], "runs full at sea level"))
    if page.verdict:
        badges.append(badge(BADGES[page.verdict], f"audit {page.verdict}"))
    return {
        "kicker": "Engine",
        "mission": f"{page.name}-engine",
        "epoch": "",
        "title": page.title,
        "outcome": page.lead or page.best or _sentence(page),
        "shortfall": "",
        "flown": True,
        "code": "",
        "tone": "bad" if page.verdict == "failed" else "good",
        "badges": badges,
        "facts": [*facts, ("Yaan", page.yaan)],
    }


def _sentence(page: EnginePage) -> str:
    if page.point is not None:
        told = [f"{number(one.isp_vacuum, 1)} s {flow}" for flow, one in page.point.flows.items()]
        return f"Ideal Isp in vacuum: {', '.join(told)}; a real engine has less."
    if page.rows:
        found = [row for row in page.rows if row[2]]
        lost = len(page.rows) - len(found)
        if not found:
            return "No point has a certified answer."
        best = max(found, key=lambda row: row[2]["isp_vacuum"])
        where = ", ".join(
            f"{AXES[key][0].lower()} {value / AXES[key][2]:g} {AXES[key][1]}".rstrip()
            for key, value in zip(page.axes, best[0], strict=True)
        )
        told = f"Largest ideal Isp in vacuum: {best[2]['isp_vacuum']:.2f} s ({best[1]}) at {where}."
        return told + (f" {lost} points have no certified answer." if lost else "")
    return page.title


def _optimum(page: EnginePage) -> Iterator[Block]:
    if page.best is None or page.point is None:
        return
    yield "text", page.best
    density = page.asked.get("optimum") == "density-isp"
    words, unit = ("Isp times bulk density", "kg s/m³") if density else ("Isp in vacuum", "s")
    yield "figure", figures.tried(page.tried, words, unit)


def _performance(page: EnginePage) -> Iterator[Block]:
    made = page.point
    if made is None:
        return
    flows = list(made.flows.values())
    rows: list[tuple[Cell, ...]] = [
        ("Characteristic velocity, m/s", *(number(one.cstar, 2) for one in flows)),
        ("Thrust coefficient, vacuum", *(number(one.thrust_coefficient(0.0), 4) for one in flows)),
        ("Isp, vacuum, s", *(number(one.isp_vacuum, 2) for one in flows)),
    ]
    rows += [
        (
            f"Isp, {made.called(where)}, s",
            *(number(made.isp(flow, where), 2) for flow in made.flows),
        )
        for where in made.outside
    ]
    columns = (Column("", kind="text"), *(Column(flow.capitalize()) for flow in made.flows))
    yield "table", make_table("Ideal performance", columns, rows)
    yield (
        "text",
        "Shifting: equilibrium everywhere, the most that chemistry gives. Frozen: the gas stays as"
        f" it is at the {_freeze(flows)}. Both are without losses.",
    )
    if made.throat is not None and made.mass_flow is not None:
        yield (
            "facts",
            [
                ("Throat", f"{number(made.throat * 1e3, 1)} mm"),
                ("Mass flow, ideal", quantity(made.mass_flow, "kg/s")),
                ("Thrust in vacuum, ideal", quantity(made.thrust(0.0), "N")),
            ],
        )


def _real(page: EnginePage) -> Iterator[Block]:
    rows = [
        (
            one.family.cycle.capitalize(),
            number(one.low, 1),
            number(one.mean, 1),
            number(one.high, 1),
            f"{one.family.band.low:.3f} to {one.family.band.high:.3f}",
            ", ".join(one.family.anchors),
        )
        for one in page.real
    ]
    columns = (
        Column("Cycle", kind="text"),
        Column("From", "s"),
        Column("Mean", "s"),
        Column("To", "s"),
        Column("Share of the ideal"),
        Column("Measured on", kind="wide"),
    )
    yield "table", make_table("Vacuum Isp of one more engine of a family, with 95 %", columns, rows)


def _freeze(flows: Sequence[Performance]) -> str:
    found = [one.design.freeze for one in flows if one.design.flow == "frozen"]
    where = found[0] if found else "throat"
    return where if isinstance(where, str) else f"area ratio {where:g}"


def _stations(page: EnginePage) -> Iterator[Block]:
    made = page.point
    if made is None:
        return
    ends = made.ends
    heads = [
        Column(row.name.capitalize(), "" if row.name == "chamber" else flow) for flow, row in ends
    ]
    rows = [
        (words, *(significant(_over(getattr(row, key), scale), digits) for _, row in ends))
        for words, key, scale, digits in QUANTITIES
    ]
    yield "table", make_table("The gas", (Column("", kind="text"), *heads), rows)
    yield "figure", figures.along(made.along)
    yield "fold", _species(made)
    for flow, stations in made.along.items():
        yield "fold", _between(flow, stations)


def _over(value: float | None, scale: float) -> float | None:
    return None if value is None else value / scale


def _between(flow: str, stations: Sequence[Station]) -> Table | None:
    """All stations of a flow."""
    last = len(stations) - 1
    rows = [
        (
            "Nozzle" if row.name == "exit" and i < last else row.name.capitalize(),
            number(row.area_ratio, 3),
            significant(row.pressure / 1e5, 5),
            number(row.temperature, 2),
            significant(row.density, 4),
            number(row.molar_mass * 1e3, 4),
            number(row.gamma, 4),
            number(row.mach, 4),
        )
        for i, row in enumerate(stations)
    ]
    columns = (
        Column("Station", kind="text"),
        Column("Area ratio"),
        Column("Pressure", "bar"),
        Column("Temperature", "K"),
        Column("Density", "kg/m³"),
        Column("Molar mass", "g/mol"),
        Column("Gamma"),
        Column("Mach"),
    )
    return make_table(f"Along the nozzle, {flow} flow", columns, rows)


def _species(made: EnginePoint) -> Table | None:
    rows = made.main.stations
    ends = [("Chamber", rows[0]), ("Throat", throat_of(made.main)), ("Exit", rows[-1])]
    most: dict[str, float] = {}
    for _, row in ends:
        for name, share in row.mole_fractions.items():
            most[name] = max(most.get(name, 0.0), share)
    names = sorted((n for n in most if most[n] >= _LEAST), key=lambda n: -most[n])
    cells = [
        (name, *(significant(row.mole_fractions.get(name, 0.0), 4) for _, row in ends))
        for name in names
    ]
    columns = (Column("Species", kind="text"), *(Column(words) for words, _ in ends))
    return make_table(f"Mole fractions, {made.main.design.flow} flow", columns, cells)


def throat_of(one: Performance) -> Station:
    """The station at the throat."""
    named = [row for row in one.stations if row.name == "throat"]
    return named[0] if named else one.stations[1]


def _swept(page: EnginePage) -> Iterator[Block]:
    if not page.rows:
        return
    yield "figure", figures.swept(page.axes, page.rows)
    known = {name for row in page.rows for name in row[2]}
    shown = [one for one in _COLUMNS if one[0] in known]
    rows: list[tuple[Cell, ...]] = []
    for values, flow, numbers, text in page.rows:
        keys = [number_of(key, value) for key, value in zip(page.axes, values, strict=True)]
        cells = [number(numbers[n] / s, d) if n in numbers else NONE for n, _, _, s, d in shown]
        rows.append((*keys, flow, *cells, text))
    columns = (
        *(Column(AXES[key][0], AXES[key][1]) for key in page.axes),
        Column("Flow", kind="text"),
        *(Column(words, unit) for _, words, unit, _, _ in shown),
        Column("Refused", kind="wide"),
    )
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    table = make_table("Every point", columns, rows)
    yield "fold" if len(rows) > _OPEN else "table", table


def number_of(key: str, value: float) -> str:
    """A value of an axis as it is shown."""
    return f"{value / AXES[key][2]:.6g}"


def _separation(page: EnginePage) -> Iterator[Block]:
    if page.point is None:
        return
    rows = [
        (
            one.criterion,
            badge(BADGES[one.verdict], one.verdict),
            number(one.ratio, 3),
            number(one.limit, 3),
            number(100.0 * one.margin, 1, sign=True),
            NONE if one.area_ratio is None else number(one.area_ratio, 1),
        )
        for one in page.point.separation
    ]
    columns = (
        Column("Criterion", kind="text"),
        Column("Runs full", kind="text"),
        Column("Exit over ambient pressure"),
        Column("Limit"),
        Column("Margin", "%"),
        Column("Leaves the wall at area ratio"),
    )
    table = make_table("Does the flow fill the nozzle at sea level?", columns, rows)
    yield "table", table
    if rows:
        yield "text", NOZZLE_IGNORED
        yield "list", [f"{one.criterion}: {one.source}" for one in page.point.separation]


def _heat(page: EnginePage) -> Iterator[Block]:
    heat = None if page.point is None else page.point.heat
    if heat is None:
        return
    yield (
        "facts",
        [
            ("Heat flux", quantity(heat.flux, "W/m2")),
            ("Range", f"{quantity(heat.low, 'W/m2')} to {quantity(heat.high, 'W/m2')}"),
            ("Coefficient", f"{quantity(heat.coefficient / 1e3, '', 4)} kW/(m² K)"),
            ("Adiabatic wall", f"{number(heat.adiabatic_wall)} K"),
            ("Wall", f"{number(heat.throat.wall)} K"),
            ("Throat", f"{number(heat.throat.diameter * 1e3, 1)} mm"),
        ],
    )
    told = f"By the equation of Bartz. Assumed: {'; '.join(heat.assumed)}. {HEAT_IGNORED}"
    yield "text", f"{told} {heat.warning}".rstrip()


def _certificate(page: EnginePage) -> Iterator[Block]:
    if page.point is None:
        return
    rows = [
        (
            flow.capitalize(),
            significant(one.certificate.element_balance, 2),
            significant(one.certificate.energy_residual, 2),
            significant(one.certificate.stationarity, 2),
            significant(one.certificate.trace_left_out, 2),
            significant(one.certificate.worst_driving_force, 2),
            one.certificate.absent_phase or "none can form",
        )
        for flow, one in page.point.flows.items()
    ]
    columns = (
        Column("Flow", kind="text"),
        Column("Element balance"),
        Column("Temperature, relative"),
        Column("Mole fractions"),
        Column("Largest share left out"),
        Column("Driving force of an absent phase", "RT"),
        Column("Which", kind="text"),
    )
    caption = "What each answer was checked for, at all its stations"
    yield "table", make_table(caption, columns, rows)


def _assumed(page: EnginePage) -> Iterator[Block]:
    found = list(page.notes)
    if page.rows:
        found.append("Isp at sea level is that of a nozzle that runs full there.")
    if page.point is not None or page.rows:
        found += [
            "One-dimensional, without friction, divergence, unburnt propellant or heat to walls.",
            EQUILIBRIUM,
        ]
    if page.point is not None and page.point.heat is not None:
        found.append(HEAT)
    yield "list", found


__all__: Sequence[str] = ["EnginePage", "engine_head", "engine_sections", "write_engine"]
