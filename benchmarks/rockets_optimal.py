"""The rockets of `rockets.py` that do not fly, asked of an independent optimal control.

    pip install casadi
    python benchmarks/rockets_optimal.py --flown rockets.jsonl --out optimal.jsonl

CasADi (Andersson and others, Mathematical Programming Computation 11, 2019) and IPOPT find the
most propellant that any steering can leave in the last stage: direct multiple shooting, the thrust
in any direction at any instant, stages and coasts as long as in the file. The problem is kinder
than the flight, so that its answer bounds it from above: the fairing goes with the first stage, the
thrust is whole from the start, gravity is that of a point, and the air is an exponential one.
Nothing of Yaan flies here; only the drawn figures are shared.
"""

import argparse
import json
import math
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

try:  # the package itself never needs it
    ca: Any = import_module("casadi")
except ImportError:  # pragma: no cover
    ca = None

try:
    from rockets import Rocket, rockets
except ImportError:
    from benchmarks.rockets import Rocket, rockets

MU, RADIUS, SPIN, G0 = 3.986004418e14, 6_378_137.0, 7.2921159e-5, 9.80665
LENGTH = RADIUS
TIME = math.sqrt(RADIUS**3 / MU)
SPEED = LENGTH / TIME
NODES = 24  # in a burn
_MOST = 1.4  # of its burn time that the last stage may burn
_GUESSES = ((60.0, 0.35), (40.0, 0.2), (75.0, 0.5))  # first pitch [deg], share of time to level


def number(text: str) -> float:
    return float(text.split(maxsplit=1)[0])


def _stages(rocket: Rocket) -> list[dict[str, float]]:
    """Start mass, flow, thrust and times of every burn [SI]."""
    described = list(rocket["vehicle"]["stages"].values())
    coasts = [number(p["until"]["duration"]) for p in rocket["phases"] if "duration" in p["until"]]
    above = number(rocket["vehicle"]["payload"]["mass"])
    fairing = number(rocket["vehicle"]["parts"]["fairing"]["mass"])
    made = []
    for k in reversed(range(len(described))):
        stage, engine = described[k], described[k]["engine"]
        thrust = 1e3 * number(engine["thrust"])
        flow = thrust / (number(engine["isp"]) * G0)
        propellant, dry = number(stage["propellant"]), number(stage["dry_mass"])
        above += propellant + dry
        made.insert(
            0,
            {
                "mass": above + (fairing if k == 0 else 0.0),
                "flow": flow,
                "thrust": thrust,
                "time": propellant / flow,
                "propellant": propellant,
                "coast": coasts[k] if k < len(coasts) else 0.0,
                "exit": number(engine.get("exit_area", "0 m2")),
            },
        )
    return made


def _rate(area: float) -> Any:
    """Rate of position and velocity in canonical units, with thrust and mass in SI."""
    y, u = ca.SX.sym("y", 6), ca.SX.sym("u", 3)
    force, mass, nozzle = ca.SX.sym("force"), ca.SX.sym("mass"), ca.SX.sym("nozzle")
    r, v = y[:3] * LENGTH, y[3:] * SPEED
    distance = ca.norm_2(r)
    height = distance - RADIUS
    stream = v - ca.vertcat(-SPIN * r[1], SPIN * r[0], 0.0)
    speed = ca.sqrt(ca.sumsqr(stream) + 1.0)
    density = 1.225 * ca.exp(-ca.fmax(height, -1e3) / 7_200.0)
    pressure = 101_325.0 * ca.exp(-ca.fmax(height, -1e3) / 7_000.0)
    mach = speed / 300.0
    width = ca.if_else(mach < 1.2, 0.35, 0.9)
    axial = 0.26 + 0.06 * ca.exp(-mach / 4.0) + 0.24 * ca.exp(-(((mach - 1.25) / width) ** 2))
    drag = -0.5 * density * area * axial * speed * stream / mass
    push = u * (force - nozzle * pressure * (force > 0)) / mass
    gravity = -MU * r / distance**3
    rate = ca.vertcat(y[3:], (gravity + drag + push) * TIME / SPEED)
    return ca.Function("rate", [y, u, force, mass, nozzle], [rate])


