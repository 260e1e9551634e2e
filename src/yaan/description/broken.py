"""A plan with what breaks in it: what is flown, where what was solved knew nothing of it.

What does not light is not lit, what does not come off stays, canopies that are lost do not open.
Engines fail at an instant: that is for whoever flies them (`losses_of`).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from yaan.description.craft import CapsuleSpec
from yaan.description.failures import BURNS, CRAFT, FailureSpec
from yaan.description.parachutes import ParachutesSpec
from yaan.description.phases import BranchSpec
from yaan.description.plan import Plan
from yaan.description.steering import PhaseSpec
from yaan.description.vehicle import PartSpec, StageSpec, VehicleSpec

_Phase = TypeVar("_Phase", bound=PhaseSpec)
_Carrier = TypeVar("_Carrier", StageSpec, PartSpec)


def broken(plan: Plan) -> Plan:
    """The plan as it is flown; itself where nothing breaks."""
    if not plan.failures:
        return plan
    stuck = {f.jettison for f in plan.failures if f.jettison is not None}
    cold = {f.ignition for f in plan.failures if f.ignition is not None}
    phases = [_phase(p, stuck, cold) if isinstance(p, PhaseSpec) else p for p in plan.phases]
    changes: dict[str, object] = {
        "phases": list(_ending(phases)),
        "branches": [left for b in plan.branches if (left := _branch(b, stuck, cold)) is not None],
    }
    if isinstance(plan.vehicle, VehicleSpec):
        changes["vehicle"] = _vehicle(plan.vehicle, plan.failures)
    if plan.spacecraft is not None:
        capsule = _capsule(plan.spacecraft.capsule, plan.failures)
        changes["spacecraft"] = plan.spacecraft.model_copy(update={"capsule": capsule})
    return plan.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class Faults:
    """What fails of the engines of a stage.

    Attributes:
        lost: when [s], and the share of its thrust that is left from then on, one after the other.
        stuck: when its throttle sticks [s]; infinite where it does not.
    """

    lost: tuple[tuple[float, float], ...] = ()
    stuck: float = math.inf


def losses_of(plan: Plan, time_of: Callable[[str], float | None]) -> dict[str, Faults]:
    """Of stages and bodies whose engines or throttles fail: what, and when.

    `time_of` is when an event comes; None, and that failure never does. Engines that are lost one
    after the other are fewer each time; one that is degraded keeps its share of what is left.
    """
    counts: dict[str, int] = {}
    if isinstance(plan.vehicle, VehicleSpec):
        counts = dict.fromkeys(plan.vehicle.bodies, 1)
        counts |= {n: s.count * s.engine_count for n, s in plan.vehicle.stages.items()}
    known: list[tuple[float, FailureSpec]] = []
    for failure in plan.failures:
        time = time_of(failure.at) if isinstance(failure.at, str) else failure.at
        if time is not None:
            known.append((time, failure))
    known.sort(key=lambda one: one[0])
    found: dict[str, Faults] = {}
    for name, engines in counts.items():
        running, power = engines, 1.0
        lost: list[tuple[float, float]] = []
        for time, failure in known:
            if failure.engine != name:
                continue
            if failure.thrust_left is not None:
                power *= failure.thrust_left
            else:
                gone = running if failure.lost is None else failure.lost
                running = max(running - gone, 0)
            lost.append((time, power * (1.0 - (engines - running) / engines)))
        stuck = min((time for time, f in known if f.throttle == name), default=math.inf)
        if lost or math.isfinite(stuck):
            found[name] = Faults(tuple(lost), stuck)
    return found


@dataclass(frozen=True, slots=True)
class Running:
    """What is left of the spacecraft's engines as a burn begins.

    Attributes:
        engines: how many run of those that the burn asks for; those that it leaves idle stand in.
        share: of the thrust of each that is left.
    """

    engines: int
    share: float = 1.0


def of_craft(plan: Plan, failure: FailureSpec) -> bool:
    """Whether it is the spacecraft's engines that fail; a stage or body of that name goes first."""
    craft, vehicle = plan.spacecraft, plan.vehicle
    if craft is None or failure.engine not in (CRAFT, craft.name or CRAFT):
        return False
    others = isinstance(vehicle, VehicleSpec) and {**vehicle.stages, **vehicle.bodies}
    return not (others and failure.engine in others)


