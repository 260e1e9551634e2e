"""Newton's steps to the minimum of the Gibbs energy, for many stations at once.

The unknowns are the potentials of the elements, the amounts of the condensed phases that are
there, the amount of gas and the temperature; the equations are those of Gordon and McBride (NASA
RP-1311 part I, chapter 2; written from the Lagrangian, the report was not re-read). `cea` stops at
an imbalance of the elements of about 1e-8; one or two steps from there leave nothing to be seen.
The same matrix gives the heat capacity and the isentropic exponent in equilibrium.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from yaan.chemistry.guard import Mixture
from yaan.chemistry.species import GAS_CONSTANT, STANDARD_PRESSURE, SpeciesTable

TP: Final = 0
"""Temperature and pressure are given."""
HP: Final = 1
"""Enthalpy and pressure are given."""
SP: Final = 2
"""Entropy and pressure are given."""

_LEAST: Final = 1e-40  # share of a gas below which its logarithm is held


@dataclass(frozen=True, eq=False)
class Problem:
    """What is asked of each station.

    Attributes:
        kind: `TP`, `HP` or `SP`, one a station.
        atoms: of each element [mol/kg].
        pressure: [Pa].
        target: temperature [K], enthalpy [J/kg] or entropy [J/(kg K)], as the kind says.
    """

    kind: Float[np.ndarray, "n"]
    atoms: Float[np.ndarray, "n elements"]
    pressure: Float[np.ndarray, "n"]
    target: Float[np.ndarray, "n"]


@dataclass(frozen=True, eq=False)
class _Terms:
    """The sums of one state that the matrix is made of."""

    gas: Float[np.ndarray, "n species"]
    h: Float[np.ndarray, "n species"]
    s: Float[np.ndarray, "n species"]
    potentials: Float[np.ndarray, "n species"]
    present: Bool[np.ndarray, "n condensed"]
    condensed: Sequence[int]
    heat: Float[np.ndarray, "n"]


def refine(
    table: SpeciesTable,
    problem: Problem,
    temperature: Float[np.ndarray, "n"],
    amounts: Float[np.ndarray, "n species"],
    steps: int = 2,
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n species"], Float[np.ndarray, "n"]]:
    """Take Newton's steps from a state close to the answer.

    Returns:
        Temperature [K], amounts [mol/kg], and the size of the last step: the largest relative
        change of temperature or of an amount that matters.
    """
    change = np.full(len(temperature), np.inf)
    for _ in range(steps):
        temperature, amounts, change = _step(table, problem, temperature, amounts)
    return temperature, amounts, change


def _step(
    table: SpeciesTable,
    problem: Problem,
    temperature: Float[np.ndarray, "n"],
    amounts: Float[np.ndarray, "n species"],
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n species"], Float[np.ndarray, "n"]]:
    terms = _terms(table, problem.pressure, temperature, amounts)
    matrix = _matrix(table, terms, problem.kind)
    right = _right(table, terms, problem, temperature, amounts)
    unknown = solve(matrix, right)
    elements, phases = len(table.elements), len(terms.condensed)
    potential = unknown[:, :elements]
    of_phases = unknown[:, elements : elements + phases]
    of_gas, of_temperature = unknown[:, -2], unknown[:, -1]
    logs = (
        of_gas[:, None]
        + np.einsum("ne,se->ns", potential, table.atoms)
        + terms.h * of_temperature[:, None]
        - terms.potentials
    )
    damping = _damping(terms, logs, of_gas, of_temperature)
    moved = amounts * np.exp(np.clip(damping[:, None] * logs, -60.0, 60.0))
    moved[:, terms.condensed] = np.maximum(
        amounts[:, terms.condensed] + damping[:, None] * of_phases * terms.present, 0.0
    )
    # A phase that Newton's step empties stays, almost empty: whether it leaves is judged outside.
    total = amounts.sum(axis=1)[:, None]
    held = terms.present & (moved[:, terms.condensed] <= 0.0)
    moved[:, terms.condensed] = np.where(
        held, 0.2 * amounts[:, terms.condensed], moved[:, terms.condensed]
    )
    share = np.abs(moved - amounts) / total
    change = np.maximum(np.abs(of_temperature), share.max(axis=1))
    return temperature * np.exp(damping * of_temperature), moved, change


def _damping(
    terms: _Terms,
    logs: Float[np.ndarray, "n species"],
    of_gas: Float[np.ndarray, "n"],
    of_temperature: Float[np.ndarray, "n"],
) -> Float[np.ndarray, "n"]:
    """Share of a step that is taken, as RP-1311 limits it: amounts by e^2, heat by e^0.4."""
    total = terms.gas.sum(axis=1)[:, None]
    major = terms.gas > 1e-8 * total
    largest = np.maximum(
        np.max(np.where(major, np.abs(logs), 0.0), axis=1),
        np.maximum(np.abs(of_gas), 5.0 * np.abs(of_temperature)),
    )
    first = 2.0 / np.maximum(largest, 2.0)
    # No gas of which there is almost nothing may become one that matters in one step.
    with np.errstate(divide="ignore", invalid="ignore"):
        small = ~major & (terms.gas > 0.0) & (logs > 0.0)
        room = -9.2 - np.log(np.maximum(terms.gas, 1e-300) / total)
        second = np.where(small, np.abs(room / np.where(small, logs, 1.0)), np.inf)
    return np.minimum(first, np.min(second, axis=1, initial=1.0))


def _terms(
    table: SpeciesTable,
    pressure: Float[np.ndarray, "n"],
    temperature: Float[np.ndarray, "n"],
    amounts: Float[np.ndarray, "n species"],
) -> _Terms:
    cp, h, s = table.dimensionless(temperature)
    gas = np.where(table.condensed, 0.0, amounts)
    total = gas.sum(axis=1)[:, None]
    logs = np.log(np.maximum(gas / total, _LEAST)) + np.log(pressure / STANDARD_PRESSURE)[:, None]
    mixing = np.where(table.condensed, 0.0, logs)
    condensed = np.flatnonzero(table.condensed).tolist()
    present = amounts[:, condensed] > 0.0
    heat = np.einsum("ns,ns->n", amounts, cp)
    return _Terms(gas, h, s - mixing, h - s + mixing, present, condensed, heat)


def _matrix(
    table: SpeciesTable, terms: _Terms, kind: Float[np.ndarray, "n"]
) -> Float[np.ndarray, "n unknowns unknowns"]:
    n, elements, phases = len(kind), len(table.elements), len(terms.condensed)
    size = elements + phases + 2
    matrix = np.zeros((n, size, size))
    weighted = terms.gas[:, None, :] * table.atoms.T  # n, elements, species
    matrix[:, :elements, :elements] = weighted @ table.atoms
    sums = weighted.sum(axis=2)
    matrix[:, :elements, -2] = matrix[:, -2, :elements] = sums
    heats = np.einsum("nes,ns->ne", weighted, terms.h)
    matrix[:, :elements, -1] = heats
    gas_heat = np.einsum("ns,ns->n", terms.gas, terms.h)
    matrix[:, -2, -1] = gas_heat
    last = np.where((kind == SP)[:, None], terms.s, terms.h)
    matrix[:, -1, :elements] = np.einsum("nes,ns->ne", weighted, last)
    matrix[:, -1, -2] = np.einsum("ns,ns->n", terms.gas, last)
    matrix[:, -1, -1] = terms.heat + np.einsum("ns,ns,ns->n", terms.gas, terms.h, last)
    for c, index in enumerate(terms.condensed):
        row, there = elements + c, terms.present[:, c]
        atoms = table.atoms[index]
        matrix[:, row, :elements] = np.where(there[:, None], atoms, 0.0)
        matrix[:, :elements, row] = np.where(there[:, None], atoms, 0.0)
        matrix[:, row, -1] = np.where(there, terms.h[:, index], 0.0)
        matrix[:, -1, row] = np.where(there, last[:, index], 0.0)
        matrix[~there, row, row] = 1.0
    given = kind == TP
    matrix[given, -1, :] = 0.0
    matrix[given, -1, -1] = 1.0
    return matrix


def _right(
    table: SpeciesTable,
    terms: _Terms,
    problem: Problem,
    temperature: Float[np.ndarray, "n"],
    amounts: Float[np.ndarray, "n species"],
) -> Float[np.ndarray, "n unknowns"]:
    n, elements, phases = len(temperature), len(table.elements), len(terms.condensed)
    right = np.zeros((n, elements + phases + 2))
    force = terms.gas * terms.potentials
    right[:, :elements] = problem.atoms - np.einsum("ns,se->ne", amounts - force, table.atoms)
    right[:, elements : elements + phases] = np.where(
        terms.present, terms.potentials[:, terms.condensed], 0.0
    )
    right[:, -2] = force.sum(axis=1)
    h = np.einsum("ns,ns->n", amounts, terms.h)
    s = np.einsum("ns,ns->n", amounts, terms.s)
    heat = problem.target / (GAS_CONSTANT * temperature) - h
    heat += np.einsum("ns,ns->n", force, terms.h)
    entropy = problem.target / GAS_CONSTANT - s + np.einsum("ns,ns->n", force, terms.s)
    given = np.log(np.maximum(problem.target, 1e-300) / temperature)
    right[:, -1] = np.select([problem.kind == HP, problem.kind == SP], [heat, entropy], given)
    return right


def solve(
    matrix: Float[np.ndarray, "n k k"], right: Float[np.ndarray, "n k"]
) -> Float[np.ndarray, "n k"]:
    """Solve each system; in the least-squares sense where elements cannot be told apart."""
    scale = 1.0 / np.maximum(np.sqrt(np.abs(np.einsum("nii->ni", matrix))), 1e-30)
    scale = np.where(np.einsum("nii->ni", matrix) == 0.0, 1.0, scale)
    scaled = matrix * scale[:, :, None] * scale[:, None, :]
    try:
        unknown = np.linalg.solve(scaled, (right * scale)[:, :, None])[:, :, 0]
        if np.all(np.isfinite(unknown)):
            return unknown * scale
    except np.linalg.LinAlgError:
        pass
    pairs = zip(scaled, right * scale, strict=True)
    found = [np.linalg.lstsq(m, r, rcond=1e-14)[0] for m, r in pairs]
    return np.array(found) * scale


def derivatives(
    table: SpeciesTable, mixture: Mixture
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
    """Heat capacity at constant pressure [J/(kg K)] and isentropic exponent, in equilibrium.

    At the melting point of a phase the heat capacity is infinite; the exponent is not.
    """
    terms = _terms(table, mixture.pressure, mixture.temperature, mixture.amounts)
    n = len(mixture.temperature)
    matrix = _matrix(table, terms, np.full(n, HP))
    right = np.zeros(matrix.shape[:2])
    right[:, -1] = 1.0
    response = solve(matrix, right)[:, -1]
    with np.errstate(divide="ignore"):
        capacity = GAS_CONSTANT / response
    return capacity, _exponent(table, terms)


def exponent(table: SpeciesTable, mixture: Mixture) -> Float[np.ndarray, "n"]:
    """Isentropic exponent in equilibrium."""
    terms = _terms(table, mixture.pressure, mixture.temperature, mixture.amounts)
    return _exponent(table, terms)


def _exponent(table: SpeciesTable, terms: _Terms) -> Float[np.ndarray, "n"]:
    """From the response of the gas and of the temperature to pressure, at one entropy."""
    matrix = _matrix(table, terms, np.full(len(terms.gas), SP))
    gas = terms.gas.sum(axis=1)
    right = np.zeros(matrix.shape[:2])
    right[:, : len(table.elements)] = np.einsum("ns,se->ne", terms.gas, table.atoms)
    right[:, -2] = gas
    right[:, -1] = np.einsum("ns,ns->n", terms.gas, terms.s) + gas
    unknown = solve(matrix, right)
    return 1.0 / (1.0 - unknown[:, -2] - unknown[:, -1])
