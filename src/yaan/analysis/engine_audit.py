"""The catalogue judges itself: every figure of an engine against physics and against its family.

The tests are: published over ideal specific impulse within the band of the family
(`yaan.propulsion.losses`); thrust = flow x specific impulse x g0, for all that flows, for the fuel,
and on the ground; the exit area that the ground's pressure tells, against throat times area ratio;
the chamber pressure against those of engines of one cycle. Verdicts: held, failed, open (nothing
to judge by). What is assumed by this library is judged like what is published.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.errors import YaanError
from yaan.description.catalogue import Claim, Entry, text_of
from yaan.description.engine_design import CLOSE
from yaan.propulsion.losses import (
    Family,
    family_of,
    pressure_range,
    propellant_class,
    reactants,
)
from yaan.propulsion.shipped import Ideal, Point, ideal
from yaan.results.summary import Verdict

GROUND: Final = 101325.0  # [Pa] of the ground's air in published figures

FIGURE: Final = 0.01
"""Share that a printed thrust may be out by: roundings, and which rating it is of."""

RATINGS: Final = 0.05
"""Share that two flows of one engine may differ by: figures in vacuum and on the ground, or of
the engine and of its chamber, are often of two ratings."""

INPUTS: Final = ("isp", "chamber_pressure", "mixture_ratio", "area_ratio")
"""What the ratio to the ideal rests on, besides the propellants."""

_DESIGN: Final = ("oxidiser", "fuel", "chamber_pressure", "mixture_ratio", "area_ratio")


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim that is not adopted, put in place of the adopted value.

    Attributes:
        key: whose value it would be.
        claim: the claim.
        ratio: published over ideal vacuum specific impulse then; None if there is no ideal.
        fits: whether that lies in the band of the family; None where nothing is to judge by.
    """

    key: str
    claim: Claim
    ratio: float | None
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A published figure beside what physics makes of the others.

    Attributes:
        key: of the engine.
        published: the figure [SI]; None where nobody prints it.
        predicted: what follows from the other figures, without losses [SI].
        how: in words.
    """

    key: str
    published: float | None
    predicted: float
    how: str

    @property
    def ratio(self) -> float | None:
        """Published over predicted."""
        return None if self.published is None else self.published / self.predicted


@dataclass(frozen=True, slots=True)
class Audit:
    """What is found of one engine.

    Attributes:
        entry: the engine.
        family: whose losses it is judged by; None if no family is known.
        ideal: ideal performance of its design point; None if there is none, see `why`.
        why: why there is no ideal; empty where there is one.
        compared: figures beside predictions.
        judged: what each claim that is not adopted would make.
        verdicts: each test, whether it holds.
    """

    entry: Entry
    family: Family | None
    ideal: Ideal | None
    why: str
    compared: tuple[Compared, ...]
    judged: tuple[Judged, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def ratio(self) -> float | None:
        """Specific impulse over that of shifting equilibrium, in vacuum: the efficiency implied."""
        return None if self.ideal is None else self.entry.spec.isp / self.ideal.shifting

    @property
    def frozen_ratio(self) -> float | None:
        """The same over that of flow frozen at the throat."""
        return None if self.ideal is None else self.entry.spec.isp / self.ideal.frozen

    @property
    def flagged(self) -> tuple[Verdict, ...]:
        """The tests that failed."""
        return tuple(one for one in self.verdicts if one.passed is False)

    @property
    def verdict(self) -> str:
        """In one word: failed if a test did, open if the ratio cannot be judged, else held."""
        if self.flagged:
            return "failed"
        return "held" if self.verdicts[0].passed else "open"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A row of the class table: the engines of a family whose specific impulse is published.

    Attributes:
        family: the family.
        engines: their names.
        shifting: least, mean and greatest ratio to shifting equilibrium.
        frozen: the same to flow frozen at the throat.
    """

    family: Family
    engines: tuple[str, ...]
    shifting: tuple[float, float, float]
    frozen: tuple[float, float, float]


def audit(entry: Entry, *, solve: bool = True) -> Audit:
    """Judge one engine; `solve`: a design point that is not shipped is solved, if cea is there."""
    design = entry.design
    cycle = design.family or design.cycle
    family = family_of(propellant_class(design.oxidiser, design.fuel), cycle)
    found = ideal_of(entry, solve=solve)
    performance = None if isinstance(found, str) else found
    judged = tuple(_judged(entry, family, solve=solve))
    verdicts = (
        _in_family(entry, family, found, judged),
        *_flows(entry),
        *_ground(entry, family, performance),
        *_pressure(entry, cycle),
    )
    return Audit(
        entry=entry,
        family=family,
        ideal=performance,
        why=found if isinstance(found, str) else "",
        compared=tuple(_compared(entry, performance)),
        judged=judged,
        verdicts=verdicts,
    )


def audit_all(entries: Mapping[str, Entry], *, solve: bool = True) -> dict[str, Audit]:
    """Judge every engine of a catalogue, by name."""
    return {name: audit(entry, solve=solve) for name, entry in entries.items()}


