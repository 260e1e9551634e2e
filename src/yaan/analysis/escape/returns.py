"""Home from the orbit at once: the way home of the mission found, and returns told from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.base.errors import YaanError
from yaan.description import Plan
from yaan.design.choice import Light
from yaan.design.return_flight import elevation_of
from yaan.design.return_plan import make_return
from yaan.design.return_search import ReturnDesign, design_return, follow
from yaan.design.steer import Steered
from yaan.dynamics.forces import World
from yaan.escape.returning import Returns, return_now
from yaan.flight.models.launcher import stack_of
from yaan.flight.models.world import landing_world
from yaan.results.commands import Commands
from yaan.results.escape import EscapeReturn, Groups

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Returning:
    """Returns at once, or why there are none."""

    returns: Returns | None
    note: str = ""


def returning(
    plan: Plan,
    world: World,
    steered: Steered,
    commands: Commands | None,
    watch: Callable[[float], None],
) -> Returning:
    """Returns at once from every minute of the stay of a mission that comes back.

    Its orbit is found as in a flight of the mission, or by `commands`, and flown as designed.
    """
    ascent, asked, entering = plan.ascent, plan.return_flight, plan.entry_flight
    spec = None if plan.escape is None else plan.escape.return_now
    assert ascent is not None
    assert spec is not None
    if asked is None or entering is None:
        return Returning(None, "No return at once: the mission has no way home.")
    if not steered.orbits:
        return Returning(None, "No return at once: the ascent came to no orbit.")
    there = landing_world(world, entering)
    separated = steered.end.dropping(*stack_of(ascent).launcher)
    task, sun = make_return(ascent, asked), elevation_of(plan)
    try:
        design: ReturnDesign
        if commands is None or commands.orbit is None:
            design = design_return(there, task, separated, sun, lambda text: None)
        else:
            design = follow(there, task, separated, commands, sun, lambda text: None)
        return Returning(return_now(plan, spec, design, watch))
    except (YaanError, np.linalg.LinAlgError) as error:
        return Returning(None, f"No return at once was found: {error}")


def told_returns(returns: Returns) -> tuple[EscapeReturn, ...]:
    """What they come to, target by target."""
    return tuple(_told(returns, target) for target in range(len(returns.targets)))


def _told(returns: Returns, target: int) -> EscapeReturn:
    wait, rows = returns.wait[target], np.flatnonzero(np.isfinite(returns.landing[target]))
    some = len(rows) > 0
    longest = int(rows[np.argmax(wait[rows])]) if some else -1
    by: dict[Light, int] = dict.fromkeys(("day", "twilight", "night"), 0)
    for row in rows:
        by[returns.light(target, int(row))] += 1

    def most(values: Array) -> float | None:
        return float(np.max(values[target, rows])) if some else None

    misses = returns.misses
    return EscapeReturn(
        name=_name(returns.targets[target]),
        title=returns.targets[target],
        begin=float(returns.time[0]),
        end=float(returns.time[-1]),
        instants=len(returns.time),
        found=len(rows),
        first=int(np.sum(returns.first == target)),
        longest=float(wait[longest]) if some else None,
        longest_time=float(returns.time[longest]) if some else None,
        median=float(np.median(wait[rows])) if some else None,
        largest_load=most(returns.load),
        largest_delta_v=most(returns.delta_v),
        least_propellant=float(np.min(returns.propellant[target, rows])) if some else None,
        by_day=by["day"],
        by_twilight=by["twilight"],
        by_night=by["night"],
        error_place=misses.place,
        error_time=misses.time,
        error_load=misses.load,
        error_delta_v=misses.delta_v,
        checked=misses.checked,
    )


def return_groups(returns: Returns) -> Iterator[tuple[str, dict[str, Array]]]:
    """Columns of every target, by the instant of the decision."""
    for target, title in enumerate(returns.targets):
        yield (
            f"return/{_name(title)}",
            {
                "time": returns.time,
                "ignition": returns.ignition[target],
                "landing": returns.landing[target],
                "latitude": returns.latitude[target],
                "longitude": returns.longitude[target],
                "delta_v": returns.delta_v[target],
                "propellant": returns.propellant[target],
                "peak_load": returns.load[target],
                "sun": returns.sun[target],
            },
        )


def with_returns(groups: Groups, returned: Returning | None) -> Groups:
    """The groups, and those of returns where there are any."""
    if returned is None or returned.returns is None:
        return groups
    return groups | dict(return_groups(returned.returns))


def _name(title: str) -> str:
    """Of a target, as a key."""
    return "-".join(title.lower().split())
