"""Shifting expansion: chamber, throat and exits in equilibrium, solved by `cea`, each certified."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from yaan.base.errors import NoSolutionError, YaanError
from yaan.chemistry import own, process
from yaan.chemistry.feed import System
from yaan.chemistry.guard import TRACE
from yaan.chemistry.products import ProductList, products, table_of
from yaan.chemistry.species import GAS_CONSTANT, SpeciesTable
from yaan.chemistry.stations import Point, Raw, Refused, Stations, certify

_ROUNDS: Final = 4  # of adding species to the product list
_SAME_GAS: Final = 1e-5  # difference of a mole fraction that transport does not see
_BATCH: Final = 4096  # points that are added to a product list together


def expand(points: Sequence[Point], *, transport: bool = False) -> list[Stations | YaanError]:
    """Solve and certify many points; a point that cannot be certified has an error instead."""
    answers: dict[int, Stations | YaanError] = {}
    systems: dict[System, list[int]] = {}
    for i, point in enumerate(points):
        systems.setdefault(point.feed.system, []).append(i)
    for system, indices in systems.items():
        for start in range(0, len(indices), _BATCH):
            some = indices[start : start + _BATCH]
            found = _expand(system, [points[i] for i in some], transport)
            answers.update(zip(some, found, strict=True))
    return [answers[i] for i in range(len(points))]


def _expand(system: System, points: list[Point], transport: bool) -> list[Stations | YaanError]:
    listed = products(system)
    if not listed.known:
        _learn(system, listed, points)
    answers: dict[int, Stations | Refused] = {}
    open_ = list(range(len(points)))
    for _ in range(_ROUNDS):
        found = _solve(system, listed, [points[i] for i in open_], transport)
        answers.update(zip(open_, found, strict=True))
        refused = {i: answers[i] for i in open_ if isinstance(answers[i], Refused)}
        wanted = {name for one in refused.values() for name in one.missing}  # pyright: ignore
        if not listed.keep(wanted):
            break
        open_ = [i for i, one in refused.items() if one.missing]  # pyright: ignore
    refused = [i for i, one in answers.items() if isinstance(one, Refused)]
    if refused:
        answers.update(_by_full_list(system, listed, points, refused, transport))
    ended: list[Stations | YaanError] = []
    for i, answer in sorted(answers.items()):
        if isinstance(answer, Stations):
            ended.append(answer)
            continue
        found = _by_own(listed, points[i], answer)
        if transport and isinstance(found, Stations):
            found = replace(found, transport=_transport(system, points[i], found))
        ended.append(found)
    return ended


def _by_full_list(
    system: System,
    listed: ProductList,
    points: Sequence[Point],
    refused: Sequence[int],
    transport: bool,
) -> dict[int, Stations | Refused]:
    """What was refused with the trimmed list, with all species; what it finds is kept."""
    table = listed.full
    found: dict[int, Stations | Refused] = {}
    left = list(refused)
    for part in _ask(system, table, [points[i] for i in refused], transport):
        some, left = left[: len(part)], left[len(part) :]
        judged = _judged(table, table, [points[i] for i in some], part)
        found.update(zip(some, judged, strict=True))
        for one in judged:
            if isinstance(one, Stations):
                listed.keep_found(one.mixture.amounts)
    return found


def _learn(system: System, listed: ProductList, points: Sequence[Point]) -> None:
    """Find the species that matter, with the full list, at the corners of what is asked."""
    keys = (
        lambda p: p.pressure,
        lambda p: float(p.feed.enthalpy),
        lambda p: max(p.supersonic, default=1.0),
    )
    corners = {id(f(points, key=key)): f(points, key=key) for key in keys for f in (min, max)}
    for answer in itertools.chain(*_ask(system, listed.full, list(corners.values()), False)):
        if isinstance(answer, YaanError):
            continue
        listed.keep_found(answer["nj"])
    if not listed.known:
        listed.keep(listed.full.names)


def _ask(
    system: System, table: SpeciesTable, points: Sequence[Point], transport: bool
) -> Iterator[list[dict[str, Any] | process.WorkerError]]:
    described = {
        "formulas": system.formulas,
        "products": table.names,
        "ions": system.ions,
        "transport": transport,
        "insert": (),
    }
    return process.solve("rocket", described, [problem(point) for point in points])


def problem(point: Point) -> dict[str, Any]:
    """The library's arguments; it knows bars, and enthalpies over its gas constant a kmol."""
    asked: dict[str, Any] = {
        "weights": np.array(point.feed.weights),
        "pc": point.pressure * 1e-5,
        "hc": point.feed.enthalpy / (GAS_CONSTANT * 1e3),
        "iac": not point.finite,
    }
    if point.pressure_ratios:
        asked["pi_p"] = np.array(point.pressure_ratios)
    if point.subsonic:
        asked["subar"] = np.array(point.subsonic)
    if point.supersonic:
        asked["supar"] = np.array(point.supersonic)
    if point.contraction is not None:
        asked["ac_at"] = point.contraction
    if point.mass_flux is not None:
        asked["mdot"] = point.mass_flux
    return asked