def _step(rate: Any, y: Any, u: Any, h: Any, arc: dict[str, Any], start: Any) -> Any:
    """One step of Runge-Kutta 4 of h [s]."""

    def at(t: Any, y: Any) -> Any:
        return rate(y, u, arc["thrust"], arc["mass"] - arc["flow"] * (start + t), arc["exit"])

    d = h / TIME
    k1 = at(0.0, y)
    k2 = at(0.5 * h, y + 0.5 * d * k1)
    k3 = at(0.5 * h, y + 0.5 * d * k2)
    k4 = at(h, y + d * k3)
    return y + d / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def most_left(rocket: Rocket, guess: tuple[float, float]) -> dict[str, Any]:
    """The most propellant left [kg] that IPOPT finds from one guess."""
    stages = _stages(rocket)
    described = list(rocket["vehicle"]["stages"].values())
    area = number(described[0]["aerodynamics"]["reference_area"])
    rate = _rate(area)
    latitude = math.radians(number(rocket["launch"]["site"]["latitude"]))
    place = np.array([math.cos(latitude), 0.0, math.sin(latitude)])
    start = np.concatenate([place, np.array([0.0, SPIN * RADIUS * place[0], 0.0]) / SPEED])
    w, low, high, first, g, g_low, g_high = [], [], [], [], [], [], []

    def free(size: int, value: Any, least: float, most: float) -> Any:
        symbol = ca.MX.sym(f"w{len(w)}", size)
        w.append(symbol)
        first.extend(np.broadcast_to(np.asarray(value, dtype=float), size))
        low.extend([least] * size)
        high.extend([most] * size)
        return symbol

    last = stages[-1]
    burn = free(1, 0.9, 0.1, _MOST)  # of the last stage's burn time
    y = ca.MX(start)
    path = _guessed(rocket, stages, start, rate, guess)
    for arc in stages:
        for length, thrust, nodes in ((arc["time"], True, NODES), (arc["coast"], False, 6)):
            if length <= 0.0:
                continue
            whole = length * burn if (arc is last and thrust) else length
            flying = arc if thrust else dict(arc, thrust=0.0, flow=0.0, exit=0.0, mass=1e6)
            if not thrust:
                flying["mass"] = stages[stages.index(arc) + 1]["mass"]
            for k in range(nodes):
                where, how = next(path)
                u = free(3, how, -1.0, 1.0) if thrust else ca.DM([1.0, 0.0, 0.0])
                if thrust:
                    g.append(ca.sumsqr(u))
                    g_low.append(1.0)
                    g_high.append(1.0)
                h = whole / nodes
                for half in (0.0, 0.5):
                    y = _step(rate, y, u, 0.5 * h, flying, (k + half) * h)
                node = free(6, where, -3.0, 3.0)
                g.append(y - node)
                g_low.extend([0.0] * 6)
                g_high.extend([0.0] * 6)
                y = node
                g.append(ca.sumsqr(y[:3]))
                g_low.append(0.999)
                g_high.append(4.0)
    _orbit(rocket, y, g, g_low, g_high)
    problem = {"x": ca.vertcat(*w), "f": burn, "g": ca.vertcat(*g)}
    quiet = {"ipopt.print_level": 0, "print_time": False, "ipopt.max_iter": 1500, "ipopt.tol": 1e-7}
    solver = ca.nlpsol("solver", "ipopt", problem, quiet)
    found = solver(x0=first, lbx=low, ubx=high, lbg=g_low, ubg=g_high)
    share = float(found["x"][0])
    return {
        "converged": bool(solver.stats()["success"]),
        "status": solver.stats()["return_status"],
        "left": round(last["propellant"] * (1.0 - share), 3),
        "at_bound": share > _MOST - 1e-4,
    }


