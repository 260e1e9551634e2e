"""Checks between blocks: names that refer to each other, and the order of the phases.

They read the plain tree, not the models, so that they still run when a value elsewhere is wrong:
all mistakes are told at once. Whatever has the wrong type is passed over here, since the models
tell it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaan.base import UnitError, nearest, parse
from yaan.base.plain import is_mapping, items, mapping
from yaan.description.quantity import Mistake

LIFT_OFF = "lift-off"
"""The event at the start of the first phase."""


def cross_mistakes(data: Any) -> list[Mistake]:
    """Every mistake between blocks of a resolved tree."""
    names = _Names.of(data)
    return [
        *_launcher_mistakes(names),
        *_sequence_mistakes(names),
        *_event_mistakes(names),
        *_time_mistakes(names),
        *_programme_mistakes(names),
        *_reference_mistakes(names),
    ]


@dataclass(frozen=True, slots=True)
class _Names:
    """What the blocks define, as far as it can be read; None where it cannot."""

    stages: list[str] | None
    parts: list[str]
    phases: list[tuple[int, dict[str, Any]]]
    profiles: dict[str, Any]
    events: list[str]
    data: dict[str, Any]

    def engine(self, stage: str) -> dict[str, Any]:
        """What is written of a stage's engine."""
        return mapping(mapping(mapping(self.data, "vehicle"), "stages").get(stage), "engine")

    @classmethod
    def of(cls, data: Any) -> "_Names":
        """Collect the names of a tree."""
        vehicle = mapping(data, "vehicle")
        stages = vehicle.get("stages")
        phases = items(data, "phases")
        numbered = [(i, phase) for i, phase in enumerate(phases) if is_mapping(phase)]
        return cls(
            stages=list(stages) if is_mapping(stages) else None,
            parts=list(mapping(vehicle, "parts")),
            phases=numbered,
            profiles=mapping(mapping(data, "steering"), "profiles"),
            events=[LIFT_OFF, *(event_of(phase) for _, phase in numbered)],
            data=mapping(data),
        )


def _launcher_mistakes(names: _Names) -> Iterator[Mistake]:
    """What a vehicle needs to lift something off."""
    vehicle = names.data.get("vehicle")
    if is_mapping(vehicle):
        if "payload" not in vehicle:
            yield Mistake(("vehicle", "payload"), "required")
        if "stages" not in vehicle:
            yield Mistake(("vehicle", "stages"), "required")
        elif is_mapping(vehicle["stages"]) and not vehicle["stages"]:
            yield Mistake(("vehicle", "stages"), "at least one item")


def event_of(phase: dict[str, Any]) -> str:
    """Name of the event that ends a phase."""
    event = phase.get("event")
    return event if isinstance(event, str) else f"{phase.get('name', '')}-end"


@dataclass(slots=True)
class _Stack:
    """What is attached and what burns, as the phases go by."""

    motors: set[str]  # stages that burn by a thrust curve
    lit: dict[str, str] = field(default_factory=dict[str, str])  # stage -> phase that lit it last
    stopped: dict[str, str] = field(default_factory=dict[str, str])  # what burns no more
    dropped: dict[str, str] = field(default_factory=dict[str, str])
    dry: dict[str, str] = field(default_factory=dict[str, str])  # stage -> phase that it ends

    @property
    def burning(self) -> set[str]:
        return set(self.lit) - set(self.stopped) - set(self.dropped)


def _sequence_mistakes(names: _Names) -> Iterator[Mistake]:
    """Follow ignition, shut-down, throttling and dropping through the phases."""
    if names.stages is None:
        return
    engines = {name: names.engine(name) for name in names.stages}
    stack = _Stack({name for name, engine in engines.items() if "thrust_curve" in engine})
    for index, phase in names.phases:
        at = ("phases", index)
        title = str(phase.get("name", index))
        yield from _stop(names.stages, stack, (*at, "shut_down"), phase, title)
        yield from _drop(names, stack, (*at, "drop"), phase, title)
        yield from _light(names.stages, stack, (*at, "ignite"), phase, title)
        if index == 0 and not phase.get("ignite"):
            yield Mistake((*at, "ignite"), "a stage to lift off with")
        if index > 0 and "rail" in mapping(phase, "steer"):
            yield Mistake((*at, "steer", "rail"), "the law of the first phase alone")
        yield from _throttle(engines, stack, at, phase)
        yield from _end(names.stages, stack, (*at, "until"), phase, title)


