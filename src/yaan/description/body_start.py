"""Checks of the start of a file of kind `body`, on the plain tree as those of `cross`.

Whether VVLH has axes there is a question of numbers. They are worked out here without an array
library, as in `tensor`: to check is to load none.
"""

import math
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from yaan.base import format_quantity
from yaan.base.constants import EARTH_SPIN
from yaan.base.plain import item, items, mapping
from yaan.description.block import Block
from yaan.description.body import PlaceSpec, StartSpec
from yaan.description.environment import EarthSpec, EnvironmentSpec
from yaan.description.quantity import FILE, Mistake, parsed

SKY_FRAMES: Final = ("eme2000", "mod", "tod", "teme")
"""Frames of a start that are known against the axes of the sky alone."""

_GEODETIC: Final = ("latitude", "longitude", "height")
_GROUND: Final = ("north", "east", "down")
_AXES: Final = ("x", "y", "z")

_STRAIGHT: Final = 1e-9  # of the speed, or of 1 m/s: what crosses the position is rounding

_SINKS: Final = 1e-3  # [m/s] as `motion.body` has it
_RESTS: Final = 0.1  # [m/s]; less is a file that starts something by a nudge

Triple = tuple[float, float, float]
AnyBlock = TypeVar("AnyBlock", bound=Block)


def start_mistakes(data: Any) -> Iterator[Mistake]:
    """Mistakes between the start of a body and everything else in its file."""
    yield from frame_mistakes(data, ("start",))
    yield from _attitude_mistakes(data)
    yield from _straight_mistakes(data)
    yield from _height_mistakes(data)
    yield from _apex_mistakes(data)
    yield from _rail_mistakes(data)


def frame_mistakes(data: Any, at: tuple[str, ...]) -> Iterator[Mistake]:
    """Position and velocity are in one frame, and a frame is named where one is needed.

    `at` is where the start with its position and velocity stands in the file.
    """
    start = mapping(data, at[0]) if len(at) == 1 else mapping(mapping(data, at[0]), at[1])
    place, motion = mapping(start, "position"), mapping(start, "velocity")
    geodetic, ground = _any(place, _GEODETIC), _any(motion, _GROUND)
    cartesian, components = _any(place, _AXES), _any(motion, _AXES)
    if (geodetic and cartesian) or (ground and components):
        return  # the blocks themselves tell it
    if geodetic and components:
        hint = "the position is latitude, longitude and height: one frame for both"
        yield Mistake((*at, "velocity"), "north, east, down", hint)
    if cartesian and ground:
        hint = "the position is x, y and z: one frame for both"
        yield Mistake((*at, "velocity"), "x, y, z", hint)
    if geodetic and "frame" in start:
        hint = "latitude, longitude and height are on the Earth"
        yield Mistake((*at, "frame"), "nothing with latitude, longitude and height", hint)
    if cartesian and "frame" not in start:
        hint = f"gcrs or itrs, or {', '.join(SKY_FRAMES)}, with x, y and z"
        yield Mistake((*at, "frame"), "required", hint)
    earth = _valid(EnvironmentSpec, mapping(data, "environment"))
    if start.get("frame") in SKY_FRAMES and earth is not None and not earth.earth.sky:
        expected = f"gcrs or itrs, with earth: {earth.earth.rotation}"
        hint = "its inertial axes are those of the Earth at the epoch, not of the sky"
        yield Mistake((*at, "frame"), expected, hint)


def _any(block: dict[str, Any], keys: tuple[str, ...]) -> bool:
    return any(key in block for key in keys)


def _attitude_mistakes(data: Any) -> Iterator[Mistake]:
    """The first phase knows where the body points."""
    phases = items(data, "phases")
    if not phases or item(mapping(data, "start"), "attitude") is not None:
        return
    first = mapping(phases[0])
    if "rail" in first:
        hint = "the rail is along the body's x axis"
    elif first.get("motion", "rigid") == "rigid":
        hint = "the first phase is rigid"
    elif first.get("pointing") in ("held", "ned", "vvlh"):
        hint = f"the first phase has pointing: {first['pointing']}"
    else:
        return
    yield Mistake(("start", "attitude"), "required", hint)


