"""Expansions that `cea` gets wrong or gives up: each equilibrium found by `minimum`, slowly."""

from typing import Final

import numpy as np

from yaan.base.errors import NoSolutionError
from yaan.chemistry import gibbs
from yaan.chemistry.guard import Mixture
from yaan.chemistry.minimum import Goal, guess, settle
from yaan.chemistry.nozzle import Place, at_area, throat
from yaan.chemistry.species import SpeciesTable
from yaan.chemistry.stations import (
    BY_PRESSURE,
    SUBSONIC,
    Point,
    Raw,
)

NOTE: Final = "phases found by a search of Yaan's own, where cea's answer did not hold"

_GUESSES: Final = (3000.0, 1200.0, 4500.0, 600.0)  # [K], of a chamber of which nothing is known


class _ShiftingFlow:
    """The isentropic flow from a chamber in equilibrium."""

    def __init__(
        self,
        table: SpeciesTable,
        point: Point,
        temperature: float,
        amounts: np.ndarray,
        pressure: float,
    ) -> None:
        self.table, self.point = table, point
        rest = Mixture.of(table, np.array([temperature]), np.array([pressure]), amounts[None])
        self.entropy = float(rest.entropy[0])
        self.known: list[tuple[float, float, np.ndarray]] = [
            (float(np.log(pressure)), temperature, amounts)
        ]

    def __call__(self, pressure: float) -> Place:
        """The place at this pressure [Pa]."""
        x = float(np.log(pressure))
        near = min(self.known, key=lambda one: abs(one[0] - x))
        goal = Goal(gibbs.SP, self.entropy, pressure, self.point.feed.atoms)
        start = near[1] * float(np.exp(np.clip(0.15 * (x - near[0]), -1.0, 1.0)))
        try:
            temperature, amounts = settle(self.table, goal, start, near[2])
        except NoSolutionError:
            temperature, amounts = settle(self.table, goal, start, guess(self.table))
        self.known.append((x, temperature, amounts))
        mixture = Mixture.of(
            self.table, np.array([temperature]), np.array([pressure]), amounts[None]
        )
        _, gamma = gibbs.derivatives(self.table, mixture)
        fall = self.point.feed.enthalpy - float(mixture.enthalpy[0])
        return Place(
            pressure,
            float(mixture.density[0]),
            float(np.sqrt(max(2.0 * fall, 0.0))),
            float(gamma[0]),
            (temperature, amounts),
        )


def expand(table: SpeciesTable, point: Point, temperature: float | None = None) -> Raw:
    """The stations of one point over the species of `table`; an error where none are found."""
    if not point.finite:
        flow, places = _from_rest(table, point, point.pressure, temperature)
        return _raw(point, [_at_rest(flow, point.pressure), *places])
    return _finite(table, point, temperature)


def _chamber(
    table: SpeciesTable, point: Point, pressure: float, temperature: float | None
) -> _ShiftingFlow:
    goal = Goal(gibbs.HP, point.feed.enthalpy, pressure, point.feed.atoms)
    starts = _GUESSES if temperature is None else (temperature, *_GUESSES)
    for start in starts:
        try:
            found, amounts = settle(table, goal, start, guess(table))
        except NoSolutionError:
            continue
        return _ShiftingFlow(table, point, found, amounts, pressure)
    raise NoSolutionError("no equilibrium of the chamber was found")


def _from_rest(
    table: SpeciesTable, point: Point, pressure: float, temperature: float | None
) -> tuple[_ShiftingFlow, list[Place]]:
    """The throat and the exits of a gas at rest at `pressure` [Pa]."""
    flow = _chamber(table, point, pressure, temperature)
    narrowest = throat(flow, pressure)
    places = [narrowest]
    for role, ratio in point.roles():
        if role == BY_PRESSURE:
            places.append(flow(point.pressure / ratio))
        elif role >= SUBSONIC:
            subsonic = role == SUBSONIC
            places.append(at_area(flow, narrowest, pressure, ratio, subsonic=subsonic))
    return flow, places


def _finite(table: SpeciesTable, point: Point, temperature: float | None) -> Raw:
    """A chamber of finite area: the gas at rest that its momentum leaves for the throat.

    Pressure and momentum at its end are the pressure at the injector (RP-1311 part I, chapter 6).
    """
    injected = _chamber(table, point, point.pressure, temperature)
    pressure = 0.9 * point.pressure
    for _ in range(40):
        flow, places = _from_rest(table, point, pressure, temperature)
        if point.contraction is not None:
            end = at_area(flow, places[0], pressure, point.contraction, subsonic=True)
        else:
            ratio = places[0].flux / (point.mass_flux or 0.0)
            if not ratio > 1.0:
                raise NoSolutionError("the mass flux is more than the throat lets through")
            end = at_area(flow, places[0], pressure, ratio, subsonic=True)
        pushed = end.pressure + end.flux * end.velocity
        if abs(pushed / point.pressure - 1.0) < 1e-10:
            return _raw(
                point,
                [_at_rest(injected, point.pressure), _at_rest(flow, pressure), end, *places],
            )
        pressure *= point.pressure / pushed
    raise NoSolutionError("no momentum balance of the finite chamber was found")


def _at_rest(flow: _ShiftingFlow, pressure: float) -> Place:
    _, temperature, amounts = flow.known[0]
    return Place(pressure, 0.0, 0.0, 1.0, (temperature, amounts))


def _raw(point: Point, places: list[Place]) -> Raw:
    roles = [role for role, _ in point.roles()]
    assert len(roles) == len(places)
    return Raw(
        np.array([place.state[0] for place in places]),
        np.array([place.pressure for place in places]),
        np.array([place.state[1] for place in places]),
        None,
        (NOTE,),
    )
