"""Checks between the blocks of the way home, on the plain tree as those of `cross`."""

import math
from collections.abc import Iterator
from typing import Any, Final

from yaan.base import UnitError, format_quantity, nearest, parse
from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS
from yaan.base.plain import is_mapping, item, items, mapping
from yaan.description.quantity import Mistake

HOME_PHASES: Final = ("orbit", "circularise", "deorbit", "coast-to-entry", "entry", "descent")
"""Names of the phases that follow those of the file, as results call them."""

ENTRY_EVENTS: Final = (
    "entry-interface",
    "first-load",
    "peak-load",
    "peak-heat-flux",
    "entry-end",
    "peak-opening-load",
    "touchdown",
)
"""Events of a file of kind `entry`, beside the names of its parachute steps; `first-load` is the
first 0.05 g."""

_BLOCKS: Final = ("orbit", "landing", "deorbit", "entry")
HOME_BLOCKS: Final = ("spacecraft", *_BLOCKS)
"""Blocks of a mission that its ascent does not depend on."""
_COARSEST: Final = 0.5  # [rad], that of yaan.motion.rigid_entry
_ATTITUDE_STEP: Final = "0.05 s"  # default of entry.attitude_step
_INTERFACE: Final = "120 km"  # default of entry.interface_height
_INTERFACE_KEY: Final = ("interface_height", "length")


def home_mistakes(data: Any) -> Iterator[Mistake]:
    """Mistakes between the blocks of the way home of a mission."""
    written = [key for key in _BLOCKS if item(data, key) is not None]
    if not written:
        return
    told = f"written with {', '.join(written)}"
    for key in HOME_BLOCKS:
        if item(data, key) is None:
            yield Mistake((key,), "required", told)
    yield from _mass_mistakes(data)
    yield from _engine_mistakes(data)
    yield from _height_mistakes(data)
    interface = _read({"interface_height": _INTERFACE, **mapping(data, "entry")}, *_INTERFACE_KEY)
    yield from _floor_mistakes(data, interface)
    yield from _train_mistakes(data, ("spacecraft", "capsule", "parachutes"))
    yield from _rigid_mistakes(data, ("spacecraft", "capsule"))
    for index, phase in enumerate(items(data, "phases")):
        if item(phase, "name") in HOME_PHASES:
            hint = f"{', '.join(HOME_PHASES)} are phases of the way home"
            yield Mistake(("phases", index, "name"), "another name", hint)


def entry_mistakes(data: Any) -> Iterator[Mistake]:
    """Mistakes between the blocks of a file of kind `entry`."""
    yield from _floor_mistakes(data, _start_height(mapping(data, "interface")))
    yield from _train_mistakes(data, ("capsule", "parachutes"))
    yield from _rigid_mistakes(data, ("capsule",))
    steps = items(mapping(mapping(data, "capsule"), "parachutes"), "steps")
    names = [item(step, "name") for step in steps]
    events = [*ENTRY_EVENTS, *(name for name in names if isinstance(name, str))]
    for k, row in enumerate(items(data, "published")):
        at = item(row, "at")
        if isinstance(at, str) and at not in events:
            yield Mistake(("published", k, "at"), "an event of the entry", nearest(at, events))
        if item(row, "stage") is not None:
            yield Mistake(("published", k, "stage"), "nothing: an entry has no stages")


def _mass_mistakes(data: Any) -> Iterator[Mistake]:
    """Capsule and propellant leave something for the service module itself."""
    craft = mapping(data, "spacecraft")
    payload = _read(mapping(mapping(data, "vehicle"), "payload"), "mass", "mass")
    capsule = _read(mapping(craft, "capsule"), "mass", "mass")
    propellant = _read(mapping(craft, "service_module"), "propellant", "mass")
    if payload is None or capsule is None or propellant is None:
        return
    if capsule + propellant >= payload:
        total = format_quantity(payload, "t", digits=6)
        sum_ = format_quantity(capsule + propellant, "t", digits=6)
        expected = f"a capsule that with its propellant is lighter than the payload of {total}"
        hint = f"together they are {sum_}; see spacecraft.service_module.propellant"
        yield Mistake(("spacecraft", "capsule", "mass"), expected, hint)


def _engine_mistakes(data: Any) -> Iterator[Mistake]:
    """No more engines burn than there are."""
    there = item(mapping(mapping(data, "spacecraft"), "service_module"), "engines")
    burning = item(mapping(data, "deorbit"), "engines")
    if type(there) is int and type(burning) is int and burning > there >= 1:
        expected = f"at most {there}, spacecraft.service_module.engines"
        yield Mistake(("deorbit", "engines"), expected)


