"""A rocket at 29 thrusts: does the search leave as much propellant as the best kick of a scan?

    python benchmarks/kicks.py --out kicks.jsonl

The two-stage rocket of `sparrow.yaml` has two families of ascents, with a small kick and a large
one, and which is better changes with the thrust of the first stage. At each thrust from 22 to 36
kN the mission is searched as a user would, and then with the kick held at 25 values between its
bounds and more around the best, each from several starts: by itself, from its neighbours on both
sides arriving before the perigee and after it, and from what the search found. Every thrust is a
line of JSON; one that is in the file already is not flown again.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
from lines import Line, machine

from yaan.base.session import computing
from yaan.design.seek import search
from yaan.design.steer import solve
from yaan.design.task import Task, make_task
from yaan.flight.models.world import build_world
from yaan.mission import check_ascent, load_tree
from yaan.search.unknowns import Solution

MISSION = Path(__file__).with_name("sparrow.yaml")

THRUSTS = [22.0 + 0.5 * i for i in range(29)]  # [kN]

_THRUST = "vehicle.stages.first.engine.thrust"
_KICK = "steering.profiles.direct.kick"

_KICKS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14.5, 16, 17.5, 19, 20.5, 22, 24, 26, 28, 31, 34)
_BOUNDS = (2.0, 40.0)  # [deg] of a kick that is not given
_COLD = (4.0, 9.0, 20.0, 40.0)  # kicks that are also searched from nothing
_NEAR = (-3.0, -1.5, -0.7, -0.3, 0.0, 0.3, 0.7, 1.5, 3.0)  # [deg] about what the search found
_ABOUT = (-0.6, -0.3, -0.1, 0.1, 0.3, 0.6)  # [deg] about the best of the scan


class Scan:
    """The best of each kick that was tried, at one thrust."""

    def __init__(self, thrust: float) -> None:
        self.thrust = thrust
        self.left: dict[float, float] = {}  # [kg] of propellant by kick [deg]
        self._x: dict[float, np.ndarray] = {}
        self.world = build_world(self._spec({}).plan)
        unknowns = self.task().aim.unknowns
        self.signs = np.array([-1.0 if u.mirrored else 1.0 for u in unknowns])

    def _spec(self, settings: dict[str, str]):
        return check_ascent(load_tree(str(MISSION), {_THRUST: f"{self.thrust} kN", **settings}))

    def task(self, **settings: str) -> Task:
        """The mission at this thrust."""
        return make_task(self._spec(settings), "direct", self.world)

    def at(self, kick: float, start: np.ndarray | None) -> None:
        """Search with the kick held, from the unknowns at another kick or from nothing."""
        kick = round(min(max(kick, _BOUNDS[0]), _BOUNDS[1]), 3)
        task = self.task(**{_KICK: f"{kick} deg"})
        names = [u.name for u in self.task().aim.unknowns]
        index = names.index("kick")
        found = search(task, self.world, None, None if start is None else np.delete(start, index))
        left = left_of(task, found)
        if found.met and left > self.left.get(kick, -math.inf):
            self.left[kick] = left
            self._x[kick] = np.insert(found.x, index, math.radians(kick))

    def all(self, found: np.ndarray, kick: float) -> None:
        """The whole scan, with what the search `found` as one of its starts."""
        for one in _COLD:
            self.at(one, None)
        kicks = (*map(float, _KICKS), 37.0, 40.0)
        for order in (kicks, kicks[::-1]):
            last = None
            for one in order:
                if last is not None:
                    self.at(one, last)
                    self.at(one, last * self.signs)
                last = self._x.get(one, last)
        for away in _NEAR:
            self.at(kick + away, found)
        for away in _ABOUT:
            self.at(self.best + away, self._x[self.best])

    @property
    def best(self) -> float:
        """The kick that leaves most [deg]."""
        return max(self.left, key=self.left.__getitem__)


def left_of(task: Task, found: Solution) -> float:
    """Propellant left [kg]."""
    return -found.cost * task.aim.total / 1e3


def line(thrust: float) -> Line:
    """One thrust: what the search found, and what the scan."""
    begun = time.perf_counter()
    scan = Scan(thrust)
    steered = solve(scan.task(), scan.world)
    found, searched = steered.solution, time.perf_counter() - begun
    kick = math.degrees(found.x[[u.name for u in steered.task.aim.unknowns].index("kick")])
    left = left_of(steered.task, found)
    scan.all(found.x, kick)
    best = scan.left[scan.best]
    return {
        "thrust": thrust,
        "met": bool(found.met),
        "left": round(left, 3),
        "kick": round(kick, 3),
        "scan_left": round(best, 3),
        "scan_kick": scan.best,
        "behind": round(best - left, 3),
        "kicks": len(scan.left),
        "seconds": round(searched, 1),
        "scan_seconds": round(time.perf_counter() - begun - searched, 1),
        "machine": machine(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("kicks.jsonl"))
    options = parser.parse_args()
    known = options.out.read_text(encoding="utf-8").splitlines() if options.out.exists() else []
    done = {json.loads(found)["thrust"] for found in known}
    with computing():
        for thrust in THRUSTS:
            if thrust in done:
                continue
            made = line(thrust)
            print(json.dumps(made), flush=True)
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
