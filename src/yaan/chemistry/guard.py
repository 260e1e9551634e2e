"""Proof of an equilibrium: what is asked of an answer before anybody may read it.

For given temperature, pressure and elements the Gibbs energy of ideal gases and pure condensed
phases is convex, so that these together are enough for its minimum (RP-1311 part I, chapter 2;
not re-read): the elements balance, every species that is there has the chemical potential that the
elements' potentials give it, and no species that is absent would lower the Gibbs energy. With the
enthalpy or the entropy that was asked for, the temperature is proven too. All of it is computed
from the polynomials, not from what the library says of itself.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

from yaan.chemistry.species import GAS_CONSTANT, STANDARD_PRESSURE, SpeciesTable

BALANCE: Final = 1e-8
"""Largest share of all atoms by which an element may be out of balance."""

ENERGY: Final = 1e-6
"""Largest relative error of temperature that the enthalpy or the entropy may be out by."""

STATIONARY: Final = 1e-5
"""Largest difference of the mole fraction of a species from the one that is stationary."""

DRIVING: Final = 1e-5
"""Largest driving force [RT a molecule] towards a condensed phase that is absent."""

TRACE: Final = 1e-8
"""Largest mole fraction that a gas would have that is left out of the product list."""

COLDEST: Final = 160.0
"""Temperature [K] below which nothing is told: a fifth below where the polynomials of gases begin,
as far as `cea` goes too."""

_POLYNOMIALS: Final = 200.0  # [K], where those of gases begin
_SOOT: Final = 5e-3  # share of graphite that is remarked


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was found of an answer; one that is handed out holds.

    Attributes:
        element_balance: largest imbalance of an element, as a share of all atoms.
        energy_residual: relative error of temperature that is left in enthalpy or entropy.
        worst_driving_force: largest driving force [RT] towards an absent condensed phase; -inf
            where none can form.
        absent_phase: the phase with that force; "" where none can form.
        trace_left_out: largest mole fraction of a gas that is left out of the product list.
        stationarity: largest difference of a mole fraction from the stationary one.
        flow_residual: relative error of an area, of Mach one at the throat, or of momentum.
        notes: what was done to reach the answer, each a sentence.
    """

    element_balance: float
    energy_residual: float
    worst_driving_force: float
    absent_phase: str
    trace_left_out: float = 0.0
    stationarity: float = 0.0
    flow_residual: float = 0.0
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, eq=False)
class Mixture:
    """What many stations are made of: one row a station.

    Attributes:
        temperature: [K].
        pressure: [Pa].
        amounts: of each species of the table [mol/kg].
        enthalpy: [J/kg].
        entropy: [J/(kg K)].
        heat_capacity: with frozen composition [J/(kg K)].
        gas_amount: of all gases [mol/kg].
    """

    temperature: Float[np.ndarray, "n"]
    pressure: Float[np.ndarray, "n"]
    amounts: Float[np.ndarray, "n species"]
    enthalpy: Float[np.ndarray, "n"]
    entropy: Float[np.ndarray, "n"]
    heat_capacity: Float[np.ndarray, "n"]
    gas_amount: Float[np.ndarray, "n"]
    potentials: Float[np.ndarray, "n species"]

    @classmethod
    def of(
        cls,
        table: SpeciesTable,
        temperature: Float[np.ndarray, "n"],
        pressure: Float[np.ndarray, "n"],
        amounts: Float[np.ndarray, "n species"],
    ) -> "Mixture":
        """Evaluate stations from the polynomials; potentials are G/RT of each species."""
        cp, h, s = table.dimensionless(temperature)
        gas = ~table.condensed
        total = amounts[:, gas].sum(axis=1)
        with np.errstate(divide="ignore"):
            share = np.log(np.maximum(amounts, 1e-300)) - np.log(total)[:, None]
        # Of a gas: its share and the pressure; of a condensed phase neither.
        mixing = np.where(gas, share + np.log(pressure / STANDARD_PRESSURE)[:, None], 0.0)
        return cls(
            temperature,
            pressure,
            amounts,
            np.einsum("ns,ns->n", amounts, h) * GAS_CONSTANT * temperature,
            np.einsum("ns,ns->n", amounts, s - mixing) * GAS_CONSTANT,
            np.einsum("ns,ns->n", amounts, cp) * GAS_CONSTANT,
            total,
            h - s + mixing,
        )

    @property
    def density(self) -> Float[np.ndarray, "n"]:
        """[kg/m^3]; condensed phases have no volume, as in RP-1311."""
        return self.pressure / (self.gas_amount * GAS_CONSTANT * self.temperature)


@dataclass(frozen=True, eq=False)
class Findings:
    """What the guard finds, one row a station."""

    balance: Float[np.ndarray, "n"]
    stationarity: Float[np.ndarray, "n"]
    driving: Float[np.ndarray, "n"]
    absent: Int[np.ndarray, "n"]
    trace: Float[np.ndarray, "n"]
    misplaced: Bool[np.ndarray, "n"]
    missing: Bool[np.ndarray, "n full"]

    @property
    def holds(self) -> Bool[np.ndarray, "n"]:
        """Whether each station is at the minimum of its Gibbs energy."""
        return (
            (self.balance <= BALANCE)
            & (self.stationarity <= STATIONARY)
            & (self.driving <= DRIVING)
            & (self.trace <= TRACE)
            & ~self.misplaced
        )