def _straight_mistakes(data: Any) -> Iterator[Mistake]:
    """VVLH has no axes where nothing crosses the line to the Earth's centre."""
    start = mapping(data, "start")
    first = mapping(next(iter(items(data, "phases")), None))
    uses = {
        ("start", "attitude", "from"): (item(item(start, "attitude"), "from"), "ned or gcrs"),
        ("start", "rate", "against"): (item(item(start, "rate"), "against"), "gcrs or itrs"),
        ("phases", 0, "pointing"): (first.get("pointing"), "stream, held or ned"),
    }
    found = {at: others for at, (word, others) in uses.items() if word == "vvlh"}
    if not found or not _is_straight(data):
        return
    for at, others in found.items():
        hint = f"seen from the sky it has no orbit, so vvlh has no axes; use {others}"
        yield Mistake(at, "a start whose velocity is not along its position", hint)


def _is_straight(data: Any) -> bool:
    """Whether the start has no angular momentum; no, where a mistake hides it."""
    start = _valid(StartSpec, item(data, "start"))
    world = _valid(EnvironmentSpec, mapping(data, "environment"))
    state = None if start is None or world is None else _state(start, world.earth)
    if state is None:
        return False
    position, velocity = state
    crossing = math.hypot(*_cross(position, velocity)) / math.hypot(*position)
    return crossing <= _STRAIGHT * max(math.hypot(*velocity), 1.0)


def _state(start: StartSpec, earth: EarthSpec) -> tuple[Triple, Triple] | None:
    """Position and inertial velocity [m, m/s], in axes of the sky or of the Earth at the epoch.

    The Earth turns about its z axis here: a pole that wanders by 1e-6 rad decides nothing.
    """
    place, motion = start.position, start.velocity
    if place.latitude is not None:
        position = _on_the_earth(place, earth)
        velocity = _turned(place, _triple(motion, _GROUND))
    else:
        position, velocity = _triple(place, _AXES), _triple(motion, _AXES)
    if position is None or velocity is None:
        return None  # two frames, which is told
    if start.frame not in (None, "itrs"):
        return position, velocity
    carried = _cross((0.0, 0.0, _spin(earth)), position)
    return position, (
        velocity[0] + carried[0],
        velocity[1] + carried[1],
        velocity[2] + carried[2],
    )


def _spin(earth: EarthSpec) -> float:
    """How fast the Earth turns [rad/s]."""
    if earth.rotation == "still":
        return 0.0
    return EARTH_SPIN if earth.spin is None else earth.spin


def _on_the_earth(place: PlaceSpec, earth: EarthSpec) -> Triple | None:
    """Geodetic latitude, longitude and height as x, y and z fixed to the Earth [m]."""
    known = _triple(place, _GEODETIC)
    if known is None:
        return None
    latitude, longitude, height = known
    a, flat = earth.shape.radius, earth.shape.flattening
    squared = flat * (2.0 - flat)  # eccentricity
    normal = a / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
    out = (normal + height) * math.cos(latitude)
    up = (normal * (1.0 - squared) + height) * math.sin(latitude)
    return out * math.cos(longitude), out * math.sin(longitude), up


def _turned(place: PlaceSpec, level: Triple | None) -> Triple | None:
    """North, east and down of a place in axes fixed to the Earth."""
    if level is None or place.latitude is None or place.longitude is None:
        return None
    north, east, down = level
    sin_lat, cos_lat = math.sin(place.latitude), math.cos(place.latitude)
    sin_lon, cos_lon = math.sin(place.longitude), math.cos(place.longitude)
    out = -north * sin_lat - down * cos_lat
    return (
        out * cos_lon - east * sin_lon,
        out * sin_lon + east * cos_lon,
        north * cos_lat - down * sin_lat,
    )


def _height_mistakes(data: Any) -> Iterator[Mistake]:
    """A first phase that ends below a height starts above it, or rises."""
    until = item(mapping(next(iter(items(data, "phases")), None)), "until")
    limit = parsed(item(until, "height_below"), "length")
    found = _fall(data)
    if limit is None or found is None:
        return
    height, down = found
    if down < 0.0 or height > limit:
        return
    expected = f"a height below {format_quantity(height, 'm', digits=9)}, where it starts"
    hint = "it does not rise from there, so the phase would last 0 s"
    yield Mistake(("phases", 0, "until", "height_below"), expected, hint)


