"""Budgets of a flight: mass at every event, propellant, and where the velocity went.

The mass of the history is that of the dynamics; the budget adds up burnt propellant and what is
left behind on its own, so that the difference is a check. The velocity of a return is summed from
thrust, drag and gravity of the history: a burn against the motion has a negative ideal velocity, so
that the sums hold; ignored is the work of the lift in a wind, some m/s.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import jax
import numpy as np

from yaan.analysis.flown import Flown
from yaan.analysis.history import leg_rows, phase_rows, phases_flown, row_at
from yaan.analysis.sequence import mass_changes, propellant
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import Ascent, FreeFlight, ReturnFlight
from yaan.design.record import PHASES, along_motion
from yaan.design.return_search import ReturnDesign
from yaan.design.steer import Steered
from yaan.results.summary import (
    Budgets,
    MassChange,
    PropellantUse,
    VelocityLosses,
    VelocityTotal,
)
from yaan.results.summary_ascent import Burn
from yaan.results.trajectory import Array, History

_TERMS = ("ideal", "gravity", "drag", "steering", "back_pressure", "achieved")
_CONVENTION = "Earth-relative speed; gravity includes the centrifugal term"


def budgets(flown: Flown, burns: Sequence[Burn]) -> Budgets:
    """The budgets of a flight whose spacecraft made the `burns`; empty of an entry alone."""
    climb, free, history = flown.climb, flown.plan.free_flight, flown.history
    mass, use = MassBudget(), list[PropellantUse]()
    velocity: list[tuple[tuple[VelocityLosses, ...], VelocityTotal]] = []
    if climb is not None:
        mass.add_ascent(climb.history, climb.steered)
        use += ascent_propellant(climb.ascent, climb.steered)
        velocity.append(ascent_velocity(climb.history, climb.steered))
    if climb is not None and flown.returned is not None:
        (asked, design), loaded = flown.returned, climb.ascent.vehicle.payload.mass
        mass.add_return(design, history, burns, loaded)
        use.append(_module_propellant(asked, burns, loaded))
        velocity.append(return_velocity(design, history))
    if free is not None:
        mass.add_body(free, history)
        use += _body_propellant(free, history)
    if flown.chain is not None and climb is None:
        mass.rows, mass.closure = mass_changes(flown.chain)
        use += propellant(flown.chain)
    return Budgets(
        mass=tuple(mass.rows),
        mass_closure=mass.closure if mass.rows else None,
        propellant=tuple(use),
        velocity=tuple(row for rows, _ in velocity for row in rows),
        velocity_totals=tuple(total for _, total in velocity),
    )


@dataclass
class MassBudget:
    """Every change of mass, and what they leave unexplained [kg]."""

    rows: list[MassChange] = field(default_factory=list[MassChange])
    closure: float = 0.0
    mass: float = 0.0

    def add_ascent(self, history: History, steered: Steered) -> None:
        """The changes of an ascent: what its legs burn and drop."""
        vehicle, launcher = steered.task.vehicle, steered.task.case.launcher
        dry = dict(zip(vehicle.stages, np.asarray(launcher.dry_mass), strict=True))
        items = dict(zip(vehicle.items, np.asarray(launcher.item_mass), strict=True))
        event, burnt, legs = "ignition", history["propellant"], steered.task.sequence.legs
        whole = float(np.sum(launcher.propellant) + sum(dry.values()) + sum(items.values()))
        self._begin(event, whole)
        self._check(history, 0)
        left = dict(zip(vehicle.stages, burnt[0], strict=True))
        for leg, (first, last) in zip(legs, leg_rows(history, steered), strict=False):
            for name in leg.phase.drop if leg.begins else []:
                dropped = dry[name] + left[name] if name in dry else items[name]
                self._change(event, name, -float(dropped))
                left.pop(name, None)
            self._check(history, first)
            event = leg.event or event
            for i, name in enumerate(vehicle.stages):
                change = float(burnt[first, i] - burnt[last, i])
                if name in left and change > 0.0:
                    left[name] = float(burnt[last, i])
                    self._change(event, f"{name} propellant", -change)
            self._check(history, last)

    def add_return(
        self, design: ReturnDesign, history: History, burns: Sequence[Burn], separated: float
    ) -> None:
        """Those from the launcher's separation on, which leaves `separated` [kg]."""
        if self.mass != separated:
            self._become("separation", "launcher's last stage", separated)
        self._check(history, row_at(history, float(design.separated.t[0])))
        exhaust = float(design.task.raising.craft.isp) * STANDARD_GRAVITY
        for burn in burns:
            spent = burn.thrust / exhaust * burn.duration
            self._change(f"{burn.name}-cut-off", "service module propellant", -spent)
            self._check(history, row_at(history, burn.start + burn.duration + 1e-3))
        if design.landed is not None:
            capsule = float(np.asarray(design.task.craft.capsule.mass))
            self._become("service-module-separation", "service module", capsule)
            self._check(history, -1)

    def add_body(self, free: FreeFlight, history: History) -> None:
        """Those of a body: what its configurations burn, and one becoming another."""
        names, left = list(free.body.configurations), history["propellant"]
        dry = {name: c.ends()[0].mass for name, c in free.body.configurations.items()}
        before: str | None = None
        for index, first, last in phases_flown(history):
            phase = free.phases[index]
            name = free.configuration_of(phase)
            column = names.index(name)
            whole = dry[name] + float(left[first, column])
            if before is None:
                self._begin("start", whole)
            elif name != before:
                at = f"{free.phases[index - 1].name}-end"
                self._become(at, f"{before} becomes {name}", whole)
            before = name
            self._check(history, first)
            burnt = float(left[first, column] - left[last, column])
            if burnt > 0.0:
                self._change(f"{phase.name}-end", f"{name} propellant", -burnt)
            self._check(history, last)

    def _begin(self, event: str, mass: float) -> None:
        self.mass = mass
        self.rows.append(MassChange(event=event, item="all aboard", change=0.0, mass=mass))

    def _change(self, event: str, item: str, change: float) -> None:
        self.mass += change
        self.rows.append(MassChange(event=event, item=item, change=change, mass=self.mass))

    def _become(self, event: str, item: str, mass: float) -> None:
        change, self.mass = mass - self.mass, mass
        self.rows.append(MassChange(event=event, item=item, change=change, mass=mass))

    def _check(self, history: History, row: int) -> None:
        self.closure = max(self.closure, abs(self.mass - float(history["mass"][row])))


