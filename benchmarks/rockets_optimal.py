"""The rockets of `rockets.py` that do not fly, asked of an independent optimal control.

    pip install casadi
    python benchmarks/rockets_optimal.py --flown rockets.jsonl --out optimal.jsonl

CasADi (Andersson and others, Mathematical Programming Computation 11, 2019) and IPOPT find the
most propellant that any steering can leave in the last stage: direct multiple shooting, the thrust
in any direction at any instant from the second stage on, stages and coasts as long as in the file.
The first stage too steers as it likes at first; what could fly so is asked again with a first
stage as in the file: straight up, tilted by a kick that is held until the velocity has come to it
or longer, then a gravity turn; and what could still fly, with upper stages that follow the linear
tangents of the file. The fairing goes where the heat flux allows it. The problem is kinder than
the flight, so that its answer bounds it from above: the thrust is whole from the start, gravity is
that of a point, and the air thins evenly above 20 km. What does not converge is no answer: such a
rocket counts as one that can. Nothing of Yaan flies here; only the drawn figures are shared.
"""

import argparse
import json
import math
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from rockets import Rocket, rockets

try:  # the package itself never needs it
    ca: Any = import_module("casadi")
except ImportError:  # pragma: no cover
    ca = None


MU, RADIUS, SPIN, G0 = 3.986004418e14, 6_378_137.0, 7.2921159e-5, 9.80665
LENGTH = RADIUS
TIME = math.sqrt(RADIUS**3 / MU)
SPEED = LENGTH / TIME
NODES = 24  # in a burn
_RISE = 8.0  # [s] of vertical flight, as in the file
_HOLDS = (18.0, 40.0)  # [s] after lift-off, when the gravity turn begins
_WIDE = math.radians(60.0)  # of the heading of a kick from the plane of the orbit
_BARE = 20.0  # [s] after the second ignition: where the fairing is first thought to go
_CIRCULAR = 1e-4  # between perigee and apogee, in radii of the Earth
_FLUX = 1.1e3  # [W/m^2]
_KICKS = ((0.05, 2.0), (2.0, 5.0), (5.0, 10.0), (10.0, 20.0), (20.0, 40.0))
"""Ranges of the first stage's tilt [deg], each a problem of its own: they have their own optima."""
_MOST = 1.4  # of its burn time that the last stage may burn
_GUESSES = ((60.0, 0.35), (40.0, 0.2), (75.0, 0.5))  # first pitch [deg], share of time to level

Guess = tuple[float, float]
Axes = tuple[np.ndarray, np.ndarray, np.ndarray]


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
                "fairing": fairing if k == 1 else 0.0,
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
    density, pressure, sound = _air(height)
    mach = speed / sound
    width = ca.if_else(mach < 1.2, 0.35, 0.9)
    axial = 0.26 + 0.06 * ca.exp(-mach / 4.0) + 0.24 * ca.exp(-(((mach - 1.25) / width) ** 2))
    drag = -0.5 * density * area * axial * speed * stream / mass
    push = u * (force - nozzle * pressure * (force > 0)) / mass
    gravity = -MU * r / distance**3
    rate = ca.vertcat(y[3:], (gravity + drag + push) * TIME / SPEED)
    return ca.Function("rate", [y, u, force, mass, nozzle], [rate])


def _air(height: Any) -> tuple[Any, Any, Any]:
    """Density, pressure and speed of sound: the US Standard Atmosphere to 20 km, thinning above."""
    low = ca.fmin(ca.fmax(height, -1e3), 11e3)
    share = 1.0 - 2.25577e-5 * low
    above = ca.exp(-ca.fmin(ca.fmax(height - 11e3, 0.0), 9e3) / 6_341.6)
    high = ca.exp(-ca.fmax(height - 20e3, 0.0) / 7_086.0)  # 1.85e-5 kg/m^3 at 80 km
    density = 1.225 * share**4.25588 * above * high
    pressure = 101_325.0 * share**5.25588 * above * high
    return density, pressure, 340.29 * ca.sqrt(share)


