"""Whether the phases of a flight join: what flies is aboard, what is named is there.

They read the plain tree, as those of `cross` do, so that all mistakes are told at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from yaan.base import nearest
from yaan.base.plain import is_mapping, item, items, mapping
from yaan.description.body_start import frame_mistakes
from yaan.description.cross import event_of
from yaan.description.failures import failure_mistakes
from yaan.description.phases import TURNING
from yaan.description.quantity import Mistake

At = tuple[str | int, ...]

PAYLOAD: Final = "payload"


def phased_mistakes(data: Any) -> Iterator[Mistake]:
    """Every mistake between the blocks of a flight of phases."""
    vehicle = _Vehicle.of(data)
    start = mapping(data, "start")
    yield from _start_mistakes(start, vehicle)
    yield from frame_mistakes(data, ("start", "state"))
    gone = {str(name): "start" for name in items(start, "without")}
    along = _Aboard(vehicle, gone)
    phases = [phase for phase in items(data, "phases") if is_mapping(phase)]
    yield from _once([str(p.get("name")) for p in phases], ("phases",), "phase")
    dropped: dict[str, dict[str, str]] = {}
    for index, phase in enumerate(items(data, "phases")):
        if not is_mapping(phase):
            continue
        before = dict(along.dropped)
        yield from along.enter(("phases", index), phase)
        new = {name: by for name, by in along.dropped.items() if name not in before}
        if index:
            dropped[event_of(phases[index - 1])] = new
        yield from along.leave(("phases", index), phase)
    yield from _branch_mistakes(data, vehicle, phases, dropped)
    yield from _target_mistakes(data, phases)
    yield from failure_mistakes(data, [event_of(phase) for phase in phases])


@dataclass(frozen=True)
class _Vehicle:
    """What may fly, as far as it can be read."""

    stages: dict[str, Any]
    parts: dict[str, Any]
    bodies: list[str]

    @classmethod
    def of(cls, data: Any) -> "_Vehicle":
        vehicle = mapping(data, "vehicle")
        stages, parts = mapping(vehicle, "stages"), mapping(vehicle, "parts")
        return cls(stages, parts, list(mapping(vehicle, "bodies")))

    @property
    def names(self) -> list[str]:
        return [*self.stages, *self.parts, PAYLOAD]

    def with_key(self, key: str) -> list[str]:
        """Stages and parts that have a block."""
        both = {**self.stages, **self.parts}
        return [name for name, block in both.items() if item(block, key) is not None]

    @property
    def hanging(self) -> list[str]:
        """Those that carry parachutes."""
        own = self.with_key("parachutes")
        capsules = [
            name
            for name in self.with_key("capsule")
            if item(mapping(self.parts.get(name), "capsule"), "parachutes") is not None
        ]
        return [*own, *capsules]


@dataclass
class _Aboard:
    """What is aboard and what burns, as the phases go by."""

    vehicle: _Vehicle
    dropped: dict[str, str]
    """By name: the phase that dropped it."""
    lit: set[str] = field(default_factory=set[str])
    turning: bool = False
    """The phase before flew one of the bodies."""

    def enter(self, at: At, phase: dict[str, Any]) -> Iterator[Mistake]:
        """What a phase drops, lights and shuts down as it begins, and what flies in it."""
        title = str(phase.get("name", at[-1]))
        for k, name in enumerate(items(phase, "drop")):
            yield from self._there((*at, "drop", k), name, self.vehicle.names, "a part")
            self.dropped.setdefault(str(name), title)
        self.lit -= set(self.dropped)
        for k, name in enumerate(items(phase, "shut_down")):
            if name not in self.lit:
                hint = nearest(str(name), sorted(self.lit))
                yield Mistake((*at, "shut_down", k), "a stage that burns", hint)
            self.lit.discard(str(name))
        for k, name in enumerate(items(phase, "ignite")):
            there = [*self._there((*at, "ignite", k), name, [*self.vehicle.stages], "a stage")]
            yield from there
            if not there and name in self.lit:
                yield Mistake((*at, "ignite", k), "a stage that does not burn yet")
            self.lit.add(str(name))
        yield from self._flies(at, phase, title)

    def leave(self, at: At, phase: dict[str, Any]) -> Iterator[Mistake]:
        """What ends a phase."""
        self.turning = phase.get("motion") in TURNING
        dry = mapping(phase, "until").get("depleted")
        place = (*at, "until", "depleted")
        if phase.get("motion") in TURNING:
            if isinstance(dry, str) and (dry != phase.get("body") or phase.get("engine") != "on"):
                yield Mistake(place, "the body of this phase, with engine: on")
        elif isinstance(dry, str):
            yield from self._there(place, dry, [*self.vehicle.stages], "a stage")
            if dry in self.vehicle.stages and dry not in self.dropped and dry not in self.lit:
                yield Mistake(place, "a stage that burns")
            self.lit.discard(dry)

    def _there(self, at: At, name: Any, known: list[str], what: str) -> Iterator[Mistake]:
        if name not in known:
            yield Mistake(at, f"{what} of the vehicle", nearest(str(name), known))
        elif name in self.dropped:
            yield Mistake(at, f"{what} that is aboard", f"it left in {self.dropped[str(name)]}")

    def _solid(self, name: str) -> bool:
        """Whether a stage burns by a thrust curve, and is out when that is over."""
        return item(mapping(self.vehicle.stages.get(name), "engine"), "thrust_curve") is not None

    def _flies(self, at: At, phase: dict[str, Any], title: str) -> Iterator[Mistake]:
        """The motion has what it moves."""
        aboard = [name for name in self.vehicle.names if name not in self.dropped]
        massive = [n for n in aboard if n != PAYLOAD or not self.vehicle.names[:-1]]
        if not massive and PAYLOAD not in aboard:
            yield Mistake((*at, "drop"), "something that flies on", f"nothing is left in {title}")
        motion = phase.get("motion", "powered")
        burning = sorted(name for name in self.lit if not self._solid(name))
        if motion != "powered" and burning and not items(phase, "ignite"):
            hint = f"write shut_down: [{', '.join(burning)}], here or before"
            yield Mistake((*at, "motion"), "powered, while an engine burns", hint)
        if motion == "entry":
            capsules = [n for n in self.vehicle.with_key("capsule") if n in aboard]
            if len(capsules) != 1:
                told = f"aboard are {', '.join(capsules)}" if capsules else "none is aboard"
                yield Mistake((*at, "motion"), "an entry of one part with a capsule", told)
        if motion == "canopies":
            carriers = [n for n in self.vehicle.hanging if n in aboard]
            if len(carriers) != 1:
                told = f"aboard are those of {', '.join(carriers)}" if carriers else ""
                told = told or "no part aboard has any"
                yield Mistake((*at, "motion"), "the parachutes of one part that is aboard", told)
        if phase.get("separates") is True and motion in TURNING and not self.turning:
            hint = "before it a point flies, whose place is not that of a centre of mass"
            yield Mistake((*at, "separates"), "nothing but after a phase of a body", hint)
        if motion in TURNING and isinstance(phase.get("body"), str):
            name = str(phase["body"])
            if name not in self.vehicle.bodies:
                hint = nearest(name, self.vehicle.bodies)
                yield Mistake((*at, "body"), "one of vehicle.bodies", hint)


def _start_mistakes(start: dict[str, Any], vehicle: _Vehicle) -> Iterator[Mistake]:
    for k, name in enumerate(items(start, "without")):
        if name not in vehicle.names:
            hint = nearest(str(name), vehicle.names)
            yield Mistake(("start", "without", k), "a stage or part of the vehicle", hint)
    for name in mapping(start, "tanks"):
        if name not in vehicle.stages:
            hint = nearest(name, list(vehicle.stages))
            yield Mistake(("start", "tanks", name), "a stage of the vehicle", hint)


def _once(names: list[str], at: At, what: str) -> Iterator[Mistake]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Mistake((*at, index, "name"), f"a name that no other {what} has")


def _branch_mistakes(
    data: Any,
    vehicle: _Vehicle,
    phases: list[dict[str, Any]],
    dropped: dict[str, dict[str, str]],
) -> Iterator[Mistake]:
    """A branch flies what is dropped at its event; its phases join as those of the flight."""
    branches = [b for b in items(data, "branches") if is_mapping(b)]
    yield from _once([str(b.get("name")) for b in branches], ("branches",), "branch")
    events = [event_of(phase) for phase in phases]
    for index, branch in enumerate(items(data, "branches")):
        if not is_mapping(branch):
            continue
        at: At = ("branches", index)
        event = branch.get("at")
        if isinstance(event, str) and event not in events:
            yield Mistake((*at, "at"), "an event that ends a phase", nearest(event, events))
            continue
        leaving = dropped.get(str(event), {})
        flies = [str(name) for name in items(branch, "flies")]
        for k, name in enumerate(flies):
            if name not in vehicle.names:
                hint = nearest(name, vehicle.names)
                yield Mistake((*at, "flies", k), "a stage or part of the vehicle", hint)
            elif name not in leaving:
                hint = f"dropped there: {', '.join(leaving) or 'nothing'}"
                yield Mistake((*at, "flies", k), f"something that is dropped at {event}", hint)
        own = _Aboard(vehicle, {n: str(event) for n in vehicle.names if n not in flies})
        below = [p for p in items(branch, "phases") if is_mapping(p)]
        yield from _once([str(p.get("name")) for p in below], (*at, "phases"), "phase")
        for k, phase in enumerate(items(branch, "phases")):
            if is_mapping(phase):
                yield from own.enter((*at, "phases", k), phase)
                yield from own.leave((*at, "phases", k), phase)


def _target_mistakes(data: Any, phases: list[dict[str, Any]]) -> Iterator[Mistake]:
    """A target is met by a phase, and an orbit that a phase meets is told."""
    target, meets = (
        item(data, "target"),
        [k for k, phase in enumerate(phases) if mapping(phase, "until").get("orbit") is not None],
    )
    if target is None:
        for k in meets:
            hint = "or end it by apogee_above, perigee_above, delta_v"
            yield Mistake(
                ("phases", k, "until", "orbit"), "a target, and steering to meet it", hint
            )
        return
    if not meets:
        yield Mistake(("target",), "a phase with until: {orbit: target}")
    if item(data, "steering") is None:
        yield Mistake(("steering",), "required", "a target is met by steering that is solved")
    if mapping(data, "start").get("pad") is None:
        hint = "from an orbit or in the air a phase ends by apogee_above, perigee_above, delta_v"
        yield Mistake(("target",), "a start on a pad", hint)
