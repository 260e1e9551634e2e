"""Gaganyaan home from random launches: each finds a pass or says why none serves.

    python benchmarks/landing_sweep.py [--epochs 24] [--seed 1] [--brute 3] [--out FILE]

Every random epoch of 2027 is flown to both zones, with a random landing time of one to five days
and daylight preferred or required by turns: the ground tracks of all launches from one pad are the
same, so the epoch moves the Sun only, and the landing time must move too for other passes to be
asked for. The ascent is flown once; where it ends turns with the Earth, so it is kept in ITRS and
turned into GCRS at each epoch.

With `--brute N` some flights, landed ones and misses, are judged again without the search: deorbits
are flown from four of the orbits every two minutes through the whole window, whatever lies below,
and their landing points are joined by splines. Lines:

    {"flight": ..., "asked": {...}, "chosen": {...} or null, "misses": [...], "landing": {...}}
    {"brute": ..., "agree": ..., "passes": [...]}
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from yaan.base.session import computing
from yaan.description import Plan
from yaan.design import deorbit, raising
from yaan.design.choice import Elevation
from yaan.design.landing import REVERSAL, profiles
from yaan.design.return_plan import make_return
from yaan.design.return_search import ReturnDesign, design_return
from yaan.design.steer import solve
from yaan.design.task import make_task
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.flight import legs
from yaan.flight.approach import Case, fly_approach
from yaan.flight.legs import LANES
from yaan.flight.models.launcher import Stack, stack_of
from yaan.flight.models.world import build_world, epoch_of
from yaan.gnc import BankProfile
from yaan.mission import check, check_ascent, load_tree
from yaan.motion import Leg
from yaan.spacetime.ephemeris import sun_elevation
from yaan.spacetime.frame import Frame, Vector, components, vector
from yaan.spacetime.time import bundled_orientation

Line = dict[str, Any]
Column = NDArray[np.float64]

ZONES = ("bay-of-bengal", "arabian-sea")
WORLD = 150.0 * 3600.0
"""The Earth is tabulated so long in every flight [s]: one shape, compiled once."""

EVERY = 120.0
"""Between the burns of the check [s]: some 870 km of ground, which a spline joins within 0.1 km."""

_SAME = 300.0  # [s] between two tellings of one pass
_DOWN = 2_600.0  # [s] from ignition to landing


@dataclass(frozen=True)
class Separation:
    """Where the launcher leaves the spacecraft, in ITRS: the same at every epoch."""

    t: float  # [s]
    position: Vector  # [m]
    velocity: Vector
    """Inertial, on ITRS axes [m/s]."""

    def at(self, world: World, stack: Stack) -> State:
        """The same in GCRS at the epoch of `world`, the payload of `stack` loaded and alone."""
        turn = world.earth.rotation(jnp.asarray(self.t)).inverse()
        position, velocity = (components(turn.apply(x)) for x in (self.position, self.velocity))
        everything = np.ones(len(stack.parts), dtype=bool)
        state = state_of([self.t], position[None], velocity[None], stack.loads, everything)
        return state.dropping(*stack.launcher)


def ascend() -> Separation:
    """The ascent of the mission as its file has it."""
    ascent = check_ascent(load_tree("gaganyaan"))
    world = build_world(ascent.plan)
    end = solve(make_task(ascent, ascent.steering.profile, world), world).end
    t = float(end.t[0])
    turn = world.earth.rotation(jnp.asarray(t))
    ends = (vector(jnp.asarray(x[0]), Frame.GCRS) for x in (end.position_gcrs, end.velocity_gcrs))
    return Separation(t, *(turn.apply(x) for x in ends))


def asked(epochs: int, seed: int) -> Iterator[Line]:
    """What is overridden in each flight."""
    random = np.random.default_rng(seed)
    for i in range(epochs):
        epoch = datetime(2027, 1, 1) + timedelta(seconds=int(random.integers(0, 365 * 86_400)))
        hours = float(np.round(random.uniform(24.0, 120.0), 1))
        for zone in ZONES:
            yield {
                "launch.epoch": f"{epoch.isoformat()} UTC",
                "landing.zone": zone,
                "landing.time": f"{hours} h",
                "landing.light": "require" if i % 2 else "prefer",
            }


def _sun(plan: Plan) -> Elevation:
    epoch, orientation = epoch_of(plan), bundled_orientation()

    def elevation(t: float, latitude: float, longitude: float) -> float:
        return float(sun_elevation(epoch, orientation, t, latitude, longitude)[0])

    return elevation


def come_home(overrides: Line, separation: Separation) -> ReturnDesign:
    """One flight from the separation to the sea."""
    plan = check(load_tree("gaganyaan", overrides))
    assert plan.ascent is not None
    assert plan.return_flight is not None
    world = build_world(plan, WORLD)
    start = separation.at(world, stack_of(plan.ascent))
    task = make_return(plan.ascent, plan.return_flight)
    return design_return(world, task, start, _sun(plan), lambda text: None)


def told(design: ReturnDesign) -> Line:
    """What came of a flight, for people: degrees, kilometres, hours."""
    serving = [o for o in design.found if o.reachable]
    missed = sorted(design.found, key=lambda o: -o.passed.margin)
    misses = [
        {
            "perigee_km": round(float(design.perigees[o.orbit]) / 1e3, 1),
            "hours": round(o.passed.time / 3600.0, 2),
            "margin_km": round(o.passed.margin / 1e3),
            "light": o.light,
            "why": o.why,
        }
        for o in missed
        if not o.reachable
    ]
    line: Line = {"listed": len(design.found), "serve": len(serving), "chosen": None}
    best, landed = design.chosen, design.landed
    if best is None or landed is None:
        return line | {"misses": misses}
    end, latitude, longitude = landed.end
    line["chosen"] = {
        "perigee_km": round(float(design.perigees[best.orbit]) / 1e3, 1),
        "revolution": best.passed.revolution,
        "ascending": best.passed.ascending,
        "margin_km": round(best.passed.margin / 1e3),
        "light": best.light,
        "sun_deg": round(float(np.degrees(best.sun_elevation)), 1),
    }
    line["landing"] = {
        "hours": round(end / 3600.0, 2),
        "latitude_deg": round(float(np.degrees(latitude)), 2),
        "longitude_deg": round(float(np.degrees(longitude)), 2),
        "miss_m": round(landed.miss or 0.0, 1),
        "in_zone": bool(design.task.wish.area.margin(latitude, longitude)[()] > 0.0),
        "peak_g": round(float(landed.entry.inner.peak_load[0]), 2),
    }
    return line


def brute(design: ReturnDesign) -> Line:
    """Whether deorbits flown all through the window land where the search says, and only there."""
    last = len(design.perigees) - 1
    orbits = list(dict.fromkeys([design.orbit, 0, last // 2, last]))
    rows = [row for orbit in orbits for row in _compared(design, orbit, *_landings(design, orbit))]
    return {"agree": all(row["agree"] for row in rows), "orbits": len(orbits), "passes": rows}


def _landings(design: ReturnDesign, orbit: int) -> tuple[Column, Column, Column]:
    """Landing times [s], latitudes and longitudes [rad] of deorbits all through the window.

    The nominal bank lands to one side, its mirror image to the other; halfway between is the middle
    of what a solved bank reaches.
    """
    task, path = design.task, raising.recorded(design.kept, orbit)
    case = Case(design.world, task.craft, task.way)
    bank = profiles(task.bank, np.full(LANES, design.nominal_bank), REVERSAL)
    banks = (bank, BankProfile(bank.time, -bank.angle))
    left = design.kept.end.tanks[orbit]
    first, end = task.wish.time - task.wish.window, task.wish.time + task.wish.window
    ignitions = np.arange(first - 1.5 * _DOWN, min(end - 0.5 * _DOWN, path.time[-1] - 60.0), EVERY)
    found: list[Column] = []
    for some in np.array_split(ignitions, -(-len(ignitions) // LANES)):
        at = np.pad(some, (0, LANES - len(some)), mode="edge")
        start = state_of(at - 1.0, *path.at(at - 1.0), tanks=left)
        burns = deorbit.solve_burns(case, start, at)
        there = fly_approach(case, start, at, burns.duration).interface.end
        entries = [
            legs.enter(case.world, case.craft.capsule, there, one, until=case.way.until, step=2.0)
            for one in banks
        ]
        if np.any([leg.outcome for leg in entries]) or np.max(np.abs(burns.error)) > 1e-4:
            raise RuntimeError(f"a deorbit near {some[0]:.0f} s does not come down as asked")
        halfway = 0.5 * (_landed(entries[0]) + _landed(entries[1]))
        found.append(halfway[: len(some)])
    # Points between those that were flown, every 5 s.
    flown = np.concatenate(found)
    time = np.arange(flown[0, 0], flown[-1, 0], 5.0)
    x, y, z = CubicSpline(flown[:, 0], flown[:, 1:])(time).T
    return time, np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)


def _landed(leg: Leg) -> Column:
    """Time [s] and direction of each landing, four columns."""
    latitude, longitude = legs.place_of(leg)
    x, y = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    return np.stack([leg.end.t, x, y, np.sin(latitude)], axis=1)


def _compared(
    design: ReturnDesign, orbit: int, time: Column, latitude: Column, longitude: Column
) -> list[Line]:
    """The visits of the zone, flown and said, side by side; light is not looked at."""
    wish = design.task.wish
    margin = wish.area.margin(latitude, longitude)
    inside = (np.abs(time - wish.time) <= wish.window) & (margin >= wish.margin)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])))
    flown = [(time[a:b], margin[a:b]) for a, b in edges.reshape(-1, 2)]
    said = [o.passed for o in design.found if o.orbit == orbit and o.passed.margin >= wish.margin]
    rows: list[Line] = []
    for times, margins in flown:
        near = [p for p in said if times[0] - _SAME <= p.time <= times[-1] + _SAME]
        rows.append(
            {
                "flown_hours": round(float(times[np.argmax(margins)]) / 3600.0, 3),
                "flown_margin_km": round(float(margins.max()) / 1e3, 1),
                "said_margin_km": [round(p.margin / 1e3, 1) for p in near],
                "agree": len(near) == 1,
            }
        )
        said = [p for p in said if p not in near]
    rows += [
        {
            "flown_hours": None,
            "said_hours": round(p.time / 3600.0, 3),
            "said_margin_km": [round(p.margin / 1e3, 1)],
            "agree": False,
        }
        for p in said
    ]
    perigee = round(float(design.perigees[orbit]) / 1e3, 1)
    return [{"perigee_km": perigee, **row} for row in rows]


def lines(epochs: int, seed: int, checked: int) -> Iterator[Line]:
    with computing():
        separation = ascend()
        kinds: dict[bool, int] = {}
        for i, overrides in enumerate(asked(epochs, seed)):
            begin = time.perf_counter()
            design = come_home(overrides, separation)
            spent = round(time.perf_counter() - begin, 1)
            yield {"flight": i, "asked": overrides, **told(design), "seconds": spent}
            landed = design.chosen is not None
            # Of those to be checked half have landed and half have not, as far as there are any.
            if kinds.get(landed, 0) < (checked + landed) // 2:
                kinds[landed] = kinds.get(landed, 0) + 1
                yield {
                    "brute": i,
                    **brute(design),
                    "seconds": round(time.perf_counter() - begin, 1),
                }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brute", type=int, default=0, help="how many flights are checked")
    parser.add_argument("--out", type=Path, help="append the lines to this file too")
    options = parser.parse_args()
    for line in lines(options.epochs, options.seed, options.brute):
        text = json.dumps(line)
        print(text, flush=True)
        if options.out is not None:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(text + "\n")


if __name__ == "__main__":
    main()