def _along(y: Any) -> Any:
    """Direction of the velocity through the air."""
    stream = y[3:] * SPEED - ca.vertcat(-SPIN * y[1], SPIN * y[0], 0.0) * LENGTH
    return stream / ca.sqrt(ca.sumsqr(stream) + 1e-6)


@dataclass(frozen=True)
class Arc:
    """A part of the flight on which one kind of steering holds; its times may be unknowns."""

    stage: dict[str, float]
    steer: str
    """`up`, `tilting`, `kicked` (one direction), `turning` (along the velocity), `free`, `coast`.

    A `free` one may follow a programme.
    """
    start: Any
    """Since the stage was lit [s]."""
    length: Any  # [s]
    nodes: int
    aboard: float = 0.0
    """Mass that the stage's does not count [kg]."""
    programme: "Programme | None" = None


@dataclass(frozen=True)
class Programme:
    """The linear tangent of the file: tan(pitch) and the heading from that of the velocity."""

    slope: Any
    """At the ignition of the stage."""
    rate: Any  # [1/s]
    yaw: Any  # [rad]

    def later(self, time: Any) -> "Programme":
        """The same, counted from another ignition."""
        return replace(self, slope=self.slope + self.rate * time)

    def at(self, y: Any, time: Any) -> Any:
        """Direction of the thrust, `time` after the ignition."""
        up = y[:3] / ca.norm_2(y[:3])
        level = y[3:] - up * ca.dot(y[3:], up)
        ahead = level / ca.sqrt(ca.sumsqr(level) + 1e-12)
        heading = ahead * ca.cos(self.yaw) + ca.cross(ahead, up) * ca.sin(self.yaw)
        slope = self.slope + self.rate * time
        return (heading + up * slope) / ca.sqrt(1.0 + slope**2)


def _programmes(rocket: Rocket, arcs: list[Arc], stages: list[dict[str, float]], new: Any) -> None:
    """Let the upper stages follow the programmes of the file; `new(name, guess)` is an unknown."""
    named = rocket["steering"]["profiles"]["direct"]["programmes"]
    yaw = new("yaw", 0.0)
    lasting = sum(s["time"] + s["coast"] for s in stages[1:])
    current = Programme(new("slope", 0.7), new("rate", -0.6 / lasting), yaw)
    for k, stage in enumerate(stages[1:], start=1):
        last = k == len(stages) - 1
        if last and "inject" in named:
            # A programme that continues goes on from what was commanded last.
            joined = current.slope - current.rate * stages[k - 1]["coast"]
            slope = joined if named["inject"].get("continuous") else new("second slope", 0.3)
            current = Programme(slope, new("second rate", -0.3 / stage["time"]), yaw)
        for i, arc in enumerate(arcs):
            if arc.stage is stage:
                arcs[i] = replace(arc, programme=current)
        current = current.later(stage["time"] + stage["coast"])


def _arcs(stages: list[dict[str, float]], aligned: Any, bare: Any, burn: Any) -> list[Arc]:
    """The flight as the file has it.

    The gravity turn begins `aligned` seconds after lift-off, the fairing goes `bare` seconds after
    the second ignition, the last stage burns `burn` times what it carries. An infinite `aligned`:
    the first stage steers as it likes.
    """
    made = []
    for k, stage in enumerate(stages):
        time = stage["time"] * (burn if k == len(stages) - 1 else 1.0)
        if k == 0 and isinstance(aligned, float) and math.isinf(aligned):
            made.append(Arc(stage, "free", 0.0, time, NODES))
        elif k == 0:
            made.append(Arc(stage, "up", 0.0, _RISE, 3))
            made.append(Arc(stage, "tilting", _RISE, _HOLDS[0] - _RISE, 5))
            made.append(Arc(stage, "kicked", _HOLDS[0], aligned - _HOLDS[0], 4))
            made.append(Arc(stage, "turning", aligned, time - aligned, NODES))
        elif k == 1:
            made.append(Arc(stage, "free", 0.0, bare, 6, aboard=stage["fairing"]))
            made.append(Arc(stage, "free", bare, time - bare, NODES))
        else:
            made.append(Arc(stage, "free", 0.0, time, NODES))
        if stage["coast"] > 0.0:
            above = stages[k + 1]["mass"] + stages[k + 1]["fairing"]
            still = {"thrust": 0.0, "flow": 0.0, "exit": 0.0, "mass": above}
            made.append(Arc(still, "coast", 0.0, stage["coast"], 6))
    return made


