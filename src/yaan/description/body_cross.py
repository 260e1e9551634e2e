"""Checks between the blocks of a file of kind `body`, on the plain tree as those of `cross`."""

from collections.abc import Iterator
from typing import Any, Final

from yaan.base import format_quantity, nearest
from yaan.base.plain import is_list, is_mapping, item, items, mapping
from yaan.description.block import NOTES
from yaan.description.body import MOST_ROWS
from yaan.description.body_start import start_mistakes
from yaan.description.quantity import Mistake, parsed

BODY_EVENTS: Final = ("start", "apex")
"""Events of a file of kind `body`, beside the ends of its phases and pulses."""

_AXES: Final = ("x", "y", "z")
_BURNING: Final = ("specific_impulse", "flow")
_NOT_OURS: Final = ("liftoff_mass", "perigee", "apogee", "inclination")


def body_mistakes(data: Any) -> Iterator[Mistake]:
    """Mistakes between the blocks of a file of kind `body`."""
    yield from start_mistakes(data)
    yield from _shape_mistakes(data)
    yield from _phase_mistakes(data)
    yield from _row_mistakes(data)
    yield from _step_mistakes(data)
    yield from _pulse_mistakes(data)
    yield from _burning_mistakes(data)
    yield from _name_mistakes(data, "phases")
    yield from _name_mistakes(data, "pulses")
    yield from _published_mistakes(data)


def _shape_mistakes(data: Any) -> Iterator[Mistake]:
    """Full is heavier than empty, an engine has propellant, the centre of mass is in the box."""
    body = mapping(data, "body")
    box = _box(mapping(body, "box"))
    for name, block in mapping(body, "configurations").items():
        at = ("body", "configurations", name)
        empty, full = mapping(block, "empty"), mapping(block, "full")
        light, heavy = _read(empty, "mass", "mass"), _read(full, "mass", "mass")
        if light is not None and heavy is not None and heavy <= light:
            expected = f"a mass above {format_quantity(light, 'kg', digits=9)}, that of empty"
            yield Mistake((*at, "full", "mass"), expected)
        if item(block, "engine") is not None and not (empty or full):
            hint = "with empty and full the difference of their masses is the propellant"
            yield Mistake((*at, "engine"), "an engine with propellant", hint)
        for key in ("", "empty", "full"):
            part = mapping(block, key) if key else mapping(block)
            if "mass" in part:
                below = (*at, key) if key else at
                yield from _centre_mistakes(part, (*below, "centre_of_mass"), box)


def _centre_mistakes(
    block: dict[str, Any], at: tuple[str, ...], box: dict[str, tuple[float, float]]
) -> Iterator[Mistake]:
    given = block.get("centre_of_mass", ["0 m"] * 3)
    if not is_list(given) or len(given) != len(_AXES):
        return
    for k, axis in enumerate(_AXES):
        value = parsed(given[k], "length")
        if value is None or axis not in box:
            continue
        low, high = box[axis]
        if not low <= value <= high:
            ends = (
                f"{format_quantity(low, 'm', digits=6)} to {format_quantity(high, 'm', digits=6)}"
            )
            expected = f"{axis} inside the body's box, {ends}"
            place = (*at, k) if "centre_of_mass" in block else at
            yield Mistake(place, expected, "see body.box")


def _box(block: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """The ends of each axis of the box that can be read."""
    found: dict[str, tuple[float, float]] = {}
    for axis in _AXES:
        ends = [parsed(end, "length") for end in items(block, axis)]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] < ends[1]:
            found[axis] = (ends[0], ends[1])
    return found


def _phase_mistakes(data: Any) -> Iterator[Mistake]:
    """Phases name what there is, and what they need is there."""
    turning: set[str] = set()
    configurations = mapping(mapping(data, "body"), "configurations")
    names = list(configurations)
    phases = items(data, "phases")
    for k, phase in enumerate(phases):
        at = ("phases", k)
        name = item(phase, "configuration")
        if name is None and len(names) > 1:
            yield Mistake((*at, "configuration"), "required", f"one of {', '.join(names)}")
        elif isinstance(name, str) and names and name not in names:
            yield Mistake((*at, "configuration"), "a configuration", nearest(name, names))
        chosen = name if name is not None else (names[0] if len(names) == 1 else None)
        block = item(configurations, chosen) if isinstance(chosen, str) else None
        if not is_mapping(block):
            continue
        motors = mapping(block, "motors")
        if item(phase, "engine") == "on":
            engines = [item(block, "engine"), *motors.values()]
            curves = [one for one in engines if item(one, "thrust_curve") is not None]
            yield from _relit(phases[:k], chosen, names, curves[:1], at)
        if item(phase, "engine") == "on" and item(block, "engine") is None and not motors:
            hint = f"configuration {chosen} has none"
            yield Mistake((*at, "engine"), "off without an engine", hint)
        until = mapping(phase, "until")
        if until.get("depleted") is True and item(phase, "engine") != "on":
            hint = "nothing is used up; write engine: on, or end it by duration"
            if not any(_burns(pulse) for pulse in items(data, "pulses")):
                yield Mistake((*at, "until", "depleted"), "false where nothing burns", hint)
            elif not _sure(until):
                hint = "pulses may be over before the propellant is"
                yield Mistake((*at, "until", "duration"), "required where no engine burns", hint)
        if item(phase, "motion") in (None, "rigid") and chosen not in turning:
            turning.add(str(chosen))
            yield from _inertia_mistakes(block, ("body", "configurations", str(chosen)), phase)


