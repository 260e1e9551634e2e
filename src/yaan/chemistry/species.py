"""Thermodynamic data of species: NASA's nine-coefficient polynomials, read from the `cea` wheel.

The wheel carries NASA's `thermo.inp` as the binary file `thermo.lib` (Apache-2.0). It is read here
by its records, so that nothing of `cea` is imported in this process, and so that every answer of
`cea` can be judged by an evaluation of its own.

Source of the form: McBride, Zehe and Gordon, NASA/TP-2002-211556: Cp/R = sum a_k T^(k-3), with
k = 1..7, H/RT and S/R its integrals with the constants b1 and b2.
"""

import functools
import importlib.util
import itertools
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float

from yaan.base.errors import YaanError, nearest

GAS_CONSTANT: Final = 8.31451
"""Molar gas constant [J/(mol K)], as NASA's polynomials were made with (CODATA 1986)."""

STANDARD_PRESSURE: Final = 1.0e5
"""Pressure of the standard state of the polynomials [Pa]."""

MISSING: Final = (
    "chemical equilibrium needs NASA's cea, which is not installed: pip install 'yaan[engines]' "
    "(there is no wheel of cea for Linux on arm64)"
)

_GAS, _CONDENSED, _SINGLE, _MORE = 319, 175, 111, 216  # bytes of the four kinds of record
_SLACK: Final = 0.5  # [K] by which the polynomials of two phases miss their melting point
_HEAD: Final = 79  # bytes of name, count, reference, formula and phase

Table = Float[np.ndarray, "species intervals 9"]


@dataclass(frozen=True, slots=True)
class Species:
    """One species or reactant as the file holds it.

    Attributes:
        name: NASA's name without the `*` of the file.
        formula: atoms a molecule, symbols in capitals; `E` counts electrons.
        molar_mass: [kg/mol].
        condensed: whether it is a liquid or a solid.
        ranges: lower and upper temperature [K] of each interval; one point for a reactant
            whose enthalpy is known at one temperature only.
        coefficients: nine an interval: a1 to a7, b1, b2.
        enthalpy: [J/mol] at the one temperature; None where there are polynomials.
        product: whether it may form; the file keeps what is only a reactant apart.
    """

    name: str
    formula: Mapping[str, float]
    molar_mass: float
    condensed: bool
    ranges: tuple[tuple[float, float], ...]
    coefficients: tuple[tuple[float, ...], ...]
    enthalpy: float | None = None
    product: bool = False

    def molar_enthalpy(self, temperature: float) -> float:
        """Enthalpy [J/mol] at `temperature` [K], elements at 298.15 K being zero."""
        if self.enthalpy is not None:
            return self.enthalpy
        holding = (i for i, (_, upper) in enumerate(self.ranges) if temperature <= upper)
        row = self.coefficients[next(holding, -1)]
        powers = _enthalpy_powers(np.asarray([temperature]))[0]
        return float(powers @ np.asarray(row)) * GAS_CONSTANT * temperature


def installed() -> Path | None:
    """The file of `cea` that holds the data; None where `cea` is not installed."""
    spec = importlib.util.find_spec("cea")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "data" / "thermo.lib"
    return path if path.is_file() else None


@functools.cache
def library() -> Mapping[str, Species]:
    """All species and reactants by name, as the installed `cea` has them."""
    path = installed()
    if path is None:
        raise YaanError(MISSING)
    try:
        return _read(path.read_bytes())
    except (struct.error, ValueError, IndexError) as error:
        raise YaanError(
            f"{path} cannot be read as species data of cea 3.3 ({error}): "
            "pip install 'yaan[engines]' again"
        ) from error


def species(name: str) -> Species:
    """The species or reactant of this name, or an error that names the nearest."""
    known = library()
    if name not in known:
        hint = nearest(name, known)
        raise YaanError(f"{name}: no species of this name is known{f' ({hint})' if hint else ''}")
    return known[name]


def possible(elements: Iterable[str], *, ions: bool = False) -> tuple[str, ...]:
    """Names of all products that can form of `elements`, gases before condensed phases."""
    allowed = set(elements) | ({"E"} if ions else set())
    fitting = [
        one
        for one in library().values()
        if one.product and set(one.formula) <= allowed and (ions or "E" not in one.formula)
    ]
    return tuple(one.name for one in sorted(fitting, key=lambda one: one.condensed))


def atomic_mass(symbol: str) -> float:
    """Mass of one mole of atoms [kg/mol], as NASA's file has it; `symbol` in capitals."""
    masses = _atoms()
    if symbol not in masses:
        hint = nearest(symbol, masses)
        raise YaanError(
            f"{symbol}: no element of this symbol is known{f' ({hint})' if hint else ''}"
        )
    return masses[symbol]


@functools.cache
def _atoms() -> Mapping[str, float]:
    masses: dict[str, float] = {"E": 5.48579903e-7}
    for one in library().values():
        # Some elements have no atom among the gases: any species of one element tells the mass.
        if len(one.formula) == 1 and "E" not in one.formula:
            ((symbol, count),) = one.formula.items()
            masses.setdefault(symbol, one.molar_mass / count)
    return masses


