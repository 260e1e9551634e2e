"""Lanes on a GPU: how fast, and how far from the same lanes on the CPU.

    python benchmarks/gpu.py [--lanes N] [--duration S] [--world equal|full] [--device gpu|cpu]
    python benchmarks/gpu.py --flights 1000 10000 100000 1000000 [--device gpu|cpu]

With `--flights`, entries, ascents and days in orbit of `speed_flights.py` in so many lanes, each
side in a process of its own: native code on the CPU, XLA on the GPU. Else rigid capsules, both in
this process. All fly in float64. A line tells the rates by the clock, the first call with its
compilation, and the greatest difference over all lanes of where they end; the GPU adds and
multiplies in another order and has its own sine, so differences are of rounding, grown by what
grows it. `--device cpu` checks this script where there is no GPU.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from lines import Line, machine, write


def lines(lanes: int, duration: float, name: str, kind: str) -> Iterator[Line]:
    """One line, or one that says that there is no such device."""
    import jax
    from rigid_problem import steps_of

    from yaan.base.session import computing

    try:
        device = jax.devices(kind)[0]
    except RuntimeError:
        yield {"benchmark": "gpu", "value": None, "unit": "1", "parts": f"no {kind} found by JAX"}
        return
    steps = lanes * steps_of(duration)
    with computing():
        here = _flown(jax.devices("cpu")[0], lanes, name, duration)
        there = _flown(device, lanes, name, duration)
    differences = {
        key: float(np.max(np.abs(there["ends"][key] - values)))
        for key, values in here["ends"].items()
    }
    rates = {"cpu": steps / here["wall_s"], "device": steps / there["wall_s"]}
    yield {
        "benchmark": f"rigid entry: body steps a second, {device.device_kind} over CPU",
        "value": rates["device"] / rates["cpu"],
        "unit": "1",
        "parts": {
            "lanes": lanes,
            "body_steps": steps,
            "body_steps_per_s": rates,
            "first_call_s": {"cpu": here["first_s"], "device": there["first_s"]},
            "greatest_difference": differences,
        },
    }


FLIGHTS = ("entry", "ascent", "orbit")


def flights(counts: list[int], kind: str) -> Iterator[Line]:
    """A line for each kind of flight and number of lanes."""
    for row in FLIGHTS:
        for lanes in counts:
            yield _beside(row, lanes, kind)


def _beside(row: str, lanes: int, kind: str) -> Line:
    name = f"{row}: flights a second, {kind} over CPU"
    with tempfile.TemporaryDirectory() as folder:
        told, ends = [], []
        for side, platform in (("cpu", "cpu"), ("device", "cpu" if kind == "cpu" else "cuda")):
            kept = Path(folder) / f"{side}.npy"
            script = str(Path(__file__).with_name("speed_flights.py"))
            ended = subprocess.run(
                [sys.executable, script, row, str(lanes), str(kept)],
                env={**os.environ, "JAX_PLATFORMS": platform},
                capture_output=True,
                text=True,
                check=False,
            )
            if ended.returncode != 0:
                reason = (ended.stderr.splitlines() or ["no word"])[-1]
                return {"benchmark": name, "value": None, "unit": "1", "parts": reason}
            told.append(json.loads(ended.stdout.splitlines()[-1]))
            ends.append(np.load(kept))
    away = np.linalg.norm(ends[1] - ends[0], axis=-1)
    parts = {"lanes": lanes, "cpu": told[0], "device": told[1], "furthest_m": float(np.max(away))}
    value = told[1]["wall"] / told[0]["wall"]
    return {"benchmark": name, "value": value, "unit": "1", "parts": parts}


def _flown(device: Any, lanes: int, name: str, duration: float) -> dict[str, Any]:
    import jax
    from rigid_capsule import Capsules, ends

    with jax.default_device(device):
        begun = time.perf_counter()
        capsules = Capsules(lanes, name, duration)
        capsules.fly()
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        legs = capsules.fly()
        wall = time.perf_counter() - begun
        return {"first_s": first, "wall_s": wall, "ends": ends(legs, capsules.world)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, default=10_000)
    parser.add_argument("--duration", type=float, default=100.0, help="of the flight [s]")
    parser.add_argument("--world", choices=("equal", "full"), default="full")
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--flights", type=int, nargs="+", default=[], help="lanes of flights")
    parser.add_argument("--out", type=Path, help="append the line to this file too")
    options = parser.parse_args()
    told = (
        flights(options.flights, options.device)
        if options.flights
        else lines(options.lanes, options.duration, options.world, options.device)
    )
    write(told, machine(), options.out)


if __name__ == "__main__":
    main()