def class_table(audits: Iterable[Audit]) -> tuple[ClassRow, ...]:
    """The class table: published over ideal specific impulse, by families.

    An engine counts if a source prints its specific impulse, and its design point is whole.
    """
    rows: dict[str, list[Audit]] = {}
    for one in audits:
        if one.family and one.ideal and one.entry.figures["isp"].published:
            rows.setdefault(one.family.name, []).append(one)
    return tuple(_row(members) for _, members in sorted(rows.items()))


def _row(members: list[Audit]) -> ClassRow:
    def spread(ratios: list[float]) -> tuple[float, float, float]:
        return min(ratios), math.fsum(ratios) / len(ratios), max(ratios)

    family = members[0].family
    assert family is not None
    return ClassRow(
        family=family,
        engines=tuple(one.entry.name for one in members),
        shifting=spread([one.ratio for one in members if one.ratio]),
        frozen=spread([one.frozen_ratio for one in members if one.frozen_ratio]),
    )


def points_of(entry: Entry) -> dict[str, Point]:
    """The design point that is adopted, and those with one value replaced by that of a claim."""
    values = {key: entry.value(key) for key in _DESIGN}
    found = {"adopted": _point(values)}
    for key, claim in _others(entry):
        if key != "isp":
            found[_called(key, claim)] = _point({**values, key: claim.value})
    return {name: point for name, point in found.items() if point is not None}


def ideal_of(entry: Entry, *, solve: bool = True) -> Ideal | str:
    """Ideal performance of the adopted design point, or why there is none."""
    values = {key: entry.value(key) for key in _DESIGN}
    missing = [key.replace("_", " ") for key, value in values.items() if value is None]
    if missing:
        return f"{' and '.join(missing)} not known"
    point = _point(values)
    if point is None:
        return f"{values['oxidiser']} and {values['fuel']} are no pair that is known"
    found = ideal(point, solve=solve)
    return str(found) if isinstance(found, YaanError) else found


def _point(values: Mapping[str, Any]) -> Point | None:
    if any(value is None for value in values.values()):
        return None
    names = reactants(values["oxidiser"], values["fuel"])
    numbers = (values[key] for key in ("chamber_pressure", "mixture_ratio", "area_ratio"))
    return None if names is None else Point(*names, *(float(x) for x in numbers))


def _others(entry: Entry) -> Iterator[tuple[str, Claim]]:
    """The claims, not adopted, of what the ratio to the ideal rests on."""
    for key in (*INPUTS, "oxidiser", "fuel"):
        if key in entry.figures:
            yield from ((key, claim) for claim in entry.figures[key].conflicts)


def _called(key: str, claim: Claim) -> str:
    return f"{key.replace('_', ' ')} {claim.text}"


def _judged(entry: Entry, family: Family | None, *, solve: bool) -> Iterator[Judged]:
    points = points_of(entry)
    for key, claim in _others(entry):
        isp = claim.value if key == "isp" else entry.spec.isp
        point = points.get("adopted" if key == "isp" else _called(key, claim))
        found = None if point is None else ideal(point, solve=solve)
        if found is None or isinstance(found, YaanError):
            yield Judged(key, claim, None, None)
        else:
            ratio = isp / found.shifting
            yield Judged(key, claim, ratio, None if family is None else ratio in family.band)


def _in_family(
    entry: Entry, family: Family | None, found: Ideal | str, judged: Iterable[Judged]
) -> Verdict:
    """Whether the efficiency that is implied is that of its family."""
    name = "specific impulse over ideal"
    told = "; ".join(
        f"{one.ratio:.3f} with {_called(one.key, one.claim)} (grade {one.claim.grade})"
        for one in judged
        if one.ratio is not None
    )
    limit = "" if family is None else f"{family.band.low:.3f} to {family.band.high:.3f}"
    if isinstance(found, str):
        return _verdict(name, None, "not known", limit, "; ".join(filter(None, (found, told))))
    ratio = entry.spec.isp / found.shifting
    if family is None:
        design = entry.design
        text = f"no family of {design.oxidiser} / {design.fuel}, {design.cycle}, is known"
        return _verdict(name, None, f"{ratio:.4f}", limit, text)
    band, words = family.band, [family.name]
    passed = ratio in band
    if not passed:
        low, high = (end * found.shifting for end in (band.low, band.high))
        words.append(f"{low:.1f} to {high:.1f} s would be in it")
        doubtful = [key for key in INPUTS if _doubtful(entry, key)]
        named = ", ".join(f"{key.replace('_', ' ')}{_grade(entry, key)}" for key in doubtful)
        words.append(f"doubtful: {named}" if named else "no input is doubtful by its source")
    words += [told] if told else []
    return _verdict(name, passed, f"{ratio:.4f}", limit, "; ".join(words))


def _doubtful(entry: Entry, key: str) -> bool:
    figure = entry.figures.get(key)
    return figure is not None and (figure.grade == "C" or bool(figure.conflicts))


def _grade(entry: Entry, key: str) -> str:
    figure = entry.figures[key]
    return f" (grade {figure.grade}{', sources differ' if figure.conflicts else ''})"