@dataclass(frozen=True, eq=False)
class SpeciesTable:
    """Species as arrays, in the order of a product list.

    Attributes:
        names: of the species.
        elements: symbols, in the order of the columns of `atoms`.
        atoms: atoms of each element a molecule.
        condensed: whether each is condensed.
        molar_mass: [kg/mol].
        lower: lower end [K] of each interval; inf beyond the last.
        highest: upper end of the last interval [K].
        lowest: temperature [K] below which the phase is another one: none for the coldest of a
            formula, whose first interval holds on down.
        coefficients: of each interval.
    """

    names: tuple[str, ...]
    elements: tuple[str, ...]
    atoms: Float[np.ndarray, "species elements"]
    condensed: Bool[np.ndarray, "species"]
    molar_mass: Float[np.ndarray, "species"]
    lower: Float[np.ndarray, "species intervals"]
    lowest: Float[np.ndarray, "species"]
    highest: Float[np.ndarray, "species"]
    coefficients: Table

    @classmethod
    def of(cls, names: Sequence[str], elements: Sequence[str]) -> "SpeciesTable":
        """The table of the named species over these elements."""
        chosen = [species(name) for name in names]
        width = max(len(one.ranges) for one in chosen)
        lower = np.full((len(chosen), width), np.inf)
        rows = np.zeros((len(chosen), width, 9))
        for i, one in enumerate(chosen):
            lower[i, : len(one.ranges)] = [low for low, _ in one.ranges]
            rows[i, : len(one.ranges)] = one.coefficients
        return cls(
            tuple(names),
            tuple(elements),
            np.array([[one.formula.get(e, 0.0) for e in elements] for one in chosen]),
            np.array([one.condensed for one in chosen]),
            np.array([one.molar_mass for one in chosen]),
            lower,
            np.array([_floor(one) for one in chosen]),
            np.array([one.ranges[-1][1] for one in chosen]),
            rows,
        )

    def dimensionless(
        self, temperature: Float[np.ndarray, "n"]
    ) -> tuple[
        Float[np.ndarray, "n species"],
        Float[np.ndarray, "n species"],
        Float[np.ndarray, "n species"],
    ]:
        """Cp/R, H/RT and S/R of each species at each temperature [K], at the standard pressure.

        The polynomials of the first interval hold below it too, those of the last above.
        """
        t = np.asarray(temperature, float)
        cp, h, s = self._summed(t, (_capacity_powers(t), _enthalpy_powers(t), _entropy_powers(t)))
        return cp, h, s

    def gibbs(self, temperature: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n species"]:
        """G/RT of each species at each temperature [K], at the standard pressure."""
        t = np.asarray(temperature, float)
        return self._summed(t, (_enthalpy_powers(t) - _entropy_powers(t),))[0]

    def _summed(
        self, t: Float[np.ndarray, "n"], powers: Sequence[Float[np.ndarray, "n 9"]]
    ) -> list[Float[np.ndarray, "n species"]]:
        """The polynomials of each species with these powers of the temperatures."""
        found = [np.empty((len(t), len(self.names))) for _ in powers]
        for columns, lower, rows in self._groups:
            interval = np.searchsorted(lower[1:], t, side="left")
            for k in np.unique(interval).tolist():
                which = np.flatnonzero(interval == k)
                for out, power in zip(found, powers, strict=True):
                    # Not by BLAS, whose threads wait for each other on a busy machine.
                    out[which, columns] = np.einsum("nk,ks->ns", power[which], rows[k])
        return found

    @functools.cached_property
    def _groups(self) -> list[tuple[slice, Any, list[Any]]]:
        """Neighbours with the same intervals: their columns, the lower ends, coefficients.

        Gases have two or three intervals with the same lower ends: the last of two holds on.
        """
        groups: list[tuple[slice, Any, list[Any]]] = []
        bounds = [tuple(x for x in row if np.isfinite(x)) for row in self.lower.tolist()]
        start = 0
        for i in range(1, len(bounds) + 1):
            longest = max(bounds[start:i], key=len)
            if i < len(bounds) and _alike(longest, bounds[i]):
                continue
            rows = [
                np.array(
                    [self.coefficients[j, min(k, len(bounds[j]) - 1)] for j in range(start, i)]
                ).T.copy()
                for k in range(len(longest))
            ]
            groups.append((slice(start, i), np.array(longest), rows))
            start = i
        return groups

    def within(self, temperature: Float[np.ndarray, "n"]) -> Bool[np.ndarray, "n species"]:
        """Whether the phase of each condensed species exists at the temperature; gases always."""
        t = np.asarray(temperature, float)[:, None]
        inside = (t >= self.lowest - _SLACK) & (t <= self.highest + _SLACK)
        return ~self.condensed[None, :] | inside


def _floor(one: Species) -> float:
    """Lowest temperature [K] of a phase; zero for the coldest of its formula."""
    lowest = one.ranges[0][0]
    return 0.0 if lowest <= _coldest().get(_formula(one), 0.0) else lowest


@functools.cache
def _coldest() -> Mapping[tuple[tuple[str, float], ...], float]:
    """Where the coldest condensed phase of each formula begins [K]."""
    found: dict[tuple[tuple[str, float], ...], float] = {}
    for one in library().values():
        if one.product and one.condensed:
            key = _formula(one)
            found[key] = min(found.get(key, np.inf), one.ranges[0][0])
    return found


def _formula(one: Species) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(one.formula.items()))