def _worth(exhaust: float, left: float, empty: float) -> float:
    """Ideal velocity of `left` [kg] on a vehicle of `empty` [kg]; below zero it is missing."""
    return exhaust * float(np.log1p(left / empty))


def ascent_propellant(ascent: Ascent, steered: Steered) -> Iterator[PropellantUse]:
    """What each stage carried, burnt and has left."""
    loaded = np.asarray(steered.task.case.launcher.propellant)
    ends = np.asarray(steered.lane.legs.inner.propellant)[len(steered.task.sequence.legs) - 1]
    for i, name in enumerate(steered.task.vehicle.stages):
        left, exhaust = float(ends[i]), ascent.vehicle.stages[name].isp * STANDARD_GRAVITY
        yield PropellantUse(
            stage=name,
            loaded=float(loaded[i]),
            used=float(loaded[i] - left),
            left=left,
            margin_velocity=_worth(exhaust, left, _carried(steered, i, left)),
        )


def _carried(steered: Steered, stage: int, left: float) -> float:
    """Mass at the end of the last leg that the stage was aboard, without what it had left [kg]."""
    phases, launcher = jax.device_get((steered.task.sequence.phases, steered.task.case.launcher))
    aboard = np.asarray(phases.stages_aboard)[: len(steered.task.sequence.legs), stage]
    leg = int(np.flatnonzero(aboard)[-1])
    burnt_down = np.asarray(steered.lane.legs.inner.propellant)[leg] + launcher.dry_mass
    stages = np.sum(burnt_down * phases.stages_aboard[leg])
    items = np.sum(np.asarray(launcher.item_mass) * phases.items_aboard[leg])
    return float(stages + items) - left


def _module_propellant(
    asked: ReturnFlight, burns: Sequence[Burn], separated: float
) -> PropellantUse:
    module = asked.spacecraft.service_module
    used = sum((burn.propellant for burn in burns), 0.0)
    left, exhaust = module.propellant - used, module.engine.isp * STANDARD_GRAVITY
    return PropellantUse(
        stage="service_module",
        loaded=module.propellant,
        used=used,
        left=left,
        margin_velocity=_worth(exhaust, left, separated - module.propellant),
    )