def _flows(entry: Entry) -> Iterator[Verdict]:
    """Thrust is flow times specific impulse: of all, of the fuel, on the ground."""
    spec, design = entry.spec, entry.design
    if spec.thrust is None:
        return
    flow = spec.thrust / (spec.isp * STANDARD_GRAVITY)
    from_both = f"thrust and specific impulse make {flow:.4g} kg/s"
    if design.flow is not None:
        yield _close("flow", design.flow, flow, CLOSE, from_both)
    if design.fuel_flow is not None and design.mixture_ratio is not None:
        fuel = flow / (1.0 + design.mixture_ratio)
        text = f"{from_both}, of which {fuel:.4g} kg/s are fuel at {design.mixture_ratio:g}"
        yield _close("fuel flow", design.fuel_flow, fuel, RATINGS, text)
    ground, isp = design.sea_level_thrust, design.sea_level_isp
    if ground is not None and isp is not None:
        there = ground / (isp * STANDARD_GRAVITY)
        text = f"flow on the ground, of its thrust and specific impulse; {from_both} in vacuum"
        yield _close("sea-level figures", there, flow, RATINGS, text)


def _close(name: str, value: float, wanted: float, share: float, text: str) -> Verdict:
    passed = abs(value / wanted - 1.0) <= share
    limit = f"{wanted:.4g} kg/s within {share:.0%}"
    return _verdict(name, passed, f"{value:.4g} kg/s", limit, text)


def throat_area(entry: Entry, found: Ideal) -> float | None:
    """Throat of all chambers [m^2] that passes thrust over specific impulse without losses."""
    if entry.spec.thrust is None:
        return None
    flow = entry.spec.thrust / (entry.spec.isp * STANDARD_GRAVITY)
    return flow * found.cstar / found.point.pressure


def _ground(entry: Entry, family: Family | None, found: Ideal | None) -> Iterator[Verdict]:
    """The exit area that the two thrusts tell is throat times area ratio."""
    thrust, ground = entry.spec.thrust, entry.design.sea_level_thrust
    if thrust is None or ground is None or found is None:
        return
    throat = throat_area(entry, found)
    assert throat is not None
    told = (thrust - ground) / GROUND
    slack = FIGURE * (thrust + ground) / GROUND  # both figures out the wrong way
    most = throat * found.point.area_ratio
    lost = ("characteristic velocity", "turbine exhaust")
    least = most * math.prod(f.low for f in family.factors if f.name in lost) if family else most
    passed = told + slack >= least and told - slack <= most
    coefficient = thrust * found.point.area_ratio / (found.point.pressure * told)
    text = (
        f"(vacuum - sea-level thrust) / 101,325 Pa, each to {FIGURE:.0%}, against throat times "
        f"area ratio; thrust coefficient {coefficient:.3f}, ideal {found.thrust_coefficient:.3f}"
    )
    value = f"{told:.3g} +/- {slack:.2g} m2"
    yield _verdict("exit area", passed, value, f"{least:.3g} to {most:.3g} m2", text)


def _pressure(entry: Entry, cycle: str) -> Iterator[Verdict]:
    """Cycles have their pressures: a turbine whose exhaust is dumped pays for each megapascal."""
    value, limits = entry.design.chamber_pressure, pressure_range(cycle)
    if value is None or limits is None:
        return
    low, high = limits
    text = f"where one more engine lies with 95 %, by the catalogue's with {cycle}"
    told = f"{low / 1e6:.2g} to {high / 1e6:.3g} MPa"
    shown = text_of("chamber_pressure", value)
    yield _verdict("chamber pressure of its cycle", low <= value <= high, shown, told, text)


def _compared(entry: Entry, found: Ideal | None) -> Iterator[Compared]:
    spec, design = entry.spec, entry.design
    if spec.thrust is not None:
        flow = spec.thrust / (spec.isp * STANDARD_GRAVITY)
        yield Compared("flow", design.flow, flow, "thrust over specific impulse")
    if found is None:
        return
    yield Compared("isp", spec.isp, found.shifting, "ideal, shifting, in vacuum")
    yield Compared("isp", spec.isp, found.frozen, "ideal, frozen at the throat, in vacuum")
    if design.sea_level_isp is not None:
        here = found.shifting_at(GROUND)
        yield Compared(
            "sea_level_isp", design.sea_level_isp, here, "ideal, shifting, on the ground"
        )
    claimed = entry.figures.get("exit_pressure")
    if claimed is not None:
        values = [claimed.value, *(claim.value for claim in claimed.conflicts)]
        printed = next((one for one in values if one is not None), None)
        yield Compared("exit_pressure", printed, found.exit_pressure, "ideal, shifting")
    throat = throat_area(entry, found)
    if throat is not None:
        area = spec.exit_area or None
        predicted = throat * found.point.area_ratio
        yield Compared("exit_area", area, predicted, "throat times area ratio")


def _verdict(name: str, passed: bool | None, value: str, limit: str, text: str) -> Verdict:
    return Verdict(name=name, passed=passed, value=value, limit=limit, text=text, state=None)