def _step(rate: Any, y: Any, u: Any, h: Any, arc: Arc, start: Any) -> Any:
    """One step of Runge-Kutta 4 of h [s], `start` after the ignition of its stage."""
    stage = arc.stage

    def at(t: Any, y: Any) -> Any:
        steered = _along(y) if arc.steer == "turning" else u
        if arc.programme is not None:
            steered = arc.programme.at(y, start + t)
        mass = stage["mass"] + arc.aboard - stage["flow"] * (start + t)
        return rate(y, steered, stage["thrust"], mass, stage["exit"])

    d = h / TIME
    k1 = at(0.0, y)
    k2 = at(0.5 * h, y + 0.5 * d * k1)
    k3 = at(0.5 * h, y + 0.5 * d * k2)
    k4 = at(h, y + d * k3)
    return y + d / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


class _Program:
    """A nonlinear program as it grows."""

    def __init__(self) -> None:
        self.w: list[Any] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.first: list[float] = []
        self.g: list[Any] = []
        self.g_low: list[float] = []
        self.g_high: list[float] = []

    def free(self, size: int, value: Any, least: float, most: float) -> Any:
        """New unknowns."""
        symbol = ca.MX.sym(f"w{len(self.w)}", size)
        self.w.append(symbol)
        self.first.extend(np.broadcast_to(np.asarray(value, dtype=float), size))
        self.low.extend([least] * size)
        self.high.extend([most] * size)
        return symbol

    def keep(self, value: Any, least: float, most: float, size: int = 1) -> None:
        """A constraint."""
        self.g.append(value)
        self.g_low.extend([least] * size)
        self.g_high.extend([most] * size)

    def direction(self, how: Any) -> Any:
        """A unit vector."""
        u = self.free(3, how, -1.0, 1.0)
        self.keep(ca.sumsqr(u), 1.0, 1.0)
        return u


def most_left(
    rocket: Rocket,
    guess: Guess,
    kick: tuple[float, float] | None = None,
    *,
    programmed: bool = False,
) -> dict[str, Any]:
    """The most propellant left [kg] that IPOPT finds from one guess.

    `kick` is the range of the tilt [deg]; without one the first stage steers as it likes.
    `programmed`: the upper stages steer by the constants of the file's programmes.
    """
    stages = _stages(rocket)
    described = list(rocket["vehicle"]["stages"].values())
    rate = _rate(number(described[0]["aerodynamics"]["reference_area"]))
    latitude = math.radians(number(rocket["launch"]["site"]["latitude"]))
    up = np.array([math.cos(latitude), 0.0, math.sin(latitude)])
    start = np.concatenate([up, np.array([0.0, SPIN * RADIUS * up[0], 0.0]) / SPEED])
    program = _Program()
    burn = program.free(1, 0.9, 0.1, _MOST)  # of the last stage's burn time
    bare = program.free(1, _BARE, 0.0, 0.9 * stages[1]["time"])
    turn = math.inf if kick is None else program.free(1, 22.0, *_HOLDS)
    guessed = math.inf if kick is None else 22.0
    low, high = (math.radians(tilt) for tilt in kick or (0.0, 0.0))
    tilt = program.free(1, 0.5 * (low + high), low, high)
    side = program.free(1, 0.0, -_WIDE, _WIDE)
    axes = _local(up, _azimuth(rocket))
    y = ca.MX(start)
    arcs, crude = _arcs(stages, turn, bare, burn), _arcs(stages, guessed, _BARE, 1.0)
    if programmed:
        _programmes(rocket, arcs, stages, lambda _, value: program.free(1, value, -6.0, 6.0))
        _programmes(rocket, crude, stages, lambda _, value: value)
    path = _guessed(rocket, crude, start, rate, guess, 0.5 * (low + high))
    for arc in arcs:
        h, u = arc.length / arc.nodes, ca.DM(up)
        for k in range(arc.nodes):
            where, direction = next(path)
            if arc.steer == "free" and arc.programme is None:
                u = program.direction(direction)
            elif arc.steer in ("tilting", "kicked"):
                share = (k + 0.5) / arc.nodes if arc.steer == "tilting" else 1.0
                u = _tilted(axes, tilt * share, side)
            for half in (0.0, 0.5):
                y = _step(rate, y, u, 0.5 * h, arc, arc.start + (k + half) * h)
            node = program.free(6, where, -3.0, 3.0)
            program.keep(y - node, 0.0, 0.0, 6)
            y = node
            program.keep(ca.sumsqr(y[:3]), 0.999, 4.0)
        if arc.steer == "kicked":  # the velocity has come to the tilt; it may have passed it
            program.keep(ca.dot(up, u) - ca.dot(up, _along(y)), 0.0, math.inf)
        if arc.aboard:
            program.keep(_flux(y), -math.inf, 1.0)
    _orbit(rocket, y, program)
    problem = {"x": ca.vertcat(*program.w), "f": burn, "g": ca.vertcat(*program.g)}
    quiet = {"ipopt.sb": "yes", "ipopt.print_level": 0, "print_time": False}
    limits = {"ipopt.max_iter": 600, "ipopt.tol": 1e-7}
    solver = ca.nlpsol("solver", "ipopt", problem, quiet | limits)
    bounds = {"lbx": program.low, "ubx": program.high, "lbg": program.g_low, "ubg": program.g_high}
    found = solver(x0=program.first, **bounds)
    share = float(found["x"][0])
    return {
        "converged": bool(solver.stats()["success"]),
        "status": solver.stats()["return_status"],
        "left": round(stages[-1]["propellant"] * (1.0 - share), 3),
        "at_bound": share > _MOST - 1e-4,
        "kick": kick,
        "programmed": programmed,
    }


