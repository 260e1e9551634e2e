"""LVM3 to low orbits: every payload, inclination and orbit of a grid, each met or refused.

    python benchmarks/sweep.py

Prints a line a flight: what was asked, whether the targets are met, what is left or missing, and
the seconds it took on this machine.
"""

import itertools
import time

from yaan.analysis.outcome import ascent_outcome
from yaan.base.session import computing
from yaan.design.steer import solve
from yaan.design.task import make_task
from yaan.flight.models.world import build_world
from yaan.mission import check_ascent, load_tree

PAYLOADS_T = (2, 4, 6, 8, 10)
INCLINATIONS_DEG = (20.0, 51.5, 98.0)
ORBITS_KM = ((300, 300), (170, 430))


def main() -> None:
    grid = itertools.product(PAYLOADS_T, INCLINATIONS_DEG, ORBITS_KM)
    for payload, inclination, (perigee, apogee) in grid:
        spec = check_ascent(
            load_tree(
                "lvm3-leo",
                {
                    "vehicle.payload.mass": f"{payload} t",
                    "target.inclination": f"{inclination} deg",
                    "target.perigee": f"{perigee} km",
                    "target.apogee": f"{apogee} km",
                },
            )
        )
        start = time.perf_counter()
        with computing():
            world = build_world(spec.plan)
            steered = solve(make_task(spec, spec.steering.profile, world), world)
        leg, stage = steered.task.aim.saves
        ends, ended = steered.batch.ends, ascent_outcome(spec, steered)
        left = ends.propellant[0, leg, stage] / 1e3
        print(
            f"{payload:3d} t {inclination:5.1f} deg {perigee} x {apogee} km: {ended.code}, "
            f"cut-off {ends.time[0, leg]:.1f} s at {ends.perigee[0, leg] / 1e3:.1f} x "
            f"{ends.apogee[0, leg] / 1e3:.1f} km, left {left:.2f} t, "
            f"shortfall {ended.shortfall:.0f} m/s, {time.perf_counter() - start:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