def _height_mistakes(data: Any) -> Iterator[Mistake]:
    """The way down leads down: orbit, separation, interface."""
    separation = _read(mapping(data, "deorbit"), "separation_height", "length")
    interface = _read({"interface_height": _INTERFACE, **mapping(data, "entry")}, *_INTERFACE_KEY)
    perigee = _read(mapping(mapping(data, "orbit"), "circularise"), "perigee", "length")
    if separation is None:
        return
    at = ("deorbit", "separation_height")
    if interface is not None and separation <= interface:
        least = format_quantity(interface, "km", digits=6)
        yield Mistake(at, f"a height above the entry interface at {least}")
    if perigee is not None and separation >= perigee:
        most = format_quantity(perigee, "km", digits=6)
        yield Mistake(at, f"a height below the perigee of the orbit at {most}")


def _floor_mistakes(data: Any, interface: float | None) -> Iterator[Mistake]:
    """An entry leads down from its interface [m] to its floor."""
    floor = _read(mapping(data, "entry"), "floor", "length")
    if floor is not None and interface is not None and floor >= interface:
        most = format_quantity(interface, "km", digits=6)
        yield Mistake(("entry", "floor"), f"a height below the entry interface at {most}")


def _start_height(interface: dict[str, Any]) -> float | None:
    """About how high an entry starts [m]; a radius is taken above WGS 84."""
    height, radius = _read(interface, "height", "length"), _read(interface, "radius", "length")
    latitude = _read(interface, "latitude", "angle")
    if height is not None or radius is None or latitude is None:
        return height
    return radius - EARTH_RADIUS * (1.0 - EARTH_FLATTENING * math.sin(latitude) ** 2)


def _rigid_mistakes(data: Any, path: tuple[str, ...]) -> Iterator[Mistake]:
    """A capsule that turns says how, and its control is no faster than the steps."""
    entry, capsule = mapping(data, "entry"), data
    if entry.get("motion") != "rigid":
        return
    for step in path:
        capsule = mapping(capsule, step)
    rigid = item(capsule, "rigid")
    if rigid is None:
        yield Mistake((*path, "rigid"), "required", "entry.motion is rigid")
        return
    frequency = _read(mapping(rigid, "control"), "frequency", "angular rate")
    step = _read({"attitude_step": _ATTITUDE_STEP, **entry}, "attitude_step", "time")
    if frequency and step is not None and frequency * step > _COARSEST:
        most = format_quantity(_COARSEST / frequency, "s", digits=3)
        expected = f"at most {most}, half a radian of the control's frequency"
        yield Mistake(("entry", "attitude_step"), expected)


def _train_mistakes(data: Any, path: tuple[str, ...]) -> Iterator[Mistake]:
    """Names of steps differ; what a step waits for exists and comes in time."""
    for step in path:
        data = mapping(data, step)
    steps = items(data, "steps")
    names = [item(step, "name") for step in steps]
    least: float | None = None  # [m] where the latest step waits to be deployed
    for i, step in enumerate(steps):
        at = (*path, "steps", i)
        deploy, release = mapping(mapping(step), "deploy"), mapping(mapping(step), "release")
        if isinstance(names[i], str) and names[i] in names[:i]:
            yield Mistake((*at, "name"), "names that differ", f"{names[i]} is used before")
        cut, later = release.get("with"), [name for name in names[i + 1 :] if isinstance(name, str)]
        if isinstance(cut, str) and cut not in later:
            hint = nearest(cut, later) or "no step comes after this one"
            yield Mistake((*at, "release", "with"), "the name of a later step", hint)
        height, gone = _read(deploy, "height", "length"), _read(release, "height", "length")
        if height is not None and least is not None and height > least:
            expected = (
                f"at most {format_quantity(least, 'km', digits=6)}, where a step before it is"
            )
            yield Mistake((*at, "deploy", "height"), expected)
        least = height if height is not None else least
        if gone is not None and least is not None and gone > least:
            expected = f"at most {format_quantity(least, 'km', digits=6)}, where it is deployed"
            yield Mistake((*at, "release", "height"), expected)


def _read(block: Any, key: str, dimension: str) -> float | None:
    """A quantity, or None where there is none or it is wrong, which the models tell."""
    if not is_mapping(block) or key not in block:
        return None
    try:
        return parse(block[key], dimension)
    except UnitError:
        return None