def _orbit(rocket: Rocket, y: Any, g: list[Any], low: list[float], high: list[float]) -> None:
    """Energy, angular momentum and inclination of the target."""

    def target(key: str) -> float:
        return number(rocket["target"][key])

    perigee, apogee = (1.0 + 1e3 * target(k) / RADIUS for k in ("perigee", "apogee"))
    momentum = ca.cross(y[:3], y[3:])
    axis = 0.5 * (perigee + apogee)
    shape = axis * (1.0 - ((apogee - perigee) / (apogee + perigee)) ** 2)
    energy = 0.5 * ca.sumsqr(y[3:]) - 1.0 / ca.norm_2(y[:3])
    tilt = momentum[2] / math.sqrt(shape)
    wanted = (-0.5 / axis, shape, math.cos(math.radians(target("inclination"))))
    for found, value in zip((energy, ca.sumsqr(momentum), tilt), wanted, strict=True):
        g.append(found)
        low.append(value)
        high.append(value)


def _guessed(
    rocket: Rocket, stages: list[dict[str, float]], start: np.ndarray, rate: Any, guess: Any
) -> Any:
    """Nodes of a crude flight: pitch falls with time, heading straight to the plane."""
    inclination = math.radians(number(rocket["target"]["inclination"]))
    latitude = math.radians(number(rocket["launch"]["site"]["latitude"]))
    sine = min(max(math.cos(inclination) / math.cos(latitude), -1.0), 1.0)
    azimuth = math.asin(sine) if latitude <= 0.0 else math.pi - math.asin(sine)
    total = sum(s["time"] + s["coast"] for s in stages)
    y, t = np.array(start), 0.0
    for arc in stages:
        for length, thrust, nodes in ((arc["time"], True, NODES), (arc["coast"], False, 6)):
            for k in range(nodes if length > 0.0 else 0):
                u = _aimed(y, azimuth, guess, t / total)
                mass = arc["mass"] - arc["flow"] * (length * k / nodes if thrust else arc["time"])
                force = arc["thrust"] if thrust else 0.0
                for _ in range(4):
                    h = 0.25 * length / nodes
                    slope = np.array(rate(y, u, force, mass, 0.0)).ravel()
                    middle = y + 0.5 * h / TIME * slope
                    y = y + h / TIME * np.array(rate(middle, u, force, mass, 0.0)).ravel()
                t += length / nodes
                yield np.clip(y, -2.5, 2.5), u


def _aimed(y: np.ndarray, azimuth: float, guess: tuple[float, float], done: float) -> np.ndarray:
    up = y[:3] / np.linalg.norm(y[:3])
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= max(float(np.linalg.norm(east)), 1e-9)
    north = np.cross(up, east)
    level = min(done / max(guess[1], 1e-3), 1.0)
    pitch = math.radians(90.0 + (guess[0] - 90.0) * min(10.0 * done, 1.0)) * (1.0 - level)
    ahead = math.sin(azimuth) * east + math.cos(azimuth) * north
    return math.cos(pitch) * ahead + math.sin(pitch) * up


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flown", type=Path, default=Path("rockets.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("optimal.jsonl"))
    parser.add_argument("--all", action="store_true", help="those that fly as well, as a check")
    options = parser.parse_args()
    if ca is None:
        raise SystemExit("This script needs CasADi: pip install casadi")
    lines = [json.loads(row) for row in options.flown.read_text(encoding="utf-8").splitlines()]
    known = options.out.read_text(encoding="utf-8").splitlines() if options.out.exists() else []
    done = {json.loads(row)["rocket"] for row in known}
    drawn = {rocket["name"]: rocket for rocket in rockets()}
    for line in lines:
        flew = line["outcome"] == "flown"
        if line["rocket"] in done or (flew and not options.all):
            continue
        tries = [most_left(drawn[line["rocket"]], guess) for guess in _GUESSES]
        good = [t for t in tries if t["converged"]]
        best = max(good or tries, key=lambda t: t["left"])
        ours = {k: line[k] for k in ("outcome", "left", "shortfall")}
        row = {"rocket": line["rocket"], "optimal": best, "tries": len(tries), "search": ours}
        print(json.dumps(row), flush=True)
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
