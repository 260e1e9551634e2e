"""Sixty rockets drawn at random: does the search fly what can fly?

    python benchmarks/rockets.py --out rockets.jsonl
    python benchmarks/rockets.py --write rockets/      # their mission files, to fly one by hand

Two to four stages, a thrust to weight of 1.2 to 2.5 at lift-off, a coast before the last stage in
about half of them, an orbit of 180 to 700 km. Every rocket is a line of JSON; a rocket that is in
the file already is not flown again, so the script can be stopped and started. `rockets_optimal.py`
asks an independent optimal control about those that do not fly.
"""

import argparse
import itertools
import json
import math
import random
import time
from pathlib import Path
from typing import Any

from lines import Line, machine

from yaan.analysis.outcome import ascent_outcome
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, EARTH_SPIN, STANDARD_GRAVITY
from yaan.base.session import computing
from yaan.design.steer import solve
from yaan.design.task import make_task
from yaan.flight.models.world import build_world
from yaan.mission import check_ascent, load_tree

SEED = 4711
COUNT = 60

_AXIAL = [[0.30, 0.35, 0.55, 0.42, 0.28, 0.25]]
_MACH = [0, 0.8, 1.1, 2, 4, 10]
_LIFT_OFFS = (1.2, 2.5)  # thrust to weight on the ground
_BACK = 0.1  # of the thrust in a vacuum is lost to the air's pressure on the ground
_UPPERS = (0.6, 1.6)  # thrust to weight when an upper stage is lit
_IDEALS = (9_400.0, 11_200.0)  # [m/s]; an orbit needs about 9,300

Rocket = dict[str, Any]


def rockets(count: int = COUNT, seed: int = SEED) -> list[Rocket]:
    """The mission files of `count` rockets, as plain data."""
    draw = random.Random(seed)
    return [_rocket(f"rocket-{i:02d}", draw) for i in range(count)]


def _rocket(name: str, draw: random.Random) -> Rocket:
    stages = draw.choice((2, 2, 3, 3, 4))
    payload = 10.0 ** draw.uniform(2.0, 4.0)  # [kg]
    ideal = draw.uniform(*_IDEALS)
    # Shares of the ideal velocity: the first stage of a few does less, since it fights the air.
    weights = [draw.uniform(0.8, 1.0), *(draw.uniform(0.8, 1.3) for _ in range(stages - 1))]
    isps = [draw.uniform(260.0, 310.0), *(draw.uniform(290.0, 440.0) for _ in range(stages - 1))]
    above, made = payload, []
    for k in reversed(range(stages)):
        gain = ideal * weights[k] / sum(weights)
        made.insert(0, _stage(draw, above, gain, isps[k], lowest=k == 0))
        above += made[0]["propellant"] + made[0]["dry"]
    return _file(name, draw, made, payload)


def _stage(
    draw: random.Random, above: float, gain: float, isp: float, *, lowest: bool
) -> dict[str, float]:
    """A stage that gives what is `above` it [kg] the ideal velocity `gain` [m/s]."""
    ratio = math.exp(gain / (isp * STANDARD_GRAVITY))
    # A structure that grows with the propellant has no solution for large ratios.
    share = min(draw.uniform(0.06, 0.11), 0.5 / (ratio - 1.0))
    propellant = above * (ratio - 1.0) / (1.0 - share * (ratio - 1.0))
    mass = above + propellant * (1.0 + share)
    pull = draw.uniform(*(_LIFT_OFFS if lowest else _UPPERS))
    thrust = pull * mass * STANDARD_GRAVITY / (1.0 - _BACK if lowest else 1.0)
    return {"propellant": propellant, "dry": share * propellant, "thrust": thrust, "isp": isp}


def _file(name: str, draw: random.Random, stages: list[dict[str, float]], payload: float) -> Rocket:
    latitude = draw.uniform(-50.0, 50.0)
    perigee = draw.uniform(180.0, 600.0)
    apogee = perigee + draw.choice((0.0, 0.0, draw.uniform(20.0, 300.0)))
    inclination = draw.uniform(abs(latitude) + 0.5, 100.0)
    coast = draw.choice((3.0, draw.uniform(20.0, 200.0)))
    names = [f"s{k + 1}" for k in range(len(stages))]
    mass = sum(s["propellant"] + s["dry"] for s in stages) + payload
    return {
        "schema": 1,
        "kind": "mission",
        "name": name,
        "title": f"{name}, drawn",
        "source": f"drawn at random with seed {SEED}",
        "launch": {
            "site": {
                "latitude": f"{latitude:.3f} deg",
                "longitude": f"{draw.uniform(-180.0, 180.0):.3f} deg",
                "source": "drawn",
            },
            "epoch": "2027-03-01T04:00:00 UTC",
        },
        "target": {
            "perigee": f"{perigee:.1f} km",
            "apogee": f"{apogee:.1f} km",
            "inclination": f"{inclination:.2f} deg",
        },
        "vehicle": {
            "stages": {
                n: _stage_file(s, mass if n == "s1" else None)
                for n, s in zip(names, stages, strict=True)
            },
            "parts": {"fairing": {"mass": f"{0.05 * payload + 20.0:.1f} kg"}},
            "payload": {"name": "payload", "mass": f"{payload:.1f} kg"},
            "source": "drawn",
        },
        "environment": {"gravity": {"field": "j2"}, "atmosphere": "us76", "wind": "none"},
        "step": "1 s",
        "steering": {
            "profile": "direct",
            "profiles": {"direct": {"programmes": _programmes(draw, names)}},
        },
        "phases": _phases(names, coast),
    }