def _tilted(axes: Axes, tilt: Any, side: Any) -> Any:
    """The vertical of the pad, tilted towards a heading `side` of the plane of the orbit."""
    up, ahead, aside = axes
    level = ahead * ca.cos(side) + aside * ca.sin(side)
    return up * ca.cos(tilt) + level * ca.sin(tilt)


def _flux(y: Any) -> Any:
    """Heat flux of free molecules, in that at which the fairing goes."""
    height = ca.norm_2(y[:3]) * LENGTH - RADIUS
    density = 1.85e-5 * ca.exp((80e3 - height) / 5_900.0)  # of 80 to 120 km, within 20 %
    return 0.5 * density * (ca.norm_2(y[3:]) * SPEED) ** 3 / _FLUX


def _orbit(rocket: Rocket, y: Any, program: _Program) -> None:
    """Energy, angular momentum and inclination of the target."""

    def target(key: str) -> float:
        return number(rocket["target"][key])

    perigee, apogee = (1.0 + 1e3 * target(k) / RADIUS for k in ("perigee", "apogee"))
    momentum = ca.cross(y[:3], y[3:])
    axis = 0.5 * (perigee + apogee)
    shape = axis * (1.0 - ((apogee - perigee) / (apogee + perigee)) ** 2)
    program.keep(0.5 * ca.sumsqr(y[3:]) - 1.0 / ca.norm_2(y[:3]), -0.5 / axis, -0.5 / axis)
    if apogee - perigee < _CIRCULAR:  # where the momentum is largest, and so no condition
        program.keep(ca.sumsqr(y[:3]), axis**2, axis**2)
        program.keep(ca.dot(y[:3], y[3:]), 0.0, 0.0)
    else:
        program.keep(ca.sumsqr(momentum), shape, shape)
    tilt = momentum[2] / math.sqrt(shape)
    tilted = math.cos(math.radians(target("inclination")))
    program.keep(tilt, tilted, tilted)


def _azimuth(rocket: Rocket) -> float:
    """Heading to the plane of the orbit [rad], towards the equator."""
    inclination = math.radians(number(rocket["target"]["inclination"]))
    latitude = math.radians(number(rocket["launch"]["site"]["latitude"]))
    sine = min(max(math.cos(inclination) / math.cos(latitude), -1.0), 1.0)
    return math.asin(sine) if latitude <= 0.0 else math.pi - math.asin(sine)