def _apex_mistakes(data: Any) -> Iterator[Mistake]:
    """A first phase that ends at its apex does not begin by sinking."""
    until = item(mapping(next(iter(items(data, "phases")), None)), "until")
    found = _fall(data)
    if item(until, "apex") is True and found is not None and found[1] > _SINKS:
        hint = "it sinks as it starts, so its apex has been and the phase would last 0 s"
        yield Mistake(("phases", 0, "until", "apex"), "false", hint)


def _rail_mistakes(data: Any) -> Iterator[Mistake]:
    """A rail stands on the Earth, what is on it rests there, and an engine carries it off."""
    for k, phase in enumerate(items(data, "phases")):
        if item(phase, "rail") is None:
            continue
        if k > 0:
            hint = "on a rail a flight begins"
            yield Mistake(("phases", k, "rail"), "nothing but in the first phase", hint)
            continue
        if item(phase, "engine") != "on":
            hint = "nothing else carries it off its rail"
            yield Mistake(("phases", k, "engine"), "on, with a rail", hint)
        motion = mapping(mapping(data, "start"), "velocity")
        speeds = {key: parsed(value, "speed") for key, value in motion.items() if key in _GROUND}
        if not _any(motion, _GROUND) and motion:
            hint = "a rail stands on the Earth: latitude, longitude and height; north, east, down"
            yield Mistake(("start", "position"), "a place on the Earth, with a rail", hint)
        for key, speed in speeds.items():
            if speed is not None and abs(speed) > _RESTS:
                hint = "what is on a rail stands still as the flight starts"
                yield Mistake(("start", "velocity", key), '"0 m/s", with a rail', hint)


def _fall(data: Any) -> tuple[float, float] | None:
    """Height [m] and speed downwards [m/s] at the start; None where a mistake hides them."""
    start = mapping(data, "start")
    height = parsed(item(item(start, "position"), "height"), "length")
    down = parsed(item(item(start, "velocity"), "down"), "speed")
    if height is not None and down is not None:
        return height, down
    known = _valid(StartSpec, start)
    world = _valid(EnvironmentSpec, mapping(data, "environment"))
    if known is None or world is None:
        return None
    place, motion = _triple(known.position, _AXES), _triple(known.velocity, _AXES)
    if place is None or motion is None:
        return None
    radius, flat = world.earth.shape.radius, world.earth.shape.flattening
    height, up = _above(place, radius, flat)
    # The pole of the sky's axes is up to half a degree from the Earth's, which moves the height.
    slack = 0.0 if known.frame == "itrs" else 0.01 * flat * radius
    return height + slack, -sum(v * n for v, n in zip(motion, up, strict=True))


def _above(place: Triple, radius: float, flat: float) -> tuple[float, Triple]:
    """Height above an ellipsoid [m] and the direction of up, by Bowring's formula.

    Its one step is good to a millimetre below 10,000 km.
    """
    x, y, z = place
    out, small = math.hypot(x, y), radius * (1.0 - flat)
    beta = math.atan2(z * radius, out * small)
    squared = flat * (2.0 - flat)
    latitude = math.atan2(
        z + squared / (1.0 - squared) * small * math.sin(beta) ** 3,
        out - squared * radius * math.cos(beta) ** 3,
    )
    sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
    normal = radius / math.sqrt(1.0 - squared * sin_lat**2)
    height = out * cos_lat + z * sin_lat - normal * (1.0 - squared * sin_lat**2)
    east = (x / out, y / out) if out > 0.0 else (1.0, 0.0)
    return height, (cos_lat * east[0], cos_lat * east[1], sin_lat)


def _valid(model: type[AnyBlock], value: Any) -> AnyBlock | None:
    """A block of the file, or None where it has mistakes, which are told elsewhere."""
    try:
        return model.model_validate(value, context=FILE)
    except ValidationError:
        return None


def _triple(block: Block, keys: tuple[str, ...]) -> Triple | None:
    """Three numbers of a block, or None where it has another form."""
    x, y, z = (getattr(block, key) for key in keys)
    return None if x is None or y is None or z is None else (x, y, z)


def _cross(a: Triple, b: Triple) -> Triple:
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )
