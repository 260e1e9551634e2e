"""Equilibrium of one state: at a temperature, with an enthalpy, or with an entropy."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from yaan.base.errors import NoSolutionError, YaanError
from yaan.chemistry import gibbs, own, process
from yaan.chemistry.feed import Feed, System, feed
from yaan.chemistry.guard import COLDEST, ENERGY, Certificate, Mixture, judge, remarks
from yaan.chemistry.minimum import Goal, guess, settle
from yaan.chemistry.products import ProductList, products
from yaan.chemistry.reactants import Propellant
from yaan.chemistry.species import GAS_CONSTANT, SpeciesTable

_KINDS: Final = {gibbs.TP: "tp", gibbs.HP: "hp", gibbs.SP: "sp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is asked.

    Attributes:
        fuel: a name, a reactant, or reactants with shares of mass.
        oxidiser: as the fuel; None for what is alone.
        mixture: oxidiser over fuel by mass; None for what is alone.
        pressure: [Pa].
        temperature: [K]; of temperature, enthalpy and entropy at most one is given.
        enthalpy: [J/kg], elements at 298.15 K being zero; that of the reactants where none of the
            three is given.
        entropy: [J/(kg K)].
        ions: whether charged species may form.
    """

    fuel: Propellant
    oxidiser: Propellant | None = None
    mixture: float | None = None
    pressure: float
    temperature: float | None = None
    enthalpy: float | None = None
    entropy: float | None = None
    ions: bool = False


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """A state in equilibrium.

    Attributes:
        temperature: [K].
        pressure: [Pa].
        density: [kg/m^3], condensed phases without volume.
        enthalpy: [J/kg], elements at 298.15 K being zero.
        entropy: [J/(kg K)].
        molar_mass: mass over moles of gas [kg/mol].
        gamma: isentropic exponent in equilibrium.
        heat_capacity: in equilibrium [J/(kg K)].
        sound_speed: [m/s].
        mole_fractions: of all moles, condensed ones too; those above 1e-12.
        certificate: its proof.
    """

    temperature: float
    pressure: float
    density: float
    enthalpy: float
    entropy: float
    molar_mass: float
    gamma: float
    heat_capacity: float
    sound_speed: float
    mole_fractions: dict[str, float]
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class _Asked:
    feed: Feed
    goal: Goal


def equilibrium(state: State) -> Equilibrium:
    """The equilibrium of one state, certified, or an error."""
    (answer,) = equilibrate([state])
    if isinstance(answer, YaanError):
        raise answer
    return answer


def equilibrate(states: Sequence[State]) -> list[Equilibrium | YaanError]:
    """The equilibria of many states: for each what it is, or why it cannot be told."""
    answers: dict[int, Equilibrium | YaanError] = {}
    groups: dict[System, list[tuple[int, _Asked]]] = {}
    for i, state in enumerate(states):
        try:
            asked = _asked(state)
        except YaanError as error:
            answers[i] = error
        else:
            groups.setdefault(asked.feed.system, []).append((i, asked))
    for system, group in groups.items():
        found = _solve(system, [asked for _, asked in group])
        answers.update(zip([i for i, _ in group], found, strict=True))
    return [answers[i] for i in range(len(states))]


def _asked(state: State) -> _Asked:
    if not math.isfinite(state.pressure) or state.pressure <= 0.0:
        raise YaanError(f"pressure {state.pressure} Pa: above zero was expected")
    mixed = feed(state.fuel, state.oxidiser, state.mixture, ions=state.ions)
    given = {
        gibbs.TP: state.temperature,
        gibbs.HP: state.enthalpy,
        gibbs.SP: state.entropy,
    }
    told = {kind: value for kind, value in given.items() if value is not None}
    if len(told) > 1:
        raise YaanError("of temperature, enthalpy and entropy one was expected")
    kind, value = next(iter(told.items()), (gibbs.HP, mixed.enthalpy))
    if not math.isfinite(value) or (kind == gibbs.TP and not COLDEST <= value <= 20_000.0):
        raise YaanError(
            f"temperature {value} K: {COLDEST:g} to 20000 K was expected"
            if kind == gibbs.TP
            else f"{value}: a finite enthalpy or entropy was expected"
        )
    return _Asked(mixed, Goal(kind, value, state.pressure, mixed.atoms))