def _solve(
    system: System, listed: ProductList, points: Sequence[Point], transport: bool
) -> list[Stations | Refused]:
    """The library's answers with the trimmed list, certified or refused."""
    table = listed.kept
    found: list[Stations | Refused] = []
    for part in _ask(system, table, points, transport):
        asked = points[len(found) : len(found) + len(part)]
        found += _judged(table, listed.full, asked, part)
    return found


def _judged(
    table: SpeciesTable,
    full: SpeciesTable,
    points: Sequence[Point],
    part: Sequence[dict[str, Any] | process.WorkerError],
) -> list[Stations | Refused]:
    raws: list[Raw | Refused] = [
        Refused(answer, frozenset()) if isinstance(answer, YaanError) else _raw(point, answer)
        for point, answer in zip(points, part, strict=True)
    ]
    usable = [(point, raw) for point, raw in zip(points, raws, strict=True) if isinstance(raw, Raw)]
    if not usable:
        return [raw for raw in raws if isinstance(raw, Refused)]
    judged = iter(certify([one for one, _ in usable], [raw for _, raw in usable], table, full))
    return [raw if isinstance(raw, Refused) else next(judged) for raw in raws]


def _raw(point: Point, answer: dict[str, Any]) -> Raw | Refused:
    expected, count = len(point.roles()), len(answer["T"])
    sound = all(np.all(np.isfinite(answer[name])) for name in ("T", "P", "nj"))
    positive = sound and count and answer["T"].min() > 0.0 and answer["P"].min() > 0.0
    if answer["error"] > 0 or count != expected or not positive:
        text = f"cea stopped after {count} of {expected} stations (its code {answer['error']})"
        if count == expected and answer["error"] <= 0:
            text = "cea's numbers are not finite"
        return Refused(YaanError(text), frozenset())
    transport = _carried(answer) if "viscosity" in answer else None
    return Raw(answer["T"], answer["P"] * 1e5, answer["nj"] * 1e3, transport)


def _carried(answer: dict[str, Any]) -> Float[np.ndarray, "n 3"]:
    """Viscosity [Pa s], conductivity [W/(m K)] and Prandtl number of an answer.

    The library has millipoise, and milliwatts a centimetre and kelvin.
    """
    return np.stack(
        [answer["viscosity"] * 1e-4, answer["conductivity_eq"] * 0.1, answer["Pr_eq"]], axis=1
    )


def _transport(system: System, point: Point, stations: Stations) -> Float[np.ndarray, "n 3"]:
    """Transport properties of stations that were found here, station by station.

    The library is asked at their temperature and pressure, over the species that are there; where
    it does not find their gas again, nothing is told.
    """
    mixture, gas = stations.mixture, ~stations.table.condensed
    told = np.full((len(mixture.temperature), 3), np.nan)
    for i, amounts in enumerate(mixture.amounts):
        kept = np.flatnonzero(amounts > TRACE * amounts.sum())
        described = {
            "formulas": system.formulas,
            "products": tuple(stations.table.names[k] for k in kept),
            "ions": system.ions,
            "transport": True,
            "insert": (),
        }
        state = (
            "tp",
            mixture.temperature[i],
            mixture.pressure[i] * 1e-5,
            np.array(point.feed.weights),
        )
        (answer,) = itertools.chain(*process.solve("equilibrium", described, [state]))
        if isinstance(answer, YaanError) or not np.all(np.isfinite(answer["nj"])):
            continue
        off = np.abs(answer["nj"][0] * 1e3 - amounts[kept])[gas[kept]]
        if off.max() < _SAME_GAS * mixture.gas_amount[i]:
            told[i] = _carried(answer)[0]
    return told


def _by_own(listed: ProductList, point: Point, refused: Refused) -> Stations | YaanError:
    """Yaan's own search where the library's answer does not hold; else the library's failure."""
    names = set(listed.kept.names) | set(refused.missing)
    names |= set(np.array(listed.full.names)[listed.full.condensed].tolist())
    last = refused.error
    for _ in range(_ROUNDS):
        table = table_of(tuple(n for n in listed.full.names if n in names), listed.full.elements)
        try:
            raw = own.expand(table, point)
        except NoSolutionError as error:
            if len(names) == len(listed.full.names):
                return YaanError(f"{last}; and {error}")
            names = set(listed.full.names)
            continue
        note = f"{own.NOTE}: {refused.error}"
        (found,) = certify([point], [replace(raw, notes=(note,))], table, listed.full)
        if not isinstance(found, Refused):
            return found
        last = found.error
        if found.missing <= names:
            break
        names |= found.missing
    return last
