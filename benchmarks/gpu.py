"""Rigid capsules on a GPU: how fast, and how far from the same lanes on the CPU.

    python benchmarks/gpu.py [--lanes N] [--duration S] [--world equal|full] [--device gpu|cpu]

Both fly in float64, in this process. A line tells body steps per second of wall time on each, the
first call with its compilation, and the greatest difference over all lanes of where they end; the
GPU adds and multiplies in another order and has its own sine, so differences are of rounding, grown
by the swinging of the capsule. `--device cpu` checks this script where there is no GPU: then both
are the CPU, and the differences zero.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lines import Line, machine, write


def lines(lanes: int, duration: float, name: str, kind: str) -> Iterator[Line]:
    """One line, or one that says that there is no such device."""
    import jax
    import numpy as np
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
    parser.add_argument("--out", type=Path, help="append the line to this file too")
    options = parser.parse_args()
    told = lines(options.lanes, options.duration, options.world, options.device)
    write(told, machine(), options.out)


if __name__ == "__main__":
    main()
