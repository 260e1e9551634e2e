"""One equilibrium from the start: the phases that are there are found, not believed.

Slower than `cea` by a hundred, and used only where the guard refuses what `cea` says: Newton's
steps with the phases at hand, then the phase with the largest driving force is put in and what has
run dry is taken out, until nothing would lower the Gibbs energy.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from yaan.base.errors import NoSolutionError
from yaan.chemistry import gibbs
from yaan.chemistry.guard import DRIVING, Mixture, forces
from yaan.chemistry.species import SpeciesTable

_STEPS: Final = 150  # of Newton's, for one set of phases
_CLOSE: Final = 1e-12  # relative size of the last step
_DRY: Final = 1e-9  # share of all moles below which a phase is taken out
_SETS: Final = 30  # sets of phases that are tried
_SEED: Final = 1e-4  # share of all moles with which a phase is put in


@dataclass(frozen=True, slots=True)
class Goal:
    """One equilibrium: its kind (`gibbs.TP`, `HP`, `SP`), what is given, and the elements.

    Attributes:
        kind: what is given besides the pressure.
        target: temperature [K], enthalpy [J/kg] or entropy [J/(kg K)].
        pressure: [Pa].
        atoms: of each element [mol/kg].
    """

    kind: int
    target: float
    pressure: float
    atoms: Float[np.ndarray, "elements"]


def settle(
    table: SpeciesTable,
    goal: Goal,
    temperature: float,
    amounts: Float[np.ndarray, "species"],
) -> tuple[float, Float[np.ndarray, "species"]]:
    """The minimum of the Gibbs energy over the species of `table`, from a first guess.

    Returns:
        Temperature [K] and amounts [mol/kg]; an error where none was found.
    """
    problem = gibbs.Problem(
        np.array([goal.kind]), goal.atoms[None], np.array([goal.pressure]), np.array([goal.target])
    )
    t, n = np.array([temperature]), np.array(amounts, float)[None]
    tried: set[tuple[int, ...]] = set()
    swapped: set[tuple[int, int]] = set()
    for _ in range(_SETS):
        t, n, converged = _newton(table, problem, t, n)
        total = float(n.sum())
        dry = table.condensed & (n[0] > 0.0) & (n[0] < _DRY * total)
        if np.any(dry):
            n[0, dry] = 0.0
            continue
        if not converged:
            break
        if _put_right(table, goal, t, n, swapped):
            continue
        wanted = _wanted(table, goal, t, n)
        if wanted is None:
            return float(t[0]), n[0]
        present = tuple(np.flatnonzero(table.condensed & (n[0] > 0.0)).tolist())
        if (*present, -1 - wanted) in tried:
            break
        tried.add((*present, -1 - wanted))
        n[0, wanted] = _SEED * total
    raise NoSolutionError("the phases that are in equilibrium could not be found")


def _put_right(
    table: SpeciesTable,
    goal: Goal,
    t: Float[np.ndarray, "1"],
    n: Float[np.ndarray, "1 species"],
    swapped: set[tuple[int, int]],
) -> bool:
    """Put the phase of this temperature in the place of one that is beyond its range.

    Polynomials mean nothing beyond their range, so that no force tells this. Where one phase leads
    to a temperature of the other and back, both are there, at the temperature between them.
    """
    within = table.within(t)[0]
    for out in np.flatnonzero(table.condensed & (n[0] > 0.0) & ~within).tolist():
        same = table.condensed & np.all(table.atoms == table.atoms[out], axis=1)
        twins = np.flatnonzero(same & within).tolist()
        if not twins:
            continue
        twin = twins[0]
        if (twin, out) in swapped and goal.kind != gibbs.TP and n[0, twin] <= 0.0:
            n[0, twin] = n[0, out] = 0.5 * n[0, out]
            t[0] = max(table.lower[out, 0], table.lower[twin, 0])
        else:
            n[0, twin] += n[0, out]
            n[0, out] = 0.0
            swapped.add((out, twin))
        return True
    return False


def guess(table: SpeciesTable) -> Float[np.ndarray, "species"]:
    """Amounts [mol/kg] to start from where nothing is known: gases alike, 0.1 kmol a kilogram."""
    gases = ~table.condensed
    return np.where(gases, 100.0 / gases.sum(), 0.0)


def _newton(
    table: SpeciesTable,
    problem: gibbs.Problem,
    t: Float[np.ndarray, "1"],
    n: Float[np.ndarray, "1 species"],
) -> tuple[Float[np.ndarray, "1"], Float[np.ndarray, "1 species"], bool]:
    """Newton's steps until they are small; stops early where a phase has run dry."""
    change = np.array([np.inf])
    for _ in range(_STEPS):
        t, n, change = gibbs.refine(table, problem, t, n, 1)
        t = np.clip(t, 60.0, 12_000.0)
        if change[0] < _CLOSE:
            return t, n, True
        present = table.condensed & (n[0] > 0.0)
        if np.any(n[0, present] < _DRY * n.sum()):
            return t, n, False
    return t, n, bool(change[0] < 1e-8)


def _wanted(
    table: SpeciesTable,
    goal: Goal,
    t: Float[np.ndarray, "1"],
    n: Float[np.ndarray, "1 species"],
) -> int | None:
    """The absent phase with the largest driving force; None where there is none."""
    mixture = Mixture.of(table, t, np.array([goal.pressure]), n)
    force = forces(mixture, table, table)[0]
    able = table.condensed & (n[0] <= 0.0) & table.within(t)[0]
    for i in np.flatnonzero(table.condensed & (n[0] > 0.0)).tolist():
        # Which phase of a formula is there is told by the temperature.
        able &= ~np.all(table.atoms == table.atoms[i], axis=1)
    # Per atom: a large molecule is not preferred for its size.
    score = np.where(able, force / table.atoms.sum(axis=1), -np.inf)
    best = int(np.argmax(score))
    return best if able[best] and force[best] > 0.1 * DRIVING else None
