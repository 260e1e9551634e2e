"""The problem that every side of `rigid_entry.py` flies: plain numbers, nothing imported.

A capsule of 5 t goes into the air at 60 km and is free to turn. Its air force is along the stream,
as on a flat plate that faces forward: drag coefficient 1.3 times the cosine of the total angle of
attack. It acts 0.3 m behind the centre of mass, so the capsule swings about the stream.

Body axes: x forward, y right, z down. Local axes: east, north, up, on the equator at longitude 0.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

MASS = 5000.0  # [kg]
INERTIA = (6000.0, 5000.0, 5000.0)  # [kg m^2] about x, y, z
AREA = 9.6  # [m^2]
DRAG = 1.3
BEHIND = 0.3  # [m] from the centre of mass to where the air force acts

HEIGHT = 60e3  # [m]
SPEED = 2500.0  # [m/s] against the air
PATH_ANGLE = math.radians(-20.0)  # eastward
ANGLE_OF_ATTACK = math.radians(10.0)  # nose up from the velocity
RATE = (0.05, 0.02, -0.01)  # [rad/s] about x, y, z

STEP = 0.02  # [s]
DURATION = 100.0  # [s] it is then still in the air

# The air is exponential, the only one that all sides have: that of the standard atmosphere at 30
# and 60 km, within 25 % between and 12 % below.
SEA_LEVEL_DENSITY = 1.100  # [kg/m^3]
SCALE_HEIGHT = 7340.0  # [m]


def velocity() -> tuple[float, float, float]:
    """Against the air [m/s]: east, north, up."""
    return SPEED * math.cos(PATH_ANGLE), 0.0, SPEED * math.sin(PATH_ANGLE)


def axes() -> tuple[tuple[float, float, float], ...]:
    """The body axes x, y, z, each in east, north, up."""
    tilt = PATH_ANGLE + ANGLE_OF_ATTACK
    sine, cosine = math.sin(tilt), math.cos(tilt)
    return (cosine, 0.0, sine), (0.0, -1.0, 0.0), (sine, 0.0, -cosine)


def steps_of(duration: float) -> int:
    """Steps of a flight of `duration` [s]."""
    return round(duration / STEP)


Flight = Callable[[], dict[str, float]]
"""Flies, and tells where one lane ended."""


def measure(name: str, prepare: Callable[[], Flight], body_steps: int, runs: int) -> None:
    """Fly once to start, then `runs` times; print what it took as one JSON object.

    Only the first time pays for `prepare`. Processor seconds are those of all threads of this
    process. Rates are of the mean of the runs: the best of some short flights would be a quiet
    moment, which a long one never has. What the first flight takes beyond that mean is the price
    of starting: the interpreter, imports, models, and what compiles.
    """
    begun = float(os.environ.get("BENCHMARK_BEGUN", time.time()))
    end = prepare()()
    first = {"wall_s": time.time() - begun, "cpu_s": time.process_time()}
    spent = [_spent(prepare()) for _ in range(runs)]
    mean = {key: sum(each[key] for each in spent) / runs for key in first}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on a Mac, else KiB
    told: dict[str, Any] = {
        "name": name,
        "body_steps": body_steps,
        "body_steps_per_cpu_s": body_steps / mean["cpu_s"],
        "first": first,
        "start": {key: first[key] - mean[key] for key in first},
        "runs": spent,
        "peak_memory_mb": peak / (2**20 if sys.platform == "darwin" else 2**10),
        "end": end,
    }
    print(json.dumps(told), flush=True)


def _spent(fly: Flight) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    fly()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
