"""What a launcher carries: the payload that leaves just its reserve, for each of many orbits.

The steering is solved anew for every payload that is tried, so that each point of a curve is the
launcher at its best as far as the search of an ascent finds it (`design.steer`): a payload is
shown to be possible, a heavier one is not shown to be impossible.

Method: the propellant left falls with the payload nearly along a line; secants from the payload of
the mission, each of them one solved ascent. Ignores: another number of burns, staging or azimuth
for another orbit; what the phases of the file do not allow is found by nobody.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray

from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS
from yaan.base.errors import InputError, Problem
from yaan.base.session import computing
from yaan.base.units import parse
from yaan.design.steer import Steered, solve, solve_beside
from yaan.design.task import make_task
from yaan.flight.models.world import build_world, horizon
from yaan.mission.checks import check
from yaan.mission.file.tree import Tree
from yaan.mission.load import override
from yaan.results.payloads import Point

MET: Final = 2.0
"""The propellant left is the reserve within this [kg]."""

POINTS: Final = 6
"""Heights of a range that names no number."""

_TRIES: Final = 12
_VAIN: Final = 3  # tries of which none flies, each a whole search in vain: half the payload by then
_SHARE: Final = 0.8  # of what is left that a first step adds to the payload
_BOLDEST: Final = 0.5  # of the payload, in one step
_PARALLEL: Final = 2
_TROPICAL_YEAR: Final = 365.2422 * 86_400.0  # [s]

Watch = Callable[[int, int, str], None]


SUN_SYNCHRONOUS: Final = "sun-synchronous"
"""The inclination whose node turns with the mean Sun."""


def sun_synchronous(height: float) -> float:
    """The inclination [rad] of a circular orbit at `height` [m] whose node turns with the mean Sun.

    By the secular drift of J2 alone; valid up to some 5,900 km, beyond which there is none.
    Source: Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), section 11.4.1.

    Raises:
        ValueError: above that.
    """
    a = EARTH_RADIUS + height
    drift = 2.0 * np.pi / _TROPICAL_YEAR
    cosine = -drift * a**3.5 / (1.5 * np.sqrt(EARTH_MU) * EARTH_J2 * EARTH_RADIUS**2)
    if not -1.0 <= cosine:
        raise ValueError("no circular orbit so high is sun-synchronous")
    return float(np.arccos(cosine))


def capability(
    tree: Tree,
    heights: Sequence[str],
    inclinations: Sequence[str],
    watch: Watch | None = None,
) -> list[Point]:
    """The payload to every circular orbit of `heights` and `inclinations`, as a file has them.

    Without inclinations that of the mission is kept.

    Raises:
        InputError: a mission without an ascent to an orbit, or an orbit that it cannot ask for.
    """
    orbits = [
        {"target.perigee": height, "target.apogee": height} | _tilt(height, tilt)
        for height in heights
        for tilt in (inclinations or [""])
    ]
    plan = check(tree)
    if plan.ascent is None:
        expected = "a mission with a target orbit, whose ascent is solved"
        raise InputError(Problem(plan.name, None, "target", "", expected))
    for orbit in orbits:
        check(override(tree, orbit))
    done = 0
    tell = watch or (lambda done, of, text: None)

    def some(orbits_: Sequence[dict[str, str]]) -> list[Point]:
        """Orbits one after another, each begun where the one before has ended."""
        nonlocal done
        points: list[Point] = []
        near: _Near | None = None
        for orbit in orbits_:
            with computing():
                point, near = _point(tree, orbit, near)
            points.append(point)
            done += 1
            words = point.text or f"{point.payload:.0f} kg"
            tell(done, len(orbits), f"{orbit['target.perigee']}: {words}")
        return points

    half = -(-len(orbits) // _PARALLEL)
    parts = [orbits[i : i + half] for i in range(0, len(orbits), half)]
    with ThreadPoolExecutor(max_workers=_PARALLEL) as pool:
        return [point for points in pool.map(some, parts) for point in points]


def _tilt(height: str, tilt: str) -> dict[str, str]:
    """The inclination of an orbit as a file has it; that of the mission where none is told."""
    if tilt != SUN_SYNCHRONOUS:
        return {"target.inclination": tilt} if tilt else {}
    try:
        angle = sun_synchronous(parse(height, "length", "km"))
    except ValueError as error:
        raise InputError(Problem("--height", None, "", height, str(error))) from error
    return {"target.inclination": f"{np.degrees(angle):.6f} deg"}


@dataclass(frozen=True)
class _Near:
    """A payload that was flown, and how."""

    mass: float
    steered: Steered


def _point(tree: Tree, orbit: dict[str, str], near: _Near | None) -> tuple[Point, _Near | None]:
    plan = check(override(tree, orbit))
    assert plan.ascent is not None
    target = plan.ascent.target
    where = (target.perigee, target.inclination)
    mass, reserve = plan.ascent.vehicle.payload.mass, _reserve(plan)
    mass = mass if near is None else near.mass
    tried: list[tuple[float, float]] = []
    vain: list[float] = []
    for attempt in range(_TRIES):
        if attempt == _VAIN and not tried:
            break
        steered, left = _flown(tree, orbit, mass, near)
        if steered is not None:
            near = _Near(mass, steered)
            tried.append((mass, left - reserve))
            if abs(left - reserve) <= MET:
                return Point(*where, *tried[-1], len(tried), "flown"), near
        else:
            vain.append(mass)
        mass = _next(mass, tried, lost=steered is None)
    text = f"No payload was found that leaves the reserve within {MET:g} kg"
    if tried:
        best = min(tried, key=lambda one: abs(one[1]))
        text += f"; the nearest, {best[0]:.0f} kg, leaves {best[1]:+.0f} kg beyond it"
    elif vain:
        text += f"; no steering was found with {vain[0]:.0f} kg, nor with {vain[-1]:.0f} kg"
    nothing = float("nan")
    return Point(*where, nothing, nothing, len(tried), "not-found", f"{text}."), near


def _next(mass: float, tried: Sequence[tuple[float, float]], *, lost: bool) -> float:
    """The payload that is tried next [kg]."""
    if lost or not tried:
        # A lighter one may reach the orbit; half way back to one that did.
        return 0.7 * mass if not tried else 0.5 * (mass + tried[-1][0])
    one = tried[-1]
    slope = -1.0 / _SHARE
    if len(tried) > 1:
        other = tried[-2]
        run = one[0] - other[0]
        found = (one[1] - other[1]) / run if run else slope
        slope = found if found < 0.0 else slope
    step = -one[1] / slope
    return one[0] + float(np.clip(step, -_BOLDEST * one[0], _BOLDEST * one[0]))


def _flown(
    tree: Tree, orbit: dict[str, Any], mass: float, near: _Near | None
) -> tuple[Steered | None, float]:
    """An ascent with a payload, and what it leaves [kg]: less than nothing of an overdraft."""
    plan = check(override(tree, orbit | {"vehicle.payload.mass": f"{mass!r} kg"}))
    ascent = plan.ascent
    assert ascent is not None
    world = build_world(plan, horizon(None))
    task = make_task(ascent, ascent.steering.profile, world)
    found = solve(task, world) if near is None else solve_beside(task, world, near.steered)
    leg, stage = found.task.aim.saves
    left = float(found.batch.ends.propellant[0, leg, stage])
    return (found, left) if found.solution.met else (None, left)


def _reserve(plan: Any) -> float:
    return 0.0 if plan.reserve is None else float(plan.reserve.propellant)


def curve(points: Sequence[Point], mission: str) -> xarray.Dataset:
    """The payloads as a dataset over height and, along `orbit`, inclination."""
    heights = list(dict.fromkeys(point.height for point in points))
    columns = len(points) // max(len(heights), 1)
    shape, dims = (len(heights), columns), ("height", "orbit")
    numbers = {
        "payload": ("kg", "payload that leaves the reserve"),
        "left": ("kg", "propellant left beyond the reserve"),
    }
    made: dict[str, Any] = {
        name: (
            dims,
            np.array([getattr(point, name) for point in points]).reshape(shape),
            {"units": unit, "long_name": text},
        )
        for name, (unit, text) in numbers.items()
    }
    for name in ("word", "text"):
        values = np.array([getattr(point, name) for point in points], dtype=object)
        made["outcome" if name == "word" else name] = (dims, values.reshape(shape))
    above = {"units": "m", "long_name": "height of the circular orbit above 6378.137 km"}
    coordinates = {
        "height": ("height", heights, above),
        "inclination": (
            dims,
            np.array([point.inclination for point in points]).reshape(shape),
            {"units": "rad"},
        ),
    }
    return xarray.Dataset(made, coordinates, {"mission": mission})
