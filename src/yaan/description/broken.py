"""A plan with what breaks in it: what is flown, where what was solved knew nothing of it.

What does not light is not lit, what does not come off stays, canopies that are lost do not open.
Engines fail at an instant: that is for whoever flies them (`losses_of`).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from yaan.description.craft import CapsuleSpec
from yaan.description.failures import FailureSpec
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


def losses_of(plan: Plan, time_of: Callable[[str], float | None]) -> dict[str, tuple[float, float]]:
    """Of stages whose engines fail: when [s], and the share that is left then.

    `time_of` is when an event comes; None, and that failure never does.
    """
    found: dict[str, tuple[float, float]] = {}
    stages = plan.vehicle.stages if isinstance(plan.vehicle, VehicleSpec) else {}
    for failure in plan.failures:
        name, at = failure.engine, failure.at
        if name is None or at is None or name not in stages:
            continue
        time = time_of(at) if isinstance(at, str) else at
        if time is None:
            continue
        engines = stages[name].count * stages[name].engine_count
        lost = engines if failure.lost is None else failure.lost
        left = 1.0 - lost / engines if failure.thrust_left is None else failure.thrust_left
        found[name] = (time, left)
    return found


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