def _relit(
    before: list[Any], chosen: Any, names: list[str], curves: list[Any], at: tuple[str | int, ...]
) -> Iterator[Mistake]:
    """A motor with a thrust curve burns once, from one phase to the next."""
    own = [
        item(phase, "engine") == "on"
        and item(phase, "configuration") in ((chosen,) if len(names) > 1 else (chosen, None))
        for phase in before
    ]
    if curves and any(own) and not own[-1]:
        hint = f"the motor of {chosen} was lit before and went out; a thrust curve burns once"
        yield Mistake((*at, "engine"), "off", hint)


def _sure(until: dict[str, Any]) -> bool:
    """Whether something ends it besides what may never be used up."""
    others = until.keys() - NOTES - {"depleted"}
    return any(until[key] is not None and until[key] is not False for key in others)


def _inertia_mistakes(block: dict[str, Any], at: tuple[str, ...], phase: Any) -> Iterator[Mistake]:
    """What turns freely has an inertia."""
    for key in ("empty", "full") if "empty" in block or "full" in block else ("",):
        part = mapping(block, key) if key else block
        if part and "inertia" not in part:
            hint = f"phase {item(phase, 'name')} is rigid"
            yield Mistake((*at, key, "inertia") if key else (*at, "inertia"), "required", hint)


def _row_mistakes(data: Any) -> Iterator[Mistake]:
    """No phase, and not all of them together, takes more steps than a history may have."""
    total = 0.0
    for k, phase in enumerate(items(data, "phases")):
        duration = _read(mapping(phase, "until"), "duration", "time")
        step = _read(phase, "step", "time")
        if duration is None or step is None or step <= 0.0:
            continue
        before, total = total, total + duration / step
        if total > MOST_ROWS >= before:
            hint = f"up to here there would be {total:.0f} of them"
            yield Mistake(("phases", k, "step"), f"a step of which at most {MOST_ROWS} fit", hint)


def _step_mistakes(data: Any) -> Iterator[Mistake]:
    """A step fits into its phase: a longer one would be cut, and the phase be one step."""
    for k, phase in enumerate(items(data, "phases")):
        duration = _read(mapping(phase, "until"), "duration", "time")
        step = _read(phase, "step", "time")
        if duration is not None and step is not None and step > duration > 0.0:
            most = format_quantity(duration, "s", digits=9)
            yield Mistake(("phases", k, "step"), f"a step of at most {most}, the phase's duration")


def _burning_mistakes(data: Any) -> Iterator[Mistake]:
    """What a pulse burns is aboard in some phase; in others it does nothing."""
    configurations = mapping(mapping(data, "body"), "configurations")
    flown = [item(phase, "configuration") for phase in items(data, "phases")]
    names = [name for name in configurations if name in flown or flown == [None] * len(flown)]
    if not names or any(mapping(configurations[name], "full") for name in names):
        return
    for k, pulse in enumerate(items(data, "pulses")):
        for key in _BURNING:
            if item(pulse, key) is not None:
                hint = f"configuration {names[0]} has none: it needs empty and full"
                yield Mistake(("pulses", k, key), "a body with propellant", hint)


def _burns(pulse: Any) -> bool:
    return any(item(pulse, key) is not None for key in _BURNING)


def _pulse_mistakes(data: Any) -> Iterator[Mistake]:
    """A pulse begins before the flight is surely over."""
    phases = items(data, "phases")
    durations = [_read(mapping(phase, "until"), "duration", "time") for phase in phases]
    known = [duration for duration in durations if duration is not None and duration > 0.0]
    if not phases or len(known) != len(phases):
        return
    end = sum(known)
    for k, pulse in enumerate(items(data, "pulses")):
        begin = _read(pulse, "from", "time")
        if begin is not None and begin >= end:
            expected = f"a time before the end of the flight at {format_quantity(end, 's')}"
            hint = "pulses are timed from the epoch; this one would never begin"
            yield Mistake(("pulses", k, "from"), expected, hint)


def _name_mistakes(data: Any, key: str) -> Iterator[Mistake]:
    """Names of phases differ, so do those of pulses."""
    names = [item(block, "name") for block in items(data, key)]
    for k, name in enumerate(names):
        if isinstance(name, str) and name in names[:k]:
            yield Mistake((key, k, "name"), "names that differ", f"{name} is used before")


def events_of(data: Any) -> list[str]:
    """Names of the events that a flight can have."""
    phases = [item(block, "name") for block in items(data, "phases")]
    pulses = [item(block, "name") for block in items(data, "pulses")]
    return [
        *BODY_EVENTS,
        *(f"{name}-end" for name in phases),
        *(f"{name}-{word}" for name in pulses for word in ("on", "off")),
    ]


def _published_mistakes(data: Any) -> Iterator[Mistake]:
    events = events_of(data)
    stages = list(mapping(mapping(data, "body"), "configurations"))
    for k, row in enumerate(items(data, "published")):
        at, stage, quantity = (item(row, key) for key in ("at", "stage", "quantity"))
        if isinstance(at, str) and at not in events:
            yield Mistake(("published", k, "at"), "an event of the flight", nearest(at, events))
        if isinstance(stage, str) and stage not in stages:
            hint = nearest(stage, stages)
            yield Mistake(("published", k, "stage"), "a configuration of the body", hint)
        if quantity in _NOT_OURS:
            hint = f"{', '.join(_NOT_OURS)} are those of an ascent"
            yield Mistake(("published", k, "quantity"), "a quantity of a body's flight", hint)


def _read(block: Any, key: str, dimension: str) -> float | None:
    """A quantity, or None where there is none or it is wrong, which the models tell."""
    return parsed(item(block, key), dimension)