def _guessed(
    rocket: Rocket, arcs: list[Arc], start: np.ndarray, rate: Any, guess: Guess, tilt: float
) -> Any:
    """Nodes of a crude flight: pitch falls with time, heading straight to the plane."""
    azimuth = _azimuth(rocket)
    total = sum(arc.length for arc in arcs)
    y, t = np.array(start), 0.0
    for arc in arcs:
        stage = arc.stage
        for k in range(arc.nodes):
            u = _aimed(y, azimuth, guess, t / total)
            if arc.steer == "up":
                u = start[:3]
            elif arc.steer in ("tilting", "kicked"):
                share = (k + 0.5) / arc.nodes if arc.steer == "tilting" else 1.0
                u = _pitched(start, azimuth, 0.5 * math.pi - share * tilt)
            elif arc.programme is not None:
                since = arc.start + arc.length * k / arc.nodes
                u = np.array(arc.programme.at(ca.DM(y), since)).ravel()
            elif arc.steer == "turning":
                u = np.array(_along(ca.DM(y))).ravel()
            mass = stage["mass"] + arc.aboard
            mass -= stage["flow"] * (arc.start + arc.length * k / arc.nodes)
            for _ in range(4):
                h = 0.25 * arc.length / arc.nodes
                slope = np.array(rate(y, u, stage["thrust"], mass, 0.0)).ravel()
                middle = y + 0.5 * h / TIME * slope
                y = y + h / TIME * np.array(rate(middle, u, stage["thrust"], mass, 0.0)).ravel()
            t += arc.length / arc.nodes
            yield np.clip(y, -2.5, 2.5), u


def _aimed(y: np.ndarray, azimuth: float, guess: Guess, done: float) -> np.ndarray:
    level = min(done / max(guess[1], 1e-3), 1.0)
    pitch = math.radians(90.0 + (guess[0] - 90.0) * min(10.0 * done, 1.0)) * (1.0 - level)
    return _pitched(y, azimuth, pitch)


def _pitched(y: np.ndarray, azimuth: float, pitch: float) -> np.ndarray:
    up, ahead, _ = _local(y[:3], azimuth)
    return math.cos(pitch) * ahead + math.sin(pitch) * up


def _local(place: np.ndarray, azimuth: float) -> Axes:
    """Up, ahead, and aside of that."""
    up = place / np.linalg.norm(place)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= max(float(np.linalg.norm(east)), 1e-9)
    ahead = math.sin(azimuth) * east + math.cos(azimuth) * np.cross(up, east)
    return up, ahead, np.cross(up, ahead)


def judged(rocket: Rocket) -> dict[str, Any]:
    """The best of all steering, and where that could fly, of ever more of the file's steering."""
    free = _best([most_left(rocket, guess) for guess in _GUESSES])
    if free["converged"] and free["left"] < 0.0:
        return {"can": False, "free": free, "kicked": None}
    kicked = _best([most_left(rocket, _GUESSES[0], kick) for kick in _KICKS])
    if kicked["converged"] and kicked["left"] < 0.0:
        return {"can": False, "free": free, "kicked": kicked}
    tries = [most_left(rocket, _GUESSES[0], kick, programmed=True) for kick in _KICKS]
    file = _best(tries)
    can = not file["converged"] or file["left"] >= 0.0
    return {"can": can, "free": free, "kicked": kicked, "programmed": file}


def _best(tries: list[dict[str, Any]]) -> dict[str, Any]:
    good = [t for t in tries if t["converged"]]
    return max(good or tries, key=lambda t: t["left"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flown", type=Path, default=Path("rockets.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("optimal.jsonl"))
    parser.add_argument("--only", type=int, nargs="*", help="these rockets, by number")
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
        asked = not options.only or int(line["rocket"][-2:]) in options.only
        if line["rocket"] in done or (flew and not options.all) or not asked:
            continue
        row = {"rocket": line["rocket"], **judged(drawn[line["rocket"]])}
        row["search"] = {k: line[k] for k in ("outcome", "left", "shortfall")}
        print(json.dumps(row), flush=True)
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