def judge(
    mixture: Mixture,
    table: SpeciesTable,
    full: SpeciesTable,
    elements: Float[np.ndarray, "n elements"],
) -> Findings:
    """Judge stations against all species that can form.

    Args:
        mixture: the stations over the species of `table`.
        table: the product list that was solved with.
        full: every species that can form of the elements, over the same elements.
        elements: atoms of each element that went in [mol/kg].
    """
    amounts = mixture.amounts
    balance = np.max(np.abs(np.einsum("ns,se->ne", amounts, table.atoms) - elements), axis=1)
    balance = balance / np.abs(elements).sum(axis=1)
    force = forces(mixture, table, full)

    position = {name: i for i, name in enumerate(full.names)}
    columns = [position[name] for name in table.names]
    held = np.zeros(force.shape)
    held[:, columns] = amounts / mixture.gas_amount[:, None]
    listed = np.zeros(len(full.names), bool)
    listed[columns] = True
    # Of a gas the fraction that it would have against the one it has; of a phase that is there
    # its force, which is zero, weighed by how much there is.
    would_be = np.exp(np.minimum(force, 1.0))
    off = np.where(full.condensed, np.abs(force) * held, np.abs(would_be - held))
    stationarity = np.max(off[:, listed], axis=1)
    trace = np.where(full.condensed | listed, 0.0, would_be)
    within = full.within(mixture.temperature)
    candidate = full.condensed & (held <= 0.0) & within
    condensed_force = np.where(candidate, force, -np.inf)
    return Findings(
        balance,
        stationarity,
        np.max(condensed_force, axis=1, initial=-np.inf),
        np.argmax(condensed_force, axis=1),
        np.max(trace, axis=1, initial=0.0),
        np.any((held > 0.0) & ~within, axis=1),
        (trace > TRACE) | (condensed_force > DRIVING),
    )


def forces(
    mixture: Mixture, table: SpeciesTable, full: SpeciesTable
) -> Float[np.ndarray, "n full"]:
    """Driving force [RT a molecule] towards each species of `full`, from what is there.

    Of a gas it is the logarithm of the mole fraction that would be stationary; of a condensed
    phase it is zero where the phase is in equilibrium, and positive where it must form.
    """
    potential = element_potentials(mixture, table)
    force = np.einsum("ne,se->ns", potential, full.atoms) - full.gibbs(mixture.temperature)
    return force - np.where(
        full.condensed, 0.0, np.log(mixture.pressure / STANDARD_PRESSURE)[:, None]
    )


def element_potentials(mixture: Mixture, table: SpeciesTable) -> Float[np.ndarray, "n elements"]:
    """Potentials of the elements [RT], from the most abundant independent species.

    Abundant species carry the potentials exactly; fitting all of them would let those of which
    there is almost nothing, and whose amount is least well solved, speak too.
    """
    n, elements = mixture.amounts.shape[0], len(table.elements)
    rest = np.repeat(table.atoms[None], n, axis=0).astype(float)
    chosen = np.zeros((n, elements), int)
    rows = np.arange(n)
    usable = np.where(mixture.amounts > 0.0, mixture.amounts, 0.0)
    usable /= usable.sum(axis=1)[:, None]
    valid = np.ones((n, elements), bool)
    for k in range(elements):
        size = np.sqrt(np.einsum("nse,nse->ns", rest, rest))
        score = np.where(size > 1e-6, usable, 0.0)
        pick = np.argmax(score, axis=1)
        chosen[:, k] = pick
        valid[:, k] = score[rows, pick] > 0.0
        direction = rest[rows, pick] / np.maximum(size[rows, pick], 1e-300)[:, None]
        direction[~valid[:, k]] = 0.0
        rest -= np.einsum("nse,ne->ns", rest, direction)[:, :, None] * direction[:, None, :]
    matrix = table.atoms[chosen]
    target = mixture.potentials[rows[:, None], chosen]
    # Elements that nothing tells apart: the least-squares solution of what is told.
    whole = np.all(valid, axis=1)
    potential = np.empty((n, elements))
    if np.any(whole):
        potential[whole] = np.linalg.solve(matrix[whole], target[whole][:, :, None])[:, :, 0]
    for i in np.flatnonzero(~whole):
        keep = valid[i]
        potential[i] = np.linalg.lstsq(matrix[i][keep], target[i][keep], rcond=None)[0]
    return potential


def remarks(
    table: SpeciesTable,
    temperature: Float[np.ndarray, "n"],
    amounts: Float[np.ndarray, "n species"],
) -> tuple[str, ...]:
    """What a reader of proven stations must know all the same, each a sentence."""
    found = list(cold(temperature))
    if "C(gr)" in table.names:
        share = amounts[:, table.names.index("C(gr)")] / amounts.sum(axis=1)
        if share.max() > _SOOT:
            found.append(
                f"{100.0 * share.max():.0f} % of the moles are graphite: so rich in fuel, real gas "
                "is not in equilibrium, and colder"
            )
    return tuple(found)


def cold(temperature: Float[np.ndarray, "n"]) -> tuple[str, ...]:
    """The note of stations that are colder than the polynomials; none where none is."""
    lowest = float(np.min(temperature))
    if lowest >= _POLYNOMIALS:
        return ()
    return (
        f"a station is at {lowest:.0f} K, below the {_POLYNOMIALS:g} K where the polynomials of "
        "gases begin",
    )