def _light(
    stages: list[str], stack: _Stack, at: tuple[Any, ...], phase: dict[str, Any], title: str
) -> Iterator[Mistake]:
    for k, stage in _texts(phase, "ignite"):
        if stage not in stages:
            yield Mistake((*at, k), "a stage of the vehicle", nearest(stage, stages))
        elif stage in stack.dropped:
            yield Mistake((*at, k), f"a stage that is attached; dropped in {stack.dropped[stage]}")
        elif stage in stack.dry:
            yield Mistake((*at, k), f"a stage with propellant; it runs dry in {stack.dry[stage]}")
        elif stage in stack.burning:
            yield Mistake((*at, k), f"a stage that does not burn yet; lit in {stack.lit[stage]}")
        elif stage in stack.lit and stage in stack.motors:
            where = f"lit in {stack.lit[stage]}; a motor with a thrust_curve burns once"
            yield Mistake((*at, k), "a stage that can be lit again", where)
        else:
            stack.lit[stage] = title
            stack.stopped.pop(stage, None)


def _stop(
    stages: list[str], stack: _Stack, at: tuple[Any, ...], phase: dict[str, Any], title: str
) -> Iterator[Mistake]:
    for k, stage in _texts(phase, "shut_down"):
        if stage not in stages:
            yield Mistake((*at, k), "a stage of the vehicle", nearest(stage, stages))
        elif stage not in stack.burning:
            where = stack.dropped.get(stage) or stack.stopped.get(stage)
            reason = f"it was ended in {where}" if where else "it is not lit before this phase"
            yield Mistake((*at, k), "a stage that burns", reason)
        else:
            stack.stopped[stage] = title


def _throttle(
    engines: dict[str, dict[str, Any]], stack: _Stack, at: tuple[Any, ...], phase: dict[str, Any]
) -> Iterator[Mistake]:
    """What is throttled burns, and can be."""
    able = {name: engine["throttle"] for name, engine in engines.items() if "throttle" in engine}
    for stage, share in mapping(phase, "throttle").items():
        here = (*at, "throttle", stage)
        if stage not in engines:
            yield Mistake(here, "a stage of the vehicle", nearest(stage, list(engines)))
        elif stage not in stack.burning:
            yield Mistake(here, "a stage that burns in this phase")
        elif stage not in able:
            hint = "a motor cannot be" if stage in stack.motors else "write engine.throttle"
            yield Mistake(here, "a stage that can be throttled", hint)
        elif not _within(share, able[stage]):
            least, most = able[stage]
            yield Mistake(here, f"a share from {least:g} to {most:g}, as engine.throttle says")
    if "load_limit" in phase and not stack.burning & able.keys():
        expected = "a phase in which a stage with engine.throttle burns"
        yield Mistake((*at, "load_limit"), expected)


def _within(share: Any, limits: Any) -> bool:
    """Whether a share lies in a range; what is no number or no range is told elsewhere."""
    try:
        least, most = limits
        return bool(least <= share <= most)
    except (TypeError, ValueError):
        return True


def _drop(
    names: _Names, stack: _Stack, at: tuple[Any, ...], phase: dict[str, Any], title: str
) -> Iterator[Mistake]:
    known = [*(names.stages or []), *names.parts]
    for k, item in _texts(phase, "drop"):
        if item not in known:
            hint = "the payload stays" if item == "payload" else nearest(item, known)
            yield Mistake((*at, k), "a stage or a part of the vehicle", hint)
        elif item in stack.dropped:
            where = stack.dropped[item]
            yield Mistake((*at, k), f"something that is attached; dropped in {where}")
        else:
            stack.dropped[item] = title


def _end(
    stages: list[str], stack: _Stack, at: tuple[Any, ...], phase: dict[str, Any], title: str
) -> Iterator[Mistake]:
    """The conditions that speak of stages."""
    until = mapping(phase, "until")
    stage = until.get("depleted")
    if isinstance(stage, str) and stage not in stages:
        yield Mistake((*at, "depleted"), "a stage of the vehicle", nearest(stage, stages))
    elif isinstance(stage, str) and stage not in stack.burning:
        yield Mistake((*at, "depleted"), "a stage that burns in this phase")
    elif isinstance(stage, str) and len(until) == 1:
        stack.dry[stage] = title
    for key in ("orbit", "delta_v"):
        if key in until and not stack.burning:
            yield Mistake((*at, key), "a stage that burns in this phase")


def _event_mistakes(names: _Names) -> Iterator[Mistake]:
    """Names of phases and events are used once; one phase reaches the orbit."""
    seen: dict[str, set[str]] = {"name": set(), "event": {LIFT_OFF}}
    for index, phase in names.phases:
        event = event_of(phase)
        for key, text in (("name", phase.get("name")), ("event", event)):
            if not isinstance(text, str):
                continue
            if text in seen[key]:
                at = ("phases", index, key if key in phase else "name")
                yield Mistake(at, f"{key}s that differ", f"{text} is used before")
            seen[key].add(text)
    ends = [(i, phase) for i, phase in names.phases if "orbit" in mapping(phase, "until")]
    if names.phases and not ends:
        yield Mistake(("phases",), "one phase that ends at orbit: target")
    for index, _ in ends[1:]:
        yield Mistake(("phases", index, "until", "orbit"), "only one phase that ends at an orbit")