def _stage_file(stage: dict[str, float], lift_off_mass: float | None) -> dict[str, Any]:
    engine = {
        "thrust": f"{stage['thrust'] / 1e3:.3f} kN",
        "isp": f"{stage['isp']:.1f} s",
        "ignition_ramp": "0.5 s",
    }
    made: dict[str, Any] = {
        "engine": engine,
        "propellant": f"{stage['propellant']:.1f} kg",
        "dry_mass": f"{stage['dry']:.1f} kg",
    }
    if lift_off_mass is not None:
        # About three tonnes on a square metre, as is usual.
        engine["exit_area"] = f"{_BACK * stage['thrust'] / 101_325.0:.4f} m2"
        area = 1.2 * (lift_off_mass / 1e4) ** (2.0 / 3.0)
        made["aerodynamics"] = {
            "reference_area": f"{area:.3f} m2",
            "table": {"mach": _MACH, "axial_force": _AXIAL, "normal_force": [[0.0] * len(_MACH)]},
        }
    return made


def _programmes(draw: random.Random, names: list[str]) -> dict[str, Any]:
    """One programme for all upper stages, or one of its own for the last."""
    if len(names) == 2:
        return {"climb": {"order": 1}}
    return {"climb": {"order": 1}, "inject": {"order": 1, "continuous": draw.random() < 0.3}}


def _phases(names: list[str], coast: float) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"name": "rise", "ignite": ["s1"], "steer": "vertical", "until": {"time": "8 s"}},
        {"name": "pitch-over", "steer": "pitch_over", "until": {"time": "18 s"}},
        {"name": "hold", "steer": "pitch_hold", "until": {"aligned": True, "time": "40 s"}},
        {"name": "turn", "steer": "gravity_turn", "until": {"depleted": "s1"}},
    ]
    for before, name in itertools.pairwise(names):
        last = name == names[-1]
        length = coast if last else 3.0
        gap = {"drop": [before], "steer": "coast", "until": {"duration": f"{length:.1f} s"}}
        rows.append({"name": f"gap-{name}", **gap})
        steer = {"programme": "inject" if last and len(names) > 2 else "climb"}
        burn = {"orbit": "target"} if last else {"depleted": name}
        if name == "s2":
            flux = {"heat_flux_below": "1.1 kW/m2"}
            rows.append({"name": "s2-fairing", "ignite": [name], "steer": steer, "until": flux})
            rows.append({"name": name, "drop": ["fairing"], "steer": steer, "until": burn})
        else:
            rows.append({"name": name, "ignite": [name], "steer": steer, "until": burn})
    return rows


def ideal_velocity(rocket: Rocket) -> float:
    """Ideal velocity of all stages in a vacuum [m/s]; the fairing is taken off at once."""

    def number(text: str) -> float:
        return float(text.split(maxsplit=1)[0])

    above, total = number(rocket["vehicle"]["payload"]["mass"]), 0.0
    for stage in reversed(list(rocket["vehicle"]["stages"].values())):
        empty = above + number(stage["dry_mass"])
        full = empty + number(stage["propellant"])
        total += number(stage["engine"]["isp"]) * STANDARD_GRAVITY * math.log(full / empty)
        above = full
    return total


def least_need(rocket: Rocket) -> float:
    """A bound [m/s]: no vehicle reaches the orbit with less ideal velocity, however it is steered.

    Thrust raises the orbital energy E at the rate a v at most, and v <= sqrt(2 (E + mu / R)) above
    the ground. So the ideal velocity is at least the difference of that root between the pad,
    which turns with the Earth, and the orbit. Air only takes energy.
    """

    def number(key: str) -> float:
        return float(rocket["target"][key].split()[0])

    latitude = math.radians(float(rocket["launch"]["site"]["latitude"].split()[0]))
    axis = EARTH_RADIUS + 0.5e3 * (number("perigee") + number("apogee"))
    radius = EARTH_RADIUS * (1.0 - math.sin(latitude) ** 2 / 298.257)
    energy = -EARTH_MU / (2.0 * axis)
    turning = EARTH_SPIN * radius * math.cos(latitude)
    return math.sqrt(2.0 * (energy + EARTH_MU / radius)) - turning


def fly(path: Path) -> Line:
    """What the search says of one rocket."""
    spec = check_ascent(load_tree(str(path)))
    start = time.perf_counter()
    with computing():
        world = build_world(spec.plan)
        steered = solve(make_task(spec, spec.steering.profile, world), world)
    leg, stage = steered.task.aim.saves
    ended = ascent_outcome(spec, steered)
    return {
        "outcome": ended.code,
        "text": ended.text,
        "shortfall": round(ended.shortfall, 3),
        "left": round(float(steered.batch.ends.propellant[0, leg, stage]), 3),
        "batches": steered.solution.batches,
        "seconds": round(time.perf_counter() - start, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("rockets.jsonl"))
    parser.add_argument("--write", type=Path, default=Path("rockets"), help="folder of the files")
    parser.add_argument("--only", type=int, nargs="*", help="these rockets, by number")
    options = parser.parse_args()
    options.write.mkdir(parents=True, exist_ok=True)
    known = options.out.read_text(encoding="utf-8").splitlines() if options.out.exists() else []
    done = {json.loads(line)["rocket"] for line in known}
    for i, rocket in enumerate(rockets()):
        if rocket["name"] in done or (options.only and i not in options.only):
            continue
        path = options.write / f"{rocket['name']}.yaml"
        path.write_text(json.dumps(rocket, indent=1), encoding="utf-8")  # JSON is YAML too
        bounds = {"ideal": round(ideal_velocity(rocket), 1), "need": round(least_need(rocket), 1)}
        line = {"rocket": rocket["name"], **bounds, **fly(path), "machine": machine()}
        print(json.dumps(line), flush=True)
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
