"""The figures of an engine: what the gas is along the nozzle, Isp by mixture, a sweep."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from yaan.propulsion.chamber import Station
from yaan.report.figures.legend import legend
from yaan.report.figures.overlay import COLOURS
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import BLUE, VERMILION, Figure, safe
from yaan.report.text import number

Row = tuple[tuple[float, ...], str, Mapping[str, float], str]

FLOW_LOOK: Final = {"shifting": (BLUE, "solid"), "frozen": (VERMILION, "dash")}
AXES: Final = {
    "mixture": ("Mixture ratio", "", 1.0),
    "pressure": ("Chamber pressure", "bar", 1e5),
    "area_ratio": ("Area ratio", "", 1.0),
}
"""Words, unit shown, and that unit in SI, of what is swept."""

PANELS: Final = (
    ("isp_vacuum", "Isp in vacuum", "s", 1.0, 2),
    ("isp_sea_level", "Isp at sea level", "s", 1.0, 2),
    ("cstar", "Characteristic velocity", "m/s", 1.0, 1),
    ("temperature", "Chamber temperature", "K", 1.0, 1),
    ("density_isp", "Isp times bulk density", "10³ kg s/m³", 1e3, 2),
)

_MOST: Final = 6  # curves, and species
_LEAST: Final = 1e-4  # mole fraction from which a species is drawn
_DASHES: Final = ("solid", "dash", "dot")


def along(flows: Mapping[str, Sequence[Station]]) -> Figure | None:
    """Temperature, pressure and composition along the nozzle, against the Mach number."""
    main = next(iter(flows.values()))
    if len(main) < 4:
        return None
    machs = {flow: [row.mach for row in rows] for flow, rows in flows.items()}
    hot = tuple(
        Curve(flow, [row.temperature for row in rows], *look(flow), against=machs[flow])
        for flow, rows in flows.items()
    )
    cold = tuple(
        Curve(flow, [row.pressure / 1e5 for row in rows], *look(flow), against=machs[flow])
        for flow, rows in flows.items()
    )
    floor = min(row.pressure for rows in flows.values() for row in rows) / 1e5
    top = main[0].pressure / 1e5
    names = _species(main)
    shares = tuple(
        Curve(
            name,
            [max(row.mole_fractions.get(name, 0.0), 1e-9) for row in main],
            COLOURS[i % len(COLOURS)],
            _DASHES[i // len(COLOURS) % 3],
            against=[row.mach for row in main],
        )
        for i, name in enumerate(names)
    )
    panels = [
        Panel("Temperature", "K", hot, 1),
        Panel("Pressure", "bar", cold, 4, log=(_decade(floor), math.ceil(math.log10(top)))),
        Panel("Mole fraction", "", shares, 6, log=(-4.0, 0.0)),
    ]
    last = main[-1]
    alt = (
        f"From the chamber to the exit at Mach {last.mach:.2f} the temperature falls from"
        f" {number(main[0].temperature)} to {number(last.temperature)} K; mole fractions"
        f" of {', '.join(names)}."
    )
    caption = (
        f"Along the nozzle, from the chamber (Mach 0) over the throat (Mach 1) to the exit. Mole"
        f" fractions are of {next(iter(flows))} flow; below 10⁻⁴ none is drawn."
    )
    high = max(values[-1] for values in machs.values())
    shared = Axis((0.0, 1.03 * high), "Mach number", "Mach %{x:.3f}")
    figure = stack(Words("along", alt, caption), panels, [], [], shared, (190, 150))
    for trace in figure.data:
        trace |= {"mode": "lines+markers", "marker": {"size": 4, "color": trace["line"]["color"]}}
    return figure


def tried(points: Sequence[tuple[float, float]], words: str, unit: str) -> Figure:
    """What an optimum was found on: its value against the mixture."""
    x, y = [a for a, _ in points], [b for _, b in points]
    best, top = max(points, key=lambda one: one[1])
    mark = ((best, top, f"{best:.4g}"),)
    panel = Panel(words, unit, (Curve(words, y, BLUE, against=x),), 2, notes=mark)
    alt = f"{words} against the mixture, largest at {best:.4g}."
    caption = "Every mixture that was computed; the mark is the largest."
    shared = Axis((min(x), max(x)), "Mixture ratio", "Mixture %{x:.4f}")
    figure = stack(Words("optimum", alt, caption), [panel], [], [], shared, (260, 200))
    figure.data[0] |= {"mode": "lines+markers", "marker": {"size": 4, "color": BLUE}}
    return figure


def swept(axes: Mapping[str, Sequence[float]], rows: Sequence[Row]) -> Figure | None:
    """What was swept: a panel a quantity, a curve a flow or a value of the second axis."""
    keys = list(axes)
    main = max(keys, key=lambda key: len(axes[key]))
    words, unit, scale = AXES[main]
    at = keys.index(main)
    curves = _groups(axes, rows, main)
    names = {name for row in rows for name in row[2]}
    panels: list[Panel] = []
    for name, called, shown, factor, digits in PANELS:
        if name not in names:
            continue
        drawn = tuple(
            Curve(
                told,
                [row[2].get(name, math.nan) / factor for row in these],
                colour,
                dash,
                against=[row[0][at] / scale for row in these],
            )
            for told, colour, dash, these in curves
        )
        panels.append(Panel(called, shown, drawn, digits, keyed=False))
    if not panels:
        return None
    span = (min(axes[main]) / scale, max(axes[main]) / scale)
    room = 0.02 * (span[1] - span[0] or 1.0)
    title = f"{words}, {unit}" if unit else words
    shared = Axis((span[0] - room, span[1] + room), title, f"{words} %{{x}} {safe(unit)}".rstrip())
    found = [row for row in rows if row[2]]
    best = max(found, key=lambda row: row[2]["isp_vacuum"])
    alt = (
        f"{', '.join(panel.words for panel in panels)} against {words.lower()}; the largest Isp in"
        f" vacuum is {best[2]['isp_vacuum']:.2f} s at {best[0][at] / scale:g} {unit}".rstrip()
        + "."
    )
    lost = sum(not row[2] for row in rows)
    caption = f"Every point against {words.lower()}."
    if lost:
        caption += f" {lost} have no certified answer; the table says why."
    if len(keys) > 1 and len(curves) < len(axes[next(k for k in keys if k != main)]):
        caption += f" Only {len(curves)} values of the other option are drawn."
    figure = stack(Words("swept", alt, caption), panels, [], [], shared, (170, 130))
    for trace in figure.data:
        trace |= {"mode": "lines+markers", "marker": {"size": 4, "color": trace["line"]["color"]}}
    return legend(figure, [Curve(told, [], colour, dash) for told, colour, dash, _ in curves])


def look(flow: str) -> tuple[str, str]:
    """Colour and dash of a flow."""
    return FLOW_LOOK.get(flow, (COLOURS[2], "dot"))


def _groups(
    axes: Mapping[str, Sequence[float]], rows: Sequence[Row], main: str
) -> list[tuple[str, str, str, list[Row]]]:
    """Name, look and rows of each curve."""
    at = list(axes).index(main)
    flows = list(dict.fromkeys(row[1] for row in rows))

    def line(these: Sequence[Row]) -> list[Row]:
        return sorted(these, key=lambda row: row[0][at])

    others = [key for key in axes if key != main]
    if not others:
        return [(f, *look(f), line([r for r in rows if r[1] == f])) for f in flows]
    other = others[0]
    place = list(axes).index(other)
    words, unit, scale = AXES[other]
    values = list(axes[other])
    if len(values) > _MOST:
        step = (len(values) - 1) / (_MOST - 1)
        values = [values[round(i * step)] for i in range(_MOST)]
    return [
        (
            f"{words} {value / scale:g} {unit}".rstrip() + (f", {flow}" if len(flows) > 1 else ""),
            COLOURS[i % len(COLOURS)],
            look(flow)[1],
            line([r for r in rows if r[1] == flow and r[0][place] == value]),
        )
        for i, value in enumerate(values)
        for flow in flows
    ]


def _species(rows: Sequence[Station]) -> list[str]:
    """The species of the largest shares anywhere along the nozzle."""
    most: dict[str, float] = {}
    for row in rows:
        for name, share in row.mole_fractions.items():
            most[name] = max(most.get(name, 0.0), share)
    ordered = sorted(most, key=lambda name: -most[name])
    return [name for name in ordered if most[name] >= _LEAST][:8]


def _decade(value: float) -> float:
    return float(math.floor(math.log10(value)))