def _body_propellant(free: FreeFlight, history: History) -> Iterator[PropellantUse]:
    for k, (name, configuration) in enumerate(free.body.configurations.items()):
        empty, full = configuration.ends()
        loaded, left = full.mass - empty.mass, float(history["propellant"][-1, k])
        if loaded <= 0.0:
            continue
        worth = None
        if configuration.burns:
            worth = _worth(configuration.mean_exhaust, left, empty.mass)
        yield PropellantUse(
            stage=name, loaded=loaded, used=loaded - left, left=left, margin_velocity=worth
        )


def ascent_velocity(
    history: History, steered: Steered
) -> tuple[tuple[VelocityLosses, ...], VelocityTotal]:
    """Ideal velocity and its losses by phase, against the turning Earth, and their sums."""
    losses, count = steered.lane.tape.state.losses, len(history)
    series = [np.asarray(getattr(losses, name))[:count] for name in _TERMS[:-1]]
    terms = np.stack([*series, history["speed_relative"]], axis=1)
    phases: dict[str, Array] = {}
    legs = steered.task.sequence.legs
    for leg, (first, last) in zip(legs, leg_rows(history, steered), strict=False):
        known = phases.get(leg.phase.name, np.zeros(len(_TERMS)))
        phases[leg.phase.name] = known + (terms[last] - terms[first])
    return _velocity("ascent", phases, _CONVENTION)


def return_velocity(
    design: ReturnDesign, history: History
) -> tuple[tuple[VelocityLosses, ...], VelocityTotal]:
    """Where the Earth-relative velocity went, by phase of the return, and the sums."""
    rows = {name: phase_rows(history, name) for name in PHASES}
    flown = {name: _phase(design, history, found) for name, found in rows.items() if len(found)}
    words = f"{_CONVENTION}; a burn against the motion counts as negative"
    return _velocity("return", flown, words)


def _velocity(
    part: str, phases: Mapping[str, Array], convention: str
) -> tuple[tuple[VelocityLosses, ...], VelocityTotal]:
    total = sum(phases.values(), np.zeros(len(_TERMS))).tolist()
    ideal, *lost, achieved = total
    rows = [
        VelocityLosses(part=part, phase=name, **dict(zip(_TERMS, terms.tolist(), strict=True)))
        for name, terms in phases.items()
    ]
    return tuple(rows), VelocityTotal(
        part=part,
        **dict(zip(_TERMS, total, strict=True)),
        residual=ideal - sum(lost) - achieved,
        convention=convention,
    )


def _phase(design: ReturnDesign, history: History, rows: Array) -> Array:
    """The terms of one phase; it may come in several spells, as the orbit between burns."""
    terms = np.zeros(len(_TERMS))
    for spell in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        # From the last row of the phase before: the step between belongs to this one.
        terms += _spell(design, history, np.arange(max(int(spell[0]) - 1, 0), int(spell[-1]) + 1))
    return terms


def _spell(design: ReturnDesign, h: History, rows: Array) -> Array:
    t, mass, speed = h["time"][rows], h["mass"][rows], h["speed_relative"][rows]
    pull, inertial, stream = along_motion(design.world, h, rows)
    # The thrust of a step is that at its end: before it, it may not have burnt yet.
    push = np.nan_to_num(h["thrust"][rows]) / mass
    push = np.minimum(push, np.append(push[1:], push[-1]))
    sense = _sense(design, t)
    braking = np.nan_to_num(h["drag"][rows]) / mass
    ideal = np.trapezoid(push * sense, t)
    steering = ideal - np.trapezoid(push * sense * inertial, t)
    drag = np.trapezoid(braking * stream, t)
    return np.array([ideal, -np.trapezoid(pull, t), drag, steering, 0.0, speed[-1] - speed[0]])


def _sense(design: ReturnDesign, t: Array) -> Array:
    """+1 while burns push along the motion, -1 against."""
    sense = np.ones(len(t))
    burns, lane = design.raised.burns, design.orbit
    for i in range(burns.start.shape[1]):
        start, stop = burns.start[lane, i], burns.start[lane, i] + burns.duration[lane, i]
        sense[(t >= start - 1.0) & (t <= stop + 1.0)] = burns.sense[lane, i]
    if design.down is not None:
        sense[t >= float(design.down.ignition[0]) - 1.0] = -1.0
    return sense