def _time_mistakes(names: _Names) -> Iterator[Mistake]:
    """A phase cannot end before the one that surely ended at a later time."""
    latest = 0.0
    for index, phase in names.phases:
        until = mapping(phase, "until")
        try:
            time = parse(until["time"], "time")
        except (KeyError, UnitError):
            continue
        if latest > 0.0 and time <= latest:
            at = ("phases", index, "until", "time")
            yield Mistake(at, f"a time after {latest:g} s, when an earlier phase ends")
        elif len(until) == 1:
            latest = time


def _programme_mistakes(names: _Names) -> Iterator[Mistake]:
    """Each programme that is flown is in every profile, and none lies idle."""
    flown: list[str] = []
    for index, phase in names.phases:
        programme = mapping(phase, "steer").get("programme")
        if not isinstance(programme, str):
            continue
        without = [
            name
            for name, profile in names.profiles.items()
            if programme not in mapping(profile, "programmes")
        ]
        if without:
            known = list(mapping(names.profiles[without[0]], "programmes"))
            expected = f"a programme of every profile; missing in {', '.join(without)}"
            at = ("phases", index, "steer", "programme")
            yield Mistake(at, expected, nearest(programme, known))
        flown.append(programme)
    for name, profile in names.profiles.items():
        for programme, content in mapping(profile, "programmes").items():
            at = ("steering", "profiles", name, "programmes", programme)
            if programme not in flown:
                yield Mistake(at, "a programme that a phase flies", nearest(programme, flown))
            elif programme == flown[0] and mapping(content).get("continuous") is True:
                yield Mistake((*at, "continuous"), "false: no programme comes before this one")


def _reference_mistakes(names: _Names) -> Iterator[Mistake]:
    """Names that single values refer to."""
    profile = mapping(names.data, "steering").get("profile")
    if isinstance(profile, str) and names.profiles and profile not in names.profiles:
        at = ("steering", "profile")
        yield Mistake(at, "a profile of this mission", nearest(profile, names.profiles))
    stage = mapping(names.data, "reserve").get("stage")
    if isinstance(stage, str) and names.stages is not None and stage not in names.stages:
        at = ("reserve", "stage")
        yield Mistake(at, "a stage of the vehicle", nearest(stage, names.stages))
    for name in sorted(set(names.stages or ()) & set(names.parts)):
        yield Mistake(("vehicle", "parts", name), "a name that no stage has")
    yield from _meet_mistakes(names)
    yield from _published_mistakes(names)
    yield from _air_mistakes(names)


def _meet_mistakes(names: _Names) -> Iterator[Mistake]:
    for name, profile in names.profiles.items():
        for k, row in enumerate(items(profile, "meet")):
            at = mapping(row).get("at")
            if isinstance(at, str) and at[:1].isalpha() and at not in names.events[1:]:
                path = ("steering", "profiles", name, "meet", k, "at")
                yield Mistake(path, "an event of the phases", nearest(at, names.events[1:]))


def _published_mistakes(names: _Names) -> Iterator[Mistake]:
    for k, row in enumerate(items(names.data, "published")):
        at, stage = mapping(row).get("at"), mapping(row).get("stage")
        if isinstance(at, str) and at not in names.events:
            path = ("published", k, "at")
            yield Mistake(path, "an event of the phases", nearest(at, names.events))
        if isinstance(stage, str) and names.stages is not None and stage not in names.stages:
            path = ("published", k, "stage")
            yield Mistake(path, "a stage of the vehicle", nearest(stage, names.stages))


def _air_mistakes(names: _Names) -> Iterator[Mistake]:
    """A vehicle in air has a shape; leaving it out would be a flight without drag."""
    air = mapping(names.data, "environment").get("atmosphere")
    if names.stages is None or air == "none" or mapping(air).get("model") == "none":
        return
    vehicle = mapping(names.data, "vehicle")
    carriers = [*mapping(vehicle, "stages").values(), *mapping(vehicle, "parts").values()]
    if not any("aerodynamics" in mapping(carrier) for carrier in carriers):
        expected = "a stage or a part with aerodynamics"
        hint = "or write environment.atmosphere: none"
        yield Mistake(("vehicle", "stages"), expected, hint)


def _texts(phase: dict[str, Any], key: str) -> Iterator[tuple[int, str]]:
    """The texts of a list, with their positions."""
    return ((k, item) for k, item in enumerate(items(phase, key)) if isinstance(item, str))
