"""What is asked of `yaan engine`: texts with units in, a checked question with SI floats out.

All mistakes are told at once, each with the option, the value and what was expected.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict, TypeVar

from yaan.analysis.engine_point import FLOWS, Flow, Outside, Size
from yaan.analysis.engine_real import real_isp
from yaan.base.errors import InputError, Problem, UnitError, meant, quote
from yaan.base.units import UNITS, describe, format_quantity, parse
from yaan.campaign.axes import parse_values
from yaan.engines.propellant import Stuff, stuff_of
from yaan.propulsion.chamber import Design, Freeze

OPTIMA: Final[tuple[str, ...]] = ("isp", "density-isp")
"""What an optimum mixture is the best of."""

SWEPT: Final = ("pressure", "mixture", "area_ratio")
"""What may take many values, in the order of the axes."""

_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_STEPS: Final = re.compile(
    rf"\s*(?P<first>{_NUMBER})\s*:\s*(?P<last>{_NUMBER})\s*:\s*(?P<step>{_NUMBER})\s*(?P<unit>\D.*)?"
)
_MOST_VALUES: Final = 10_000
_MOST_POINTS: Final = 100_000
_POINT_ONLY: Final = ("throat", "thrust", "wall", "curvature", "ambient", "height", "family")

Quantity = str | float | int
Word = TypeVar("Word", bound=str)
Values = Quantity | Sequence[Quantity]


class EngineOptions(TypedDict, total=False):
    """What `yaan.engine` takes: texts with their unit as `"70 bar"`, or floats in SI.

    Attributes:
        fuel: a name as `LH2`, a file of kind propellant, or `C12H24 h=-25.6kJ/mol T=298K`.
        oxidiser: likewise; left out with the mixture, the fuel burns alone, as hydrazine does.
        pressure: of the chamber; several, or a range, sweep it, and so with the next two.
        mixture: mass of oxidiser over mass of fuel.
        area_ratio: of the nozzle's exit to its throat.
        flow: shifting or frozen; both if left out.
        freeze: where frozen flow freezes: throat, chamber, or an area ratio.
        contraction: area of the chamber over that of the throat; large if left out.
        ambient: a pressure of the air against which Isp is told.
        height: a height at whose pressure (US76) Isp is told.
        throat: diameter of the throat.
        thrust: ideal thrust in vacuum, in place of the throat's diameter.
        wall: temperature of the wall at the throat.
        curvature: radius of the throat's curvature along the flow.
        fuel_temperature: of the fuel as it enters.
        oxidiser_temperature: likewise.
        family: of engines whose losses give the Isp of a real one.
        optimum: the mixture of the largest `isp`, or of the largest `density-isp`.
    """

    fuel: Any
    oxidiser: Any
    pressure: Values
    mixture: Values
    area_ratio: Values
    flow: str | None
    freeze: str | float
    contraction: Quantity | None
    ambient: Quantity | None
    height: Quantity | None
    throat: Quantity | None
    thrust: Quantity | None
    wall: Quantity | None
    curvature: Quantity | None
    fuel_temperature: Quantity | None
    oxidiser_temperature: Quantity | None
    family: str | None
    optimum: str | None


@dataclass(frozen=True)
class Asked:
    """A question of `yaan engine`, checked.

    Attributes:
        design: of the first value of whatever takes many.
        fuel: as it is known beside its chemistry.
        oxidiser: likewise; None where the fuel burns alone.
        flows: shifting, frozen or both.
        outside: where Isp is told.
        size: of the engine.
        axes: what takes many values, and these [SI].
        bounds: of the mixture, for an optimum; None for the widest.
        optimum: what it is the best of, or None.
        family: of losses, or None.
        words: options as they were given.
    """

    design: Design
    fuel: Stuff
    oxidiser: Stuff | None
    flows: tuple[Flow, ...]
    outside: tuple[Outside, ...] = ()
    size: Size = field(default_factory=Size)
    axes: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    bounds: tuple[float, float] | None = None
    optimum: str | None = None
    family: str | None = None
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def propellants(self) -> str:
        """As they are told: `LOX/LH2`, or `N2H4` alone."""
        return self.fuel.name if self.oxidiser is None else f"{self.oxidiser.name}/{self.fuel.name}"

    @property
    def name(self) -> str:
        """A short name for folders: `lox-lh2`."""
        return re.sub(r"[^a-z0-9]+", "-", self.propellants.lower()).strip("-") or "engine"


def asked(options: EngineOptions) -> Asked:
    """Check what is asked.

    Raises:
        InputError: every mistake at once.
    """
    reader = _Reader(options)
    left = {key for key in ("oxidiser", "mixture", "optimum") if options.get(key) is None}
    # Where more is missing it was forgotten with it.
    alone = len(left) == 3 and all(
        options.get(key) is not None for key in ("pressure", "area_ratio")
    )
    fuel, oxidiser = reader.stuff("fuel"), None if alone else reader.stuff("oxidiser")
    optimum = reader.word("optimum", OPTIMA)
    pressure = reader.values("pressure", "pressure")
    mixture = reader.values("mixture", "", needed=optimum is None and not alone)
    ratio = reader.values("area_ratio", "", least=1.0)
    flow = reader.word("flow", FLOWS)
    freeze = reader.freeze(ratio)
    contraction = reader.one("contraction", "", least=1.0)
    outside = reader.outside()
    size = Size(
        reader.one("throat", "length"),
        reader.one("thrust", "force"),
        reader.one("wall", "temperature"),
        reader.one("curvature", "length"),
    )
    if size.throat is not None and size.thrust is not None:
        reader.tell("thrust", options.get("thrust"), "either a throat or a thrust, not both")
    many = {
        key: found
        for key, found in zip(SWEPT, (pressure, mixture, ratio), strict=True)
        if len(found) > 1
    }
    bounds = None
    if optimum is not None:
        found = many.pop("mixture", ())
        bounds = (min(found), max(found)) if found else None
        for key in many:
            reader.tell(key, options.get(key), "one value where an optimum is asked for")
        if len(mixture) == 1:  # not for a default: it would be ignored
            expected = "the bounds of the search, as 4..8, or nothing, beside an optimum"
            reader.tell("mixture", options.get("mixture"), expected)
    elif many:
        for key in _POINT_ONLY:
            if options.get(key) is not None:
                reader.tell(key, options.get(key), "a single point; a sweep tells nothing of it")
    if len(many) > 2:
        reader.tell("area_ratio", options.get("area_ratio"), "at most two options of many values")
    count = math.prod(len(values) for values in many.values())
    if count > _MOST_POINTS:
        key = max(many, key=lambda one: len(many[one]))
        expected = f"{_MOST_POINTS:,} points at most, not {count:,}"
        reader.tell(key, options.get(key), expected)
    reader.done()
    assert fuel is not None
    # Raises where no family of these propellants has that cycle.
    real_isp(None, None if oxidiser is None else oxidiser.name, fuel.name, options.get("family"))
    design = Design(
        fuel=fuel.chemistry,
        oxidiser=None if oxidiser is None else oxidiser.chemistry,
        pressure=pressure[0],
        mixture=None if alone else mixture[0] if mixture else 1.0,
        area_ratios=(ratio[0],),
        flow=flow or FLOWS[0],
        freeze=freeze,
        contraction=contraction,
    )
    return Asked(
        design=design,
        fuel=fuel,
        oxidiser=oxidiser,
        flows=FLOWS if flow is None else (flow,),
        outside=outside,
        size=size,
        axes=many,
        bounds=bounds,
        optimum=optimum,
        family=options.get("family"),
        words={key: str(value) for key, value in options.items() if value is not None},
    )


class _Reader:
    """Reads options one by one and keeps what is wrong with them."""

    def __init__(self, options: EngineOptions) -> None:
        self._given: dict[str, Any] = {k: v for k, v in options.items() if v is not None}
        self._wrong: list[Problem] = []

    def done(self) -> None:
        """Tell what was wrong, if anything was."""
        if self._wrong:
            raise InputError(self._wrong)

    def tell(self, key: str, value: object, expected: str, hint: str = "") -> None:
        """Keep one mistake."""
        shown = "" if value is None else quote(value)
        self._wrong.append(Problem("", None, key, shown, expected, hint))

    def word(self, key: str, known: Sequence[Word]) -> Word | None:
        """One of a few words, or None."""
        value = self._given.get(key)
        if value is None or value in known:
            return value
        self.tell(key, value, f"one of {', '.join(known)}", meant(str(value), known))
        return None

    def stuff(self, key: str) -> Stuff | None:
        """A propellant."""
        value = self._given.get(key)
        if value is None:
            self.tell(key, None, f'required: a propellant, as "{_EXAMPLES[key]}"')
            return None
        warm = self.one(f"{key}_temperature", "temperature")
        try:
            return stuff_of(value, warm)
        except InputError as error:
            for one in error.problems:
                where = f"{key}: {one.key}" if one.key else key
                told = Problem(one.file, one.line, where, one.value, one.expected, one.hint)
                self._wrong.append(told)
            return None

    def values(
        self, key: str, dimension: str, *, least: float = 0.0, needed: bool = True
    ) -> tuple[float, ...]:
        """One value or many; all above zero, and none below `least`. One where it is wrong."""
        value = self._given.get(key)
        if value is None:
            if needed:
                self.tell(key, None, f'required, as "{_EXAMPLES[key]}"')
            return () if not needed else (max(least, 1.0),)
        found = [self._number(key, text, dimension, least) for text in self._split(key, value)]
        numbers = [x for x in found if x is not None]
        return tuple(numbers) if numbers else (max(least, 1.0),)

    def one(self, key: str, dimension: str, *, least: float = 0.0) -> float | None:
        """One value above zero, or None where it was not given."""
        value = self._given.get(key)
        return None if value is None else self._number(key, value, dimension, least)

    def freeze(self, ratios: Sequence[float]) -> Freeze:
        """Where frozen flow freezes."""
        value = self._given.get("freeze", "throat")
        if value in ("throat", "chamber"):
            return value
        last = math.inf if any(one.key == "area_ratio" for one in self._wrong) else min(ratios)
        expected = f"throat, chamber, or an area ratio from 1 to {last:g}, that of the exit"
        try:
            found = float(value)
        except (TypeError, ValueError):
            self.tell("freeze", value, expected, meant(str(value), ("throat", "chamber")))
            return "throat"
        if not 1.0 <= found <= last:
            self.tell("freeze", value, expected)
            return "throat"
        return found

    def outside(self) -> tuple[Outside, ...]:
        """Where Isp is told besides vacuum and sea level."""
        made: list[Outside] = []
        value = self._given.get("ambient")
        if value is not None:
            pressure = self._number("ambient", value, "pressure", 0.0, zero=True)
            if pressure is not None:
                made.append(Outside(_shown(value, "Pa"), pressure))
        value = self._given.get("height")
        if value is not None:
            height = self._number("height", value, "length", 0.0, zero=True)
            if height is not None:
                made.append(Outside(_shown(value, "m"), standard_pressure(height)))
        return tuple(made)

    def _split(self, key: str, value: object) -> list[Any]:
        if not isinstance(value, str):
            many = isinstance(value, Sequence) or hasattr(value, "tolist")
            return list(value) if many else [value]  # type: ignore[call-overload]
        match = _STEPS.fullmatch(value)
        if match is not None:
            return self._steps(key, value, match)
        try:
            ends = 2 if key == "mixture" and self._given.get("optimum") else None
            return _united(parse_values(value, ends)) or [value]
        except InputError as error:
            (one,) = error.problems
            hint = "or FIRST:LAST:STEP UNIT, as 4:8:0.5"
            self.tell(key, value, one.expected, hint)
            return []

    def _steps(self, key: str, value: str, match: re.Match[str]) -> list[Any]:
        first, last, step = (float(match[name]) for name in ("first", "last", "step"))
        count = math.floor((last - first) / step * (1.0 + 1e-12) + 1e-9) + 1 if step else 0
        if not 2 <= count <= _MOST_VALUES:
            expected = "FIRST:LAST:STEP with two values or more, as 4:8:0.5"
            self.tell(key, value, expected)
            return []
        unit = (match["unit"] or "").strip()
        numbers = [first + i * step for i in range(count)]
        return [f"{x:.12g} {unit}" if unit else float(f"{x:.12g}") for x in numbers]

    def _number(
        self, key: str, value: object, dimension: str, least: float, *, zero: bool = False
    ) -> float | None:
        expected = _expected(dimension, least, zero=zero)
        try:
            found = _read(value, dimension)
        except UnitError as error:
            (one,) = error.problems
            self.tell(key, value, expected, one.hint)
            return None
        except (TypeError, ValueError):
            self.tell(key, value, expected)
            return None
        fits = found >= 0.0 if zero else found > 0.0
        if not (math.isfinite(found) and fits and (found > least or not least)):
            self.tell(key, value, expected)
            return None
        return found


def _united(values: list[Any]) -> list[Any]:
    """`50, 100 bar` are both in bar: numbers alone take the unit of the last value."""
    if not _texts(values) or re.fullmatch(_NUMBER, values[-1]):
        return values
    match = re.fullmatch(rf"{_NUMBER}\s*([A-Za-z].*)", values[-1])
    if match is None:
        return values
    return [f"{x} {match[1]}" if re.fullmatch(_NUMBER, x) else x for x in values]


def _texts(values: list[Any]) -> bool:
    return len(values) > 1 and all(isinstance(x, str) for x in values)


_EXAMPLES: Final = {
    "fuel": "LH2",
    "oxidiser": "LOX",
    "pressure": "70 bar",
    "mixture": "6",
    "area_ratio": "40",
}


def _expected(dimension: str, least: float, *, zero: bool) -> str:
    what = describe(dimension, listed=False) if dimension else "a number"
    unit = f" in {', '.join(UNITS[dimension])}" if dimension else ""
    bound = "0 or more" if zero else f"above {least:g}"
    return f"{what} {bound}{unit}"


def _read(value: object, dimension: str) -> float:
    """A value in SI: a float is one already, a text has its unit."""
    if isinstance(value, bool):
        raise TypeError
    if hasattr(value, "item"):
        value = value.item()  # type: ignore[attr-defined] - of NumPy
    if isinstance(value, (int, float)) or not dimension:
        return float(value)  # type: ignore[arg-type] - or it says so
    return parse(value, dimension)


def _shown(value: object, unit: str) -> str:
    return value if isinstance(value, str) else format_quantity(float(value), unit)  # type: ignore[arg-type]


def standard_pressure(height: float) -> float:
    """Pressure of the US Standard Atmosphere 1976 at a geometric height [Pa]."""
    import jax.numpy as jnp

    from yaan.base.session import computing
    from yaan.environment.atmosphere import load_standard_atmosphere

    with computing():
        return float(load_standard_atmosphere().at(jnp.asarray(float(height))).pressure)


Tell = Callable[[int, int], None]
