"""Whole missions of `gaganyaan` in lanes, pad to sea, by commands that were solved once.

    python benchmarks/dispersed.py [--lanes 1000] [--batch 64] [--platform gpu] [--out FILE]

Density, wind, thrust, mass and aerodynamics are drawn by key for every lane; only ends are saved.
The first lane is drawn as the mission is. Lines: the time of all lanes over that of one flight in
full by the same commands; and how far ends of batches of other sizes are from the first, as the
largest distance of two landings. With `--platform gpu` the batches fly there, and the ends of the
first 64 lanes are compared with those on a CPU in the same process.

What is measured is the second call, after everything was compiled.
"""

import argparse
import os
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
from lines import Line, machine, write

SPREAD = {
    "density": 0.02,  # of the density of the air, everywhere
    "wind": 0.5,  # [m/s] east and north, everywhere
    "thrust": 5e-4,  # of the core's
    "mass": 2.0,  # [kg] of the payload
    "axial": 0.01,  # of the launcher's axial force
    "capsule": 0.01,  # of the capsule's drag and lift
}
"""One standard deviation; small, since an ascent without guidance forgives little."""


def drawn(mission: Any, count: int) -> list[Any]:
    """Plans of as many lanes; the first is the mission's own."""
    from yaan.mission.checks import check
    from yaan.mission.load import override

    random = np.random.default_rng(2027)
    plan = mission.plan
    thrust = float(plan.vehicle.stages["l110"].engine.thrust)
    axial = plan.vehicle.aerodynamics.axial_scale
    air = plan.spacecraft.capsule.aerodynamics
    found: list[Any] = []
    for lane in range(count):
        g = random.standard_normal(8) * (lane > 0)
        values = {
            "environment.density_scale": float(np.exp(SPREAD["density"] * g[0])),
            "environment.wind.east": f"{SPREAD['wind'] * g[1]} m/s",
            "environment.wind.north": f"{SPREAD['wind'] * g[2]} m/s",
            "vehicle.stages.l110.engine.thrust": f"{thrust * (1 + SPREAD['thrust'] * g[3])} N",
            "vehicle.payload.mass": f"{8200.0 + SPREAD['mass'] * g[4]} kg",
            "vehicle.aerodynamics.axial_scale": float(axial * (1 + SPREAD["axial"] * g[5])),
            "spacecraft.capsule.aerodynamics.drag_scale": float(
                air.drag_scale * (1 + SPREAD["capsule"] * g[6])
            ),
            "spacecraft.capsule.aerodynamics.lift_scale": float(
                air.lift_scale * (1 + SPREAD["capsule"] * g[7])
            ),
        }
        found.append(check(override(mission.source, values)))
    return found


def apart(one: dict[str, Any], other: dict[str, Any], count: int) -> float:
    """The largest distance of two landings of the same lane [m]."""
    from yaan.spacetime.zone import distance

    places = [(ends["latitude"][:count], ends["longitude"][:count]) for ends in (one, other)]
    return float(np.nanmax(distance(*places[0], *places[1])))


def main() -> None:
    """Measure, and write the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--platform", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    os.environ["JAX_PLATFORMS"] = "cuda,cpu" if asked.platform == "gpu" else "cpu"

    import jax

    import yaan
    from yaan.flight.run import run

    mission = yaan.load("gaganyaan")
    with jax.default_device(jax.devices("cpu")[0]):
        commands = mission.fly().commands
        mission.fly(commands=commands)
        begin = time.perf_counter()
        mission.fly(commands=commands)
        alone = time.perf_counter() - begin
    begin = time.perf_counter()
    plans = drawn(mission, asked.lanes)
    drawing = time.perf_counter() - begin
    run(plans[: asked.batch], commands, batch=asked.batch)
    begin = time.perf_counter()
    ends = run(plans, commands, batch=asked.batch)
    spent = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines: list[Line] = [
        {
            "benchmark": "whole missions in lanes over one by commands in full",
            "value": spent / alone,
            "unit": "1",
            "parts": {
                "lanes": asked.lanes,
                "batch": asked.batch,
                "platform": asked.platform,
                "seconds": spent,
                "drawing": drawing,
                "one": alone,
                "peak_memory_gb": memory,
                "landed": int(np.sum(ends["outcome"] == 0)),
            },
        }
    ]
    some = plans[: min(256, asked.lanes)]
    sizes = (16, 256) if asked.platform == "cpu" else (asked.batch,)
    for size in sizes:
        with jax.default_device(jax.devices("cpu")[0]):
            other = run(some, commands, batch=size)
        lines.append(
            {
                "benchmark": "landings of another batch, or of the CPU, apart",
                "value": apart(ends, other, len(some)),
                "unit": "m",
                "parts": {"batch": asked.batch, "other": size, "platform": asked.platform},
            }
        )
    write(iter(lines), machine(), asked.out)


if __name__ == "__main__":
    main()