def running(plan: Plan, burn: str, asked: int, ignition: float = math.inf) -> Running:
    """The engines of the spacecraft that run in a `burn` which asks for so many.

    `burn` is one of `BURNS`, and begins at `ignition` [s]. What fails at a burn fails before it,
    and stays so; what fails at a time counts from the first burn that begins after it; what fails
    at an event of the ascent fails before all burns. Ignores: what fails within a burn does so
    after it.
    """
    assert plan.spacecraft is not None
    of = plan.spacecraft.service_module.engines
    lost, share = 0, 1.0
    for failure in plan.failures:
        at = failure.at
        if not of_craft(plan, failure):
            continue
        if isinstance(at, float) and at > ignition:
            continue
        if at in BURNS and BURNS.index(str(at)) > BURNS.index(burn):
            continue
        if failure.thrust_left is not None:
            share *= failure.thrust_left
        else:
            lost += of if failure.lost is None else failure.lost
    return Running(max(min(asked, of - lost), 0), share)


def _phase(phase: _Phase, stuck: set[str], cold: set[str]) -> _Phase:
    drop = [name for name in phase.drop if name not in stuck]
    ignite = [name for name in phase.ignite if name not in cold]
    return phase.model_copy(update={"drop": drop, "ignite": ignite})


def _ending(phases: Iterable[object]) -> Iterator[object]:
    """Phases of which one that waits for an orbit ends as its stage runs dry, too."""
    lit: list[str] = []
    for phase in phases:
        if isinstance(phase, PhaseSpec):
            gone = {*phase.drop, *phase.shut_down}
            lit = [name for name in (*lit, *phase.ignite) if name not in gone]
            until = phase.until
            if until.orbit and until.depleted is None and lit:
                ended = until.model_copy(update={"depleted": lit[-1]})
                yield phase.model_copy(update={"until": ended})
                continue
        yield phase


def _branch(branch: BranchSpec, stuck: set[str], cold: set[str]) -> BranchSpec | None:
    """What still leaves, if anything does."""
    flies = [name for name in branch.flies if name not in stuck]
    phases = [_phase(phase, stuck, cold) for phase in branch.phases]
    return branch.model_copy(update={"flies": flies, "phases": phases}) if flies else None


def _vehicle(vehicle: VehicleSpec, failures: Iterable[FailureSpec]) -> VehicleSpec:
    stages = {name: _carrier(one, failures) for name, one in vehicle.stages.items()}
    parts = {name: _part(one, failures) for name, one in vehicle.parts.items()}
    return vehicle.model_copy(update={"stages": stages, "parts": parts})


def _part(part: PartSpec, failures: Iterable[FailureSpec]) -> PartSpec:
    capsule = None if part.capsule is None else _capsule(part.capsule, failures)
    return _carrier(part.model_copy(update={"capsule": capsule}), failures)


def _carrier(carrier: _Carrier, failures: Iterable[FailureSpec]) -> _Carrier:
    return carrier.model_copy(update={"parachutes": _train(carrier.parachutes, failures)})


def _capsule(capsule: CapsuleSpec, failures: Iterable[FailureSpec]) -> CapsuleSpec:
    return capsule.model_copy(update={"parachutes": _train(capsule.parachutes, failures)})


def _train(train: ParachutesSpec | None, failures: Iterable[FailureSpec]) -> ParachutesSpec | None:
    if train is None:
        return None
    steps = []
    for step in train.steps:
        lost = sum(
            step.opened if f.lost is None else f.lost for f in failures if f.canopy == step.name
        )
        steps.append(step.model_copy(update={"working": max(step.opened - lost, 0)}))
    return train.model_copy(update={"steps": steps})
