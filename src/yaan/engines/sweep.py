"""Many design points of one pair of propellants, and the best mixture of them."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize_scalar

from yaan.analysis.engine_point import SEA_LEVEL
from yaan.base.errors import NoSolutionError, YaanError
from yaan.engines.ask import Asked
from yaan.propulsion.chamber import Design, Performance, rocket_many

COLUMNS: Final = {
    "isp_vacuum": ("s", "specific impulse in vacuum"),
    "isp_sea_level": ("s", "specific impulse at sea level, as if the nozzle ran full"),
    "cstar": ("m/s", "characteristic velocity"),
    "thrust_coefficient": ("1", "thrust coefficient in vacuum"),
    "temperature": ("K", "temperature of the chamber"),
    "exit_temperature": ("K", "temperature of the exit"),
    "exit_pressure": ("Pa", "pressure of the exit"),
    "molar_mass": ("kg/mol", "molar mass in the chamber"),
    "bulk_density": ("kg/m3", "mass of propellant over its volume in the tanks"),
    "density_isp": ("kg s/m3", "specific impulse in vacuum times bulk density"),
}
"""What is told of every point of a sweep: unit and words, in the order of telling."""

UNITS: Final = {"pressure": "Pa", "mixture": "1", "area_ratio": "1"}
"""Of what is swept."""

_CHUNK: Final = 32  # design points between two looks at the clock
_SCAN: Final = 25  # mixtures that are looked at first
_WIDEST: Final = (0.1, 40.0)  # of mixtures, where no bounds are given
_CLOSE: Final = 1e-5  # share of the mixture to which the optimum is found
_NOISE: Final = 1e-8  # share of Isp that neighbouring answers may be apart without a reason

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """One point of a sweep.

    Attributes:
        values: of the axes [SI].
        flow: shifting or frozen.
        numbers: as `COLUMNS` names them; empty of a point without an answer.
        text: why there is no answer; empty where there is one.
        driving_force: the worst of all absent phases, from the certificate [1].
    """

    values: tuple[float, ...]
    flow: str
    numbers: Mapping[str, float]
    text: str = ""
    driving_force: float = math.nan


@dataclass(frozen=True)
class Swept:
    """A sweep as far as it has come.

    Attributes:
        asked: the question.
        rows: points in the order of the axes, the last one fastest; flows of a point together.
        whole: whether nothing of it is missing.
    """

    asked: Asked
    rows: tuple[Row, ...]
    whole: bool = True
    names: tuple[str, ...] = field(default=())

    def best(self, column: str = "isp_vacuum", flow: str = "") -> Row | None:
        """The row of the largest value; None where no point has one."""
        rows = [r for r in self.rows if column in r.numbers and (not flow or r.flow == flow)]
        return max(rows, key=lambda r: r.numbers[column], default=None)


def points_of(asked: Asked) -> list[tuple[tuple[float, ...], Design]]:
    """The design points of the axes, the last axis fastest."""
    found: list[tuple[tuple[float, ...], Design]] = []
    for values in itertools.product(*asked.axes.values()):
        changed: dict[str, Any] = dict(zip(asked.axes, values, strict=True))
        if "area_ratio" in changed:
            changed["area_ratios"] = (changed.pop("area_ratio"),)
        found.append((values, replace(asked.design, **changed)))
    return found


def sweep(asked: Asked, tell: Tell = lambda done, of: None) -> Swept:
    """Compute every point.

    Args:
        asked: with one axis or two.
        tell: is called with what is done and of how many; what it raises leaves the sweep, after
            `Stopped.rows` of its cause tell what was finished.

    Raises:
        Stopped: `tell` raised KeyboardInterrupt; the rows so far are in it.
        YaanError: no point has an answer.
    """
    points = points_of(asked)
    jobs = [(v, replace(one, flow=flow)) for v, one in points for flow in asked.flows]
    rows: list[Row] = []
    try:
        for start in range(0, len(jobs), _CHUNK):
            part = jobs[start : start + _CHUNK]
            for (values, design), one in zip(part, rocket_many([d for _, d in part]), strict=True):
                rows.append(_row(asked, values, design, one))
            tell(min(start + _CHUNK, len(jobs)), len(jobs))
    except KeyboardInterrupt as stop:  # of `tell`, or of a signal wherever it comes
        raise Stopped(Swept(asked, tuple(rows), whole=False)) from stop
    if not any(row.numbers for row in rows):
        raise _none([row.text for row in rows], "point of the sweep")
    return Swept(asked, tuple(rows))


def _none(texts: Sequence[str], what: str) -> YaanError:
    """The error where nothing has an answer; where all have the same reason, that alone."""
    reasons = list(dict.fromkeys(texts))
    if len(reasons) == 1:
        return YaanError(reasons[0])
    return NoSolutionError(f"No {what} has a certified answer; as the first says: {reasons[0]}")


class Stopped(KeyboardInterrupt):
    """A sweep was asked to stop.

    Attributes:
        swept: what was finished.
    """

    def __init__(self, swept: Swept) -> None:
        super().__init__(f"Stopped; {len(swept.rows)} points were finished.")
        self.swept = swept


def _row(
    asked: Asked, values: tuple[float, ...], design: Design, one: Performance | YaanError
) -> Row:
    if isinstance(one, YaanError):
        return Row(values, design.flow, {}, str(one))
    density = density_of(asked, design.mixture)
    return Row(
        values, design.flow, numbers_of(one, density), "", one.certificate.worst_driving_force
    )


def numbers_of(one: Performance, density: float | None) -> dict[str, float]:
    """What `COLUMNS` names."""
    rest, last = one.stations[0], one.stations[-1]
    ground = one.isp(SEA_LEVEL)
    found = {
        "isp_vacuum": one.isp_vacuum,
        # A wide nozzle that ran full there would be pushed back; none does.
        **({"isp_sea_level": ground} if ground > 0.0 else {}),
        "cstar": one.cstar,
        "thrust_coefficient": one.thrust_coefficient(0.0),
        "temperature": rest.temperature,
        "exit_temperature": last.temperature,
        "exit_pressure": last.pressure,
        "molar_mass": rest.molar_mass,
    }
    if density is not None:
        found |= {"bulk_density": density, "density_isp": density * one.isp_vacuum}
    return found


def density_of(asked: Asked, mixture: float | None) -> float | None:
    """Bulk density at a mixture [kg/m^3]; None where that of a propellant is not known."""
    if asked.oxidiser is None:
        return asked.fuel.density
    parts = (asked.oxidiser.density, asked.fuel.density)
    if parts[0] is None or parts[1] is None or mixture is None:
        return None
    return (1.0 + mixture) / (mixture / parts[0] + 1.0 / parts[1])


@dataclass(frozen=True)
class Best:
    """The best mixture.

    Attributes:
        asked: the question.
        flow: of the answers it was found on.
        mixture: the best one.
        value: of what is the best [s, or kg s/m^3].
        performance: there.
        within: how far off the mixture may be: tolerance of the search, and what rounding hides.
        bounds: mixtures between which it was searched.
        inside: whether it is a maximum, not the edge of the bounds.
        tried: mixtures and values, in the order of mixture.
        refused: how many of the mixtures had no certified answer.
    """

    asked: Asked
    flow: str
    mixture: float
    value: float
    performance: Performance
    within: float
    bounds: tuple[float, float]
    inside: bool
    tried: tuple[tuple[float, float], ...]
    refused: int

    @property
    def text(self) -> str:
        """In a sentence."""
        unit = "s" if self.asked.optimum == "isp" else "kg s/m3"
        what = "vacuum Isp" if self.asked.optimum == "isp" else "vacuum Isp times bulk density"
        low, high = self.bounds
        told = f"Largest {what} ({self.flow}): {self.value:.2f} {unit} at mixture"
        told += f" {self.mixture:.4f} +/- {self.within:.1g}, searched from {low:g} to {high:g}."
        if not self.inside:
            told += " That is the edge of what was searched: the best lies there or beyond."
        return told


def optimum(asked: Asked, tell: Tell = lambda done, of: None) -> Best:
    """The mixture of the largest vacuum Isp, or of that times bulk density.

    A scan over the bounds, then Brent's method about the best of it. All answers are certified; a
    mixture without one is left out of the scan and ends the search about it.

    Raises:
        NoSolutionError: no mixture has an answer, or a density is not known.
    """
    if asked.optimum != "isp" and density_of(asked, 1.0) is None:
        raise NoSolutionError(
            "The bulk density is not known: give densities, as"
            ' "C12H24 h=-25.6kJ/mol rho=810kg/m3", or use propellants of the table.'
        )
    flow = asked.flows[0]
    low, high = asked.bounds or _WIDEST
    found: dict[float, tuple[float, Performance]] = {}
    refused: list[str] = []

    def look(mixtures: Sequence[float]) -> None:
        jobs = [replace(asked.design, flow=flow, mixture=float(x)) for x in mixtures]
        for x, one in zip(mixtures, rocket_many(jobs), strict=True):
            if not isinstance(one, YaanError):
                found[float(x)] = (_value(asked, one), one)
            else:
                refused.append(str(one))

    scan = np.geomspace(low, high, _SCAN)
    look([low, *map(float, scan[1:-1]), high])
    tell(_SCAN, _SCAN + 20)
    if not found:
        raise _none(refused, f"mixture from {low:g} to {high:g}")
    ordered = sorted(found)
    place = ordered.index(max(ordered, key=lambda x: found[x][0]))
    inside = 0 < place < len(ordered) - 1
    left, right = ordered[max(place - 1, 0)], ordered[min(place + 1, len(ordered) - 1)]

    def worse(x: float) -> float:
        look([x])
        tell(min(len(found), _SCAN + 19), _SCAN + 20)
        return -found[x][0] if x in found else -min(value for value, _ in found.values())

    scanned = len(refused)
    minimize_scalar(
        worse, bounds=(left, right), method="bounded", options={"xatol": _CLOSE * ordered[place]}
    )
    best = max(found, key=lambda x: found[x][0])
    value, made = found[best]
    edge = min(best - low, high - best) <= 10.0 * _CLOSE * best
    return Best(
        asked=asked,
        flow=flow,
        mixture=best,
        value=value,
        performance=made,
        within=_gap(found, best) if len(refused) > scanned else _within(found, best),
        bounds=(low, high),
        inside=inside or not edge,
        tried=tuple((x, found[x][0]) for x in sorted(found)),
        refused=len(refused),
    )


def _value(asked: Asked, one: Performance) -> float:
    if asked.optimum == "isp":
        return one.isp_vacuum
    density = density_of(asked, one.design.mixture)
    assert density is not None
    return density * one.isp_vacuum


def _gap(found: Mapping[float, tuple[float, Performance]], best: float) -> float:
    """The distance to the farther neighbour: all that is known where the search met refusals."""
    below, above = [x for x in found if x < best], [x for x in found if x > best]
    gaps = [best - max(below)] if below else []
    return max([*gaps, min(above) - best] if above else gaps, default=math.nan)


def _within(found: Mapping[float, tuple[float, Performance]], best: float) -> float:
    """How far off a maximum may be: what was asked of the search, and how flat it is there.

    Values that differ by less than the noise are the same; a parabola through the best and two
    points well beside it says how far apart those lie.
    """
    far = [x for x in found if abs(x - best) > 0.003 * best]
    below, above = [x for x in far if x < best], [x for x in far if x > best]
    sides = ([max(below)] if below else []) + ([min(above)] if above else [])
    top = found[best][0]
    bends = [(top - found[x][0]) / (x - best) ** 2 for x in sides]
    bend = min((b for b in bends if b > 0.0), default=0.0)
    flat = math.sqrt(_NOISE * abs(top) / bend) if bend > 0.0 else 0.0
    return _CLOSE * best + flat