def _alike(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether one list of lower ends begins as the other does, with two at least."""
    both = min(len(one), len(other))
    return both > 1 and one[:both] == other[:both]


def _capacity_powers(t: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 9"]:
    one, zero = np.ones_like(t), np.zeros_like(t)
    return np.stack([t**-2, 1 / t, one, t, t**2, t**3, t**4, zero, zero], axis=-1)


def _enthalpy_powers(t: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 9"]:
    one, zero = np.ones_like(t), np.zeros_like(t)
    powers = [-(t**-2), np.log(t) / t, one, t / 2, t**2 / 3, t**3 / 4, t**4 / 5, 1 / t, zero]
    return np.stack(powers, axis=-1)


def _entropy_powers(t: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 9"]:
    one, zero = np.ones_like(t), np.zeros_like(t)
    powers = [-(t**-2) / 2, -1 / t, np.log(t), t, t**2 / 2, t**3 / 3, t**4 / 4, zero, one]
    return np.stack(powers, axis=-1)


def _read(data: bytes) -> dict[str, Species]:
    """The records of the file: gases, condensed phases (one an interval), reactants."""
    found: dict[str, Species] = {}
    pending: tuple[Species, int] | None = None
    (length,) = struct.unpack_from("<i", data, 0)
    limits = struct.unpack_from("<4d", data, 4)  # 200, 1000, 6000, 20000 K
    gas_ranges = tuple(itertools.pairwise(limits))
    offset = length + 8
    while offset < len(data):
        (length,) = struct.unpack_from("<i", data, offset)
        record = data[offset + 4 : offset + 4 + length]
        offset += length + 8
        if length == _MORE:
            if pending is None:
                raise ValueError("coefficients of no reactant")
            one, pending = _reactant(*pending, record, gas_ranges), None
        else:
            one, intervals = _species(length, record, gas_ranges)
            if length == _SINGLE and intervals:
                pending = one, intervals
                continue
        found[one.name] = _joined(found[one.name], one) if one.name in found else one
    return found


def _species(
    length: int, record: bytes, gas_ranges: tuple[tuple[float, float], ...]
) -> tuple[Species, int]:
    """What one record says, and of how many intervals it is one."""
    name = record[:15].decode("ascii").strip().lstrip("*")
    (intervals,) = struct.unpack_from("<i", record, 15)
    formula: dict[str, float] = {}
    for i in range(5):
        symbol = record[25 + 10 * i : 27 + 10 * i].decode("ascii").strip()
        (count,) = struct.unpack_from("<d", record, 27 + 10 * i)
        if symbol:
            formula[symbol] = count
    (phase,) = struct.unpack_from("<i", record, 75)
    if length not in (_GAS, _CONDENSED, _SINGLE):
        raise ValueError(f"a record of {length} bytes")
    values = [float(x) for x in np.frombuffer(record, "<f8", (length - _HEAD) // 8, _HEAD)]
    mass = values[2] * 1e-3  # the file has grams
    if length == _GAS:
        rows = tuple(tuple(values[3 + 9 * i : 12 + 9 * i]) for i in range(intervals))
        return Species(
            name, formula, mass, False, gas_ranges[:intervals], rows, product=True
        ), intervals
    span = ((values[0], values[1] or values[0]),)
    if length == _CONDENSED:
        return Species(
            name, formula, mass, True, span, (tuple(values[3:]),), product=True
        ), intervals
    return Species(name, formula, mass, phase != 0, span, (), values[3]), intervals


def _reactant(
    head: Species, intervals: int, record: bytes, gas_ranges: tuple[tuple[float, float], ...]
) -> Species:
    """A reactant with polynomials: one interval a record, or those of a gas (air)."""
    table = np.frombuffer(record, "<f8", 27).reshape(3, 9)
    rows = tuple(tuple(float(x) for x in row) for row in table if np.any(row))
    ranges = head.ranges if len(rows) == 1 else gas_ranges[: min(intervals, len(rows))]
    return replace(head, ranges=ranges, coefficients=rows[: len(ranges)], enthalpy=None)


def _joined(old: Species, new: Species) -> Species:
    """A condensed phase with one more interval."""
    return replace(
        old,
        ranges=(*old.ranges, *new.ranges),
        coefficients=(*old.coefficients, *new.coefficients),
    )