def _solve(system: System, asked: Sequence[_Asked]) -> list[Equilibrium | YaanError]:
    """By the library with the trimmed list, then with all, then by Yaan's own search."""
    listed = products(system)
    answers: list[Equilibrium | YaanError] = [YaanError("not solved")] * len(asked)
    left = list(range(len(asked)))
    for table in (listed.kept, listed.full) if listed.known else (listed.full,):
        raw = _ask(system, table, [asked[i] for i in left])
        for i, answer in zip(left, raw, strict=True):
            if isinstance(answer, YaanError):
                answers[i] = answer
                continue
            answers[i] = _certified(table, listed, asked[i].goal, answer["T"], answer["nj"] * 1e3)
            if table is listed.full and not isinstance(answers[i], YaanError):
                listed.keep_found(answer["nj"])
        left = [i for i in left if isinstance(answers[i], YaanError)]
        if not left:
            return answers
    for i in left:
        answers[i] = _by_own(listed, asked[i].goal, answers[i])
    return answers


def _ask(
    system: System, table: SpeciesTable, asked: Sequence[_Asked]
) -> list[dict[str, Any] | process.WorkerError]:
    described = {
        "formulas": system.formulas,
        "products": table.names,
        "ions": system.ions,
        "transport": False,
        "insert": (),
    }
    scale = {gibbs.TP: 1.0, gibbs.HP: GAS_CONSTANT * 1e3, gibbs.SP: GAS_CONSTANT * 1e3}
    points = [
        (
            _KINDS[one.goal.kind],
            one.goal.target / scale[one.goal.kind],
            one.goal.pressure * 1e-5,
            np.array(one.feed.weights),
        )
        for one in asked
    ]
    return list(itertools.chain(*process.solve("equilibrium", described, points)))


def _by_own(
    listed: ProductList, goal: Goal, why: Equilibrium | YaanError
) -> Equilibrium | YaanError:
    for start in (goal.target,) if goal.kind == gibbs.TP else (3000.0, 1200.0, 600.0, 4500.0):
        try:
            temperature, amounts = settle(listed.full, goal, start, guess(listed.full))
        except NoSolutionError:
            continue
        found = _certified(listed.full, listed, goal, np.array([temperature]), amounts[None])
        if isinstance(found, YaanError):
            return found
        note = f"{own.NOTE}: {why}"
        notes = (note, *found.certificate.notes)
        return replace(found, certificate=replace(found.certificate, notes=notes))
    return YaanError(f"{why}; and no phases in equilibrium were found")


def _certified(
    table: SpeciesTable, listed: ProductList, goal: Goal, temperature: Any, amounts: Any
) -> Equilibrium | YaanError:
    """Newton's last steps, and the judgement."""
    if not (np.all(np.isfinite(temperature)) and np.all(np.isfinite(amounts))):
        return YaanError("cea's numbers are not finite")
    problem = gibbs.Problem(
        np.array([goal.kind]), goal.atoms[None], np.array([goal.pressure]), np.array([goal.target])
    )
    with np.errstate(all="ignore"):
        temperature, amounts, _ = gibbs.refine(table, problem, temperature, amounts, 3)
        mixture = Mixture.of(table, temperature, problem.pressure, amounts)
        findings = judge(mixture, table, listed.full, problem.atoms)
        capacity, gamma = gibbs.derivatives(table, mixture)
        heat = float(mixture.heat_capacity[0])
        residual = {
            gibbs.TP: abs(float(temperature[0]) / goal.target - 1.0),
            gibbs.HP: abs(float(mixture.enthalpy[0]) - goal.target) / (heat * temperature[0]),
            gibbs.SP: abs(float(mixture.entropy[0]) - goal.target) / heat,
        }[goal.kind]
    force = float(findings.driving[0])
    certificate = Certificate(
        float(findings.balance[0]),
        float(residual),
        force,
        listed.full.names[int(findings.absent[0])] if np.isfinite(force) else "",
        float(findings.trace[0]),
        float(findings.stationarity[0]),
        0.0,
        remarks(table, temperature, amounts),
    )
    if not (findings.holds[0] and residual <= ENERGY and temperature[0] >= COLDEST):
        return YaanError(
            f"the equilibrium at {goal.pressure:.6g} Pa could not be certified: {certificate}"
        )
    total = amounts[0].sum()
    return Equilibrium(
        float(temperature[0]),
        goal.pressure,
        float(mixture.density[0]),
        float(mixture.enthalpy[0]),
        float(mixture.entropy[0]),
        float(1.0 / mixture.gas_amount[0]),
        float(gamma[0]),
        float(capacity[0]),
        float(np.sqrt(gamma[0] * GAS_CONSTANT * mixture.gas_amount[0] * temperature[0])),
        {
            name: float(x / total)
            for name, x in zip(table.names, amounts[0], strict=True)
            if x > 1e-12 * total
        },
        certificate,
    )
