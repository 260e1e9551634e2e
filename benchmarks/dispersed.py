"""Whole missions of `gaganyaan` in lanes, pad to sea, by commands that were solved once.

    python benchmarks/dispersed.py [--lanes 1000] [--batch 64] [--out FILE]
    python benchmarks/dispersed.py --lanes 1024 4096 --platform gpu [--commands FILE]

Density, wind, thrust, mass and aerodynamics are drawn by key for every lane; only ends are saved.
The first lane is drawn as the mission is. Lines: the time of all lanes over that of one flight in
full by the same commands; and how far ends of batches of other sizes are from the first, as the
largest distance of two landings. With `--platform gpu` the lanes fly there, all in one batch and
for each number of them, and on the CPU of the same machine in batches; each in a process of its own
that sees no other device. Lines: the time on the CPU over that on the GPU, and how far landings are
apart. `--commands` are those that a flight before wrote, so that nothing is solved.

What is measured is the second call, after everything was compiled.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
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


def timed(plans: list[Any], commands: Any, batch: int) -> tuple[dict[str, Any], dict[str, float]]:
    """The ends of lanes, and the seconds of the first call and of the second."""
    from yaan.flight.run import run

    spent: dict[str, float] = {}
    ends: dict[str, Any] = {}
    for call in ("first", "second"):
        begin = time.perf_counter()
        ends = run(plans, commands, batch=batch)
        spent[call] = time.perf_counter() - begin
        print(f"{call} call of {len(plans)} lanes: {spent[call]:.1f} s", file=sys.stderr)
    return ends, spent


def on_cpu(asked: argparse.Namespace) -> list[Line]:
    """The lines of one platform."""
    import yaan
    from yaan.results.commands import read_commands

    mission = yaan.load("gaganyaan")
    commands = mission.fly().commands if asked.commands is None else read_commands(asked.commands)
    mission.fly(commands=commands)
    begin = time.perf_counter()
    mission.fly(commands=commands)
    alone = time.perf_counter() - begin
    begin = time.perf_counter()
    plans = drawn(mission, asked.lanes[0])
    drawing = time.perf_counter() - begin
    ends, spent = timed(plans, commands, asked.batch)
    lines: list[Line] = [
        {
            "benchmark": "whole missions in lanes over one by commands in full",
            "value": spent["second"] / alone,
            "unit": "1",
            "parts": {
                "lanes": len(plans),
                "batch": asked.batch,
                "seconds": spent["second"],
                "drawing": drawing,
                "one": alone,
                "peak_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                "landed": int(np.sum(ends["outcome"] == 0)),
            },
        }
    ]
    some = plans[:256]
    for size in (16, 256):
        other, _ = timed(some, commands, size)
        lines.append(
            {
                "benchmark": "landings of another batch apart",
                "value": apart(ends, other, len(some)),
                "unit": "m",
                "parts": {"batch": asked.batch, "other": size},
            }
        )
    return lines


def in_child(asked: argparse.Namespace, platform: str, lanes: int, batch: int) -> dict[str, Any]:
    """Ends and seconds of one number of lanes, flown in a process that sees one platform."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "ends.npz"
        words = [sys.executable, __file__, "--child", str(told), "--commands", str(asked.commands)]
        words += ["--lanes", str(lanes), "--batch", str(batch)]
        subprocess.run(words, check=True, env={**os.environ, "JAX_PLATFORMS": platform})
        with np.load(told) as found:
            return dict(found)


def child(asked: argparse.Namespace) -> None:
    """Fly here, and write what came out."""
    import yaan
    from yaan.results.commands import read_commands

    plans = drawn(yaan.load("gaganyaan"), asked.lanes[0])
    ends, spent = timed(plans, read_commands(asked.commands), asked.batch)
    np.savez(asked.child, **ends, first=spent["first"], second=spent["second"])


def on_gpu(asked: argparse.Namespace) -> None:
    """A line for each number of lanes, written as it comes."""
    for lanes in asked.lanes:
        there = in_child(asked, asked.device, lanes, lanes)
        here = in_child(asked, "cpu", lanes, asked.batch)
        parts: Line = {"lanes": lanes}
        for name, ends in (("gpu", there), ("cpu", here)):
            parts[name] = {
                "first_call_s": float(ends["first"]),
                "s": float(ends["second"]),
                "landed": int(np.sum(ends["outcome"] == 0)),
            }
        parts["landings_apart_m"] = apart(there, here, lanes)
        parts["batch_on_cpu"] = asked.batch
        value = float(here["second"] / there["second"])
        name = "whole missions in lanes, CPU over GPU"
        line: Line = {"benchmark": name, "value": value, "unit": "1", "parts": parts}
        write(iter([line]), machine(), asked.out)


def main() -> None:
    """Measure, and write the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, nargs="+", default=[1000])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--platform", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--device", default="cuda", help="what JAX calls the GPU")
    parser.add_argument("--commands", type=Path, help="written by a flight before")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.child is not None:
        child(asked)
    elif asked.platform == "gpu":
        if asked.commands is None:
            parser.error("--platform gpu needs --commands, the commands.json of a run folder")
        on_gpu(asked)
    else:
        os.environ["JAX_PLATFORMS"] = "cpu"
        write(iter(on_cpu(asked)), machine(), asked.out)


if __name__ == "__main__":
    main()
