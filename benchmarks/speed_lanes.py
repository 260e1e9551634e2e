"""The entries of `lanes.cpp`, built by the g++ of this machine; needs AVX-512.

Its argument: LANES
"""

import ctypes
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RADIUS, FLATTENING = 6_378_137.0, 1 / 298.257223563
MACH = [0.0, 0.4, 0.7, 0.9, 1.1, 1.35, 1.65, 2.0, 3.0, 5.0, 10.0, 25.0, 50.0]
DRAG = [0.85, 0.88, 0.96, 1.08, 1.22, 1.30, 1.31, 1.28, 1.24, 1.22, 1.21, 1.20, 1.20]
LIFT = [0.24, 0.25, 0.27, 0.30, 0.33, 0.36, 0.37, 0.37, 0.36, 0.35, 0.34, 0.335, 0.335]
RANGE_KM = [0.0, 31.6, 82.8, 159.8, 276.6, 437.7, 643.7, 983.0, 1792.5]
"""To go at each 1,000 m/s, of the bank that is steered around."""

BUILD = ("g++", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")


def air() -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of density and speed of sound each kilometre to 150, of 1976 below 86 km."""
    foot = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3, 84_852.0])
    lapse = np.array([-6.5, 0.0, 1.0, 2.8, 0.0, -2.8, -2.0]) * 1e-3
    rows = []
    for z in 1e3 * np.arange(151):
        h, t, p = 6_356_766.0 * z / (6_356_766.0 + z), 288.15, 101_325.0
        for i, rate in enumerate(lapse):
            up = min(h, foot[i + 1]) - foot[i]
            if rate:
                p, t = p * ((t + rate * up) / t) ** (-9.80665 / (287.0528 * rate)), t + rate * up
            else:
                p *= np.exp(-9.80665 * up / (287.0528 * t))
            if h <= foot[i + 1]:
                break
        p *= np.exp(-max(h - foot[-1], 0.0) / 6500.0)
        rows.append((np.log(p / (287.0528 * t)), np.sqrt(1.4 * 287.0528 * t)))
    rho, sound = np.array(rows).T
    return rho.copy(), sound.copy()


def starts(lanes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States at 120 km, factors of density, lift, drag and mass, and the aim."""
    rng = np.random.default_rng(1)
    north, east = np.radians(5.0), np.radians(40.0)
    up = np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    eastward = np.array([-np.sin(east), np.cos(east), 0.0])
    heading = np.radians(75.0 + 0.1 * rng.standard_normal(lanes))
    slope = np.radians(-1.75 + 0.04 * rng.standard_normal(lanes))
    speed = 7820.0 + 8.0 * rng.standard_normal(lanes)
    northward = np.cross(up, eastward)
    level = np.outer(np.sin(heading), eastward) + np.outer(np.cos(heading), northward)
    motion = speed[:, None] * (np.outer(np.sin(slope), up) + np.cos(slope)[:, None] * level)
    place = (RADIUS * (1 - FLATTENING * np.sin(north) ** 2) + 120e3) * up
    states = np.hstack([np.broadcast_to(place, (lanes, 3)), motion])
    spread = np.array([0.05, 0.04, 0.02, 0.005])
    turn = 2.3e6 / RADIUS
    aim = np.cos(turn) * up + np.sin(turn) * level.mean(axis=0)
    return states, 1.0 + spread * rng.standard_normal((lanes, 4)), aim / np.linalg.norm(aim)


def main() -> None:
    """Build, fly once and once more."""
    lanes = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "lanes.so"
        source = Path(__file__).with_name("lanes.cpp")
        subprocess.run([*BUILD, str(source), "-o", str(built), "-lmvec", "-lm"], check=True)
        code = ctypes.CDLL(str(built))
    states, factors, aim = starts(lanes)
    known = np.interp(np.linspace(0.0, 8000.0, 33), 1e3 * np.arange(9), 1e3 * np.array(RANGE_KM))
    tables = [*air(), np.array(MACH), np.array(DRAG), np.array(LIFT), known, aim]
    number = ctypes.POINTER(ctypes.c_double)

    def pointers(*arrays: np.ndarray) -> list[object]:
        return [array.ctypes.data_as(number) for array in arrays]

    tables = [np.ascontiguousarray(table) for table in tables]
    code.tables(*pointers(*tables))
    code.fly.restype = ctypes.c_long
    ends = np.zeros((lanes, 8))
    given = [np.ascontiguousarray(states), np.ascontiguousarray(factors), ends]
    code.fly(ctypes.c_long(lanes), *pointers(*given))
    begin = time.process_time()
    steps = code.fly(ctypes.c_long(lanes), *pointers(*given))
    spent = time.process_time() - begin
    down = float(np.mean(ends[:, 6]))
    print(json.dumps({"steps": steps / spent, "flights": lanes / spent, "mean_flight_s": down}))


if __name__ == "__main__":
    main()
