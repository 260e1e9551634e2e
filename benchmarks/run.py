"""Benchmarks: ratios within one run, as JSON lines.

    python benchmarks/run.py [NAME ...] [--out FILE]

A number of seconds means little on another machine, so each line carries a ratio whose two parts
were measured one after the other here. Nothing is a gate: hosts are noisy. Lines:

    {"benchmark": ..., "value": ..., "unit": ..., "parts": {...}, "machine": {...}}
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lines import Line, machine, write


def start() -> Iterator[Line]:
    """`yaan fly gaganyaan` with an empty cache of compiled programmes, then with a warm one."""
    with tempfile.TemporaryDirectory() as folder:
        cold = _fly(Path(folder))
        warm = _fly(Path(folder))
    yield {
        "benchmark": "first start over warm start",
        "value": cold["wall"] / warm["wall"],
        "unit": "1",
        "parts": {"cold": cold, "warm": warm},
    }


def _fly(folder: Path) -> Line:
    command = [sys.executable, "-m", "yaan", "fly", "gaganyaan", "--json"]
    environment = {**os.environ, "YAAN_CACHE": str(folder / "cache")}
    begin, before = time.perf_counter(), os.times()
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - begin, os.times()
    if ended.returncode not in (0, 1):
        raise RuntimeError(ended.stderr or ended.stdout)
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return {"wall": wall, "cpu": cpu, "timings": json.loads(ended.stdout)["timings"]}


def lanes() -> Iterator[Line]:
    """Ascents and unpowered falls of the reference mission, in batches against one by one."""
    import numpy as np

    import yaan
    from yaan.analysis import abort_map
    from yaan.base.session import computing
    from yaan.design.steer import solve
    from yaan.design.task import make_task
    from yaan.flight import batches
    from yaan.flight.models.world import build_world
    from yaan.mission import check_ascent
    from yaan.search.unknowns import LANES

    spec = check_ascent(yaan.load("gaganyaan").source)
    with computing():
        world = build_world(spec.plan)
        task = make_task(spec, spec.steering.profile, world)
        steered = solve(task, world)
        flat = np.repeat(steered.flat[None], LANES, axis=0)
        many, one = batches.repeat(task.case), batches.repeat(task.case, 1)
        batch = _spent(lambda: batches.fly(world, many, flat))
        alone = _spent(lambda: batches.fly(world, one, flat[:1]))
        rates = {"batched": LANES / batch["wall"], "one by one": 1.0 / alone["wall"]}
        yield {
            "benchmark": "ascents a second, batched over one by one",
            "value": rates["batched"] / rates["one by one"],
            "unit": "1",
            "parts": {**rates, "lanes": LANES, "ascents/CPU-s": LANES / batch["cpu"]},
        }
        beta = spec.vehicle.payload.ballistic_coefficient or 400.0  # [kg/m^2]
        falling = abort_map.falling_world(world)
        times = np.arange(1.0, 901.0)  # [s]
        position, velocity = abort_map.states_at(steered.lane, times)
        betas = np.full(len(times), beta)
        falls = _spent(lambda: abort_map.fall_from(falling, times, position, velocity, betas))
        yield {
            "benchmark": "ballistic entries per CPU-second",
            "value": len(times) / falls["cpu"],
            "unit": "1/s",
            "parts": {"entries": len(times), **falls},
        }
        yield {
            "benchmark": "entry rate over ascent rate",
            "value": (len(times) / falls["cpu"]) / (LANES / batch["cpu"]),
            "unit": "1",
            "parts": {"falls": falls, "ascents": batch},
        }


def _spent(work: Callable[[], object], times: int = 3) -> dict[str, float]:
    """Wall and processor seconds of the best of some runs, after one that compiles."""
    work()
    best = {"wall": float("inf"), "cpu": float("inf")}
    for _ in range(times):
        begin, cpu = time.perf_counter(), time.process_time()
        work()
        best["cpu"] = min(best["cpu"], time.process_time() - cpu)
        best["wall"] = min(best["wall"], time.perf_counter() - begin)
    return best


def help_text() -> Iterator[Line]:
    """`yaan --help` against a bare interpreter."""
    spent = {}
    for name, arguments in (("bare", ["-c", "pass"]), ("help", ["-m", "yaan", "--help"])):
        seconds = []
        for _ in range(5):
            begin = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            seconds.append(time.perf_counter() - begin)
        spent[name] = min(seconds)
    yield {
        "benchmark": "help over bare interpreter",
        "value": spent["help"] / spent["bare"],
        "unit": "1",
        "parts": spent,
    }


def rigid_entry() -> Iterator[Line]:
    """Rigid capsules in one batch; `rigid_entry.py` sets them beside other simulators."""
    from rigid_entry import lines, peers

    yield from lines(peers())


BENCHMARKS: dict[str, Callable[[], Iterator[Line]]] = {
    "help": help_text,
    "start": start,
    "lanes": lanes,
    "rigid-entry": rigid_entry,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="all, if none is named")
    parser.add_argument("--out", type=Path, help="append the lines to this file too")
    options = parser.parse_args()
    measured_on = machine()
    for name in options.names or BENCHMARKS:
        write(BENCHMARKS[name](), measured_on, options.out)


if __name__ == "__main__":
    main()
